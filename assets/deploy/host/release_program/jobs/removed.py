"""Jobs that deployment.ts no longer names. A run that had begun before goes on, to its end or its own time limit."""

from ..host import Host
from .record import read_job_record
from .runs import bring_up_to_date, container_name, runs_of
from .words import how


def removed_jobs(host: Host) -> list[str]:
    """Names of the jobs that this release does not name, and of which something is left."""
    # A record that could not be read was put aside; its run may go on.
    names = {file.stem for ending in ("json", "broken") for file in host.folders.jobs.glob(f"*.{ending}")}
    return sorted(names - set(host.settings.jobs))


def forget_removed(host: Host) -> list[str]:
    """Removes what is left of them, and gives the names of those that still run. Needs the lock of the jobs."""
    running = []
    for name in removed_jobs(host):
        file = host.folders.job_record(name)
        noted = read_job_record(file)
        record = bring_up_to_date(host, name)
        if record.running is not None:
            host.say(f"the job {name}, which this release does not name, {how(record.running)}; it goes on to its end")
            running.append(name)
            continue
        # Whoever had started it may have waited for this: its record goes, too.
        if record.last is not None and (noted is None or noted.running is not None):
            host.say(f"the job {name}, which this release does not name, {how(record.last)}")
        runs_of(host).remove(container_name(host, name))
        for ending in (".json", ".broken"):
            file.with_suffix(ending).unlink(missing_ok=True)
    return running
