"""The migrations of one run: Django's executor, schema editor and operations are led through the notes."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

from . import messages
from .editor import keeping_notes
from .notes import Notes
from .operations import places
from .progress import Progress
from .python import run_operation

# Seconds: nobody else holds the lock now.
WAIT = 10


class Run:
    """From the first pending migration to the end of the last."""

    def __init__(self) -> None:
        # By the alias of the connection.
        self._notes: dict[str, Notes] = {}

    def apply(self, executor: Any, migration: Any, apply: Callable[[], Any]) -> Any:
        """Applies a migration, from where it was cut off if it was."""
        notes = self._notes.get(executor.connection.alias) or self._begin(executor)
        progress = Progress(notes, migration)
        if progress.is_resumed:
            print(progress.said(), flush=True)
        # Even the first statement may outlive this process.
        progress.write()
        with keeping_notes(executor.connection, progress), _led(migration, executor.connection, progress):
            with _recorded(executor, progress):
                return apply()

    def end(self) -> None:
        """All migrations are applied."""
        for notes in self._notes.values():
            notes.drop()

    def _begin(self, executor: Any) -> Notes:
        notes = self._notes[executor.connection.alias] = Notes(executor.connection)
        _hold_lock(notes)
        notes.create()
        for app, name in notes.migrations():
            if (app, name) in executor.loader.applied_migrations:
                # Somebody has finished it by hand.
                notes.forget(app, name)
            elif (app, name) not in executor.loader.disk_migrations:
                # Another release than the one that was cut off: it may have nothing to do with it.
                print(f"migrate: warning: {messages.file_gone(f'{app}.{name}')}", flush=True)
        return notes


def _hold_lock(notes: Notes) -> None:
    """A process that is killed leaves its statement to MariaDB, which brings it to its end.

    The connection that migrates holds a lock until then, and deployment_database waits for that.
    """
    notes.query("SELECT GET_LOCK(LEFT(CONCAT('deployment-notes-', DATABASE()), 64), %s)", (WAIT,))


@contextlib.contextmanager
def _led(migration: Any, connection: Any, progress: Progress) -> Iterator[None]:
    """In the body, each operation of the migration goes by the notes."""
    # One operation may stand at several places.
    by_operation: dict[int, tuple[Any, list[str]]] = {}
    for place, operation in places(migration.operations):
        by_operation.setdefault(id(operation), (operation, []))[1].append(place)
    for operation, its_places in by_operation.values():
        run = functools.partial(run_operation, connection, progress, operation, its_places, operation.database_forwards)
        operation.database_forwards = run
    try:
        yield
    finally:
        for operation, _ in by_operation.values():
            del operation.database_forwards


@contextlib.contextmanager
def _recorded(executor: Any, progress: Progress) -> Iterator[None]:
    """In the body, Django records the migration and its notes go in one transaction."""
    from django.db import transaction

    record = executor.record_migration

    # Django 6 gives names in place of the migration.
    def record_migration(*migration: Any, **options: Any) -> None:
        with transaction.atomic(using=executor.connection.alias):
            record(*migration, **options)
            progress.end()

    executor.record_migration = record_migration
    try:
        yield
    finally:
        del executor.record_migration
