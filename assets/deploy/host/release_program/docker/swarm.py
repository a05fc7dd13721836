"""The engine's Swarm of one node: services, their secrets, and the Swarm stack."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .command import Docker, Result, must

# Seconds.
DEPLOY = 300.0

# Seconds between two words of the Swarm's one node. After three times as many without a word the Swarm takes it for
# lost, and replaces all of its containers. Docker's own 5 s are less than an engine hangs on a disk that stalls.
HEARTBEAT = 300

# What the command of Docker 20.10 wants to read in a Compose file. In the files themselves it would exchange the
# database of each host once (steps/database.py).
VERSION = b'version: "3.9"\n'


@dataclass(frozen=True)
class SwarmInfo:
    """What the engine says of itself."""

    # Whether it is in a Swarm.
    active: bool
    # Where it keeps images and containers.
    folder: Path
    # Seconds between two words of a node; None when the engine does not tell.
    heartbeat: float | None = None


@dataclass(frozen=True)
class Service:
    """A service as it is wanted now."""

    image: str
    labels: Mapping[str, str]
    # Name of the secret of each file in /run/secrets.
    secrets: Mapping[str, str]
    # "updating", "completed", "rollback_completed" and so on; empty when nothing was updated yet.
    update_state: str
    # All that the engine was told of it; and before its last update, which may have changed nothing.
    spec: Mapping[str, object]
    before: Mapping[str, object] | None

    @property
    def start(self) -> object:
        """What its containers are started with: with another one the engine replaces them."""
        return self.spec.get("TaskTemplate"), self.spec.get("EndpointSpec")


class Swarm:
    """What the engine knows of the Swarm."""

    def __init__(self, docker: Docker) -> None:
        self._docker = docker

    def info(self) -> SwarmInfo | None:
        """What the engine says of itself; None when it does not answer."""
        result = self._docker.call("info", "--format", "{{json .}}")
        if not result.ok:
            return None
        found = json.loads(result.output)
        # Some versions end well although nobody answered them.
        if not found.get("DockerRootDir"):
            return None
        dispatcher = ((found["Swarm"].get("Cluster") or {}).get("Spec") or {}).get("Dispatcher") or {}
        period = dispatcher.get("HeartbeatPeriod")
        return SwarmInfo(
            found["Swarm"]["LocalNodeState"] == "active",
            Path(found["DockerRootDir"]),
            period / 10**9 if isinstance(period, int) else None,
        )

    def outlast_hangs(self) -> None:
        """Has the Swarm replace no container because the engine has hung for some minutes. There is no other node."""
        info = self.info()
        if info is not None and info.heartbeat is not None and info.heartbeat < HEARTBEAT:
            words = ("swarm", "update", f"--dispatcher-heartbeat={HEARTBEAT}s")
            must(self._docker.call(*words), *words)

    def service(self, name: str) -> Service | None:
        """A service; None when there is none."""
        result = self._docker.call("service", "inspect", name)
        if result.is_missing:
            return None
        (found,) = json.loads(must(result, "service", "inspect", name).output)
        container = found["Spec"]["TaskTemplate"]["ContainerSpec"]
        return Service(
            container["Image"],
            found["Spec"].get("Labels") or {},
            {
                secret["File"]["Name"]: secret["SecretName"]
                for secret in container.get("Secrets") or []
                if "File" in secret
            },
            (found.get("UpdateStatus") or {}).get("State", ""),
            found["Spec"],
            found.get("PreviousSpec"),
        )

    def services(self, label: str) -> list[str]:
        """Names of the services with a label."""
        arguments = ("service", "ls", "--filter", f"label={label}", "--format", "{{.Name}}")
        return must(self._docker.call(*arguments), *arguments).lines

    def deploy(self, stack: str, file: Path, environment: Mapping[str, str]) -> Result:
        """Makes the services what a file says, and does not wait until they are."""
        # Older commands never wait, and don't know the option. A file without a version is too old for some of them.
        is_old = b"--detach" not in self._docker.call("stack", "deploy", "--help").output
        return self._docker.call(
            "stack",
            "deploy",
            *([] if is_old else ["--detach=true"]),
            "--resolve-image=never",
            "--compose-file",
            "-" if is_old else str(file),
            stack,
            data=VERSION + file.read_bytes() if is_old else None,
            environment=environment,
            limit=DEPLOY,
            merged=True,
        )

    def scale(self, service: str, containers: int) -> None:
        """Asks for a number of containers, and does not wait for them."""
        must(
            self._docker.call("service", "scale", "--detach=true", f"{service}={containers}"),
            "service",
            "scale",
            service,
        )

    def roll_back(self, service: str) -> None:
        """Makes a service what it was before its last change, and does not wait until it is."""
        must(self._docker.call("service", "rollback", "--detach=true", service), "service", "rollback", service)

    def remove(self, service: str) -> None:
        """Has a service leave the Swarm, and does not wait for its containers: each has its time to end."""
        result = self._docker.call("service", "rm", service)
        if not result.is_missing:
            must(result, "service", "rm", service)

    def errors(self, service: str) -> list[str]:
        """Why containers of a service could not be started, the newest first."""
        return self._docker.call("service", "ps", "--no-trunc", "--format", "{{.Error}}", service).lines

    def has_secret(self, name: str) -> bool:
        """Whether there is a secret of this name."""
        result = self._docker.call("secret", "inspect", name)
        return not result.is_missing and must(result, "secret", "inspect", name).ok

    def create_secret(self, name: str, label: str, value: bytes) -> None:
        """Gives the Swarm a secret, by a pipe."""
        must(
            self._docker.call("secret", "create", "--label", label, name, "-", data=value),
            "secret",
            "create",
            name,
        )

    def secrets(self, label: str) -> list[str]:
        """Names of the secrets with a label."""
        arguments = ("secret", "ls", "--filter", f"label={label}", "--format", "{{.Name}}")
        return must(self._docker.call(*arguments), *arguments).lines

    def remove_secret(self, name: str) -> None:
        """Removes a secret. The engine keeps one that a service has."""
        self._docker.call("secret", "rm", name)
