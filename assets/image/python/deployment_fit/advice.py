"""What to write instead of an operation that does not fit: how to split it into two releases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .findings import Finding
from .operations import Judged

BY_KIND = {
    "table gone": "Let a release come first whose models do without it; this is for the release after that.",
    "table renamed": 'Keep the table: write db_table = "{table}" into the class Meta of the model, and make the migration anew.',
    "column gone": "Let a release come first whose models do without it; this is for the release after that.",
    "column renamed": 'Keep the column: write db_column="{column}" into the field, and make the migration anew.',
    "column changed": "Add a second column and have this release write both; a later release does without the first one.",
    "value": "Write null=True, or a default without unique=True; a later release may change that.",
    "default": "Keep db_default for this release; the next one can do without it.",
    "rule": "Let this release see to it in its code, and change the database in the next one: accept the change there.",
    "sql": "Let a release come first whose code does without it; this is for the release after that.",
}


def lines(judged: Judged, finding: Finding, app: str) -> list[str]:
    """What to write; operations of migrations as they stand there."""
    kind = type(judged.operation).__name__
    if kind == "RemoveField" and finding.kind in ("column gone", "table gone"):
        return list(_without_field(judged, finding, app))
    if kind == "DeleteModel" and finding.kind == "table gone":
        return list(_without_model(judged, app))
    return [BY_KIND[finding.kind].format(table=finding.table, column=finding.column)]


def _without_field(judged: Judged, finding: Finding, app: str) -> Iterator[str]:
    operation = judged.operation
    words = f'"{operation.model_name}", "{operation.name}"'
    field = _fields(judged.state, app, operation.model_name)[operation.name]
    yield "Write into this migration: the models forget the field, and the column stays."
    kept = [] if finding.kind == "table gone" else list(_kept(operation.model_name, operation.name, field))
    yield from _separated(f"migrations.RemoveField({words})", kept)
    yield "And into one of the next release:"
    sql = f"ALTER TABLE {finding.table} DROP COLUMN {finding.column}"
    if finding.kind == "table gone":
        sql = f"DROP TABLE {finding.table}"
    yield _run(sql)


def _without_model(judged: Judged, app: str) -> Iterator[str]:
    name = judged.operation.name
    model = judged.state.apps.get_model(app, name)
    kept = [
        line
        for field_name, field in _fields(judged.state, app, name).items()
        if field.remote_field and not field.many_to_many
        for line in _kept(name.lower(), field_name, field)
    ]
    yield "Write into this migration: the models forget this one, and the table stays."
    yield from _separated(f'migrations.DeleteModel("{name}")', kept)
    yield "And into one of the next release:"
    own = [field.remote_field.through for field in model._meta.local_many_to_many]
    between = [through._meta.db_table for through in own if through._meta.auto_created]
    yield _run(f"DROP TABLE {', '.join([*between, model._meta.db_table])}")


def _kept(model: str, name: str, field: Any) -> Iterator[str]:
    """A column that the new models do not know may be empty, and holds no other table."""
    from django.db.migrations.writer import MigrationWriter

    _, _, arguments, options = field.deconstruct()
    options["null"] = True
    options.pop("default", None)
    if field.remote_field:
        options["db_constraint"] = False
    text, _ = MigrationWriter.serialize(type(field)(*arguments, **options))
    # Each migration imports `models`.
    text = text.replace("django.db.models.deletion.", "models.")
    yield f'migrations.AlterField("{model}", "{name}", {text})'


def _separated(forgets: str, kept: list[str]) -> Iterator[str]:
    yield "    migrations.SeparateDatabaseAndState("
    yield f"        state_operations=[{forgets}],"
    if kept:
        yield f"        database_operations=[{', '.join(kept)}],"
    yield "    ),"


def _run(sql: str) -> str:
    return f'    migrations.RunSQL("{sql}", migrations.RunSQL.noop),'


def _fields(state: Any, app: str, model: str) -> dict[str, Any]:
    # Before Django 3.1 it is a list of pairs.
    return dict(state.models[app, model.lower()].fields)
