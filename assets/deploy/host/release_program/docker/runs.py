"""Containers of jobs: each runs once, in the background, and stays until the next run."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from ..clock import moment_of
from .command import Docker, must

# Who has started a run: its time; a time that was missed; the cut of the run before; a person.
Trigger = Literal["schedule", "missed", "again", "hand"]

# When the engine means never.
NEVER = "0001-01-01"


@dataclass(frozen=True)
class RunLabels:
    """Names of the labels of such a container.

    Which run it is, of which release, why, under which engine, and its time limit.
    """

    run: str
    release: str
    trigger: str
    engine: str
    limit: str


@dataclass(frozen=True)
class RunContainer:
    """The container of a job."""

    id: str
    run: str
    release: str
    trigger: Trigger
    engine: str
    # Seconds that it may take; None when a release program of before has made it.
    time_limit: int | None
    # Seconds from SIGTERM to SIGKILL.
    stop_grace: int
    # "created", "running", "paused", "exited" and so on.
    status: str
    # Its first process on the host; 0 when it does not run.
    process: int
    exit: int
    out_of_memory: bool
    # Why it could not be started; empty when it could.
    error: str
    started: datetime | None
    ended: datetime | None

    @property
    def is_running(self) -> bool:
        """Whether it has begun and has not ended."""
        return self.status in ("running", "paused", "restarting", "removing")

    @property
    def has_run(self) -> bool:
        """Whether its command has begun."""
        return self.status != "created"


class Runs:
    """What the engine knows of such containers."""

    def __init__(self, docker: Docker, labels: RunLabels) -> None:
        self._docker = docker
        self._labels = labels

    def find(self, name: str) -> RunContainer | None:
        """A container by its name; None when there is none, or one that is no job's."""
        result = self._docker.call("container", "inspect", name)
        if result.is_missing:
            return None
        (found,) = json.loads(must(result, "container", "inspect", name).output)
        labels, state = found["Config"]["Labels"] or {}, found["State"]
        if self._labels.run not in labels:
            return None
        trigger = labels.get(self._labels.trigger, "")
        return RunContainer(
            found["Id"],
            labels[self._labels.run],
            labels.get(self._labels.release, ""),
            cast(Trigger, trigger) if trigger in get_args(Trigger) else "hand",
            labels.get(self._labels.engine, ""),
            int(limit) if (limit := labels.get(self._labels.limit, "")).isdigit() else None,
            found["Config"].get("StopTimeout") or 0,
            state["Status"],
            state.get("Pid") or 0,
            state["ExitCode"],
            state.get("OOMKilled", False),
            state.get("Error", ""),
            _moment(state["StartedAt"]),
            _moment(state["FinishedAt"]),
        )

    def create(self, labels: dict[str, str], *arguments: str) -> str:
        """Makes a container that reads its standard input; its id."""
        words = [f"--label={name}={value}" for name, value in labels.items()]
        result = self._docker.call("create", "--interactive", *words, *arguments)
        return must(result, "create", *arguments[-1:]).text.split("\n")[-1].strip()

    def start(self, container: str, data: bytes) -> None:
        """Has a container begin, and does not wait for its end."""
        self._docker.start_with(container, data)

    def stop(self, container: str, grace: int) -> None:
        """SIGTERM, and SIGKILL when it has not ended after so many seconds."""
        self._docker.call("stop", "-t", str(grace), container, limit=grace + 60.0)

    def remove(self, name: str) -> None:
        """Removes a container that does not run; one that is missing is fine."""
        self._docker.call("rm", name)


def _moment(text: str) -> datetime | None:
    """The engine tells nanoseconds."""
    return None if text.startswith(NEVER) or len(text) < 19 else moment_of(f"{text[:19]}Z")
