"""Clocks that are wrong by a day, of the computer that releases and of the host, and are put right again."""

import itertools
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

from engine import Become
from release_program.commands.releases import releases
from release_program.commands.rollback import RollbackOptions, release_before, rollback
from release_program.jobs.record import read_job_record
from release_program.jobs.report import problems
from release_program.machine.process_age import process_age
from release_program.steps.prune import superfluous
from support import FIRST, MORE, SECOND, HostCase
from test_jobs import DAY, HOUR, MINUTE, JobCase

# Names of releases in the order in which they are made: by a clock that is right, is a day ahead, is right again, is a
# day behind, is right again.
MADE = (
    "20261127T100000Z-aaaaaaa",
    "20261128T110000Z-bbbbbbb",
    "20261128T120000Z-ccccccc",
    "20261127T130000Z-ddddddd",
    "20261126T140000Z-eeeeeee",
    "20261126T150000Z-fffffff",
    "20261127T160000Z-aabbccd",
)


class Computer(HostCase):
    """The clock of the computer that names the releases."""

    def make(self, *names: str) -> None:
        for name in names:
            self.must_release(name)

    def listed(self) -> list[str]:
        self.said.lines.clear()
        releases(self.upload(self.current()), as_json=False)
        return [line.split()[0] for line in self.said.lines]

    def test_releases_are_listed_in_the_order_in_which_they_were_made(self) -> None:
        for count, name in enumerate(MADE[:5], 1):
            self.make(name)
            self.assertEqual(self.listed(), [*reversed(MADE[:count])])

    def test_the_way_back_leads_to_the_release_that_served_before(self) -> None:
        self.make(MADE[0])
        for before, name in itertools.pairwise(MADE):
            self.make(name)
            self.assertEqual(release_before(self.upload(name), name), before)
            self.program(before, "#!/bin/sh\n")
            with patch("os.execv", side_effect=Become) as execv, self.assertRaises(Become):
                rollback(self.upload(name), RollbackOptions(anyway=True))
            self.assertEqual(execv.call_args.args[1][2], before)

    def test_what_was_made_first_goes_first(self) -> None:
        self.make(*MADE)
        self.assertEqual({path.name for path in (self.base / "releases").iterdir()}, {*MADE[2:]})
        self.assertEqual({tag.partition(":")[2] for tag in self.engine.tags}, {*MADE[2:]})

    def test_releases_of_before_without_a_number_come_first_in_the_order_of_their_names(self) -> None:
        self.make(*MADE[:3])
        for name in MADE[:3]:
            (self.base / "releases" / name / "number").unlink()
        self.make(MADE[3])
        self.assertEqual(self.listed(), [MADE[3], MADE[2], MADE[1], MADE[0]])

    def test_one_that_a_release_program_of_before_has_made_since_is_the_newest(self) -> None:
        self.make(*MADE[:3])
        # It gives no numbers.
        self.make(MADE[3])
        (self.base / "releases" / MADE[3] / "number").unlink()
        self.assertEqual(self.listed(), [*reversed(MADE[:4])])
        self.make(MADE[4])
        self.assertEqual(self.listed(), [*reversed(MADE[:5])])

    def test_one_that_waited_while_another_was_made_is_the_newer_one(self) -> None:
        self.make(MADE[0])
        self.upload(MADE[1])
        self.make(MADE[2], MADE[1])
        self.assertEqual(self.listed(), [MADE[1], MADE[2], MADE[0]])

    def test_a_release_keeps_its_place_when_it_is_gone_back_to(self) -> None:
        self.make(*MADE[:3])
        self.assertEqual(self.release(MADE[1], kind="rollback"), 0)
        self.assertEqual(self.listed(), [*reversed(MADE[:3])])
        self.assertEqual(release_before(self.upload(MADE[1]), MADE[1]), MADE[0])

    def test_one_that_is_being_copied_is_not_superfluous(self) -> None:
        self.make(*MADE[:6])
        waiting = "20261101T100000Z-0000000"
        self.upload(waiting)
        self.assertNotIn(waiting, superfluous(self.upload(MADE[5])))

    def test_a_number_that_can_not_be_read_is_given_anew(self) -> None:
        self.make(*MADE[:2])
        (self.base / "releases" / MADE[1] / "number").write_text("")
        self.make(MADE[2])
        self.assertEqual(self.listed(), [*reversed(MADE[:3])])


