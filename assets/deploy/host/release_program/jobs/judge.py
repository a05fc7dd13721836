"""What became of a run, from its container: who has started it may have been killed meanwhile."""

from datetime import datetime, timedelta

from ..clock import moment_of, stamp
from ..docker.runs import RunContainer, Trigger
from ..settings.model import Job
from .record import JobRecord, Outcome, Run
from .schedule import latest

# Exit statuses of `timeout` in the container: the time was over; and SIGKILL was needed, too.
TIME_OVER = (124, 137)

# Seconds after which a run that has outlived its own time limit is killed from outside: it can't keep it, or is paused.
OVERDUE = 120

# How late a run may begin and still be in time: the engine and the release are looked at first.
IN_TIME = timedelta(seconds=90)


def settle(record: JobRecord, found: RunContainer | None, engine: str, now: datetime) -> None:
    """Brings a record to what there is: the job's container, or none.

    `engine` tells this run of the engine from others.
    """
    run = record.running
    if run is not None and (found is None or found.run != run.id):
        run.end("cut", now, reason="its container is gone")
    if found is None:
        return
    if not any(one.id == found.run for one in record.runs):
        # The record was lost. A run that has ended is told by its container's log alone.
        if found.is_running:
            record.add(Run(found.run, found.trigger, found.release, stamp(found.started or now)))
        return
    if run is None or found.run != run.id or found.is_running:
        return
    ended = found.ended or now
    outcome = _outcome(run, found, engine, ended)
    run.end(outcome, ended, found.exit if found.has_run else None, _reason(found))
    # Times that came while it ran are left out. After a cut, one more run stands for all of them.
    if not run.is_by_hand and outcome != "cut":
        record.count_from(moment_of(run.ended))


def may_be_starting(record: JobRecord, found: RunContainer | None, now: datetime, seconds: float) -> bool:
    """Whether a run was noted so many seconds ago at most, and its container has not begun.

    Only who has the lock knows whether somebody still makes that container.
    """
    run = record.running
    if run is None or (found is not None and found.run == run.id and found.has_run):
        return False
    return 0 <= (now - moment_of(run.began)).total_seconds() < seconds


def due(record: JobRecord, job: Job, now: datetime) -> Trigger | None:
    """Why a job has to run now; None when it has not. Of several missed times one is caught up, the last."""
    last = record.last
    if job.schedule is None or record.running is not None:
        return None
    if last is not None and last.outcome == "cut" and last.trigger in ("schedule", "missed"):
        return "again"
    time = latest(job.schedule, moment_of(record.counts_from), now)
    if time is None:
        return None
    return "schedule" if now - time < IN_TIME else "missed"


def is_overdue(record: JobRecord, found: RunContainer, now: datetime, age: float | None) -> bool:
    """Whether a run has outlived its own time limit, and whatever `timeout` needs to end it.

    `age`: seconds for which its process has run; None when nobody knows. A clock that is put right ends no run.
    """
    run = record.running
    if run is None or not found.is_running or found.time_limit is None:
        return False
    seconds = (now - moment_of(run.began)).total_seconds() if age is None else age
    return seconds > found.time_limit + found.stop_grace + OVERDUE


def _outcome(run: Run, found: RunContainer, engine: str, ended: datetime) -> Outcome:
    if not found.has_run:
        return "not started" if found.error else "cut"
    if found.exit == 0:
        return "well"
    if found.engine != engine:
        return "cut"
    seconds = (ended - moment_of(run.began)).total_seconds()
    # Its own limit: deployment.ts may have another one by now, or no such job. A clock that was put back meanwhile says
    # nothing of how long it took.
    was_long = seconds < 0 or seconds >= (found.time_limit or 0) - 1
    return "limit" if found.exit in TIME_OVER and was_long else "failed"


def _reason(found: RunContainer) -> str:
    if found.error:
        return found.error
    return "it needed more memory than it has" if found.out_of_memory and found.exit != 0 else ""
