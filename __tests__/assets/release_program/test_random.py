"""Releases one after the other, with faults at random moments: something serves, and nothing is lost."""

import os
import random
import signal
import unittest
from collections.abc import Callable
from contextlib import suppress

from engine import AWAY, Engine
from release_program.docker.command import Result
from release_program.failure import Ended
from support import HostCase
from test_release import Killed

# How often; and how many releases each time.
RUNS, RELEASES = int(os.environ.get("RANDOM_RUNS", "12")), 6

VERDICTS = ("serves", "serves", "serves", "crashes", "is refused", "never")


class Chance(HostCase):
    def test_whatever_happens_the_next_release_that_nothing_disturbs_serves(self) -> None:
        for seed in range(RUNS):
            with self.subTest(seed=seed):
                self.setUp()
                self.play(random.Random(seed))

    def play(self, chance: random.Random) -> None:
        ever = False
        for number in range(RELEASES):
            name = f"2026112{number}T100000Z-aaaaaaa"
            self.engine.verdict = chance.choice(VERDICTS)
            self.engine.before_call = self.fault(chance)
            if chance.random() < 0.2:
                self.engine.stored["database_password.next"] = str(chance.random()).encode()
                self.engine.access["set"] = (0, "access: set database_password\naccess: both database_password")
            status: int | None = None
            with suppress(Killed):
                try:
                    status = self.release(name)
                except Ended:
                    # The engine was away, or the signal came, before anything was begun.
                    status = 1
            self.engine.before_call = lambda _call: None
            self.check(ever, name, status)
            ever = ever or self.current() != ""
        self.engine.verdict = "serves"
        last = "20261130T100000Z-aaaaaaa"
        self.must_release(last)
        self.assertEqual((self.current(), self.serving()), (last, last))
        self.assertEqual([one.image for one in self.engine.running("web")], [f"sha256:{last}"])
        self.assertFalse(any(one.paused for one in self.engine.running("web")))
        before = self.state(self.engine)
        self.must_release(last)
        self.assertEqual(self.state(self.engine), before)

    def fault(self, chance: random.Random) -> Callable[[tuple[str, ...]], Result | None]:
        """Something that goes wrong at one of the next calls; it may be later than the last one."""
        left = [chance.randrange(120)]
        kind = chance.choice(("fails", "is away", "killed", "stopped", "nothing"))

        def before_call(call: tuple[str, ...]) -> Result | None:
            left[0] -= 1
            # What is done about it is not disturbed itself.
            if kind == "is away" and -5 < left[0] < 0:
                return AWAY
            if left[0] != 0 or call[0] in ("rm", "unpause") or call[:2] == ("service", "rollback"):
                return None
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
        record_path = self.base / "receipts" / f"{name}.json"
        if record_path.exists():
            record = self.record(name)
            if status is not None:
                self.assertIn(record.outcome, ("served",) if status == 0 else ("served", "failed"))
            if status == 1:
                self.assertTrue(record.reason)
        volumes = self.engine.volumes
        self.assertTrue(not self.engine.has_database or volumes == {"shop-dbdata", "shop-secrets"}, volumes)

    def state(self, engine: Engine) -> object:
        return (
            [(one.id, one.status) for one in engine.containers],
            *(engine.secrets, engine.volumes, engine.tags, {name: one.spec for name, one in engine.services.items()}),
        )


if __name__ == "__main__":
    unittest.main()
