"""The engine in memory, with containers of jobs."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine import DONE, Engine, as_json, as_text, missing
from release_program.docker.command import Result

NEVER = "0001-01-01T00:00:00Z"


@dataclass
class JobContainer:
    """A container of a job."""

    name: str
    id: str
    image: str
    labels: dict[str, str]
    words: tuple[str, ...]
    status: str = "created"
    exit: int = 0
    error: str = ""
    out_of_memory: bool = False
    started: datetime | None = None
    # On a clock that never jumps.
    began: float = 0.0
    ended: datetime | None = None
    given: bytes = b""
    said: list[str] = field(default_factory=list)

    @property
    def is_running(self) -> bool:
        return self.status == "running"

    def fits(self, condition: str) -> bool:
        """Whether it is what a filter of docker ps asks for."""
        name, _, value = condition.partition("=")
        if name == "label":
            key, _, wanted = value.partition("=")
            return key in self.labels and wanted in ("", self.labels[key])
        return {"status": self.status, "ancestor": self.image}.get(name) == value


class JobEngine(Engine):
    """Tests say how long a job takes, and how it ends."""

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.boxes: dict[str, JobContainer] = {}
        # Each container of a job that has begun.
        self.begun: list[JobContainer] = []
        # By the job: seconds, and exit status; None of a job that does not end by SIGTERM.
        self.plays: dict[str, tuple[float, int | None]] = {}
        # Why the engine can't start a container; empty when it can.
        self.refusal = ""

    def power_cut(self) -> None:
        """The machine goes down and comes up: nobody knows how what ran has ended."""
        self.mark = f"boot-{int(self.mark.rpartition('-')[2]) + 1}"
        for box in self.boxes.values():
            if box.is_running:
                self._end_run(box, 255)

    def start_with(self, container: str, data: bytes) -> None:
        self.calls.append(("start", "--attach", "--interactive", container))
        if self.before_call(self.calls[-1]) is not None:
            return
        box = self._box(container)
        assert box is not None and box.status == "created", container
        if self.refusal:
            box.error = self.refusal
            return
        assert not any(one.is_running and one.name == box.name for one in self.begun), "two runs of a job at once"
        box.given, box.status, box.started, box.began = data, "running", self.clock.wall(), self.clock.now()
        self.begun.append(box)
        job = box.name.partition("-")[2]
        seconds, status = self.plays.get(job, (10, 0))
        box.said.append(f"{job} works")
        grace, limit = (int(word.rpartition("=")[2]) for word in box.words[box.words.index("timeout") + 1 :][:2])
        if status is None and seconds > limit:
            seconds, status = limit + grace, 137
        elif seconds > limit:
            seconds, status = limit, 124
        ended, wrong = box.started + timedelta(seconds=int(seconds)), self.clock.wrong
        self.later(
            seconds,
            lambda: self._end_run(box, status or 0, ended + timedelta(seconds=self.clock.wrong - wrong)),
        )

    def follow(self, *arguments: str, hear: Callable[[str], None], environment: Mapping[str, str], limit: float) -> int:
        if arguments[:2] != ("logs", "--follow"):
            return super().follow(*arguments, hear=hear, environment=environment, limit=limit)
        self.calls.append(arguments)
        if self.before_call(arguments) is not None:
            return 1
        box = self._box(arguments[2])
        assert box is not None
        for line in box.said:
            hear(line)
        while box.is_running:
            self.clock.sleep(1)
            self._pass_time()
            # Tests make it stop, or worse.
            if self.before_call(("while-logs",)) is not None:
                return 1
        return 0

    def _answer(self, call: tuple[str, ...], data: bytes, environment: Mapping[str, str]) -> Result:
        match call:
            case ("create", "--interactive", *words):
                return self._create(words)
            case ("container", "inspect", name) if self._box(name):
                return self._inspect_box(self._box(name))
            case ("container", "inspect", name) if name.startswith("shop-"):
                return missing("container")
            case ("ps", *options) if "--latest" not in options:
                filters = [one.partition("=")[2] for one in options if one.startswith("--filter=")]
                found = [box for box in self.boxes.values() if all(box.fits(one) for one in filters)]
                lines = [f"{box.id}\t{box.name}\tUp 3 seconds" for box in found if box.is_running or "--all" in options]
                return as_text("\n".join([*super()._answer(call, data, environment).lines, *lines]))
            case ("rm", name):
                box = self._box(name)
                if box is None:
                    return missing("container")
                if box.is_running:
                    return Result(1, b"", b"cannot remove a running container\n")
                del self.boxes[box.name]
                return DONE
            case ("stop", "-t", seconds, name):
                box = self._box(name)
                if box is not None and box.is_running:
                    self._end_run(box, 137 if seconds == "0" else 143)
                return DONE
        return super()._answer(call, data, environment)

    def process_age(self, process: int) -> float | None:
        """Seconds for which a process has run: the number of its container in the order of their beginning."""
        return self.clock.now() - self.begun[process - 1].began if process else None

    def _create(self, words: list[str]) -> Result:
        (name,) = [word.partition("=")[2] for word in words if word.startswith("--name=")]
        if name in self.boxes:
            return Result(1, b"", b"Conflict. The container name is already in use\n")
        labels = dict(word[len("--label=") :].split("=", 1) for word in words if word.startswith("--label="))
        image = next((word for word in words if not word.startswith("-")), "")
        if image not in self.images.values():
            return Result(1, b"", b"Error response from daemon: No such image: " + image.encode() + b"\n")
        self._count += 1
        self.boxes[name] = JobContainer(name, f"j{self._count:04}", image, labels, tuple(words))
        return as_text(self.boxes[name].id)

    def _box(self, name: str) -> JobContainer | None:
        return next((box for box in self.boxes.values() if name in (box.name, box.id)), None)

    def _end_run(self, box: JobContainer, status: int, ended: datetime | None = None) -> None:
        if box.is_running:
            box.status, box.exit, box.ended = "exited", status, ended or self.clock.wall()

    def _inspect_box(self, box: JobContainer | None) -> Result:
        assert box is not None
        state = {
            "Status": box.status,
            "Pid": self.begun.index(box) + 1 if box.is_running else 0,
            "ExitCode": box.exit,
            "OOMKilled": box.out_of_memory,
            "Error": box.error,
            "StartedAt": _time(box.started),
            "FinishedAt": _time(box.ended),
        }
        (grace,) = [int(word.partition("=")[2]) for word in box.words if word.startswith("--stop-timeout=")]
        config = {"Labels": box.labels, "StopTimeout": grace}
        return as_json([{"Id": box.id, "Image": box.image, "Config": config, "State": state}])


def _time(moment: datetime | None) -> str:
    return NEVER if moment is None else re.sub(r"\+00:00$", ".123456789Z", moment.isoformat())
