"""Django's checks, the migrations, and the static files."""

import re

from ..parts.tasks import run_task
from .release import Release

KNOWN = "migrate: known "


def migrate(release: Release) -> None:
    """Brings the schema to what the release knows, and notes which migrations that are."""
    lines = run_task(release.host, "migrate", "--env=MIGRATIONS_REPORT=1", values=release.values())
    applied = [match[1] for line in lines if (match := re.fullmatch(r" *Applying ([^ ]*)\.\.\. OK", line))]
    release.record.migrations_applied = applied
    release.record.migrations_known = [
        name for line in lines if line.startswith(KNOWN) for name in line.removeprefix(KNOWN).split()
    ]
