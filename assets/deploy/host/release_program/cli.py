"""The words of the command line."""

import argparse
import sys
from collections.abc import Callable, Sequence

from .commands import day
from .commands.releases import releases, summary
from .commands.repair_access import repair_access
from .commands.rollback import RollbackOptions, rollback
from .commands.run import RunOptions, run
from .failure import Ended
from .host import Host
from .record import Kind

DESCRIPTION = """\
Runs on the host, as a user who may use Docker. Exit status: 0 done, 1 refused or failed (the release before serves),
2 wrong usage."""

# What comes after these words is for another program, whatever it looks like.
PASSED_ON: dict[str, Callable[[Host, Sequence[str]], int]] = {"logs": day.logs, "manage": day.manage}


def main(words: Sequence[str], make_host: Callable[[], Host]) -> int:
    """Does what the words ask for, and gives the exit status."""
    arguments = parser().parse_args(words[:1] if words[:1] and words[0] in PASSED_ON else words)
    try:
        host = make_host()
        if words[0] in PASSED_ON:
            return PASSED_ON[words[0]](host, words[1:])
        return _perform(host, arguments)
    except Ended as reason:
        print(f"✗ {reason}", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """What may be asked for."""
    root = argparse.ArgumentParser("release", description=DESCRIPTION, allow_abbrev=False)
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, allow_abbrev=False)

    one = command("run", "make the release in this folder serve; the one before serves until then, and on if it fails")
    one.add_argument("id", metavar="ID")
    one.add_argument("--address", default="", help="the host's address or name")
    one.add_argument("--commit", default="", help="what it is made of")
    one.add_argument("--by", default="", help="who has asked for it")
    one.add_argument("--wait", type=float, default=0, help="seconds for another release that is at work")
    one.add_argument("--rollback", action="store_true", help="it has served before: its schema is there")
    one = command("rollback", "make an earlier release serve again")
    one.add_argument("target", metavar="ID", nargs="?", default="")
    one.add_argument("--by", default="", help="who has asked for it")
    one.add_argument("--anyway", action="store_true", help="though the schema stands in the way")
    one = command("releases", "what was released, the newest first")
    one.add_argument("--json", action="store_true")
    one = command("status", "what runs, and which release serves")
    one.add_argument("--json", action="store_true")
    one = command("summary", "one release, in Markdown")
    one.add_argument("id", metavar="ID")
    command("logs", "[ROLE] [OPTION…]: what web, nginx or database writes; options of docker logs")
    command("manage", "ARGUMENT…: the project's manage.py, beside the release that serves")
    command("shell", "a shell there")
    one = command("maintenance", 'answer every visitor "back soon", or no longer')
    one.add_argument("state", choices=("on", "off"))
    one = command("repair-access", "give access to the database again when its passwords are lost; no data is touched")
    one.add_argument("--name", default="", help="the deployment's name, which is asked for without it")
    return root


def _perform(host: Host, given: argparse.Namespace) -> int:
    match given.command:
        case "run":
            kind: Kind = "rollback" if given.rollback else "release"
            return run(host, RunOptions(given.id, given.address, given.commit, given.by, given.wait, kind))
        case "rollback":
            rollback(host, RollbackOptions(given.target, given.by, given.anyway))
        case "releases":
            return releases(host, as_json=given.json)
        case "status":
            return day.status(host, as_json=given.json)
        case "summary":
            return summary(host, given.id)
        case "shell":
            day.shell(host)
        case "maintenance":
            return day.maintenance(host, on=given.state == "on")
        case "repair-access":
            return repair_access(host, given.name)
        case other:
            raise AssertionError(other)
