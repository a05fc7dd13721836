"""Jobs that deployment.ts no longer names, or names with another time limit, while a run of them is at work."""

import json
import unittest
from dataclasses import replace

from jobs_engine import JobContainer
from release_program.commands import day
from support import FIRST, JOBS, MORE, SECOND, SETTINGS, THIRD, job, schedule
from test_jobs import HOUR, MINUTE, JobCase

FOURTH = "20261127T130000Z-ddddddd"


class RemovedCase(JobCase):
    """A run of the night's job is at work when a release comes."""

    # Seconds of that run, and its exit status.
    play: tuple[float, int | None] = (500, 0)
    box: JobContainer

    def setUp(self) -> None:
        super().setUp()
        self.engine.plays["clean"] = self.play
        self.at_night()
        self.tick()
        (self.box,) = self.begun()

    def status(self, release: str) -> str:
        self.said.lines.clear()
        day.status(self.upload(release), as_json=False)
        return self.said.text

    def ticks_of(self, release: str, seconds: float) -> None:
        """Cron asks, as the release that serves says it."""
        end = self.engine.clock.now() + seconds
        while self.engine.clock.now() < end:
            self.tick(release)

    def records(self) -> list[str]:
        return sorted(path.name for path in (self.base / "jobs").glob("*.*"))


class Removed(RemovedCase):
    def setUp(self) -> None:
        super().setUp()
        self.use(SETTINGS)
        self.here = replace(self.here, settings=SETTINGS)
        self.must_release(SECOND)

    def test_it_goes_on_and_the_release_and_status_say_so(self) -> None:
        self.assertTrue(self.box.is_running)
        began = self.runs()[0].began
        told = f"runs, since {began}, with release {FIRST}"
        self.assertIn(
            f"the job clean, which this release does not name, {told}; it goes on to its end", self.said.lines
        )
        self.assertIn(f"\n  clean      job, no longer in deployment.ts; {told}\n", self.status(SECOND))
        self.said.lines.clear()
        day.status(self.upload(SECOND), as_json=True)
        (found,) = json.loads(self.said.text)["jobs"]
        self.assertEqual((found["name"], found["removed"], found["next"]), ("clean", True, ""))
        with self.assertRaises(Exception) as became:
            day.logs(self.upload(SECOND), ["clean"])
        self.assertEqual(became.exception.args, ("logs", self.box.id))

    def test_cron_looks_on_though_nothing_has_a_schedule_and_its_end_is_noted(self) -> None:
        self.assertIn("jobs-due", self.cron.told)
        self.ticks_of(SECOND, 10 * MINUTE)
        self.assertEqual(self.outcomes(), [("schedule", "well")])
        self.assertIn("\n  clean      job, no longer in deployment.ts; ended well, began", self.status(SECOND))
        # No time of it counts any more.
        self.at_night()
        self.wait(HOUR)
        self.ticks_of(SECOND, 5 * MINUTE)
        self.assertEqual(len(self.begun()), 1)

    def test_the_next_release_removes_what_has_ended_and_tells_of_an_end_that_nobody_has_noted(self) -> None:
        self.wait(500)
        self.must_release(THIRD)
        self.assertRegex(
            self.said.text, r"\nthe job clean, which this release does not name, ended well, began \S+, took 500 s\n"
        )
        self.assertEqual((self.engine.boxes, self.records()), ({}, []))
        # Taken up again later, it waits for its time.
        self.use(JOBS)
        self.here = replace(self.here, settings=JOBS)
        self.must_release(FOURTH)
        self.tick(FOURTH)
        self.assertEqual(len(self.begun()), 1)

    def test_one_of_which_the_end_was_noted_is_forgotten_without_a_word(self) -> None:
        self.ticks_of(SECOND, 10 * MINUTE)
        self.said.lines.clear()
        self.must_release(THIRD)
        self.assertNotIn("clean", self.said.text)
        self.assertEqual((self.engine.boxes, self.records()), ({}, []))

    def test_a_record_that_can_not_be_read_does_not_hide_it(self) -> None:
        (self.base / "jobs" / "clean.json").write_text("{")
        for _ in range(2):
            self.assertRegex(self.status(SECOND), r"\n  clean +job, no longer in deployment\.ts; runs, since ")
        self.wait(500)
        self.must_release(THIRD)
        self.assertEqual((self.engine.boxes, self.records()), ({}, []))

    def test_a_host_without_cron_is_no_hindrance(self) -> None:
        self.cron.here = False
        self.must_release(THIRD)
        self.assertTrue(self.box.is_running)

    def test_on_the_way_back_to_a_release_that_names_it_no_second_run_begins(self) -> None:
        self.use(JOBS)
        self.here = replace(self.here, settings=JOBS)
        self.assertEqual(self.release(FIRST, kind="rollback"), 0, self.said.text)
        self.tick()
        self.assertEqual((len(self.begun()), self.box.is_running), (1, True))
        self.ticks(10 * MINUTE)
        self.assertEqual(self.outcomes(), [("schedule", "well")])

    def test_a_reboot_cuts_it_and_nobody_runs_it_again(self) -> None:
        self.engine.power_cut()
        self.ticks_of(SECOND, 5 * MINUTE)
        self.assertEqual(self.outcomes(), [("schedule", "cut")])
        self.assertEqual(len(self.begun()), 1)