class Engine(HostCase):
    """The host's clock was put back, and the engine takes what is new for old."""

    settings = MORE

    def test_new_containers_are_told_from_old_ones(self) -> None:
        self.must_release(FIRST)
        self.engine.is_put_back = True
        self.must_release(SECOND)
        for process in ("web", "worker", "beat"):
            self.assertEqual([one.image for one in self.engine.running(process)], [f"sha256:{SECOND}"])

    def test_a_process_that_stays_is_good_though_another_container_seems_newer(self) -> None:
        self.must_release(FIRST)
        ended = self.engine.add("worker", "sha256:other")
        ended.status = "exited"
        began = self.engine.clock.now()
        self.must_release(FIRST)
        self.assertLess(self.engine.clock.now() - began, 60)

    def test_a_process_that_ends_is_told(self) -> None:
        self.must_release(FIRST)
        self.engine.is_put_back = True
        self.engine.verdicts["worker"] = "ends"
        self.assertEqual(self.release(SECOND), 1)
        self.assertIn("worker did not come up and stay up: its container ended", self.said.text)

    def test_ends_of_the_database_are_counted(self) -> None:
        self.must_release(FIRST)
        self.engine.is_put_back = True
        (database,) = self.engine.running("database")
        database.status = database.health = "exited"

        def crash() -> None:
            for one in self.engine.running("database"):
                one.status = "exited"
            self.engine.add("database", "mariadb:11")
            self.engine.later(5, crash)

        crash()
        self.assertEqual(self.release(SECOND), 1)
        self.assertIn("the database ended 3 times in a row", self.said.text)


class Jobs(JobCase):
    """The host's clock jumps while jobs run, and between their runs."""

    def test_a_run_that_is_under_way_goes_on(self) -> None:
        for jump in (DAY, -DAY):
            self.engine.plays["clean"] = (500, 0)
            self.at_night()
            self.tick()
            (*_, box) = self.begun()
            self.engine.clock.wrong += jump
            self.ticks(400)
            self.assertTrue(box.is_running, jump)
            self.ticks(200)
            self.assertEqual((box.status, box.exit), ("exited", 0))
            self.assertEqual(self.engine.made("stop"), [])

    def test_one_that_can_not_keep_its_limit_is_killed_at_its_time_all_the_same(self) -> None:
        self.engine.plays["clean"] = (1_000_000, None)
        self.at_night()
        self.tick()
        (box,) = self.begun()
        self.engine.clock.wrong -= DAY
        # `timeout` is paused as well.
        self.engine._events.clear()
        self.ticks(600)
        self.assertTrue(box.is_running)
        self.ticks(4 * MINUTE)
        self.assertFalse(box.is_running)

    def test_a_limit_is_told_as_one_though_the_run_seems_to_have_ended_before_it_began(self) -> None:
        self.engine.plays["clean"] = (5000, None)
        self.at_night()
        self.tick()
        self.engine.clock.wrong -= DAY
        self.ticks(700)
        record = read_job_record(self.base / "jobs" / "clean.json")
        assert record is not None
        assert record.last is not None
        self.assertEqual(record.last.outcome, "limit")

    def test_each_night_has_its_run_after_a_clock_was_a_day_ahead_for_a_while(self) -> None:
        self.nights(1)
        self.engine.clock.wrong += DAY
        self.ticks(HOUR)
        self.engine.clock.wrong -= DAY
        before = len(self.begun())
        self.nights(3)
        self.assertEqual(len(self.begun()) - before, 3)

    def test_a_look_of_tomorrow_does_not_hide_that_nobody_looks(self) -> None:
        self.tick()
        self.assertEqual(problems(self.here), [])
        self.engine.clock.wrong -= DAY
        self.wait(10 * MINUTE)
        self.assertRegex("\n".join(problems(self.here)), "no schedule is kept")
        self.tick()
        self.assertEqual(problems(self.here), [])


class Age(unittest.TestCase):
    def test_it_is_counted_from_the_boot(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "proc" / "7").mkdir(parents=True)
            (root / "proc" / "uptime").write_text("5000.50 9000.00\n")
            fields = ["S", *("0" for _ in range(18)), "450000", "0"]
            (root / "proc" / "7" / "stat").write_text(f"7 (a ) b) {' '.join(fields)}\n")
            self.assertEqual(process_age(7, root), 500.5)
            self.assertIsNone(process_age(8, root))

    def test_of_this_process_it_is_known(self) -> None:
        age = process_age(1)
        assert age is not None
        self.assertGreaterEqual(age, 0)


if __name__ == "__main__":
    unittest.main()
