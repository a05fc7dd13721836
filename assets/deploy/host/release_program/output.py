"""What is said to people."""

import os
from pathlib import Path


class Output:
    """Standard output, and a log beside it once there is one. Nobody who has stopped listening ends the program."""

    def __init__(self, descriptor: int = 1) -> None:
        self._descriptor: int | None = descriptor
        self._log: int | None = None

    def say(self, text: str) -> None:
        """Says one or more lines."""
        data = (text + "\n").encode(errors="replace")
        if self._descriptor is not None and not _write(self._descriptor, data):
            # The connection broke: the release goes on to its end, and the log tells it.
            self._descriptor = None
        if self._log is not None:
            _write(self._log, data)

    def alarm(self, text: str) -> None:
        """Says what must not be overlooked: in red, for a terminal and for the pages of a run."""
        self.say(f"\033[31m{text}\033[0m")

    def keep(self, path: Path) -> None:
        """From now on everything is written to this file, too."""
        self._log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)


def _write(descriptor: int, data: bytes) -> bool:
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    except OSError:
        return False
    return True
