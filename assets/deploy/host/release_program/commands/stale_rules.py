"""Takes rules of killed runners out of the firewall: cron asks for it."""

import sys

from ..failure import Ended
from ..host import Host
from ..machine.aws import AwsError
from ..runner_rules.sweep import note_problem, sweep_rules

# AWS's names for a right that a role does not have.
DENIED = ("UnauthorizedOperation", "AccessDenied")

REMEDY = '; "make host" gives this machine the right to'


def stale_rules(host: Host) -> int:
    """Removes what is stale, and says what. What goes wrong is for status to tell, and touches nothing else."""
    # Between two releases it may be called of either.
    if host.folders.id != host.folders.current():
        return 0
    try:
        for description in sweep_rules(host):
            host.say(f"closed: {description}")
    except (Ended, OSError) as failure:
        denied = isinstance(failure, AwsError) and failure.code in DENIED
        problem = f"{' '.join(str(failure).split())}{REMEDY if denied else ''}"
        note_problem(host, problem)
        print(f"✗ {problem}", file=sys.stderr)
        return 1
    return 0
