"""Operations of migrations, judged by what they make of the tables that the code of a release uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from . import changes, sql
from .findings import UNKNOWN, Finding
from .tables import Tables, tables_of


class Judged(NamedTuple):
    """An operation, and what stands in its way."""

    operation: Any
    # `Remove field name from entry`.
    described: str
    # The models before it.
    state: Any
    findings: list[Finding]


class Judge:
    """Knows which tables the code of a release uses. It asks no database but by `has_default`."""

    def __init__(self, used: Tables, connection: Any, has_default: changes.HasDefault) -> None:
        self._used = used
        self._connection = connection
        self._has_default = has_default

    def migration(self, migration: Any, state: Any) -> list[Judged]:
        """Judges each operation; the models of `state` are those after the migration then."""
        return list(self._operations(migration.operations, migration.app_label, state))

    def _operations(self, operations: Iterable[Any], app: str, state: Any) -> Iterator[Judged]:
        for operation in operations:
            if _is(operation, "SeparateDatabaseAndState"):
                # What it says of the models is not what happens to the database, and only the database counts.
                yield from self._operations(operation.database_operations, app, state.clone())
                operation.state_forwards(app, state)
                continue
            before = state.clone()
            findings = list(self._findings(operation, app, state))
            yield Judged(operation, operation.describe(), before, findings)

    def _findings(self, operation: Any, app: str, state: Any) -> Iterator[Finding]:
        before = tables_of(state, self._connection, changed_only=True)
        operation.state_forwards(app, state)
        if _is(operation, "RunPython"):
            yield Finding(UNKNOWN, "python", "Python")
        elif _is(operation, "RunSQL"):
            if self._is_for_this_database(operation, app):
                yield from sql.findings_of(text_of(operation.sql), self._used)
        elif not _changes_models(operation):
            yield Finding(UNKNOWN, "own", "an operation that is not Django's")
        else:
            after = tables_of(state, self._connection, changed_only=True)
            yield from changes.findings_of(before, after, self._used, self._has_default)

    def _is_for_this_database(self, operation: Any, app: str) -> bool:
        from django.db import router

        return bool(router.allow_migrate(self._connection.alias, app, **operation.hints))


def text_of(statements: Any) -> str:
    """What RunSQL carries out: one text, or several with their parameters or without."""
    if isinstance(statements, str):
        return statements
    parts = [part if isinstance(part, str) else part[0] for part in statements]
    return ";\n".join(parts)


def _is(operation: Any, name: str) -> bool:
    """Whether the operation is of a class of Django, or of one that was made from it."""
    from django.db import migrations

    return isinstance(operation, getattr(migrations, name))


def _changes_models(operation: Any) -> bool:
    """Whether the operation does to the database what it does to the models, as all others of Django do."""
    from django.db.migrations.operations import fields, models

    return isinstance(operation, (fields.FieldOperation, models.ModelOperation, models.IndexOperation))
