"""Which jobs a host knows: their records, and the file by which cron calls."""

import os
import pwd
import re

from ..clock import stamp
from ..failure import Failure, Refusal
from ..host import Host
from .lock import JobLock
from .removed import forget_removed
from .runs import bring_up_to_date

MISSING = (
    "jobs of deployment.ts have a schedule, and this host has no cron, which starts them. "
    "Log in and type: sudo apt-get install cron"
)


def scheduled(host: Host) -> list[str]:
    """Names of the jobs that have a schedule."""
    return [name for name, job in host.settings.jobs.items() if job.schedule is not None]


def note_look(host: Host) -> None:
    """Notes that somebody has looked at the schedule: status says when nobody does any more."""
    (host.folders.jobs / "looked").write_text(f"{stamp(host.clock.wall())}\n")


def require_cron(host: Host) -> None:
    """Raises Refusal when jobs have a schedule and nothing would start them."""
    if scheduled(host) and not host.cron.is_there():
        raise Refusal(f"{MISSING}; then release again")


def provide_jobs(host: Host) -> None:
    """Has cron start the jobs of the release that serves, and no others. May be done at any time. Raises Failure.

    Cron asks without a job, too: each look notes the end of a run of before, and sees that the disk has its reserve.
    """
    with JobLock(host):
        for name in host.settings.jobs:
            bring_up_to_date(host, name)
        forget_removed(host)
        # Cron has a while for its first look.
        note_look(host)
    if host.cron.is_there():
        host.cron.write(cron_text(host))
    elif scheduled(host):
        raise Failure(MISSING)


def cron_text(host: Host) -> str:
    """What cron is told. Raises Failure when that can't be said in cron's words."""
    user, folder = pwd.getpwuid(os.getuid()).pw_name, str(host.folders.base)
    for value in (user, folder):
        # In a line of cron % is a line break, and a blank ends a word.
        if not re.fullmatch(r"[\w./-]+", value, re.ASCII):
            raise Failure(f'"{value}" can stand in no line of cron: letters, digits and ./_- can')
    template = (host.folders.deploy / "host" / "cron").read_text()
    return template.replace("@USER@", user).replace("@FOLDER@", folder)
