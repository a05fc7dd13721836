"""Containers and volumes of the engine."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from .command import LIMIT, Docker, Result, must


@dataclass(frozen=True)
class Container:
    """A container in a list."""

    id: str
    name: str
    # For people: "Up 3 seconds (healthy)".
    status: str


@dataclass(frozen=True)
class Details:
    """What is known of one container."""

    # Id of its image.
    image: str
    # What its last health checks have said, the newest last.
    health: Sequence[str]


class Containers:
    """What the engine knows of containers and volumes."""

    def __init__(self, docker: Docker) -> None:
        self._docker = docker

    def find(self, *filters: str, everything: bool = False, latest: bool = False) -> list[Container]:
        """Those that fit all filters, the newest first. Only those that run, unless asked for `everything`."""
        arguments = (
            "ps",
            "--no-trunc",
            *(["--all"] if everything else []),
            *(["--latest"] if latest else []),
            *[f"--filter={one}" for one in filters],
            "--format={{.ID}}\t{{.Names}}\t{{.Status}}",
        )
        lines = must(self._docker.call(*arguments), "ps").lines
        return [Container(*line.split("\t", 2)) for line in lines]

    def details(self, container: str) -> Details | None:
        """What is known of a container; None when it is gone."""
        result = self._docker.call("container", "inspect", container)
        if result.is_missing:
            return None
        (found,) = json.loads(must(result, "container", "inspect", container).output)
        log = (found["State"].get("Health") or {}).get("Log") or []
        return Details(found["Image"], [entry["Output"] for entry in log])

    def run(self, *arguments: str, data: bytes | None = None, limit: float = LIMIT, merged: bool = False) -> Result:
        """Runs a container to its end. One that is cut off here is not left at work."""
        with TemporaryDirectory() as folder:
            file = Path(folder, "id")
            try:
                return self._docker.call("run", f"--cidfile={file}", *arguments, data=data, limit=limit, merged=merged)
            except BaseException:
                if file.exists() and (container := file.read_text().strip()):
                    self.remove(container)
                raise

    def execute(
        self,
        container: str,
        *command: str,
        data: bytes | None = None,
        environment: Mapping[str, str] | None = None,
        detach: bool = False,
        limit: float = LIMIT,
        merged: bool = False,
    ) -> Result:
        """Runs a command in a container that runs. `environment` is no place for a secret: it is in the arguments."""
        options = [
            *(["--interactive"] if data is not None else []),
            *(["--detach"] if detach else []),
            *[f"--env={name}={value}" for name, value in (environment or {}).items()],
        ]
        return self._docker.call("exec", *options, container, *command, data=data, limit=limit, merged=merged)

    def logs(self, container: str, lines: int) -> list[str]:
        """The last lines that a container has written."""
        result = self._docker.call("logs", "--tail", str(lines), container, merged=True)
        return result.lines[-lines:]

    def remove(self, container: str) -> None:
        """Removes a container, though it runs; one that is missing is fine."""
        self._docker.call("rm", "--force", container)

    def signal(self, container: str, name: str) -> None:
        """Sends a signal to a container's first process; one that has ended is fine."""
        self._docker.call("kill", f"--signal={name}", container)

    def pause(self, container: str) -> None:
        """Has a container stand still."""
        must(self._docker.call("pause", container), "pause", container)

    def unpause(self, container: str) -> None:
        """Has it go on; one that does already is fine."""
        self._docker.call("unpause", container)

    def unpause_later(self, container: str, seconds: int) -> None:
        """Has it go on after some seconds, whatever becomes of this program."""
        self._docker.unpause_later(container, seconds)

    def has_volume(self, name: str) -> bool:
        """Whether there is a volume of this name."""
        result = self._docker.call("volume", "inspect", name)
        return not result.is_missing and must(result, "volume", "inspect", name).ok

    def volume_owners(self, label: str) -> list[str]:
        """The values that a label has on the engine's volumes, in their order, each once."""
        words = ("volume", "ls", "--filter", f"label={label}", "--format", f'{{{{.Label "{label}"}}}}')
        return sorted({line for line in must(self._docker.call(*words), "volume", "ls").lines if line})

    def create_volume(self, name: str, label: str) -> None:
        """Makes a volume; one that is there stays as it is."""
        must(self._docker.call("volume", "create", "--label", label, name), "volume", "create", name)
