"""Releases one after the other, with faults at random moments: something serves, and nothing is lost."""

import os
import random
import signal
import unittest
from collections.abc import Callable, Sequence
from contextlib import suppress

from engine import AWAY, NAME, Engine
from release_program.docker.command import Result
from release_program.docker.swarm import Swarm
from release_program.failure import Ended
from release_program.parts.served import read_served
from release_program.record import Record
from release_program.settings.model import Settings
from support import MORE, SETTINGS, HostCase
from test_release import Killed
from test_services import NO_CACHE, NO_WORKER

# How often; and how many releases each time.
RUNS, RELEASES = int(os.environ.get("RANDOM_RUNS", "8")), 6

VERDICTS = ("serves", "serves", "serves", "crashes", "is refused", "never")

# Steps after the first change of a service, that an undo follows.
BEFORE_SERVING = ("services", "passwords", "nginx-check", "migrate", "warm", "roll")

# What becomes of a process that serves nobody.
OTHERS = ("stays", "stays", "stays", "stays", "crashes", "ends", "never")


class Chance(HostCase):
    def test_whatever_happens_the_next_release_that_nothing_disturbs_serves(self) -> None:
        self.play_all((SETTINGS,), range(RUNS // 2))

    def test_and_so_with_a_worker_a_singleton_a_cache_and_more_tasks_of_which_some_come_and_go(self) -> None:
        self.play_all((MORE, MORE, NO_WORKER, NO_CACHE), range(RUNS // 2, RUNS))

    def play_all(self, variants: Sequence[Settings], seeds: range) -> None:
        self.assertTrue(seeds)
        self.variants = variants
        for seed in seeds:
            with self.subTest(seed=seed):
                self.settings = variants[0]
                self.setUp()
                self.play(random.Random(seed))
                self.doCleanups()

    def play(self, chance: random.Random) -> None:
        ever = False
        for number in range(RELEASES):
            name = f"2026112{number}T100000Z-aaaaaaa"
            self.use(chance.choice(self.variants))
            changes = {one: f"value: {chance.randrange(3)}" for one in ("cache", "nginx")}
            self.engine.verdict = chance.choice(VERDICTS)
            self.engine.verdicts = {one.name: chance.choice(OTHERS) for one in self.settings.processes}
            self.engine.verdicts["cache"] = chance.choice(("stays", "stays", "crashes"))
            self.engine.ending = chance.choice((1, 300))
            self.engine.before_call = self.fault(chance)
            if chance.random() < 0.2:
                self.engine.stored["database_password.next"] = str(chance.random()).encode()
                self.engine.access["set"] = (0, "access: set database_password\naccess: both database_password")
            status: int | None = None
            with suppress(Killed):
                try:
                    status = self.release(name, changes)
                except Ended:
                    # The engine was away, or the signal came, before anything was begun.
                    status = 1
            self.engine.before_call = lambda _call: None
            self.check(ever, name, status)
            ever = ever or self.current() != ""
        self.engine.verdict, self.engine.verdicts, self.engine.ending = "serves", {}, 1
        self.engine.clock.sleep(300)
        last = "20261130T100000Z-aaaaaaa"
        self.must_release(last)
        self.assertEqual((self.current(), self.serving()), (last, last))
        self.check_processes(last)
        self.assertFalse(any(one.paused for one in self.engine.running("web")))
        # Whatever no release names has left, once the one before has ended its work.
        self.engine.clock.sleep(2)
        self.must_release(last)
        self.assertEqual(set(self.engine.services), {self.settings.service(one.name) for one in self.settings.services})
        self.engine.clock.sleep(2)
        self.engine.call("info")
        before = self.state(self.engine)
        self.must_release(last)
        self.assertEqual(self.state(self.engine), before)

    def fault(self, chance: random.Random) -> Callable[[tuple[str, ...]], Result | None]:
        """Something that goes wrong at one of the next calls; it may be later than the last one."""
        kind = chance.choice(("fails", "is away", "killed", "stopped", "nothing"))
        # Before its first call has ended, a signal ends the program as any other one.
        left = [chance.randrange(2 if kind == "stopped" else 0, 150)]
        self.is_disturbed = False

        def before_call(call: tuple[str, ...]) -> Result | None:
            left[0] -= 1
            # What is done about it is not disturbed itself.
            if kind == "is away" and -5 < left[0] < 0:
                self.is_disturbed = True
                return AWAY
            if left[0] != 0 or call[0] in ("rm", "unpause") or call[:2] == ("service", "rollback"):
                return None
            self.is_disturbed = kind in ("fails", "is away")
            if kind == "fails":
                return AWAY
            if kind == "killed":
                raise Killed
            if kind == "stopped":
                os.kill(os.getpid(), signal.SIGTERM)
            return None

        return before_call

    def check(self, ever: bool, name: str, status: int | None) -> None:
        """What is true after each release, however it ended."""
        if ever:
            self.assertTrue(self.serving(), "a release serves")
            self.assertTrue(self.current())
        if status == 0:
            self.assertEqual(self.current(), name)
            self.check_processes(name)
        record_path = self.base / "receipts" / f"{name}.json"
        if record_path.exists():
            record = self.record(name)
            if status is not None:
                self.assertIn(record.outcome, ("served",) if status == 0 else ("served", "failed"))
            if status == 1:
                self.assertTrue(record.reason)
            # One that was stopped at the very end of its roll serves already.
            failed = status == 1 and record.outcome == "failed"
            if failed and record.step in BEFORE_SERVING and not self.is_disturbed:
                self.check_taken_back(record, name)
        volumes = self.engine.volumes
        self.assertTrue(not self.engine.has_database or volumes >= set(self.settings.volumes), volumes)

    def check_processes(self, release: str) -> None:
        """Every process is of one release, and each once."""
        for process in self.settings.processes:
            images = [one.image for one in self.engine.running(process.name)]
            self.assertEqual(images, [f"sha256:{release}"], process.name)

    def check_taken_back(self, record: Record, name: str) -> None:
        """A release that failed, and was not cut off, is taken back whole: to what the one before was made with."""
        services = {one.name: self.engine.services.get(f"{NAME}_{one.name}") for one in self.settings.processes}
        running = [one.spec["Image"] for one in services.values() if one is not None and one.spec["Replicas"] != "0"]
        self.assertNotIn(f"sha256:{name}", running, record.reason)
        served = read_served(self.upload(name), self.current()) if self.current() else None
        for service, spec in served.specs.items() if served else ():
            found = Swarm(self.engine).service(f"{NAME}_{service}")
            if service in services and service != "database":
                self.assertEqual(found and found.spec, spec, f"{service}: {record.reason}")

    def state(self, engine: Engine) -> object:
        return (
            [(one.id, one.status) for one in engine.containers],
            *(engine.secrets, engine.volumes, engine.tags, {name: one.spec for name, one in engine.services.items()}),
        )


if __name__ == "__main__":
    unittest.main()
