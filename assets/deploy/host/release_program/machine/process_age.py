"""For how long a process has run, by the kernel's own count, which never jumps as the clock does."""

import os
from contextlib import suppress
from pathlib import Path


def process_age(process: int, root: Path = Path("/")) -> float | None:
    """Seconds since a process was started; None when there is none, or when nobody may know."""
    with suppress(OSError, ValueError, IndexError):
        uptime = float((root / "proc/uptime").read_text().split()[0])
        # Its name, in parentheses, may hold anything.
        fields = (root / f"proc/{process}/stat").read_text(errors="replace").rpartition(")")[2].split()
        return uptime - int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return None
