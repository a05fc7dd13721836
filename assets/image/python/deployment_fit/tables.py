"""The tables that models make, as plain data: those of a release, and those before and after an operation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Mapping, NamedTuple

from .columns import Column, column_of

# Of the database, for tables whose models nobody knows any more.
COLUMNS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE()"


class Table(NamedTuple):
    """A table as Django makes it."""

    # By name in small letters, as MariaDB compares them.
    columns: Mapping[str, Column]
    # Columns whose values together each row has alone; the primary key is one of them.
    unique: frozenset[frozenset[str]]
    primary: str
    # Name → names of its columns; None when they can't be told.
    checks: Mapping[str, frozenset[str] | None]


Tables = Mapping[str, Table]


def tables_of(state: Any, connection: Any, *, changed_only: bool) -> dict[str, Table]:
    """All tables of a project's state by name.

    changed_only: without those that Django never changes, because they are somebody else's or another database's.
    """
    from django.db import router

    found = {}
    for model in state.apps.get_models(include_auto_created=True):
        options = model._meta
        if options.proxy or options.swapped:
            continue
        if changed_only and not (options.managed and router.allow_migrate_model(connection.alias, model)):
            continue
        found[options.db_table] = _table(model, connection)
    return found


def with_stored(tables: Tables, connection: Any) -> dict[str, Table]:
    """The same and each table and column that the database has: for a release of which not all models are known."""
    found = {name: table._replace(columns=dict(table.columns)) for name, table in tables.items()}
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        rows = cursor.fetchall()
    for name, column in rows:
        table = found.setdefault(name, Table({}, frozenset(), "", {}))
        if column.lower() not in table.columns:
            unknown = Column(None, "", True, False, False, None)
            found[name] = table._replace(columns={**table.columns, column.lower(): unknown})
    return found


def _table(model: Any, connection: Any) -> Table:
    options = model._meta
    # Fields without a column of their own, such as many to many, have none.
    fields = [field for field in options.local_concrete_fields if field.column]
    names = {field.name: field.column.lower() for field in fields}
    unique = [frozenset([field.column.lower()]) for field in fields if field.unique]
    together = [*options.unique_together, *_unique_constraints(options)]
    unique += [frozenset(_columns(options, names, group)) for group in together]
    return Table(
        {field.column.lower(): column_of(field, connection) for field in fields},
        frozenset(unique),
        options.pk.column.lower() if options.pk in fields else "",
        dict(_checks(options, names)),
    )


def _columns(options: Any, names: Mapping[str, str], group: Iterable[str]) -> Iterator[str]:
    return (names.get(name, name) for name in group)


def _unique_constraints(options: Any) -> Iterator[Iterable[str]]:
    """Those that Django makes on MariaDB: it leaves out the others with a warning."""
    for constraint in getattr(options, "constraints", []):
        fields = getattr(constraint, "fields", None)
        needs = ("condition", "expressions", "include", "opclasses", "deferrable", "nulls_distinct")
        if fields and not any(getattr(constraint, need, None) for need in needs):
            yield fields


def _checks(options: Any, names: Mapping[str, str]) -> Iterator[tuple[str, frozenset[str] | None]]:
    from django.db.models import Q

    for constraint in getattr(options, "constraints", []):
        # Its name was `check` until Django 5.1.
        condition = getattr(constraint, "condition", None) or constraint.__dict__.get("check")
        if type(constraint).__name__ == "CheckConstraint":
            known = _named(condition) if isinstance(condition, Q) else None
            yield constraint.name, known and frozenset(_columns(options, names, known))


def _named(condition: Any) -> frozenset[str] | None:
    """Names of the fields in a condition; None when it has more than fields and plain values."""
    found: set[str] = set()
    for child in condition.children:
        if isinstance(child, tuple):
            if hasattr(child[1], "resolve_expression"):
                return None
            found.add(child[0].split("__")[0])
        else:
            inner = _named(child) if hasattr(child, "children") else None
            if inner is None:
                return None
            found |= inner
    return frozenset(found)
