"""Reads settings.json."""

import json
from pathlib import Path

from ..failure import Failure
from .model import Build, Database, Definition, Health, Job, Labels, Schedule, Secrets, Settings, Task
from .word import Value, Word


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
    secrets, health, rule_limit = entry.at("secrets"), entry.at("health"), entry.at("runnerRuleLimit")
    return Settings(
        name=entry.at("name").text(),
        labels=Labels(labels.at("name").text(), labels.at("revision").text(), labels.at("kind").text()),
        images={name: image.text() for name, image in entry.at("images").entries().items()},
        build=Build(build.at("repository").text(), build.at("arguments").words()),
        volumes=entry.at("volumes").texts(),
        database=Database(
            database.at("volume").text(),
            database.at("name").text(),
            database.at("user").text(),
            database.at("version").text(),
            database.at("pinned").boolean(),
            database.at("memory").number(),
            database.at("arguments").texts(),
        ),
        secrets=Secrets(secrets.at("volume").text(), secrets.at("files").texts()),
        health=Health(health.at("path").text(), health.at("host").word(), health.at("anyAnswer").boolean()),
        steps=entry.at("steps").texts(),
        services=tuple(_definition(one) for one in entry.at("services").items()),
        tasks={name: _task(task) for name, task in entry.at("tasks").entries().items()},
        jobs={name: _job(job) for name, job in entry.at("jobs").entries().items()},
        runner_rule_limit=None if rule_limit.is_null() else rule_limit.number(),
        holder=entry.at("holder").words(),
    )


def _definition(entry: "_Entry") -> Definition:
    return Definition(
        name=entry.at("name").text(),
        is_process=entry.at("kind").text() == "process",
        step=entry.at("step").text(),
        judge=entry.at("judge").text(),
        health_check=entry.at("healthCheck").boolean(),
        singleton=entry.at("singleton").boolean(),
        copies=entry.at("copies").number(),
        serves=entry.at("servesRequests").boolean(),
        keeps_secrets=entry.at("keepsSecrets").boolean(),
        secrets=entry.at("secrets").texts(),
        start_timeout=entry.at("startTimeout").number(),
        soak=entry.at("soak").number(),
        stop_grace=entry.at("stopGrace").number(),
        ports=tuple(port.number() for port in entry.at("ports").items()),
    )


def _task(entry: "_Entry") -> Task:
    return Task(
        entry.at("arguments").words(),
        entry.at("limit").number(),
        entry.at("changesSchema").boolean(),
        entry.at("failure").text(),
        entry.at("processesOf").text(),
    )


def _job(entry: "_Entry") -> Job:
    schedule = entry.at("schedule")
    return Job(
        entry.at("arguments").words(),
        None if schedule.is_null() else _schedule(schedule),
        entry.at("timeLimit").number(),
        entry.at("stopGrace").number(),
    )


def _schedule(entry: "_Entry") -> Schedule:
    return Schedule(
        text=entry.at("text").text(),
        minutes=entry.at("minutes").numbers(),
        hours=entry.at("hours").numbers(),
        days=entry.at("days").numbers(),
        months=entry.at("months").numbers(),
        weekdays=entry.at("weekdays").numbers(),
        either_day=entry.at("eitherDay").boolean(),
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

    def is_null(self) -> bool:
        return self._value is None

    def numbers(self) -> tuple[int, ...]:
        return tuple(item.number() for item in self.items())

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
