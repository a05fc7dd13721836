"""One release at a time. The kernel frees the lock when its holder dies, however it dies.

The lock is flock's on a file, so that it also keeps out release programs of before.
"""

import fcntl
import os
from pathlib import Path

from ..clock import Clock, timestamp
from ..failure import Refusal
from ..folders import Folders, unwritable, write_file
from ..output import Output

# Seconds between two looks at a lock that somebody has.
PAUSE = 0.2


class ReleaseLock:
    """The lock of a host. Used by `with`, it is given back at the end of the body."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._descriptor: int | None = None

    def __enter__(self) -> "ReleaseLock":
        return self

    def __exit__(self, *_error: object) -> None:
        self.release()

    def take(self, seconds: float, clock: Clock, output: Output) -> None:
        """Takes it, or waits for it. Raises Refusal, with who has it, when that takes longer than `seconds`."""
        descriptor = self._descriptor = self._open()
        if not try_lock(descriptor, fcntl.LOCK_EX):
            if seconds <= 0:
                raise Refusal(f"{self._holder()}. Wait for it; then type this again.")
            output.say(f"waiting: {self._holder()}")
            end = clock.now() + seconds
            while not try_lock(descriptor, fcntl.LOCK_EX):
                if clock.now() >= end:
                    raise Refusal(
                        f"{self._holder()}, and {seconds:g} s were not enough. "
                        f"See what it does: tail -f {self._folders.records}/*.log"
                    )
                clock.sleep(PAUSE)
        holder = f"{self._folders.id} since {timestamp()}, process {os.getpid()}\n"
        write_file(self._folders.base / "lock.holder", holder)

    def release(self) -> None:
        """Gives it back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def is_free(self) -> bool:
        """Whether nobody has it now."""
        descriptor = self._open()
        try:
            return try_lock(descriptor, fcntl.LOCK_SH)
        finally:
            os.close(descriptor)

    def _open(self) -> int:
        return open_lock(self._folders.base / "lock")

    def _holder(self) -> str:
        return f"a release is at work: {self._folders.read('lock.holder') or 'which has just begun'}"


def open_lock(path: Path) -> int:
    """The file of a lock. Raises Refusal when it can't be opened: somebody who was root may have made it."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise Refusal(unwritable(path, error)) from error


def try_lock(descriptor: int, operation: int) -> bool:
    """Takes or shares a lock of flock's; whether that was possible at once."""
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
