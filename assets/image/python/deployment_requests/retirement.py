"""Replaces a worker whose threads hang: another one starts first, and one worker is replaced at a time.

In the folder for what is gone with each start of the container:
  retiring        locked by the worker that is being replaced. The kernel unlocks it however that worker ends. What the
                  worker has forked does not inherit a lock of this kind (lockf, not flock) and may live on.
  newest-worker   number of the worker that started last
"""

from __future__ import annotations

import fcntl
import mmap
import os
import signal
from pathlib import Path


def shared_flag() -> mmap.mmap:
    """A byte that gunicorn's master and the worker that it forks afterwards both see."""
    return mmap.mmap(-1, 1)


class Retirement:
    """A worker's way from its first hung request to its end."""

    def __init__(self, folder: Path, number: int, flag: mmap.mmap) -> None:
        self._flag = flag
        self._lock = os.open(folder / "retiring", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._newest = os.open(folder / "newest-worker", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._before: bytes | None = None
        os.pwrite(self._newest, b"%012d\n" % number, 0)

    def is_due(self, hung: int) -> bool:
        """Whether the worker may stop to take requests: its threads hang, and its replacement has started."""
        if self._before is not None:
            return self._read_newest() != self._before
        if hung and self._is_alone():
            self._before = self._read_newest()
            # The master reads the flag when a worker has ended: see child_exit in gunicorn.conf.py.
            self._flag[0] = 1
            # One worker more.
            os.kill(os.getppid(), signal.SIGTTIN)
        return False

    def _is_alone(self) -> bool:
        try:
            fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _read_newest(self) -> bytes:
        return os.pread(self._newest, 16, 0)
