"""Migrations by chance on a real MariaDB: what is called fitting, older code goes on with.

Arguments: how many cases, and the seed. Prints one line of JSON for each case that breaks the promise, and the counts.
PyMySQL plays mysqlclient. The database is that of the environment.
"""

import json
import os
import random
import sys
from decimal import Decimal

import pymysql

pymysql.version_info = (2, 2, 9, "final", 0)
pymysql.install_as_MySQLdb()

import django  # noqa: E402
from django.conf import settings  # noqa: E402

settings.configure(
    INSTALLED_APPS=[],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.mysql",
            "OPTIONS": {"init_command": "SET sql_mode='STRICT_TRANS_TABLES'"},
            **{name: os.environ["DATABASE_" + name] for name in ("HOST", "PORT", "NAME", "USER", "PASSWORD")},
        }
    },
)
django.setup()

from django.db import connection, migrations, models  # noqa: E402
from django.db.migrations.state import ProjectState  # noqa: E402
from django.db.models import Q  # noqa: E402

from deployment_fit.findings import BLOCKS, FITS, verdict_of  # noqa: E402
from deployment_fit.operations import Judge  # noqa: E402
from deployment_fit.pending import kept_by  # noqa: E402
from deployment_fit.tables import tables_of  # noqa: E402
from deployment_schema import defaults  # noqa: E402

chance = random.Random(int(sys.argv[2]))
NAMES = ("a", "b", "c")


def field():
    """A field by chance, with everything that a migration may change of it."""
    kind = chance.choice(("char", "text", "whole", "small", "big", "positive", "decimal", "bool", "key", "one"))
    null = chance.random() < 0.4
    options = {"null": null}
    if chance.random() < 0.15 and kind in ("char", "whole", "small", "big"):
        options["unique"] = True
    if chance.random() < 0.15:
        options["db_column"] = chance.choice(("x", "y"))
    given = chance.random()
    if kind in ("key", "one"):
        made = models.ForeignKey if kind == "key" else models.OneToOneField
        return made("shop.Tag", on_delete=models.CASCADE, related_name="+", db_constraint=chance.random() < 0.7, **options)
    if kind == "char":
        size = chance.choice((5, 10, 20))
        return models.CharField(max_length=size, **options, **value(given, "v"))
    if kind == "text":
        return models.TextField(**options, **value(given, "v", in_database=False))
    if kind == "decimal":
        digits = chance.choice(((5, 2), (6, 2), (6, 3), (5, 3)))
        return models.DecimalField(max_digits=digits[0], decimal_places=digits[1], **options, **value(given, Decimal(1)))
    if kind == "bool":
        return models.BooleanField(**options, **value(given, True))
    wholes = {
        "whole": models.IntegerField,
        "small": models.SmallIntegerField,
        "big": models.BigIntegerField,
        "positive": models.PositiveIntegerField,
    }
    return wholes[kind](**options, **value(given, 1))


def value(given, what, in_database=True):
    if given < 0.4:
        return {"default": what}
    return {"db_default": what} if given < 0.55 and in_database else {}


def operation(state):
    """An operation by chance that fits the models."""
    fields = [name for name in state.models["shop", "entry"].fields if name in NAMES]
    free = [name for name in NAMES if name not in fields]
    some = chance.choice(fields) if fields else None
    kinds = ["index", "new model"]
    kinds += ["add"] * 4 if free else []
    kinds += ["alter"] * 6 + ["remove", "rename", "unique", "check", "forget"] if some else []
    match chance.choice(kinds):
        case "add":
            return migrations.AddField("entry", chance.choice(free), field())
        case "alter":
            return migrations.AlterField("entry", some, field())
        case "remove":
            return migrations.RemoveField("entry", some)
        case "rename":
            return migrations.RenameField("entry", some, chance.choice(free) if free else "z")
        case "unique":
            names = chance.sample(fields, chance.randint(1, len(fields)))
            return migrations.AddConstraint("entry", models.UniqueConstraint(fields=names, name=name()))
        case "check":
            return migrations.AddConstraint("entry", models.CheckConstraint(condition=Q(**{f"{some}__gte": 1}), name=name()))
        case "forget":
            old = state.models["shop", "entry"].fields[some].clone()
            old.null = True
            return migrations.SeparateDatabaseAndState(
                state_operations=[migrations.RemoveField("entry", some)],
                database_operations=[migrations.AlterField("entry", some, old)],
            )
        case "index":
            return migrations.AddIndex("entry", models.Index(fields=["id"], name=name()))
        case _:
            return migrations.CreateModel(name().title(), [("id", models.AutoField(primary_key=True)), ("a", field())])


