"""What gunicorn's workers say of themselves, apart from the requests that they serve.

Called once a second by each worker's main thread, while all of its other threads may be busy.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

# Seconds beyond gunicorn's own limit: the time in which its master replaces a worker that hangs.
MARGIN = 15

# Share of the container's limit of processes from which no further process can be counted on.
FULL = 0.98

# Looks in a row that must find the container full, a second apart: a moment is no fork bomb.
LOOKS = 2

# Where the kernel tells a container its processes and their limit: version 2 and version 1 of cgroups.
FOLDERS = (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/pids"))


class SignOfLife:
    """Says until when the worker is to be taken for alive; the health check reads it (../lib/liveness.sh).

    All workers write the same file: one that lives is enough.
    """

    def __init__(self, folder: Path, timeout: int) -> None:
        self._seconds = timeout + MARGIN
        self._file = os.open(folder / "alive-until", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def give(self) -> None:
        """Writes the time anew, in seconds of the machine's uptime: unlike the clock it never jumps."""
        until = int(time.clock_gettime(time.CLOCK_BOOTTIME)) + self._seconds
        os.pwrite(self._file, b"%012d\n" % until, 0)


class ProcessLimit:
    """Ends gunicorn, and with it the container, when the container can make no further process.

    The engine's health check could not tell: it would need a process itself.
    """

    def __init__(self, folders: tuple[Path, ...] = FOLDERS) -> None:
        self._full = 0
        self._folder = next((one for one in folders if (one / "pids.max").is_file()), None)

    def check(self) -> bool:
        """Whether the container has been full for several looks."""
        self._full = self._full + 1 if self._is_full() else 0
        return self._full >= LOOKS

    def _is_full(self) -> bool:
        if self._folder is None:
            return False
        try:
            limit = (self._folder / "pids.max").read_text().strip()
            current = int((self._folder / "pids.current").read_text())
        except (OSError, ValueError):
            return False
        return limit.isdigit() and current >= int(limit) * FULL


def end_master() -> None:
    """Kills gunicorn's master. The container's first process then ends, and the kernel ends all others."""
    os.kill(os.getppid(), signal.SIGKILL)
