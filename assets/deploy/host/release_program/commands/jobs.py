"""Runs jobs: one that somebody asks for, and those whose time has come."""

import sys
from contextlib import suppress

from ..failure import Ended, Refusal, TooLate
from ..folders import write_file
from ..host import Host
from ..jobs.judge import OVERDUE, due
from ..jobs.lock import JobLock
from ..jobs.record import Run
from ..jobs.removed import removed_jobs
from ..jobs.runs import bring_up_to_date, container_name, is_up, runs_of, start
from ..jobs.schedule_file import note_look
from ..jobs.words import TRIGGERS, how
from ..parts.storage.ballast import keep_ballast
from ..signals import outlive_connection

# Exit status of a second start (EX_TEMPFAIL of sysexits.h).
RUNS_ALREADY = 75

# Seconds between two looks at a run whose output ended before it did.
PAUSE = 1.0


def job(host: Host, name: str) -> int:
    """Runs a job now, shows what it says, and gives its exit status."""
    if name not in host.settings.jobs:
        known = ", ".join(host.settings.jobs) or "none"
        raise Refusal(f'deployment.ts has no job "{name}"; its jobs: {known}')
    serving = host.folders.current()
    if host.folders.id != serving:
        raise Refusal(f"this program is of {host.folders.id}, and {serving or 'nothing'} serves; call that one's")
    host.require_engine()
    with JobLock(host):
        record = bring_up_to_date(host, name)
        if record.running is not None:
            since = f"{record.running.began}{TRIGGERS[record.running.trigger]}"
            print(f"✗ {name} runs since {since}. Wait for it; then type this again.", file=sys.stderr)
            return RUNS_ALREADY
        run = start(host, name, record, "hand")
    # It goes on when nobody listens any more.
    outlive_connection()
    is_stopped = False
    try:
        _show(host, name, run)
    except KeyboardInterrupt:
        is_stopped = True
        host.say(f"{name} is asked to stop")
        runs_of(host).stop(container_name(host, name), host.settings.jobs[name].stop_grace)
    ended = _note_end(host, name, run, is_stopped=is_stopped)
    host.say(f"{'✓' if ended.outcome == 'well' else '✗'} {name} {how(ended)}")
    return 1 if ended.exit is None else ended.exit


def jobs_due(host: Host) -> int:
    """Notes what has ended, and starts what is due. Cron asks for it each minute."""
    # Between two releases it may be called of either.
    if host.folders.id != host.folders.current():
        return 0
    failures: list[str] = []
    # A full disk ends what comes after this.
    with suppress(OSError, Ended):
        keep_ballast(host)
    try:
        with JobLock(host, seconds=0):
            note_look(host)
            for name in [*host.settings.jobs, *removed_jobs(host)]:
                # What goes wrong with one job keeps no other one from its time.
                try:
                    _start_if_due(host, name)
                except (Ended, OSError) as failure:
                    failures.append(f"{name}: {' '.join(str(failure).split())}")
    except Refusal:
        # The look of the minute before is still at it, or a person starts one.
        return 0
    problem = host.folders.jobs / "problem"
    if failures:
        write_file(problem, "\n".join([*failures, ""]))
        return 1
    problem.unlink(missing_ok=True)
    return 0


def _start_if_due(host: Host, name: str) -> None:
    record = bring_up_to_date(host, name)
    wanted = host.settings.jobs.get(name)
    trigger = due(record, wanted, host.clock.wall()) if wanted else None
    # One that is put off is still due a minute later.
    if trigger is not None and is_up(host):
        start(host, name, record, trigger)


def _show(host: Host, name: str, run: Run) -> None:
    """Shows what a run says until it has ended, or must have."""
    settings, container = host.settings.jobs[name], container_name(host, name)
    end = host.clock.now() + settings.time_limit + settings.stop_grace + OVERDUE
    with suppress(TooLate):
        host.docker.follow(
            *("logs", "--follow", container), hear=host.say, environment={}, limit=end - host.clock.now()
        )
    # An engine that goes down ends the output first.
    while host.clock.now() < end:
        with suppress(Ended):
            found = runs_of(host).find(container)
            if found is None or found.run != run.id or not found.is_running:
                return
        host.clock.sleep(PAUSE)


def _note_end(host: Host, name: str, run: Run, *, is_stopped: bool) -> Run:
    with JobLock(host):
        record = bring_up_to_date(host, name)
        ended = next((one for one in record.runs if one.id == run.id), run)
        if is_stopped and ended.outcome == "failed":
            ended.outcome = "stopped"
            record.write(host.folders.job_record(name))
    return ended
