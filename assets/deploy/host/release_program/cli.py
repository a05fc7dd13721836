"""The words of the command line."""

import argparse
import sys
from collections.abc import Callable, Sequence

from .commands import day
from .commands.jobs import job, jobs_due
from .commands.refresh import RefreshOptions, refresh
from .commands.releases import releases, summary
from .commands.repair_access import repair_access
from .commands.rollback import RollbackOptions, rollback
from .commands.run import RunOptions, run
from .commands.stale_rules import stale_rules
from .failure import Ended
from .host import Host
from .record import Kind

DESCRIPTION = """\
Runs on the host, as a user who may use Docker. Exit status: 0 done, 1 refused or failed (the release before serves),
2 wrong usage, 75 a job that runs already, 130 Ctrl-C. Of a job it is that of its command."""

# What comes after these words is for another program, whatever it looks like.
PASSED_ON: dict[str, Callable[[Host, Sequence[str]], int]] = {"logs": day.logs, "manage": day.manage}

# Does what a command asks for, and gives the exit status.
Perform = Callable[[Host, argparse.Namespace], int]


def main(words: Sequence[str], make_host: Callable[[], Host]) -> int:
    """Does what the words ask for, and gives the exit status."""
    try:
        if words and words[0] in PASSED_ON:
            return PASSED_ON[words[0]](make_host(), words[1:])
        given = parser().parse_args(words)
        perform: Perform = given.perform
        return perform(make_host(), given)
    except (Ended, OSError) as reason:
        print(f"✗ {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """What may be asked for."""
    root = argparse.ArgumentParser("release", description=DESCRIPTION, allow_abbrev=False)
    commands = root.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, text: str, perform: Perform | None = None) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        one.set_defaults(perform=perform)
        return one

    one = command(
        "run", "make the release in this folder serve; the one before serves until then, and on if it fails", _run
    )
    one.add_argument("id", metavar="ID")
    one.add_argument("--address", default="", help="the host's address or name")
    one.add_argument("--commit", default="", help="what it is made of")
    one.add_argument("--by", default="", help="who has asked for it")
    one.add_argument("--wait", type=float, default=0, help="seconds for another release that is at work")
    one.add_argument("--rollback", action="store_true", help="it has served before: its schema is there")
    one.add_argument("--refreshes", metavar="ID", default="", help="the release that serves, which is made once more")
    one = command("refresh", "make the release that serves once more, of base images and packages of today", _refresh)
    one.add_argument("--address", default="", help="the host's address or name")
    one.add_argument("--by", default="", help="who has asked for it")
    one.add_argument("--wait", type=float, default=0, help="seconds for another release that is at work")
    one = command("rollback", "make an earlier release serve again", _rollback)
    one.add_argument("target", metavar="ID", nargs="?", default="")
    one.add_argument("--by", default="", help="who has asked for it")
    one.add_argument("--anyway", action="store_true", help="though the schema stands in the way")
    one = command(
        "releases", "what was released, the newest first", lambda host, given: releases(host, as_json=given.json)
    )
    one.add_argument("--json", action="store_true")
    one = command(
        "status", "what runs, and which release serves", lambda host, given: day.status(host, as_json=given.json)
    )
    one.add_argument("--json", action="store_true")
    one = command("summary", "one release, in Markdown", lambda host, given: summary(host, given.id))
    one.add_argument("id", metavar="ID")
    command("logs", "[NAME] [OPTION…]: what a service or a job writes, web without one; options of docker logs")
    one = command("job", "run a job now, and end with its exit status", lambda host, given: job(host, given.name))
    one.add_argument("name", metavar="NAME")
    command("jobs-due", "start the jobs whose time has come: cron asks for it", lambda host, _given: jobs_due(host))
    command(
        "stale-rules",
        "take rules that killed runners have left out of the firewall: cron asks for it",
        lambda host, _given: stale_rules(host),
    )
    command("manage", "ARGUMENT…: the project's manage.py, beside the release that serves")
    command("shell", "a shell there", lambda host, _given: day.shell(host))
    one = command(
        "maintenance",
        'answer every visitor "back soon", or no longer',
        lambda host, given: day.maintenance(host, on=given.state == "on"),
    )
    one.add_argument("state", choices=("on", "off"))
    one = command(
        "repair-access",
        "give access to the database again when its passwords are lost; no data is touched",
        lambda host, given: repair_access(host, given.name),
    )
    one.add_argument("--name", default="", help="the deployment's name, which is asked for without it")
    return root


def _run(host: Host, given: argparse.Namespace) -> int:
    kind: Kind = "rollback" if given.rollback else "refresh" if given.refreshes else "release"
    return run(host, RunOptions(given.id, given.address, given.commit, given.by, given.wait, kind, given.refreshes))


def _refresh(host: Host, given: argparse.Namespace) -> int:
    refresh(host, RefreshOptions(given.address, given.by, given.wait))


def _rollback(host: Host, given: argparse.Namespace) -> int:
    rollback(host, RollbackOptions(given.target, given.by, given.anyway))
