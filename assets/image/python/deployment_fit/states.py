"""The models of a release by the names of its migrations, and the migrations that another one adds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple, Tuple

from .changes import HasDefault
from .findings import UNKNOWN, Finding
from .operations import Judge, Judged
from .tables import tables_of, with_stored

Key = Tuple[str, str]


class Verdict(NamedTuple):
    """A migration, and what is thought of its operations."""

    name: str
    operations: list[Judged]

    @property
    def findings(self) -> list[Finding]:
        """Of all operations."""
        return [finding for judged in self.operations for finding in judged.findings]


def name_of(key: Key) -> str:
    """`shop.0001_initial`."""
    return ".".join(key)


def verdicts(
    connection: Any, known: Collection[str], others: Iterable[Any], state: Any, has_default: HasDefault
) -> Iterator[Verdict]:
    """Judges migrations in their order for the code of the release that knows `known`.

    `state` has the models before the first of them, and those after the last of them in the end.
    """
    loader, keys = _loader_of(connection, known)
    used = tables_of(loader.project_state(keys), connection, changed_only=False)
    if not set(known) <= _told_by_files(loader):
        # Files are gone, and what their migrations have made is somewhere among all that the database has.
        used = with_stored(used, connection)
    judge = Judge(used, connection, has_default)
    for migration in others:
        key = (migration.app_label, migration.name)
        operations = judge.migration(migration, state)
        if any(name_of(replaced) in known for replaced in migration.replaces):
            why = "it stands for several migrations, of which that release knows some"
            operations = [Judged(None, "Squashed", state, [Finding(UNKNOWN, "squash", why)])]
        yield Verdict(name_of(key), operations)


def _told_by_files(loader: Any) -> set[str]:
    """Names of the migrations that are there, and of those in whose place they stand."""
    replaced = [key for migration in loader.disk_migrations.values() for key in migration.replaces]
    return {name_of(key) for key in [*loader.disk_migrations, *replaced]}


def is_known(migration: Any, known: Collection[str]) -> bool:
    """Whether a release knows a migration, or all those in whose place it stands."""
    if name_of((migration.app_label, migration.name)) in known:
        return True
    return bool(migration.replaces) and all(name_of(key) in known for key in migration.replaces)


def state_of(connection: Any, known: Collection[str]) -> Any:
    """The models as the known migrations make them."""
    loader, keys = _loader_of(connection, known)
    return loader.project_state(keys)


def in_order(connection: Any) -> list[Any]:
    """All migrations that Django would run on an empty database, in their order."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    return [migration for migration, _ in plan]


def _loader_of(connection: Any, known: Collection[str]) -> tuple[Any, list[Key]]:
    """Django's loader as if exactly the known migrations were applied, and which of its own these are.

    Which of squashed migrations count goes by what is applied.
    """
    from django.db.migrations import loader as module

    applied = {tuple(name.split(".", 1)): None for name in known}

    class Recorder:
        """Plays the table of the applied migrations."""

        def __init__(self, _connection: Any) -> None: ...

        def applied_migrations(self) -> Any:
            return dict(applied)

    original, module.MigrationRecorder = module.MigrationRecorder, Recorder
    try:
        loader = module.MigrationLoader(connection)
    finally:
        module.MigrationRecorder = original
    return loader, [key for key in loader.graph.nodes if is_known(loader.graph.nodes[key], known)]
