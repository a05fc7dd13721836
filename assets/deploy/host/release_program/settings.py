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
class Web:
    """Seconds until a new container must serve, and for which it must then go on to."""

    start_timeout: int
    soak: int


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
    web: Web
    # What runs once in a release, as arguments of docker run.
    tasks: Mapping[str, tuple[Word, ...]]
    # The container that keeps the volumes in use, the same way.
    holder: tuple[Word, ...]

    @property
    def label(self) -> str:
        """The label of every object of the deployment."""
        return f"{self.labels.name}={self.name}"

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
    secrets, health, web = entry.at("secrets"), entry.at("health"), entry.at("web")
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
        web=Web(web.at("startTimeout").number(), web.at("soak").number()),
        tasks={name: task.words() for name, task in entry.at("tasks").entries().items()},
        holder=entry.at("holder").words(),
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