class Overdue(RemovedCase):
    def test_one_that_does_not_keep_its_limit_is_killed_though_no_job_is_named(self) -> None:
        self.use(SETTINGS)
        self.here = replace(self.here, settings=SETTINGS)
        self.must_release(SECOND)
        self.engine._events.clear()
        for minutes, runs in ((12, True), (2, False)):
            for _ in range(minutes):
                self.tick(SECOND)
            self.assertEqual(self.box.is_running, runs, minutes)
        self.tick(SECOND)
        self.assertEqual((self.runs()[0].outcome, self.runs()[0].exit), ("limit", 137))

    def test_another_time_limit_is_that_of_the_next_run(self) -> None:
        for limit in (10, 5000):
            with self.subTest(limit=limit):
                self.use(replace(JOBS, jobs={"clean": job("clean", schedule("0 3 * * *", [0], [3]), limit)}))
                self.here = replace(self.here, settings=self.settings)
                self.must_release(SECOND)
                self.ticks_of(SECOND, 8 * MINUTE)
                self.assertEqual([run.outcome for run in self.runs()], ["well"])

    def test_one_that_its_own_limit_has_ended_is_noted_so_though_the_next_may_take_longer(self) -> None:
        self.engine.plays["clean"] = (5000, 0)
        self.at_night()
        self.tick()
        self.use(replace(JOBS, jobs={"clean": job("clean", schedule("0 3 * * *", [0], [3]), 9000)}))
        self.here = replace(self.here, settings=self.settings)
        self.must_release(SECOND)
        self.ticks_of(SECOND, 15 * MINUTE)
        self.assertEqual(self.outcomes()[-1], ("schedule", "limit"))


class Needed(RemovedCase):
    # No process but web: nothing else keeps the cache.
    settings = replace(
        MORE, jobs=JOBS.jobs, services=tuple(one for one in MORE.services if one.name not in ("worker", "beat"))
    )
    play = (550, 0)

    def test_a_backing_service_stays_while_a_run_of_a_release_that_names_it_is_at_work(self) -> None:
        for settings in (JOBS, SETTINGS):
            with self.subTest(jobs=list(settings.jobs)):
                self.use(settings)
                self.here = replace(self.here, settings=settings)
                self.must_release(SECOND)
                self.assertIn("shop_cache", self.engine.services)
                self.assertIn(
                    "shop_cache stays: the release before is still at work in shop-clean. The next release removes it",
                    self.said.lines,
                )
        self.wait(550)
        self.must_release(THIRD)
        self.assertNotIn("shop_cache", self.engine.services)

    def test_a_run_of_the_release_itself_keeps_none(self) -> None:
        self.use(JOBS)
        self.here = replace(self.here, settings=JOBS)
        self.must_release(SECOND)
        self.wait(600)
        self.at_night()
        self.tick(SECOND)
        self.assertTrue(self.begun()[-1].is_running)
        self.assertEqual(self.release(SECOND), 0)
        self.assertNotIn("shop_cache", self.engine.services)


if __name__ == "__main__":
    unittest.main()
