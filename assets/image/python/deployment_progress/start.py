"""Where Django's executor is told to keep notes. Until a migration is pending, hardly anything is imported or asked."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

# An older Django applies migrations in other ways.
OLDEST = (3, 2)


class Unclear(Exception):
    """Nobody can tell how a migration goes on that was cut off; the text says why, and what to do."""


@contextlib.contextmanager
def noted() -> Iterator[None]:
    """In the body, whichever command applies migrations in this process notes each statement, and goes on after those noted."""
    import django
    from django.db.migrations.executor import MigrationExecutor

    if django.VERSION < OLDEST:
        yield
        return
    apply = MigrationExecutor.apply_migration
    runs: list[Any] = []

    def apply_migration(executor: Any, state: Any, migration: Any, fake: bool = False, fake_initial: bool = False) -> Any:
        if fake or executor.connection.vendor != "mysql":
            return apply(executor, state, migration, fake=fake, fake_initial=fake_initial)
        if not runs:
            from deployment_progress.run import Run

            runs.append(Run())
        return runs[0].apply(executor, migration, lambda: apply(executor, state, migration, fake_initial=fake_initial))

    MigrationExecutor.apply_migration = apply_migration
    try:
        yield
        for run in runs:
            run.end()
        if not runs:
            _end_of_earlier()
    finally:
        MigrationExecutor.apply_migration = apply


def _end_of_earlier() -> None:
    """Nothing was pending. A run that was cut off after its last migration has left its empty table."""
    from django.db import connection

    from deployment_progress.notes import Notes

    if connection.vendor == "mysql":
        notes = Notes(connection)
        if notes.is_there():
            notes.drop()
