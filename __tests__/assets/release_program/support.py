"""A host in a temporary folder, with an engine in memory."""

import os
import shutil
import signal
import tempfile
import unittest
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from engine import NAME, Engine
from release_program.commands.run import RunOptions, run
from release_program.folders import Folders
from release_program.host import Host
from release_program.output import Output
from release_program.record import Record, read_record
from release_program.settings.model import (
    Build,
    Database,
    Definition,
    Health,
    Job,
    Labels,
    Schedule,
    Secrets,
    Settings,
    Task,
)
from release_program.settings.word import Value, Word
from release_program.visitor import Answer


def definition(name: str, kind: str = "process", judge: str = "started", **changes: object) -> Definition:
    """A service that is like most of its kind."""
    usual = Definition(
        name=name,
        is_process=kind == "process",
        step={"nginx": "proxy"}.get(name, "roll" if kind == "process" else "services"),
        judge=judge,
        health_check=judge != "started",
        singleton=kind != "process",
        copies=1,
        serves=False,
        keeps_secrets=False,
        secrets=("database_password", "django_secret_key", "env") if kind == "process" else (),
        start_timeout=40,
        soak=6,
        stop_grace=10,
        ports=(),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def task(*words: str | Word, changes_schema: bool = False, failure: str = "", processes_of: str = "") -> Task:
    """A task; the last word of its arguments is its name."""
    return Task(
        (Word(("--rm",)), *[Word((word,)) if isinstance(word, str) else word for word in words]),
        86400 if changes_schema else 600,
        changes_schema,
        failure,
        processes_of,
    )


SETTINGS = Settings(
    name=NAME,
    labels=Labels("shop", "revision", "kind"),
    images={"python": "python:3", "nginx": "nginx:1", "mariadb": "mariadb:11"},
    build=Build("shop-web", (Word(("PYTHON_IMAGE=", Value("image.python"))),)),
    volumes=("shop-dbdata", "shop-secrets"),
    database=Database("shop-dbdata", "django", "django", "11.8", False, 400, ("--skip-name-resolve",)),
    secrets=Secrets("shop-secrets", ("database_root_password", "database_password", "django_secret_key", "env")),
    health=Health("/health/", Word(("shop.example",)), any_answer=False),
    steps=(
        *("identity", "space", "images", "secrets", "services", "passwords", "nginx-check", "migrate", "roll"),
        *("proxy", "nginx-config", "pages", "jobs", "prune"),
    ),
    services=(
        definition(
            *("database", "backing-service", "healthy"),
            keeps_secrets=True,
            secrets=("database_root_password", "database_password"),
            start_timeout=3600,
        ),
        definition("nginx", "backing-service", serves=True, ports=(80, 443)),
        definition("web", judge="soaked", serves=True),
    ),
    tasks={
        "secrets": task("secrets"),
        "nginx-check": task("nginx-check", failure="nginx refuses its configuration; nothing was changed."),
        "migrate": task(Word((Value("image.application"),)), "migrate", changes_schema=True),
        "nginx-config": task(
            *(Word(("--pid=container:", Value("container.nginx"))), "nginx-config"),
            failure="nginx did not take its configuration; it still has the one before.",
            processes_of="nginx",
        ),
    },
    jobs={},
    runner_rule_limit=None,
    holder=(Word(("--name=shop-holder",)), Word((Value("image.python"),))),
)

# The same with what a registry may add: a backing service, two processes of which one is a singleton, two tasks, and a
# secret.
MORE = replace(
    SETTINGS,
    images={**SETTINGS.images, "valkey": "valkey:8"},
    volumes=(*SETTINGS.volumes, "shop-cachedata"),
    secrets=Secrets("shop-secrets", (*SETTINGS.secrets.files, "cache_password")),
    steps=(
        *("identity", "space", "images", "secrets", "services", "passwords", "nginx-check", "migrate", "warm", "roll"),
        *("proxy", "nginx-config", "announce", "pages", "jobs", "prune"),
    ),
    services=(
        SETTINGS.services[0],
        definition("cache", "backing-service", "healthy", secrets=("cache_password",)),
        *SETTINGS.services[1:],
        definition("worker", secrets=(*SETTINGS.services[2].secrets, "cache_password")),
        definition("beat", judge="healthy", singleton=True),
    ),
    tasks={
        **SETTINGS.tasks,
        "warm": task("warm", failure="The cache could not be filled; nothing was changed."),
        "announce": task("announce", failure="Nobody was told."),
    },
)


def schedule(text: str, minutes: Sequence[int], hours: Sequence[int]) -> Schedule:
    """One for every day."""
    days, months, weekdays = (tuple(range(*ends)) for ends in ((1, 32), (1, 13), (0, 7)))
    return Schedule(text, tuple(minutes), tuple(hours), days, months, weekdays, either_day=False)


def job(name: str, times: Schedule | None, limit: int = 600) -> Job:
    """A job. An empty word stands for its image."""
    marks = [f"--label={SETTINGS.label}", f"--label={SETTINGS.labels.kind}=job"]
    words = [
        f"--name={NAME}-{name}",
        "--stop-timeout=30",
        *marks,
        "",
        "timeout",
        "--kill-after=30",
        str(limit),
        "manage",
        name,
    ]
    return Job(
        tuple(Word((Value("image.application"),)) if word == "" else Word((word,)) for word in words), times, limit, 30
    )


# The same with jobs: one of each minute, one of each night, and one that runs by hand.
JOBS = replace(
    SETTINGS,
    jobs={
        "ping": job("ping", schedule("* * * * *", range(60), range(24)), limit=150),
        "clean": job("clean", schedule("0 3 * * *", [0], [3])),
        "load": job("load", None),
    },
)

FIRST, SECOND, THIRD = ("20261127T100000Z-aaaaaaa", "20261127T110000Z-bbbbbbb", "20261127T120000Z-ccccccc")

FILES = {
    "context/Dockerfile": "FROM python",
    "deploy/host/cron": "* * * * * @USER@ @FOLDER@/current/deploy/host/release jobs-due\n",
    "deploy/nginx/hold.sh": "echo hold\n",
    "deploy/access/mariadb.sh": "# shared\n",
    "deploy/access/access.sh": "# access\n",
    "deploy/access/repair.sh": "# repair\n",
    "deploy/secrets/database_files.py": "# database?\n",
    "deploy/secrets/database_identity.py": "# identity?\n",
}


def stack_files(services: Sequence[Definition], changes: Mapping[str, str]) -> dict[str, str]:
    """stack.yaml, and the file of each service; `changes` is what a service has there beside its name."""
    lines = {one.name: f"  {one.name}: {{{changes.get(one.name, '')}}}\n" for one in services}
    files = {name: f"services:\n{line}" for name, line in lines.items()}
    return {
        "deploy/stack.yaml": "services:\n" + "".join(lines.values()),
        "deploy/roll.yaml": "services:\n" + "".join(line for name, line in lines.items() if name != "nginx"),
        **{f"deploy/services/{name}.yaml": text for name, text in files.items()},
    }


# Signals of which the program changes what they do.
RESTORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE)


