"""What the program is told of the application: settings.json beside it, which `deployment.ts` makes.

In some texts a part is known on the host alone: an image's id, a folder, the address. Such a text is a `Word`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .failure import Failure


@dataclass(frozen=True)
class Value:
    """Stands for what the host knows by this name."""

    name: str


@dataclass(frozen=True)
class Word:
    """A text; everything but its values is literal."""

    parts: tuple[str | Value, ...]

    def text(self, values: Mapping[str, str]) -> str:
        """The text with the values in their places."""
        return "".join(part if isinstance(part, str) else _value(part, values) for part in self.parts)


def texts(words: Iterable[Word], values: Mapping[str, str]) -> list[str]:
    """Several words."""
    return [word.text(values) for word in words]


def _value(value: Value, values: Mapping[str, str]) -> str:
    if value.name not in values:
        raise Failure(f'settings.json asks for "{value.name}", which is not known here; known: {", ".join(values)}')
    return values[value.name]


@dataclass(frozen=True)
class Labels:
    """Names of the labels that tell whose an object is."""

    name: str
    revision: str


@dataclass(frozen=True)
class Build:
    """How the application's image is made."""

    repository: str
    # NAME=VALUE each.
    arguments: tuple[Word, ...]


@dataclass(frozen=True)
class Database:
    """MariaDB's data, and how it is started on them."""

    volume: str
    user: str
    # MiB.
    memory: int
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Secrets:
    """The volume of the secrets, and the files in it that services get."""

    volume: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Health:
    """Where and by which name the application is asked how it is."""

    path: str
    host: Word
    # Whether an answer such as 404 is good, too: the project has no page for this.
    any_answer: bool


@dataclass(frozen=True)
class Definition:
    """A service of the Swarm: a process on the application's own image, or a backing service."""

    name: str
    is_process: bool
    # What makes a container good: "started" when it runs, "healthy" when its health check passes, "soaked" when that
    # check passes, and does so only after the soak.
    judge: str
    # Whether the engine asks its containers how they are.
    health_check: bool
    # Whether two never run at once: the old one stops first.
    singleton: bool
    # Whether every visitor's request passes through it.
    serves: bool
    # Whether it keeps the secrets with which it was started.
    keeps_secrets: bool
    # Files in the volume of the secrets that it gets.
    secrets: tuple[str, ...]
    # Seconds: until a new container must be good; for which it must then stay so; from the signal to stop to its end.
    start_timeout: int
    soak: int
    stop_grace: int


@dataclass(frozen=True)
class Task:
    """What runs once in a release and must end well."""

    # Of docker run.
    arguments: tuple[Word, ...]
    # Seconds that it may take.
    limit: int
    # Whether half of it can't be taken back: nobody cuts it off, and it is left out on the way back.
    changes_schema: bool
    # What it means when it fails; empty: nothing beside what it says itself.
    failure: str
    # The service whose container must run; empty: there is none.
    processes_of: str


@dataclass(frozen=True)
class Settings:
    """All of it."""

    name: str
    labels: Labels
    # Name of a base image, and what it is called in its registry.
    images: Mapping[str, str]
    build: Build
    volumes: tuple[str, ...]
    database: Database
    secrets: Secrets
    health: Health
    # Names of the steps of a release, in their order.
    steps: tuple[str, ...]
    # In the order in which they can start.
    services: tuple[Definition, ...]
    # By name.
    tasks: Mapping[str, Task]
    # The container that keeps the volumes in use, as arguments of docker run.
    holder: tuple[Word, ...]

    @property
    def label(self) -> str:
        """The label of every object of the deployment."""
        return f"{self.labels.name}={self.name}"

    @property
    def processes(self) -> list[Definition]:
        """The services on the application's own image: a release makes all of them new."""
        return [one for one in self.services if one.is_process]

    @property
    def backing_services(self) -> list[Definition]:
        """The services of other images."""
        return [one for one in self.services if not one.is_process]

    @property
    def serving(self) -> str:
        """Name of the process to which visitors' requests come."""
        return self._that_serves(self.processes)

    @property
    def entrance(self) -> str:
        """Name of the service that takes visitors' requests and passes them on: nginx."""
        return self._that_serves(self.backing_services)

    def _that_serves(self, services: Iterable[Definition]) -> str:
        name = next((one.name for one in services if one.serves), None)
        if name is None:
            raise Failure("settings.json has no service that serves; make it with make pipeline-files")
        return name

    def service(self, role: str) -> str:
        """Name of a service in the Swarm."""
        return f"{self.name}_{role}"


