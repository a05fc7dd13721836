"""The settings as plain data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..failure import Failure
from .word import Word


@dataclass(frozen=True)
class Labels:
    """Names of the labels that tell whose an object is."""

    name: str
    revision: str
    # Of what a process of deployment.ts has made: "process".
    kind: str


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
    name: str
    user: str
    # MariaDB's version, for example 11.8, and whether deployment.ts says it.
    version: str
    pinned: bool
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
    # Name of the step in which a new or changed one comes: "services", or "roll".
    step: str
    # What makes a container good: "started" when it runs, "healthy" when its health check passes, "soaked" when that
    # check passes, and does so only after the soak.
    judge: str
    # Whether the engine asks its containers how they are.
    health_check: bool
    # Whether two never run at once: the old one stops first.
    singleton: bool
    # Containers that run side by side.
    copies: int
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
    # On the host.
    ports: tuple[int, ...]


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
class Schedule:
    """When a job runs, in UTC: all values of each of cron's fields, in ascending order."""

    # As it was written.
    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    # Sunday is 0.
    weekdays: tuple[int, ...]
    # Whether a day of the month or a weekday is enough, and need not be both.
    either_day: bool


@dataclass(frozen=True)
class Job:
    """What runs to its end at its times, or by hand."""

    # Of docker create.
    arguments: tuple[Word, ...]
    # None: only by hand.
    schedule: Schedule | None
    # Seconds: that a run may take, and from SIGTERM to SIGKILL when it takes longer.
    time_limit: int
    stop_grace: int


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
    # By name.
    jobs: Mapping[str, Job]
    # Seconds after which no run can need a rule of the firewall that its runner has opened; None: no runner opens it.
    runner_rule_limit: int | None
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
    def proxy(self) -> str:
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
