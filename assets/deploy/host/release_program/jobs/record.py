"""The record of a job: its last runs as JSON, the newest first, and from when on a missed time counts."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

from ..clock import moment_of, stamp
from ..docker.runs import Trigger
from ..folders import write_file

# `cut`: the machine or the engine went down. `limit`: its time was over. `stopped`: by Ctrl-C.
Outcome = Literal["running", "well", "failed", "limit", "cut", "stopped", "not started"]

# Runs that are kept.
KEPT = 20


@dataclass
class Run:
    """One run of a job."""

    # Also a label of its container.
    id: str
    trigger: Trigger
    # The release whose image it runs.
    release: str
    began: str
    outcome: Outcome = "running"
    # Empty while it runs.
    ended: str = ""
    # Exit status; None when there is none.
    exit: int | None = None
    reason: str = ""

    @property
    def is_by_hand(self) -> bool:
        """Whether a person has started it."""
        return self.trigger == "hand"

    def end(self, outcome: Outcome, ended: datetime, status: int | None = None, reason: str = "") -> None:
        """Notes how it ended. None ends before it began, whatever a clock says."""
        self.outcome, self.exit, self.reason = outcome, status, reason
        self.ended = stamp(max(ended, moment_of(self.began)))


@dataclass
class JobRecord:
    """What is known of a job."""

    job: str
    # The schedule for which `counts_from` holds; empty: there is none.
    schedule: str
    # A time of the schedule that is later than this, and at which it did not run, is caught up.
    counts_from: str
    # The newest first.
    runs: list[Run] = field(default_factory=list)

    @property
    def last(self) -> Run | None:
        """The newest run."""
        return self.runs[0] if self.runs else None

    @property
    def running(self) -> Run | None:
        """The run that has not ended."""
        return self.last if self.last is not None and self.last.outcome == "running" else None

    def add(self, run: Run) -> None:
        """A run begins: with it all times until now are done with, unless a person has begun it."""
        self.runs = [run, *self.runs][:KEPT]
        if not run.is_by_hand:
            self.count_from(moment_of(run.began))

    def count_from(self, moment: datetime) -> None:
        """No time until then is caught up any more."""
        self.counts_from = stamp(max(moment, moment_of(self.counts_from)))

    def text(self) -> str:
        """The file."""
        fields = {**vars(self), "runs": [vars(run) for run in self.runs]}
        return json.dumps(fields, indent=2, ensure_ascii=False) + "\n"

    def write(self, path: Path) -> None:
        """Writes or replaces the file in one step."""
        write_file(path, self.text())


def read_job_record(path: Path) -> JobRecord | None:
    """The record; None when there is none. One that can't be read is put aside, and counts as none."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    with suppress(ValueError, KeyError, TypeError):
        return _record(json.loads(text))
    with suppress(OSError):
        path.replace(path.with_suffix(".broken"))
    return None


def _record(found: object) -> JobRecord:
    """Raises ValueError, KeyError or TypeError when it is none."""
    if not isinstance(found, dict) or not isinstance(found["runs"], list):
        raise TypeError
    job, schedule, counts_from = (_text(found[name]) for name in ("job", "schedule", "counts_from"))
    moment_of(counts_from)
    return JobRecord(job, schedule, counts_from, [_run(entry) for entry in found["runs"]])


def _run(entry: object) -> Run:
    if not isinstance(entry, dict):
        raise TypeError
    run = Run(**entry)
    for name in ("id", "release", "began", "ended", "reason"):
        _text(getattr(run, name))
    moment_of(run.began)
    if run.trigger not in get_args(Trigger) or run.outcome not in get_args(Outcome):
        raise ValueError
    if not (run.exit is None or isinstance(run.exit, int)):
        raise TypeError
    return run


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
