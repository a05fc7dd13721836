"""The step before the migrations: those that do not fit the release that serves are refused on a host.

The release that serves uses the tables of the migrations that it knows, and not all that the database has: a release that
failed may have migrated already.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from . import advice
from .columns import Column
from .findings import BLOCKS, UNKNOWN, verdict_of
from .states import Verdict, name_of, state_of, verdicts

# Unfit operations that are shown in full: the host shows the last 40 lines of a task.
MOST = 8
MOST_ADVICE = 3


class Pending(NamedTuple):
    """What was found."""

    refused: list[Verdict]
    # Name → the reason of deployment.ts.
    accepted: dict[str, str]
    untold: list[Verdict]


def look(*, on_host: bool, serving: Collection[str] | None, accept: Mapping[str, str]) -> None:
    """Judges the migrations that the database does not have. Ends the program on a host when one does not fit.

    serving: names of the migrations that the release that serves knows; None or none: as the database has them.
    """
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        plan = [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
        for name in sorted(set(accept) - {name_of(key) for key in executor.loader.disk_migrations}):
            print(f"migrate: warning: release.accept names {name}, which is no migration of this release: take it out", flush=True)
        applied = [name_of(key) for key in executor.loader.applied_migrations]
        # Nothing to judge, or nothing that serves.
        if not plan or not applied:
            return
        state = state_of(connection, applied)
        found = _sorted(list(verdicts(connection, serving or applied, plan, state, kept_by(connection))), accept)
        text = refusal(found.refused, on_host=on_host)
    except Exception as error:
        # Django can't make the models either, most likely; what is wrong with them, migrate says.
        print(f"migrate: warning: the migrations can't be judged: {type(error).__name__}: {error}", flush=True)
        return
    if found.refused and on_host:
        sys.exit(text)
    for line in text.splitlines():
        print(f"migrate: warning: {line}", flush=True)
    # The release program reads these.
    for name, reason in found.accepted.items():
        print(f"  Accepted {name}: {reason}", flush=True)
    for verdict in found.untold:
        print(f"  Not judged {verdict.name}: {_why(verdict)}", flush=True)


def look_as_told() -> None:
    """The same with what the environment says."""
    names = os.environ.get("MIGRATIONS_SERVING")
    on_host = bool(os.environ.get("MIGRATIONS_REPORT"))
    # A first release is never judged.
    if not on_host or names is not None:
        look(on_host=on_host, serving=(names or "").split(), accept=json.loads(os.environ.get("RELEASE_ACCEPT") or "{}"))


def kept_by(connection: Any) -> Any:
    """Whether a new column will have its default in the database (`deployment_schema.defaults`)."""
    editor = connection.SchemaEditorClass(connection)

    def has_default(_table: str, _column: str, now: Column, is_new: bool) -> bool:
        # Django changes a column by MODIFY, which takes its default away.
        if not is_new or not getattr(connection, "mysql_is_mariadb", False):
            return False
        # Django's own order of rows gets its 0 in the operation.
        return type(now.field).__name__ == "OrderWrt" or editor.effective_default(now.field) is not None

    return has_default


def _sorted(found: Sequence[Verdict], accept: Mapping[str, str]) -> Pending:
    pending = Pending([], {}, [])
    for verdict in found:
        worst = verdict_of(verdict.findings)
        if worst == BLOCKS and verdict.name in accept:
            pending.accepted[verdict.name] = accept[verdict.name]
        elif worst == BLOCKS:
            pending.refused.append(verdict)
        elif worst == UNKNOWN:
            pending.untold.append(verdict)
    return pending


def _why(verdict: Verdict) -> str:
    return "; ".join(dict.fromkeys(finding.why for finding in verdict.findings if finding.verdict == UNKNOWN))


def refusal(refused: Sequence[Verdict], *, on_host: bool) -> str:
    """What is said of migrations that do not fit; empty when all do."""
    if not refused:
        return ""
    items, hints = [], []
    for verdict in refused:
        app = verdict.name.split(".", 1)[0]
        for judged in verdict.operations:
            blocking = [finding for finding in judged.findings if finding.verdict == BLOCKS]
            items += [f"  - {verdict.name}: {judged.described}: {one.place}: {one.why}" for one in blocking]
            hints += [(f"  {verdict.name}, {judged.described}:", advice.lines(judged, one, app)) for one in blocking[:1]]
    more = [f"  - and {len(items) - MOST} more"] if len(items) > MOST else []
    accepted = ", ".join(f'"{verdict.name}": "the reason"' for verdict in refused)
    head = (
        "migrate: the older code, which serves, can't work with what these migrations make of the database. Nothing was changed."
        if on_host
        else "a host refuses these migrations: the older code, which serves there, can't work with what they make of the database."
    )
    return "\n".join([
        head,
        *items[:MOST],
        *more,
        "  If its visitors may meet errors, write the reason into deployment.ts:",
        f"    release: {{ accept: {{ {accepted} }} }}",
        "  Or split the change, so that both releases work:",
        *[line for title, text in hints[:MOST_ADVICE] for line in [title, *[f"    {one}" for one in text]]],
    ])
