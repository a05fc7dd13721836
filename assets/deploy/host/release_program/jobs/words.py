"""What became of a run, for people."""

from ..clock import moment_of
from .record import Run

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


def how(run: Run) -> str:
    """What became of a run."""
    since = f"{OUTCOMES[run.outcome]}{TRIGGERS[run.trigger]}"
    if run.outcome == "running":
        return f"{since}, since {run.began}, with release {run.release}"
    seconds = int((moment_of(run.ended) - moment_of(run.began)).total_seconds())
    status = f", exit status {run.exit}" if run.exit else ""
    reason = f": {' '.join(run.reason.split())[:200]}" if run.reason else ""
    return f"{since}, began {run.began}, took {seconds} s{status}{reason}"
