"""What is said to people."""

import os
import select
from pathlib import Path

# Seconds for whoever listens to a release to take what is said: Ctrl-S stops a terminal.
PATIENCE = 10.0

# Bytes that a pipe takes at once when it takes any.
PIECE = 4096


class Output:
    """Standard output, and a log beside it once there is one.

    Nobody who has stopped listening ends the program; once there is a log, nobody holds it up either.
    """

    def __init__(self, descriptor: int = 1) -> None:
        self._descriptor: int | None = descriptor
        self._log: int | None = None

    def say(self, text: str) -> None:
        """Says one or more lines."""
        data = (text + "\n").encode(errors="replace")
        patience = None if self._log is None else PATIENCE
        if self._descriptor is not None and not _write(self._descriptor, data, patience):
            # The connection broke, or nobody reads: the release goes on to its end, and the log tells it.
            self._descriptor = None
        if self._log is not None:
            _write(self._log, data)

    def alarm(self, text: str) -> None:
        """Says what must not be overlooked: in red, for a terminal and for the pages of a run."""
        self.say(f"\033[31m{text}\033[0m")

    def keep(self, path: Path) -> None:
        """From now on everything is written to this file, too."""
        self._log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)


def _write(descriptor: int, data: bytes, patience: float | None = None) -> bool:
    """Writes it, unless nobody takes it in so many seconds; without a limit for None."""
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    try:
        while data:
            if not poll.poll(None if patience is None else patience * 1000):
                return False
            data = data[os.write(descriptor, data[:PIECE]) :]
    except OSError:
        return False
    return True
