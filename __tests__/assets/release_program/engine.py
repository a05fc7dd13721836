"""A Docker engine in memory, which understands the words of the command as far as the release program uses them."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NoReturn

from release_program.docker.command import LIMIT, Result
from release_program.parts.stored_secrets import DATABASE, READ, VERSIONS
from release_program.refresh.packages import LIST
from release_program.settings.model import Definition, Settings

NAME = "shop"

# The base images of backing services, where they have another name.
BASES = {"database": "mariadb", "cache": "valkey"}

# Seconds for which an engine watches a new container, before it calls an update completed.
MONITOR = 5
AWAY = Result(1, b"", b"Cannot connect to the Docker daemon. Is it running?\n")
DONE = Result(0)


# Seconds that going back takes.
RETURN = 8

# The time of day at which the clock stood at 0.
DAWN = datetime(2026, 11, 27, 10, tzinfo=timezone.utc)


class Clock:
    """A clock on which waiting takes no time."""

    def __init__(self) -> None:
        self.time = 1000.0
        # Seconds by which the time of day is wrong.
        self.wrong = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def wall(self) -> datetime:
        return DAWN + timedelta(seconds=int(self.time + self.wrong))


@dataclass
class Container:
    """A container of a service."""

    id: str
    role: str
    image: str
    # What its service's file said beside the name.
    file: str = ""
    status: str = "running"
    health: str = "starting"
    said: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    paused: bool = False


@dataclass
class Service:
    """A service as the engine keeps it."""

    spec: dict[str, Any]
    before: dict[str, Any] | None = None
    state: str = ""


def missing(what: str) -> Result:
    """What the engine says of what it does not have."""
    return Result(1, b"[]\n", f"Error response from daemon: no such {what}\n".encode())


class Become(Exception):
    """The process became another program."""


class Engine:
    """The engine. Tests look at what is in it, and say what goes wrong."""

    def __init__(self, settings: Settings) -> None:
        self.clock = Clock()
        self.settings = settings
        # Each process that a release has deployed, with the number of its containers.
        self.replicas: list[tuple[str, str]] = []
        self.images = {image: f"sha256:{base}" for base, image in settings.images.items()}
        self.registry: set[str] = set()
        # Id of the image that a registry has for a name by now.
        self.newest: dict[str, str] = {}
        # Packages in an image, by its id: lines as refresh/packages.py lists them.
        self.packages: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.volumes: set[str] = set()
        self.stored: dict[str, bytes] = {}
        self.has_database = False
        # What the data directory is of, and the deployments whose volumes are here beside this one's.
        self.data: dict[str, Any] = {"version": "11.8", "databases": ["django"]}
        self.other_owners: list[str] = []
        self.secrets: dict[str, bytes] = {}
        self.services: dict[str, Service] = {}
        # Every service that a release has had, by name.
        self.known: dict[str, Definition] = {}
        self.containers: list[Container] = []
        # Seconds until an update begins: until then nobody sees that there is one.
        self.slowness = 0.0
        # Seconds for which the containers of a service that leaves go on.
        self.ending = 1.0
        self.holder = ""
        # Another one after each start of the engine.
        self.mark = "boot-1"
        # The web container to which nginx sends the traffic.
        self.link: Container | None = None
        # Every call, with what it got on its standard input and its environment.
        self.calls: list[tuple[str, ...]] = []
        self.given: list[bytes] = []
        self.environments: list[Mapping[str, str]] = []
        # Why nothing can be written out; empty when it can.
        self.disk_failure = ""
        # Seconds between two words of the Swarm's node.
        self.heartbeat = 5
        # Whether the engine's clock was put back: it takes a new container for older than all others.
        self.is_put_back = False
        # What a new container of web comes to: serves, crashes, is refused, never becomes healthy.
        self.verdict = "serves"
        # What a new container of another process comes to, by the process: stays, crashes while the engine watches it,
        # ends after that, never comes up.
        self.verdicts: dict[str, str] = {}
        # Images of releases that have come to serve: their processes do so again.
        self.served: set[str] = set()
        # What a task says, by its name; status and text.
        self.tasks: dict[str, tuple[int, str]] = {
            "migrate": (0, "  Applying entries.0001_initial... OK\nmigrate: known a.0001 entries.0001_initial")
        }
        # What access.sh says, by its action.
        self.access: dict[str, tuple[int, str]] = {}
        # What commands in containers say, by the command's program.
        self.inside: dict[str, Result] = {}
        self.builds = True
        self.build_log = ["#5 [1/2] FROM python", "#6 [2/2] RUN pip install", "#6 1.0 ok"]
        # Consulted before each call: another result, or an exception.
        self.before_call: Callable[[tuple[str, ...]], Result | None] = lambda _call: None
        self._events: list[tuple[float, Callable[[], None]]] = []
        self._count = 0

    # The protocol

    def call(
        self,
        *arguments: str,
        data: bytes | None = None,
        environment: Mapping[str, str] | None = None,
        limit: float = LIMIT,
        merged: bool = False,
    ) -> Result:
        assert 0 < limit <= 86400
        self.calls.append(arguments)
        self.given.append(data or b"")
        self.environments.append(environment or {})
        self.clock.sleep(0.01)
        self._pass_time()
        other = self.before_call(arguments)
        result = self._answer(arguments, data or b"", environment or {}) if other is None else other
        return Result(result.status, result.output + result.error) if merged else result

    def follow(self, *arguments: str, hear: Callable[[str], None], environment: Mapping[str, str], limit: float) -> int:
        self.calls.append(arguments)
        self.given.append(b"")
        self.environments.append(environment)
        other = self.before_call(arguments)
        if other is not None:
            hear(other.complaint)
            return other.status
        assert environment["DOCKER_BUILDKIT"] == "1"
        for line in self.build_log:
            hear(line)
        if not self.builds:
            return 1
        (file,) = [word.partition("=")[2] for word in arguments if word.startswith("--iidfile=")]
        image = f"sha256:{Path(arguments[-1]).parent.name}"
        self.images[image] = image
        Path(file).write_text(image)
        return 0

    def start_with(self, container: str, data: bytes) -> None:
        raise AssertionError(container)

    def unpause_later(self, container: str, seconds: int) -> None:
        self.calls.append(("unpause-later", container, str(seconds)))

    def become(self, *arguments: str) -> NoReturn:
        raise Become(*arguments)

    # What tests say and ask

    def running(self, role: str) -> list[Container]:
        return [found for found in self.containers if found.role == role and found.status == "running"]

    def made(self, *words: str) -> list[tuple[str, ...]]:
        """The calls that begin with these words."""
        return [call for call in self.calls if call[: len(words)] == words]

    def later(self, seconds: float, event: Callable[[], None]) -> None:
        self._events.append((self.clock.now() + seconds, event))

    def add(self, role: str, image: str, health: str = "starting") -> Container:
        self._count += 1
        known = self.known.get(role)
        assert not (known and known.singleton and known.is_process and self.running(role)), f"two of {role} at once"
        service = self.services.get(f"{NAME}_{role}")
        file = service.spec["File"] if service else ""
        container = Container(f"{role}{self._count:04}", role, image, file, health=health)
        self.containers.insert(len(self.containers) if self.is_put_back else 0, container)
        return container

    def write_out(self, places: Sequence[Path]) -> str:
        """All is on the disk; or why it is not."""
        self.calls.append(("write-out", *map(str, places)))
        self.given.append(b"")
        self.environments.append({})
        return self.disk_failure

    def process_age(self, process: int) -> float | None:
        """Seconds for which a process has run."""
        return None if process == 0 else self.clock.now()

    # The engine

    def _pass_time(self) -> None:
        due = [event for event in self._events if event[0] <= self.clock.now()]
        self._events = [event for event in self._events if event[0] > self.clock.now()]
        for _, event in sorted(due, key=lambda one: one[0]):
            event()

    def _answer(self, call: tuple[str, ...], data: bytes, environment: Mapping[str, str]) -> Result:
        match call:
            case ("info", *_):
                cluster = {"Spec": {"Dispatcher": {"HeartbeatPeriod": self.heartbeat * 10**9}}}
                swarm = {"LocalNodeState": "active", "Cluster": cluster}
                return as_json({"Swarm": swarm, "DockerRootDir": "/var/lib/docker"})
            case ("swarm", "update", option) if option.startswith("--dispatcher-heartbeat="):
                self.heartbeat = int(option.partition("=")[2].removesuffix("s"))
                return DONE
            case ("image", "inspect", name):
                image = self.images.get(name) or self.tags.get(name)
                return as_json([{"Id": image, "Size": 100 * 1048576}]) if image else missing("image")
            case ("pull", "--quiet", name):
                if name not in self.registry:
                    return Result(1, b"", b"manifest unknown\n")
                image = self.images[name] = self.newest.get(name, f"sha256:{name}")
                self.images[f"{name}@{image}"] = image
                return DONE
            case ("image", "inspect", "--format", "{{json .RepoDigests}}", name):
                return as_json(["other@sha256:0", f"{name.rpartition(':')[0]}@{self.images[name]}"])
            case ("tag", image, name):
                if name in self.images:
                    self.images[name] = image
                self.tags[name] = image
                return DONE
            case ("load", *_):
                self.images["brought:1"] = "sha256:brought"
                return Result(0, b"Loaded image: brought:1\n")
            case ("image", "ls", *_):
                lines = [f"{image} {name.rpartition(':')[2]}" for name, image in self.tags.items()]
                return as_text("\n".join(lines))
            case ("image", "rm", "--force", name):
                image = self.tags.pop(name, "")
                self.images.pop(image, None)
                return DONE
            case ("image", "rm", name):
                # Without force one that a container has stays.
                if not any(one.image in (name, self.images.get(name)) for one in self.containers):
                    self.images.pop(name, None)
                return DONE
            case ("system", "df", "--format", _):
                kinds = (("Images", "3.5GB"), ("Local Volumes", "4.2GB"), ("Build Cache", "669.7MB"))
                lines = [json.dumps({"Type": kind, "Size": size, "Reclaimable": "1GB (3%)"}) for kind, size in kinds]
                return as_text("\n".join(lines))
            case ("system", "df", "--verbose", *_):
                return as_json([{"Name": "shop-media", "Size": "4GB"}, {"Name": "shop-dbdata", "Size": "12kB"}])
            case ("image", "prune", "--force"):
                return DONE
            case ("volume", "inspect", name):
                return as_json([{}]) if name in self.volumes else missing("volume")
            case ("volume", "ls", "--filter", *_):
                return as_text("\n".join([*self.other_owners, *[NAME for _ in self.volumes]]))
            case ("volume", "create", "--label", _, name):
                self.volumes.add(name)
                return DONE
            case ("secret", *rest):
                return self._secret(rest, data)
            case ("service", *rest):
                return self._service(rest)
            case ("stack", "deploy", "--help"):
                return as_text("Options: --detach --compose-file")
            case ("stack", "deploy", *rest):
                return self._deploy(Path(rest[-2]), environment)
            case ("run", _, *rest):
                return self._run(rest, data)
            case ("exec", *rest):
                return self._execute(rest)
            case ("rm" | "pause" | "unpause" | "ps" | "container" | "logs" | "builder", *_):
                return self._container(call)
        raise AssertionError(call)

    def _inspected(self, name: str, service: Service) -> dict[str, Any]:
        return {
            "Spec": self._spec(name, service.spec),
            **({"PreviousSpec": self._spec(name, service.before)} if service.before else {}),
            **({"UpdateStatus": {"State": service.state}} if service.state else {}),
        }

    def _spec(self, name: str, spec: dict[str, Any]) -> dict[str, Any]:
        definition = self.known[name.removeprefix(f"{NAME}_")]
        secrets = [{"File": {"Name": name}, "SecretName": secret} for name, secret in spec["Secrets"].items()]
        labels = self.settings.labels
        return {
            "Labels": {
                f"{labels.revision}.stack": spec["Revision"],
                **({labels.kind: "process"} if definition.is_process and not definition.serves else {}),
            },
            "Replicas": spec["Replicas"],
            "File": spec["File"],
            "TaskTemplate": {"ContainerSpec": {"Image": spec["Image"], "Secrets": secrets}, "File": spec["File"]},
        }

    def _secret(self, words: list[str], data: bytes) -> Result:
        match words:
            case ["inspect", name]:
                return as_json([{}]) if name in self.secrets else missing("secret")
            case ["create", "--label", _, name, "-"]:
                assert data, "the engine takes no empty secret"
                self.secrets[name] = data
                return DONE
            case ["ls", *_]:
                return as_text("\n".join(self.secrets))
            case ["rm", name]:
                used = {used for service in self.services.values() for used in service.spec["Secrets"].values()}
                if name in used:
                    return Result(1, b"", b"secret is in use\n")
                self.secrets.pop(name)
                return DONE
        raise AssertionError(words)

    def _service(self, words: list[str]) -> Result:
        match words:
            case ["inspect", name]:
                found = self.services.get(name)
                return as_json([self._inspected(name, found)]) if found else missing("service")
            case ["ls", "--filter", _, "--format", _]:
                return as_text("\n".join(self.services))
            case ["rm", name]:
                if self.services.pop(name, None) is None:
                    return missing("service")
                for container in self.running(name.removeprefix(f"{NAME}_")):
                    self.later(self.ending, lambda one=container: setattr(one, "status", "exited"))  # type: ignore[misc]
                return DONE
            case ["scale", _, target]:
                name, _, count = target.partition("=")
                role = name.removeprefix(f"{NAME}_")
                self.services[name].before = dict(self.services[name].spec)
                self.services[name].spec["Replicas"] = count
                for container in self.running(role) if count == "0" else []:
                    container.status = "exited"
                if count == "1" and not self.running(role):
                    self.add(role, self.services[name].spec["Image"], "healthy")
                return DONE
            case ["rollback", _, name]:
                service = self.services[name]
                if service.before is None:
                    return Result(1, b"", b"service does not have a previous spec\n")
                service.spec, service.before = service.before, service.spec
                service.state = "rollback_started"
                self._back(name)
                spec = service.spec

                def gone_back() -> None:
                    if service.spec is spec:
                        service.state = "rollback_completed"

                self.later(RETURN, gone_back)
                return DONE
            case ["ps", *_]:
                return as_text("no suitable node")
        raise AssertionError(words)

    def _deploy(self, file: Path, environment: Mapping[str, str]) -> Result:
        self.known |= {one.name: one for one in self.settings.services}
        deployed = re.findall(r"^  (\w+): \{(.*)\}$", file.read_text(), re.MULTILINE)
        assert deployed, file
        for name, text in deployed:
            definition = self.known[name]
            prefix = f"{definition.name.upper()}_KEPT_SECRET" if definition.keeps_secrets else "SECRET"
            secrets = {name: environment[f"{prefix}_{name.upper()}"] for name in definition.secrets}
            marked = definition.keeps_secrets or definition.name == self.settings.proxy
            revision = environment.get(f"{definition.name.upper()}_REVISION", "") if marked else ""
            if definition.is_process:
                # As stack.yaml has it: a process of deployment.ts has a variable of its own, which may be missing.
                own = environment.get(f"{definition.name.upper()}_REPLICAS", "1")
                replicas = environment["WEB_REPLICAS"] if definition.serves else own
                self.replicas.append((definition.name, replicas))
                self._update(definition, text, environment["RELEASE_IMAGE"], secrets, revision, replicas)
            else:
                # Of a service that these tests don't know, any will do.
                image = environment.get(f"{BASES.get(definition.name, definition.name).upper()}_IMAGE", definition.name)
                self._update(definition, text, image, secrets, revision)
        return as_text(f"Updating service {NAME}_web")

    def _update(
        self,
        definition: Definition,
        text: str,
        image: str,
        secrets: dict[str, str],
        revision: str,
        replicas: str = "1",
    ) -> None:
        assert set(secrets.values()) <= set(self.secrets), "the engine does not know the secret"
        role = definition.name
        name = f"{NAME}_{role}"
        spec = {"Image": image, "Secrets": secrets, "Replicas": replicas, "Revision": revision, "File": text}
        service = self.services.get(name)
        if service is None:
            self.services[name] = Service(spec)
        elif service.spec != spec:
            service.before, service.spec, service.state = service.spec, spec, ""
        else:
            # This is an update, too: what was there before the last change is forgotten.
            service.before, service.state = service.spec, ""
            return
        if self.slowness and service:
            self.later(self.slowness, lambda: self._begin(definition, spec))
        else:
            self._begin(definition, spec)

    def _begin(self, definition: Definition, spec: dict[str, Any]) -> None:
        name = f"{NAME}_{definition.name}"
        service = self.services[name]
        if service.spec is not spec:
            return
        if service.before:
            service.state = "updating"
        if not definition.is_process:
            self._start_backing_service(name, spec)
            self.has_database = True
        elif spec["Replicas"] == "0":
            pass
        elif definition.serves:
            self._start_web(name, spec["Image"])
        else:
            self._start_process(definition, spec["Image"])

    def _start_backing_service(self, name: str, spec: dict[str, Any]) -> None:
        role, service = name.removeprefix(f"{NAME}_"), self.services[name]
        for old in self.running(role):
            self.later(0.5, lambda old=old: setattr(old, "status", "exited"))  # type: ignore[misc]
        new = self.add(role, spec["Image"])

        def come_up() -> None:
            if service.spec is not spec:
                return
            new.health, service.state = "healthy", "completed" if service.before else ""

        def crash() -> None:
            if service.spec is spec and service.before is not None:
                service.spec, service.before, service.state = service.before, None, "rollback_completed"
                self._back(name)
            else:
                come_up()

        self.later(1, crash if self.verdicts.get(role) == "crashes" else come_up)

    def _start_web(self, name: str, image: str) -> None:
        new = self.add("web", image)
        new.said.append(f"web: {image} starts")
        service, spec = self.services[name], self.services[name].spec

        def serve() -> None:
            if service.spec is not spec:
                return
            self.link = new

        def soaked() -> None:
            if service.spec is not spec:
                return
            new.health, service.state = "healthy", "completed" if service.before else ""
            for old in self.running("web"):
                if old is not new:
                    old.status = "exited"

        def crash() -> None:
            if service.spec is not spec:
                return
            new.status = "exited"
            if service.before is not None:
                service.spec, service.before, service.state = service.before, None, "rollback_completed"

        def refuse() -> None:
            new.checks = ["refused: this release answers 500 to /\n"] * 5

        match "serves" if image in self.served else self.verdict:
            case "serves":
                self.later(2, serve)
                self.later(5, soaked)
            case "crashes":
                self.later(3, crash)
            case "is refused":
                self.later(3, refuse)
            case "never":
                pass
            case other:
                raise AssertionError(other)

    def _start_process(self, definition: Definition, image: str) -> None:
        """A process that serves nobody: a new one that runs is good for the engine."""
        role, name = definition.name, f"{NAME}_{definition.name}"
        service, spec = self.services[name], self.services[name].spec
        verdict = "stays" if image in self.served else self.verdicts.get(role, "stays")
        if definition.singleton:
            self._end(role)
        if verdict == "never":
            return
        siblings = [self.add(role, image) for _ in range(definition.copies - 1)]
        new = self.add(role, image)
        new.said.append(f"{role}: {image} starts")

        def come_up() -> None:
            if service.spec is spec and new.status == "running":
                new.health = "healthy"
                for sibling in siblings if verdict != "half" else ():
                    sibling.health = "healthy"
                if verdict != "busy":
                    self._end(role, new, *siblings)

        def completed() -> None:
            if service.spec is spec:
                service.state = "completed" if service.before else ""

        def crash() -> None:
            if service.spec is not spec:
                return
            new.status = "exited"
            if service.before is not None and service.state == "updating":
                service.spec, service.before, service.state = service.before, None, "rollback_completed"
                self._back(name)
            else:
                self.add(role, image)

        self.later(1, come_up)
        self.later(MONITOR, completed)
        if verdict == "crashes":
            self.later(3, crash)
        elif verdict == "ends":
            self.later(MONITOR + 0.5, crash)
        else:
            # "busy": the old ones have work to end. "half": one of several does not become healthy.
            assert verdict in ("stays", "busy", "half"), verdict

    def _end(self, role: str, *but: Container) -> None:
        for container in self.running(role):
            if container not in but:
                container.status = "exited"

    def _back(self, name: str) -> None:
        """Only containers of what is wanted now stay."""
        role, spec = name.removeprefix(f"{NAME}_"), self.services[name].spec
        for container in self.running(role):
            if (container.image, container.file) != (spec["Image"], spec["File"]):
                container.status = "exited"
        left = self.running(role)
        if not left and spec["Replicas"] != "0":
            left = [self.add(role, spec["Image"], "healthy")]
        if role == self.settings.serving:
            self.link = left[0] if left else None

    def _container(self, call: tuple[str, ...]) -> Result:
        match call:
            case ("rm", "--force", name):
                self.containers = [one for one in self.containers if one.id != name]
                self.holder = "" if name == f"{NAME}-holder" else self.holder
                return DONE
            case ("pause" | "unpause" as word, name):
                (found,) = [one for one in self.containers if one.id == name]
                found.paused = word == "pause"
                return DONE
            case ("container", "inspect", name):
                for found in self.containers:
                    if found.id == name:
                        log = [{"Output": text} for text in found.checks]
                        return as_json([{"Image": found.image, "State": {"Health": {"Log": log}}}])
                return missing("container")
            case ("logs", "--tail", _, name):
                return as_text("\n".join(next(one.said for one in self.containers if one.id == name)))
            case ("builder", *_):
                return DONE
            case ("ps", *options):
                return self._list(options)
        raise AssertionError(call)

    def _list(self, options: list[str]) -> Result:
        filters = [word.removeprefix("--filter=") for word in options if word.startswith("--filter=")]
        if (
            any(one.startswith(f"label={self.settings.labels.name}.holder={self.holder}") for one in filters)
            and self.holder
        ):
            return as_text(f"h01d\t{NAME}-holder\tUp 1 second")
        found = list(self.containers)
        for one in filters:
            name, _, value = one.partition("=")
            if one.startswith("label=com.docker.swarm.service.name="):
                found = [each for each in found if f"{NAME}_{each.role}" == value.partition("=")[2]]
            elif one == "label=com.docker.swarm.service.name":
                found = [each for each in found if each.role in self.known]
            elif one == f"label={self.settings.labels.kind}=process":
                found = [each for each in found if self.known[each.role].is_process and each.role != "web"]
            elif one.startswith("label="):
                found = found if one == f"label={self.settings.label}" else []
            elif name == "ancestor":
                found = [each for each in found if each.image == value]
            elif name == "volume":
                found = [each for each in found if each.role == "database"]
            else:
                found = [each for each in found if getattr(each, name) == value]
        if "--all" not in options:
            found = [each for each in found if each.status == "running"]
        found = found[:1] if "--latest" in options else found
        return as_text("\n".join(f"{one.id}\t{NAME}_{one.role}.1\tUp 3 seconds ({one.health})" for one in found))

    def _run(self, words: list[str], data: bytes) -> Result:
        if VERSIONS in words:
            waiting = [name for name in self.stored if name.startswith("database_") and name.endswith(".next")]
            files = words[words.index(VERSIONS) + 1 :]
            if any(name not in self.stored for name in files):
                return Result(1, b"", b"FileNotFoundError\n")
            lines = [f"{name} {hmac.digest(data, self.stored[name], 'sha256').hex()[:12]}" for name in files]
            return as_text("\n".join([*lines, *[f"waiting: {name}" for name in waiting]]))
        if READ in words:
            return Result(0, self.stored[words[-1]] or b"\n")
        if DATABASE in words:
            lines = [
                f"{name} {base64.b64encode(value).decode()}"
                for name, value in sorted(self.stored.items())
                if name.startswith("database_")
            ]
            return as_text("\n".join(lines))
        if words[-2:] == ["-", "/data"]:
            if b"identity" in data:
                return as_json(self.data if self.has_database else {"version": "", "databases": []})
            return as_text("database" if self.has_database else "empty")
        if words[-1] == LIST:
            name = words[-3]
            return as_text(self.packages.get(self.images.get(name) or self.tags.get(name) or name, ""))
        if f"--name={NAME}-holder" in words:
            self.holder = words[words.index("--label") + 1].partition("=")[2]
            return as_text("h01d")
        if any(word.startswith("--env=STATIC_KEPT=") for word in words):
            return as_text("migrate: no static file to remove")
        if "repair" in words:
            return self._task("repair")
        role = next((word.partition(".role=")[2] for word in words if ".role=" in word), words[-1])
        return self._task(role, adopt="--env=SECRETS_DO=adopt" in words)

    def _task(self, name: str, *, adopt: bool = False) -> Result:
        status, text = self.tasks.get(name, (0, f"{name}: done"))
        if name == "secrets" and status == 0:
            if adopt:
                for file in [file for file in self.stored if file.endswith(".next")]:
                    self.stored[file.removesuffix(".next")] = self.stored.pop(file)
            for file in self.settings.secrets.files:
                self.stored.setdefault(file, b"" if file == "env" else hashlib.sha256(file.encode()).digest())
        return Result(status, f"{text}\n".encode())

    def _execute(self, words: list[str]) -> Result:
        command = [word for word in words if not word.startswith("--")][1:]
        match command:
            case ["bash", "-c", _, "access", action]:
                status, text = self.access.get(action, (0, ""))
                return Result(status, f"{text}\n".encode() if text else b"")
            case ["readlink", _]:
                return as_text(f"/run/web/{self.link.id}") if self.link else Result(1)
            case ["sh", "-c", script] if "/proc/net/unix" in script:
                return Result(1, b"0\n")
            case ["cat", file]:
                value = self.stored.get(file.rpartition("/")[2])
                return Result(1) if value is None else Result(0, value)
        return self.inside.get(command[0], DONE)


def as_json(value: object) -> Result:
    return Result(0, json.dumps(value).encode())


def as_text(text: str) -> Result:
    return Result(0, f"{text}\n".encode() if text else b"")
