"""A task of the application as a step of a release."""

import re
from collections.abc import Sequence

from ..failure import Failure
from ..parts.services import last_words, wait_for_container
from ..parts.tasks import TaskFailed, run_task
from ..record import Record, read_record
from .release import Release

# Seconds for a container to run that a task needs.
START = 60.0

KNOWN = "migrate: known "

# What the task migrate says of a migration (assets/image/python/deployment_fit/pending.py).
ACCEPTED, NOT_JUDGED = "Accepted", "Not judged"


def do_task(release: Release, name: str) -> None:
    """Runs a task, once the container runs whose processes it works on. Raises Failure, with what that means."""
    host = release.host
    task = host.settings.tasks[name]
    values = release.values()
    serves = " The release serves." if release.serves else ""
    if task.processes_of:
        container = wait_for_container(host, task.processes_of, START)
        if not container:
            raise Failure(
                f"{task.processes_of} does not run, and {name} works on its processes.{serves} "
                f"Its last words: {last_words(host, task.processes_of)}"
            )
        values = {**values, f"container.{task.processes_of}": container}
    try:
        run_task(host, name, values=values)
    except TaskFailed as failure:
        raise Failure(f"{task.failure}{serves} {failure}".lstrip()) from failure


def migrate(release: Release) -> None:
    """Brings the schema to what the release knows, and notes which migrations that are."""
    options = ("--env=MIGRATIONS_REPORT=1", f"--env=STATIC_RELEASE={release.id}", *told_of_serving(release))
    lines = run_task(release.host, "migrate", *options, values=release.values())
    applied = [match[1] for line in lines if (match := re.fullmatch(r" *Applying ([^ ]*)\.\.\. OK", line))]
    release.record.migrations_applied = applied
    note_fit(release.record, lines)
    release.record.migrations_known = [
        name for line in lines if line.startswith(KNOWN) for name in line.removeprefix(KNOWN).split()
    ]


def told_of_serving(release: Release) -> list[str]:
    """Options of docker run: the migrations that the release before knows. A first release is never judged."""
    if not release.before:
        return []
    record = read_record(release.host.folders.record(release.before)) or Record(release.before)
    return [f"--env=MIGRATIONS_SERVING={' '.join(record.migrations_known)}"]


def note_fit(record: Record, lines: Sequence[str]) -> None:
    """Keeps in the record what was accepted, and what nobody could judge, beside what an earlier run has noted."""
    record.migrations_accepted = {**record.migrations_accepted, **_said(ACCEPTED, lines)}
    record.migrations_not_judged = {**record.migrations_not_judged, **_said(NOT_JUDGED, lines)}


def _said(word: str, lines: Sequence[str]) -> dict[str, str]:
    found = (re.fullmatch(rf"  {word} (\S+): (.*)", line) for line in lines)
    return {match[1]: match[2] for match in found if match}
