"""The file by which cron calls the release program each minute. It is root's: sudo writes it."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from ..failure import Failure
from ..process import AsRoot, run_as_root

# Seconds for a small program.
LIMIT = 60.0


class Cron(Protocol):
    """What calls the release program each minute."""

    def is_there(self) -> bool:
        """Whether this machine has cron."""

    def text(self) -> str:
        """What it is told now; empty: nothing."""

    def write(self, text: str) -> None:
        """Tells it something; nothing, when the text is empty. Raises Failure."""


class SystemCron:
    """The cron of this machine."""

    def __init__(
        self,
        # Cron reads no file with a dot in its name.
        file: Path = Path("/etc/cron.d/django-deployment"),
        program: Path = Path("/usr/sbin/cron"),
        as_root: AsRoot = run_as_root,
        owner: Sequence[str] = ("--owner=root", "--group=root"),
    ) -> None:
        self._file, self._program, self._as_root, self._owner = file, program, as_root, owner

    def is_there(self) -> bool:
        """Whether this machine has cron."""
        return os.access(self._program, os.X_OK) and self._file.parent.is_dir()

    def text(self) -> str:
        """What it is told now."""
        with suppress(OSError):
            return self._file.read_text(errors="replace")
        return ""

    def write(self, text: str) -> None:
        """Writes, replaces or removes the file in one step; one that is right already needs no root."""
        if self.text() == text:
            return
        if not text:
            self._do("rm", "--force", str(self._file))
            return
        new = self._file.with_name(f".{self._file.name}.new")
        with TemporaryDirectory() as folder:
            made = Path(folder, "cron")
            made.write_text(text)
            self._do("install", *self._owner, "--mode=0644", str(made), str(new))
        self._do("mv", "--force", str(new), str(self._file))

    def _do(self, *command: str) -> None:
        reason = self._as_root(command, LIMIT)
        if reason:
            raise Failure(
                f"{self._file}, by which cron starts the jobs, could not be written ({reason}); "
                f"the user of the releases needs sudo for it, as on Ubuntu's images: see sudo --list"
            )