def memory() -> str | None:
    """A folder in memory, where programs may run; None for the usual one: disks take their time for a record."""
    folder = Path("/dev/shm")
    usable = folder.is_dir() and os.access(folder, os.W_OK) and not os.statvfs(folder).f_flag & os.ST_NOEXEC
    return str(folder) if usable else None


# The release program has folders of its own for an answer of the engine, hundreds of them in a test.
tempfile.tempdir = memory()


class Said(Output):
    """Keeps what is said, beside the log."""

    def __init__(self) -> None:
        super().__init__(os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC))
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines += text.split("\n")
        super().say(text)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


class Table:
    """What cron is told."""

    def __init__(self) -> None:
        self.told = ""
        self.here = True

    def is_there(self) -> bool:
        return self.here

    def text(self) -> str:
        return self.told

    def write(self, text: str) -> None:
        self.told = text


class Browser:
    """Somebody who gets the page of the release that serves; `pages` says what an image answers to a path."""

    def __init__(self, case: "HostCase") -> None:
        self._case = case

    def ask(self, path: str) -> Answer:
        link = self._case.engine.link
        if link is None:
            return Answer(0)
        return self._case.pages.get((link.image, path), Answer(200))


class HostCase(unittest.TestCase):
    """A test with a host of its own."""

    settings = SETTINGS
    engine_of = Engine

    def setUp(self) -> None:
        # A reserve that is no burden for the disk of this machine.
        for name, most in (("MOST", 1 << 20), ("MOST_FILES", 2)):
            ballast = patch(f"release_program.parts.storage.ballast.{name}", most)
            ballast.start()
            self.addCleanup(ballast.stop)
        self.base = Path(tempfile.mkdtemp(prefix="release-program-"))
        self.addCleanup(shutil.rmtree, self.base)
        self.engine = self.engine_of(self.settings)
        self.cron = Table()
        self.said = Said()
        # Answers that differ from 200, by image and path.
        self.pages: dict[tuple[str, str], Answer] = {}
        # What was run as root, and why that fails; empty: it does not.
        self.commands: list[tuple[str, ...]] = []
        self.root_failure = ""
        # A word of the commands that fail; empty: each does.
        self.root_fails_at = ""
        handlers = {number: signal.getsignal(number) for number in RESTORED}
        for number, handler in handlers.items():
            self.addCleanup(signal.signal, number, handler)

    def upload(
        self, release: str, files: Mapping[str, str] | None = None, changes: Mapping[str, str] | None = None
    ) -> Host:
        """Lays a release out, as the upload does; the host as that release's program sees it.

        `changes`: what the files of the Swarm stack say of a service.
        """
        folder = self.base / "releases" / release
        texts = {
            **{folder / name: text for name, text in stack_files(self.settings.services, changes or {}).items()},
            **{folder / name: text for name, text in (FILES if files is None else files).items()},
        }
        for parent in {path.parent for path in texts}:
            parent.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text)
        return Host(
            self.settings,
            Folders(folder),
            self.engine,
            self.engine.clock,
            self.said,
            "192.0.2.1",
            lambda _name: Browser(self),
            self.as_root,
            self.cron,
            lambda: self.engine.mark,
            self.engine.process_age,
            self.engine.write_out,
        )

    def as_root(self, command: Sequence[str], limit: float) -> str:
        assert 0 < limit <= 60
        self.commands.append((command[0], Path(command[1]).name, *command[2:]))
        return self.root_failure if self.root_fails_at in ("", *command) else ""

    def release(self, release: str, changes: Mapping[str, str] | None = None, **options: str) -> int:
        """Makes a release; the exit status."""
        host = self.upload(release, changes=changes)
        try:
            return run(host, RunOptions(release, **options))  # type: ignore[arg-type]
        finally:
            self.engine.served.add(f"sha256:{self.current()}")

    def must_release(self, release: str, changes: Mapping[str, str] | None = None) -> None:
        self.assertEqual(self.release(release, changes), 0, self.said.text)

    def use(self, settings: Settings) -> None:
        """From now on releases have other settings."""
        self.settings = self.engine.settings = settings
        self.engine.images |= {image: f"sha256:{base}" for base, image in settings.images.items()}

    def record(self, release: str) -> Record:
        record = read_record(self.base / "receipts" / f"{release}.json")
        assert record is not None
        return record

    def current(self) -> str:
        return Folders(self.base / "releases" / "any").current()

    def serving(self) -> str:
        """The release that visitors see."""
        return self.engine.link.image.removeprefix("sha256:") if self.engine.link else ""

    def program(self, release: str, text: str) -> Path:
        """Puts a program in the place of a release's own."""
        path = self.base / "releases" / release / "deploy" / "host" / "release"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path
