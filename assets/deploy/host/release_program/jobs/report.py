"""What status says of jobs."""

from collections.abc import Iterator
from contextlib import suppress

from ..clock import moment_of, stamp
from ..host import Host
from .record import JobRecord, Run
from .runs import look
from .schedule import following
from .schedule_file import scheduled

# Seconds without a look at the schedule after which something is wrong: cron's minute, and some.
LOOKED = 180

OUTCOMES = {
    "running": "runs",
    "well": "ended well",
    "failed": "failed",
    "limit": "took longer than its timeLimit, and was ended",
    "cut": "was cut off: the machine or its engine went down",
    "stopped": "was stopped by hand",
    "not started": "could not be started",
}

TRIGGERS = {"schedule": "", "missed": ", a missed time", "again": ", once more after a cut", "hand": ", by hand"}


def reports(host: Host) -> list[dict[str, object]]:
    """Each job for programs: its schedule in UTC, its next time, and its last runs, the newest first."""
    return [
        {
            "name": name,
            "schedule": record.schedule,
            "next": _next(host, name),
            "runs": [vars(run) for run in record.runs],
        }
        for name, record in _records(host)
    ]


def lines(host: Host) -> Iterator[str]:
    """The same for people; and why no schedule is kept, when that is so."""
    found = list(_records(host))
    width = max([10, *(len(name) for name, _ in found)])
    for name, record in found:
        when = f"{record.schedule} UTC, next {_next(host, name)}" if record.schedule else "by hand"
        yield f"  {name:<{width}} job, {when}; {how(record.last) if record.last else 'has not run yet'}"
    yield from (f"! {problem}" for problem in problems(host))


def how(run: Run) -> str:
    """What became of a run."""
    since = f"{OUTCOMES[run.outcome]}{TRIGGERS[run.trigger]}"
    if run.outcome == "running":
        return f"{since}, since {run.began}, with release {run.release}"
    seconds = int((moment_of(run.ended) - moment_of(run.began)).total_seconds())
    status = f", exit status {run.exit}" if run.exit else ""
    reason = f": {' '.join(run.reason.split())[:200]}" if run.reason else ""
    return f"{since}, began {run.began}, took {seconds} s{status}{reason}"


def problems(host: Host) -> list[str]:
    """Why jobs may not run at their times."""
    if not scheduled(host):
        return []
    looked = host.folders.read("jobs/looked")
    with suppress(ValueError):
        if (host.clock.wall() - moment_of(looked)).total_seconds() <= LOOKED:
            return host.folders.read("jobs/problem").splitlines()
    return [
        f"no schedule is kept: cron has not asked for the jobs since {looked or 'this release'}; "
        "see whether it runs: systemctl status cron"
    ]


def _records(host: Host) -> Iterator[tuple[str, JobRecord]]:
    for name in host.settings.jobs:
        yield name, look(host, name)


def _next(host: Host, name: str) -> str:
    schedule = host.settings.jobs[name].schedule
    moment = following(schedule, host.clock.wall()) if schedule else None
    return stamp(moment) if moment else ""