def read_settings(path: Path) -> Settings:
    """Reads the file. Raises Failure when it is missing, or is not what it should be."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Failure(
            f"{path} can't be read ({error}); make it with make pipeline-files, then release again"
        ) from error
    return _settings(_Entry(found, path.name))


def _settings(entry: "_Entry") -> Settings:
    labels, build, database = entry.at("labels"), entry.at("build"), entry.at("database")
    secrets, health = entry.at("secrets"), entry.at("health")
    return Settings(
        name=entry.at("name").text(),
        labels=Labels(labels.at("name").text(), labels.at("revision").text()),
        images={name: image.text() for name, image in entry.at("images").entries().items()},
        build=Build(build.at("repository").text(), build.at("arguments").words()),
        volumes=entry.at("volumes").texts(),
        database=Database(
            database.at("volume").text(),
            database.at("user").text(),
            database.at("memory").number(),
            database.at("arguments").texts(),
        ),
        secrets=Secrets(secrets.at("volume").text(), secrets.at("files").texts()),
        health=Health(health.at("path").text(), health.at("host").word(), health.at("anyAnswer").boolean()),
        steps=entry.at("steps").texts(),
        services=tuple(_definition(one) for one in entry.at("services").items()),
        tasks={name: _task(task) for name, task in entry.at("tasks").entries().items()},
        holder=entry.at("holder").words(),
    )


def _definition(entry: "_Entry") -> Definition:
    return Definition(
        name=entry.at("name").text(),
        is_process=entry.at("kind").text() == "process",
        judge=entry.at("judge").text(),
        health_check=entry.at("healthCheck").boolean(),
        singleton=entry.at("singleton").boolean(),
        serves=entry.at("servesRequests").boolean(),
        keeps_secrets=entry.at("keepsSecrets").boolean(),
        secrets=entry.at("secrets").texts(),
        start_timeout=entry.at("startTimeout").number(),
        soak=entry.at("soak").number(),
        stop_grace=entry.at("stopGrace").number(),
    )


def _task(entry: "_Entry") -> Task:
    return Task(
        entry.at("arguments").words(),
        entry.at("limit").number(),
        entry.at("changesSchema").boolean(),
        entry.at("failure").text(),
        entry.at("processesOf").text(),
    )


class _Entry:
    """A value of the file, which knows its place there."""

    def __init__(self, value: object, place: str) -> None:
        self._value = value
        self._place = place

    def at(self, key: str) -> "_Entry":
        entries = self.entries()
        if key not in entries:
            raise Failure(f"{self._place} has no {key}; make it with make pipeline-files, then release again")
        return entries[key]

    def entries(self) -> dict[str, "_Entry"]:
        if not isinstance(self._value, dict):
            raise self._wrong("an object")
        return {name: _Entry(value, f"{self._place}: {name}") for name, value in self._value.items()}

    def items(self) -> list["_Entry"]:
        if not isinstance(self._value, list):
            raise self._wrong("a list")
        return [_Entry(value, f"{self._place}[{index}]") for index, value in enumerate(self._value)]

    def text(self) -> str:
        if not isinstance(self._value, str):
            raise self._wrong("a text")
        return self._value

    def number(self) -> int:
        if not isinstance(self._value, int) or isinstance(self._value, bool):
            raise self._wrong("a whole number")
        return self._value

    def boolean(self) -> bool:
        if not isinstance(self._value, bool):
            raise self._wrong("true or false")
        return self._value

    def texts(self) -> tuple[str, ...]:
        return tuple(item.text() for item in self.items())

    def word(self) -> Word:
        if isinstance(self._value, str):
            return Word((self._value,))
        return Word(tuple(item.part() for item in self.items()))

    def words(self) -> tuple[Word, ...]:
        return tuple(item.word() for item in self.items())

    def part(self) -> str | Value:
        return self._value if isinstance(self._value, str) else Value(self.at("value").text())

    def _wrong(self, expected: str) -> Failure:
        found = json.dumps(self._value)[:80]
        return Failure(
            f"{self._place} is {found}, expected {expected}; make it with make pipeline-files, then release again"
        )
