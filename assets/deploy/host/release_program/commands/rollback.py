"""Back to an earlier release: the code alone, if the schema lets it."""

import os
import re
from dataclasses import dataclass
from typing import NoReturn

from ..failure import Refusal
from ..host import Host
from ..parts.services import containers, running
from ..process import become
from ..record import Record, read_record

# Seconds for Django to compare the migrations.
LIMIT = 300.0


@dataclass(frozen=True)
class RollbackOptions:
    """How the way back was asked for."""

    # Empty: the newest release before that has served.
    target: str = ""
    by: str = ""
    # Whether to go back though the schema stands in the way.
    anyway: bool = False


def rollback(host: Host, options: RollbackOptions) -> NoReturn:
    """Has the release program of an earlier release make it serve. Raises Refusal with what stands in the way."""
    host.require_engine()
    folders = host.folders
    serving = folders.current()
    if not serving:
        raise Refusal("no release serves yet: there is nothing to go back from")
    target = options.target or release_before(host, serving)
    if not target:
        raise Refusal(f"there is no release before {serving} to go back to")
    if target == serving:
        raise Refusal(f"{target} serves already")
    program = folders.program(target)
    if not re.fullmatch(r"[A-Za-z0-9-]+", target) or not os.access(program, os.X_OK):
        kept = " ".join(folders.by_age())
        raise Refusal(f'"{target}" is none of the releases that are kept: {kept}')
    record = read_record(folders.record(target)) or Record(target)
    if not record.migrations_known and not options.anyway:
        raise Refusal(
            f"{target} has never come as far as its migrations, so nobody knows which it has; "
            "--anyway goes there all the same"
        )
    judge_schema(host, record, anyway=options.anyway)
    become([str(program), "run", target, "--rollback", "--by", options.by, "--address", host.address])


def release_before(host: Host, serving: str) -> str:
    """The newest release before one that has served; empty when there is none."""
    names = host.folders.by_age()
    for name in names[names.index(serving) + 1 :] if serving in names else names:
        record = read_record(host.folders.record(name))
        if record is not None and record.outcome == "served":
            return name
    return ""


def judge_schema(host: Host, target: Record, *, anyway: bool) -> None:
    """Says which migrations the database has that the older code does not know, and whether that can live with them."""
    found = containers(host, host.settings.serving, "health=healthy")
    container = found[0].id if found else running(host, host.settings.serving)
    if not container:
        if not anyway:
            raise Refusal("no release runs that could be asked for the migrations; --anyway goes back without that")
        return
    result = host.containers.execute(
        container,
        *("/opt/deployment/bin/entrypoint", "/opt/deployment/bin/migrations", "between"),
        *target.migrations_known,
        limit=LIMIT,
        merged=True,
    )
    if not result.ok:
        raise Refusal("the migrations could not be compared: " + "\n".join(result.lines[-3:]))
    _judge(host, target.release, result.lines, anyway=anyway)


def _judge(host: Host, target: str, between: list[str], *, anyway: bool) -> None:
    if not between:
        host.say("no migration lies between: the code alone goes back")
        return
    host.say("\n".join([f"migrations of the database that {target} does not know:", *[f"  {one}" for one in between]]))
    blocking = [one for one in between if ": fits" not in one and one]
    if not blocking:
        host.say("the older code works with all of them: the code alone goes back, the schema stays")
    elif anyway:
        host.say("going back all the same; the schema stays as it is")
    else:
        raise Refusal(
            f"the schema stands in the way: {len(blocking)} of these do not go with the code of {target}.\n"
            "  To take the schema back first (what these migrations have added is lost then), for each app:\n"
            "    manage migrate APP NAME-OF-THE-MIGRATION-BEFORE\n"
            "  or mend it with a new release. To go back all the same: --anyway"
        )
