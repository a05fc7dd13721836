"""Who starts a run, or notes its end, is alone with it. Nobody has this lock while a job runs."""

import fcntl
import os

from ..failure import Refusal
from ..host import Host
from ..parts.lock import PAUSE, open_lock, try_lock

# Seconds for whoever has it: a start and its record take some.
WAIT = 90.0


class JobLock:
    """The lock of all jobs of a host. Used by `with`; the kernel frees it when its holder dies."""

    def __init__(self, host: Host, seconds: float = WAIT) -> None:
        self._host = host
        self._seconds = seconds
        self._descriptor = -1

    def __enter__(self) -> "JobLock":
        """Takes it, or waits for it. Raises Refusal when that takes too long."""
        folder = self._host.folders.jobs
        folder.mkdir(exist_ok=True)
        clock = self._host.clock
        self._descriptor = open_lock(folder / "lock")
        end = clock.now() + self._seconds
        while not try_lock(self._descriptor, fcntl.LOCK_EX):
            if clock.now() >= end:
                os.close(self._descriptor)
                raise Refusal("another command starts jobs, or notes their ends. Wait for it; then type this again.")
            clock.sleep(PAUSE)
        return self

    def __exit__(self, *_error: object) -> None:
        os.close(self._descriptor)
