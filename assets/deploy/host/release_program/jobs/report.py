"""What status says of jobs."""

from collections.abc import Iterator
from contextlib import suppress

from ..clock import moment_of, stamp
from ..host import Host
from .record import JobRecord
from .removed import removed_jobs
from .runs import look
from .schedule import following
from .schedule_file import scheduled
from .words import how

# Seconds without a look at the schedule after which something is wrong: cron's minute, and some.
LOOKED = 180


def reports(host: Host) -> list[dict[str, object]]:
    """Each job for programs: its schedule in UTC, its next time, and its last runs, the newest first.

    `removed`: this release does not name it, and a run of it had begun before.
    """
    return [
        {
            "name": name,
            "schedule": record.schedule,
            "next": _next(host, name),
            "runs": [vars(run) for run in record.runs],
            "removed": name not in host.settings.jobs,
        }
        for name, record in _records(host)
    ]


def lines(host: Host) -> Iterator[str]:
    """The same for people; and why no schedule is kept, when that is so."""
    found = list(_records(host))
    width = max([10, *(len(name) for name, _ in found)])
    for name, record in found:
        when = f"{record.schedule} UTC, next {_next(host, name)}" if record.schedule else "by hand"
        if name not in host.settings.jobs:
            when = "no longer in deployment.ts"
        yield f"  {name:<{width}} job, {when}; {how(record.last) if record.last else 'has not run yet'}"
    yield from (f"! {problem}" for problem in problems(host))


def problems(host: Host) -> list[str]:
    """Why jobs may not run at their times."""
    if not scheduled(host):
        return []
    looked = host.folders.read("jobs/looked")
    with suppress(ValueError):
        # A look in the future was noted by a clock that has been put back: it says nothing of today.
        if abs((host.clock.wall() - moment_of(looked)).total_seconds()) <= LOOKED:
            return host.folders.read("jobs/problem").splitlines()
    return [
        f"no schedule is kept: cron has not asked for the jobs since {looked or 'this release'}; "
        "see whether it runs: systemctl status cron"
    ]


def _records(host: Host) -> Iterator[tuple[str, JobRecord]]:
    for name in [*host.settings.jobs, *removed_jobs(host)]:
        yield name, look(host, name)


def _next(host: Host, name: str) -> str:
    job = host.settings.jobs.get(name)
    schedule = job.schedule if job else None
    moment = following(schedule, host.clock.wall()) if schedule else None
    return stamp(moment) if moment else ""
