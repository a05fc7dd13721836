"""The command `docker`: the one place that calls it. No call waits without a limit."""

import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import NoReturn, Protocol

from ..failure import DockerError
from ..process import become, end, follow, start

# Seconds for a call that asks or changes something small. A busy machine takes some.
LIMIT = 120.0

# How the engine says that it does not have something. A socket, a program or a context can be missing, too: then nobody
# knows what the engine has.
KINDS = rb"(image|container|volume|service|secret|object)\b"
MISSING = re.compile(rb"\bno such " + KINDS + rb"|\b" + KINDS + rb"[^\n]* not found", re.IGNORECASE)


@dataclass(frozen=True)
class Result:
    """How a call ended."""

    status: int
    output: bytes = b""
    # Empty when both were asked for as one.
    error: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether it did what it was asked for."""
        return self.status == 0

    @property
    def text(self) -> str:
        """What it said, without the line breaks at the end."""
        return self.output.decode(errors="replace").rstrip("\n")

    @property
    def lines(self) -> list[str]:
        """What it said."""
        return self.text.split("\n") if self.text else []

    @property
    def complaint(self) -> str:
        """The last thing that it said of an error."""
        said = (self.error or self.output).decode(errors="replace").strip()
        return said.split("\n")[-1] if said else f"it ended with status {self.status}"

    @property
    def is_missing(self) -> bool:
        """Whether the engine answered that it does not have what was named."""
        return not self.ok and MISSING.search(self.error) is not None


class Docker(Protocol):
    """An engine, by the words of its command."""

    def call(
        self,
        *arguments: str,
        data: bytes | None = None,
        environment: Mapping[str, str] | None = None,
        limit: float = LIMIT,
        merged: bool = False,
    ) -> Result:
        """Runs the command to its end.

        `data` is its standard input, `environment` comes beside our own, and `merged` makes its errors part of its
        output, in their order. A DockerError says that it did not end within `limit` seconds.
        """

    def follow(self, *arguments: str, hear: Callable[[str], None], environment: Mapping[str, str], limit: float) -> int:
        """Runs the command, hands each line that it says to `hear`, and gives its exit status.

        TooLate says that it did not end within `limit` seconds.
        """

    def start_with(self, container: str, data: bytes) -> None:
        """Starts a container that was created, with `data` as its standard input, and does not wait for it.

        Whether it has started, the engine says. It goes on whatever becomes of this program.
        """

    def unpause_later(self, container: str, seconds: int) -> None:
        """Has a paused container go on after some seconds, whatever becomes of this program."""

    def become(self, *arguments: str) -> NoReturn:
        """Makes this process the command, with our own terminal."""


class DockerCommand:
    """The engine of this machine."""

    def __init__(self, program: str = "docker") -> None:
        self._program = program
        # What goes on without us; kept, so that nobody takes it for forgotten.
        self._left: list[subprocess.Popen[bytes]] = []

    def call(
        self,
        *arguments: str,
        data: bytes | None = None,
        environment: Mapping[str, str] | None = None,
        limit: float = LIMIT,
        merged: bool = False,
    ) -> Result:
        """Runs the command to its end. See `Docker`."""
        command = [self._program, *arguments]
        try:
            process = start(command, environment or {}, reads=data is not None, merged=merged)
        except OSError as missing:
            return Result(127, b"", str(missing).encode())
        try:
            output, error = process.communicate(data, timeout=limit)
        except subprocess.TimeoutExpired as late:
            end(process)
            raise DockerError(f"{named(arguments)} did not end within {limit:g} s") from late
        except BaseException:
            end(process)
            raise
        return Result(process.returncode, output, error or b"")

    def follow(self, *arguments: str, hear: Callable[[str], None], environment: Mapping[str, str], limit: float) -> int:
        """Runs the command, hands each line that it says to `hear`. See `Docker`."""
        return follow([self._program, *arguments], hear, environment, limit)

    def start_with(self, container: str, data: bytes) -> None:
        """Starts a container that was created. See `Docker`."""
        nothing = subprocess.DEVNULL
        # A file and not a pipe: nobody waits until all of it is taken. It has no name, and goes with its last reader.
        with TemporaryFile() as file:
            file.write(data)
            file.seek(0)
            self._left.append(
                subprocess.Popen(
                    [self._program, "start", "--attach", "--interactive", container],
                    stdin=file,
                    stdout=nothing,
                    stderr=nothing,
                    start_new_session=True,
                )
            )

    def unpause_later(self, container: str, seconds: int) -> None:
        """Has a paused container go on after some seconds. See `Docker`."""
        waits = ["sh", "-c", 'sleep "$1"; exec "$2" unpause "$3"', "-", str(seconds), self._program, container]
        nothing = subprocess.DEVNULL
        self._left.append(
            subprocess.Popen(waits, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)
        )

    def become(self, *arguments: str) -> NoReturn:
        """Makes this process the command. See `Docker`."""
        become([self._program, *arguments])


def must(result: Result, *arguments: str) -> Result:
    """The result of a call that has to succeed. Raises DockerError with what the engine says."""
    if not result.ok:
        raise DockerError(f"{named(arguments)}: {result.complaint}")
    return result


def named(arguments: tuple[str, ...]) -> str:
    """A call in words: no more than what was asked, of what. No options, and no scripts."""
    plain = [word for word in arguments if re.fullmatch(r"[\w.:/@][\w.:/@-]{0,80}", word)]
    return " ".join(["docker", *plain[:3]])
