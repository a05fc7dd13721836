"""Starts runs of jobs and notes their ends. Each needs the lock of the jobs."""

import uuid

from ..clock import moment_of, stamp
from ..docker.runs import RunLabels, Runs, Trigger
from ..failure import DockerError, Failure
from ..folders import write_file
from ..host import Host
from ..parts.services import PAUSE, healthy
from ..settings.word import texts
from .judge import is_overdue, may_be_starting, settle
from .record import JobRecord, Run, read_job_record

# Seconds for the engine to start a container.
START = 60.0


def runs_of(host: Host) -> Runs:
    """The containers of jobs."""
    return Runs(host.docker, _labels(host))


def container_name(host: Host, name: str) -> str:
    """The container of a job; its name keeps a second one out."""
    return f"{host.settings.name}-{name}"


def look(host: Host, name: str) -> JobRecord:
    """The record of a job as it is now, though deployment.ts no longer names it; not written. Raises DockerError.

    Needs no lock: a run that somebody may be starting at this moment is at work.
    """
    found = runs_of(host).find(container_name(host, name))
    record = _recorded(host, name)
    if not may_be_starting(record, found, host.clock.wall(), START):
        settle(record, found, host.engine_mark(), host.clock.wall())
    return record


def bring_up_to_date(host: Host, name: str) -> JobRecord:
    """The same, and notes it. What runs far beyond its time is killed; the next look notes that."""
    runs = runs_of(host)
    found = runs.find(container_name(host, name))
    record = _recorded(host, name)
    settle(record, found, host.engine_mark(), host.clock.wall())
    _write(host, record)
    if found is not None and is_overdue(record, found, host.clock.wall(), host.process_age(found.process)):
        runs.stop(found.id, 0)
    return record


def start(host: Host, name: str, record: JobRecord, trigger: Trigger) -> Run:
    """Begins a run of a job that does not run, with the image and the `.env` of the release that serves.

    A run that the engine refuses is noted, and is not tried again before the next time. Raises Failure. When the engine
    does not answer, nothing is noted: the job is still due.
    """
    before = record.text()
    run = Run(uuid.uuid4().hex[:12], trigger, host.folders.id, stamp(host.clock.wall()))
    record.add(run)
    # First of all: a run of which nothing but this is left has been cut off.
    _write(host, record)
    try:
        _start_container(host, name, run)
    except Failure as failure:
        if host.swarm.info() is None:
            # As it was before.
            write_file(host.folders.job_record(name), before)
            raise
        run.end("not started", host.clock.wall(), reason=str(failure))
        _write(host, record)
        raise
    return run


def is_up(host: Host) -> bool:
    """Whether the release is there with all that it needs: after a boot it takes a while."""
    needed = [service.name for service in host.settings.backing_services if service.judge == "healthy"]
    return all(healthy(host, name) for name in [host.settings.serving, *needed])


def _start_container(host: Host, name: str, run: Run) -> None:
    job, runs, labels = host.settings.jobs[name], runs_of(host), _labels(host)
    container = container_name(host, name)
    # What is left of the run before.
    runs.remove(container)
    values = {**host.values(), "image.application": _image(host)}
    marks = {
        labels.run: run.id,
        labels.release: run.release,
        labels.trigger: run.trigger,
        labels.engine: host.engine_mark(),
        labels.limit: str(job.time_limit),
    }
    runs.create(marks, *texts(job.arguments, values))
    file = host.folders.release / ".env"
    data = file.read_bytes() if file.exists() else b""
    # Its length before it: half of it is none (assets/image/bin/entrypoint).
    runs.start(container, f"{len(data)}\n".encode() + data)
    end = host.clock.now() + START
    while (found := runs.find(container)) is not None and not found.has_run:
        if found.error:
            raise DockerError(f"the container can't be started: {found.error}")
        if host.clock.now() >= end:
            raise DockerError(f"the container was not started within {START:g} s")
        host.clock.sleep(PAUSE)


def _image(host: Host) -> str:
    file = host.folders.release / "image-id"
    image = file.read_text().strip() if file.exists() else ""
    if not image:
        raise Failure(f"{file} is missing: nobody knows the image of the release that serves; release again")
    return image


def _recorded(host: Host, name: str) -> JobRecord:
    """The record as it is written. Times count from now on for a job, or a schedule, that is new."""
    job, now = host.settings.jobs.get(name), host.clock.wall()
    written = job.schedule.text if job and job.schedule else ""
    record = read_job_record(host.folders.job_record(name)) or JobRecord(name, written, stamp(now))
    # A clock that was wrong may have noted a time that is still to come.
    if record.schedule != written or moment_of(record.counts_from) > now:
        record.schedule, record.counts_from = written, stamp(now)
    return record


def _write(host: Host, record: JobRecord) -> None:
    """Writes the record when it says something else than the file."""
    path = host.folders.job_record(record.job)
    if not path.exists() or path.read_text(errors="replace") != record.text():
        record.write(path)


def _labels(host: Host) -> RunLabels:
    own = host.settings.labels.name
    marks = ("run", "run-release", "run-trigger", "run-engine", "run-limit")
    return RunLabels(*[f"{own}.{mark}" for mark in marks])