def name():
    return "n" + "".join(chance.choices("abcdefghij", k=8))


def values(one, tags, strange):
    """What older code may write into a field."""
    if one.null and strange:
        return None
    if one.remote_field:
        return chance.choice(tags)
    if isinstance(one, models.CharField):
        return ("w" if strange else chance.choice("pqrst")) * (one.max_length if strange else 3)
    if isinstance(one, models.TextField):
        return "long" * 20 if strange else "t"
    if isinstance(one, models.DecimalField):
        return Decimal(10) ** (one.max_digits - one.decimal_places) - 1 if strange else Decimal(2)
    if isinstance(one, models.BooleanField):
        return strange
    low, high = connection.ops.integer_field_range(one.get_internal_type())
    return chance.choice((low, high)) if strange else chance.randint(1, 99)


def works(entry, tags):
    """Whether older code goes on: rows that it writes, twice the same, and all that it reads. Its error otherwise."""
    own = [one for one in entry._meta.local_fields if one.name in NAMES]
    try:
        for strange in (False, True, False, True):
            row = {one.attname: values(one, tags, strange) for one in own}
            # What the older code itself has as a rule, it sees to.
            if any(one.unique and entry.objects.filter(**{one.attname: row[one.attname]}).exists() for one in own):
                row = {}
                if any(one.unique for one in own):
                    continue
            for _ in range(1 if any(one.unique for one in own) else 2):
                made = entry.objects.create(**row)
                made.refresh_from_db()
                made.save()
        list(entry.objects.all())
        entry.objects.order_by("id").first().delete()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def case(counts):
    state = ProjectState()
    tag = migrations.CreateModel("Tag", [("id", models.AutoField(primary_key=True))])
    first = [(one, field()) for one in NAMES[: chance.randint(1, 3)]]
    columns = [one.db_column for _, one in first if one.db_column]
    if len(set(columns)) < len(columns):
        return
    entry = migrations.CreateModel("Entry", [("id", models.AutoField(primary_key=True)), *first])
    applied(tag, state)
    applied(entry, state)
    older = state.apps.get_model("shop", "Entry")
    tags = [state.apps.get_model("shop", "Tag").objects.create().pk for _ in range(40)]
    if works(older, tags):
        counts["useless"] += 1
        return
    used = tables_of(state, connection, changed_only=False)
    judge, said, operations = Judge(used, connection, kept_by(connection)), [], []
    for _ in range(chance.randint(1, 3)):
        one = operation(state)
        made = type("Migration", (migrations.Migration,), {"operations": [one]})("0002_next", "shop")
        findings = [found for judged in judge.migration(made, state.clone()) for found in judged.findings]
        try:
            applied(one, state)
        except Exception:
            # Rows that are there, or two columns of one name: a migration that fails is told elsewhere.
            counts["failed"] += 1
            return
        said += findings
        operations.append(one)
    verdict, error = verdict_of(said), works(older, tags)
    counts[f"{verdict}, {'fails' if error else 'works'}"] += 1
    if verdict == FITS and error:
        described = [(type(one).__name__, [str(part) for part in one.deconstruct()[1:]]) for one in operations]
        shown = [(name, type(one).__name__, one.deconstruct()[3]) for name, one in first]
        print(json.dumps({"models": shown, "operations": described, "error": error}, default=str))
    assert verdict in (FITS, BLOCKS)


def applied(one, state):
    """Django carries it out as the migrate step does."""
    before = state.clone()
    one.state_forwards("shop", state)
    with connection.schema_editor() as editor:
        one.database_forwards("shop", editor, before, state)


def clear():
    with connection.cursor() as cursor:
        cursor.execute("SET FOREIGN_KEY_CHECKS = 0")
        for table in connection.introspection.table_names():
            cursor.execute(f"DROP TABLE `{table}`")
        cursor.execute("SET FOREIGN_KEY_CHECKS = 1")


defaults.keep(connection)
counts = dict.fromkeys(
    ("useless", "failed", "fits, works", "fits, fails", "in the way, works", "in the way, fails"), 0
)
for _ in range(int(sys.argv[1])):
    clear()
    case(counts)
clear()
print(json.dumps(counts))
