"""Jobs: at their times, by hand, one run at a time, and whatever goes wrong."""

import contextlib
import io
import json
import os
import pwd
import random
import unittest
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from engine import AWAY, NAME
from jobs_engine import JobContainer, JobEngine
from release_program.commands import day
from release_program.commands.jobs import RUNS_ALREADY, job, jobs_due
from release_program.docker.command import Result
from release_program.failure import DockerError, Ended, Failure, Refusal
from release_program.folders import Folders
from release_program.host import Host
from release_program.jobs.record import JobRecord, Run, read_job_record
from release_program.jobs.runs import look
from support import FIRST, JOBS, MORE, SECOND, SETTINGS, THIRD, HostCase
from test_release import Killed

MINUTE, HOUR, DAY = 60, 3600, 86400

# Wall clock of the engine in memory at its start: 10:16:40.
NIGHT = "2026-11-28T03:00:"


class JobCase(HostCase):
    """A host whose first release serves."""

    settings = JOBS
    engine_of = JobEngine
    engine: JobEngine

    def setUp(self) -> None:
        super().setUp()
        self.must_release(FIRST)
        self.here = self.upload(FIRST)
        self.said.lines.clear()

    def tick(self, release: str = FIRST) -> int:
        """What cron asks for, and then the rest of its minute."""
        status = jobs_due(self.host(release))
        self.wait(MINUTE)
        return status

    def host(self, release: str) -> Host:
        """A release that was laid out already."""
        return replace(self.here, folders=Folders(self.base / "releases" / release))

    def ticks(self, seconds: float) -> None:
        end = self.engine.clock.now() + seconds
        while self.engine.clock.now() < end:
            self.tick()

    def wait(self, seconds: float) -> None:
        """Time passes, to the next whole minute if it is a whole number of them."""
        clock = self.engine.clock
        clock.time = (int(clock.time + seconds) // 60 * 60 + 1) if seconds % 60 == 0 else clock.time + seconds
        self.engine._pass_time()

    def at_night(self) -> None:
        """The clock goes to 03:00:01, at which nobody has looked yet."""
        wall = self.engine.clock.wall()
        night = wall.replace(hour=3, minute=0, second=1)
        night += timedelta(days=1) if night <= wall else timedelta(0)
        self.engine.clock.time += (night - wall).total_seconds()
        self.engine._pass_time()

    def nights(self, count: int) -> None:
        """Cron asks around 03:00, and once by day."""
        for _ in range(count):
            self.at_night()
            self.engine.clock.time -= 2 * MINUTE
            self.ticks(20 * MINUTE)
            self.wait(9 * HOUR)
            self.tick()

    def runs(self, name: str = "clean") -> list[Run]:
        record = read_job_record(self.base / "jobs" / f"{name}.json")
        return record.runs if record else []

    def outcomes(self, name: str = "clean") -> list[tuple[str, str]]:
        """The oldest first."""
        return [(run.trigger, run.outcome) for run in reversed(self.runs(name))]

    def begun(self, name: str = "clean") -> list[JobContainer]:
        return [box for box in self.engine.begun if box.name == f"{NAME}-{name}"]

    def by_hand(self, name: str, release: str = FIRST) -> tuple[int, str]:
        """Status, and what was said as an error."""
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors):
            status = job(self.host(release), name)
        return status, errors.getvalue()


class Scheduled(JobCase):
    def test_a_job_runs_at_its_time_and_no_other(self) -> None:
        self.nights(2)
        self.assertEqual(self.outcomes(), [("schedule", "well")] * 2)
        self.assertEqual([run.began[:17] for run in self.runs()], ["2026-11-29T03:00:", NIGHT])
        self.assertEqual(self.begun("load"), [])
        before = len(self.begun("ping"))
        self.ticks(20 * MINUTE)
        self.assertEqual(len(self.begun("ping")), before + 20)

    def test_it_runs_the_image_and_the_env_file_of_the_release_that_serves(self) -> None:
        (self.base / "releases" / FIRST / ".env").write_bytes(b"A='b\n\xff'\n")
        self.at_night()
        self.tick()
        (box,) = self.begun()
        self.assertEqual((box.image, box.given), (f"sha256:{FIRST}", b"8\nA='b\n\xff'\n"))
        self.assertEqual(self.runs()[0].release, FIRST)
        self.must_release(SECOND)
        self.at_night()
        self.assertEqual(jobs_due(self.host(FIRST)), 0)
        self.assertEqual(len(self.begun()), 1)
        self.tick(SECOND)
        self.assertEqual([one.image for one in self.begun()], [f"sha256:{FIRST}", f"sha256:{SECOND}"])

    def test_a_job_that_is_new_waits_for_its_time(self) -> None:
        self.tick()
        self.assertEqual(self.begun(), [])
        # Its record counts from the release on, though nobody looks at once.
        self.at_night()
        self.wait(HOUR)
        self.tick()
        self.assertEqual([run.trigger for run in self.runs()], ["missed"])

    def test_a_record_that_is_missing_or_broken_starts_nothing(self) -> None:
        file = self.base / "jobs" / "clean.json"
        for text in ("", "{", "[]", '{"job": 1}', '{"job": "clean", "schedule": "", "counts_from": "x", "runs": []}'):
            self.at_night()
            self.wait(HOUR)
            file.write_text(text)
            self.tick()
            self.assertEqual(self.begun(), [], text)
            self.assertEqual(file.with_suffix(".broken").read_text(), text)
        file.unlink()
        self.wait(HOUR)
        self.tick()
        self.assertEqual(self.begun(), [])
        self.nights(1)
        self.assertEqual(len(self.begun()), 1)

    def test_missed_times_are_caught_up_by_one_run(self) -> None:
        self.tick()
        self.engine.clock.time += 5 * DAY
        self.ticks(10 * MINUTE)
        self.assertEqual(self.outcomes(), [("missed", "well")])
        self.assertEqual(self.outcomes("ping")[-10:][0], ("schedule", "well"))
        self.assertLessEqual(len(self.begun("ping")), 12)

    def test_a_time_that_passes_while_it_runs_is_left_out(self) -> None:
        self.engine.plays["clean"] = (590, 0)
        self.engine.plays["ping"] = (130, 0)
        self.ticks(HOUR)
        pings = self.begun("ping")
        self.assertTrue(15 <= len(pings) <= 21, len(pings))
        self.assertEqual({run.trigger for run in self.runs("ping")}, {"schedule"})

    def test_another_schedule_counts_from_its_release_on(self) -> None:
        self.ticks(MINUTE)
        file = self.base / "jobs" / "clean.json"
        file.write_text(file.read_text().replace("0 3 * * *", "0 9 * * *"))
        self.engine.clock.time += 2 * DAY
        self.tick()
        self.assertEqual(self.begun(), [])

    def test_a_clock_that_was_wrong_stops_no_job_for_long(self) -> None:
        file = self.base / "jobs" / "clean.json"
        record = json.loads(file.read_text())
        file.write_text(json.dumps({**record, "counts_from": "2099-01-01T00:00:00Z"}))
        self.tick()
        self.nights(2)
        self.assertEqual(len(self.begun()), 2)

    def test_it_waits_until_the_release_is_up(self) -> None:
        for role in ("web", "database"):
            self.at_night()
            (container,) = self.engine.running(role)
            container.health = "starting"
            self.tick()
            before = len(self.begun())
            container.health = "healthy"
            self.tick()
            self.assertEqual(len(self.begun()), before + 1)

    def test_it_runs_across_a_release_whose_image_it_keeps(self) -> None:
        self.engine.plays["clean"] = (500, 0)
        self.at_night()
        self.tick()
        (box,) = self.begun()
        for number in range(7):
            name = f"2026120{number}T100000Z-aaaaaaa"
            self.must_release(name)
            self.assertTrue(box.is_running)
        # Its release's folder is gone, and its image is not.
        self.assertFalse((self.base / "releases" / FIRST).exists())
        self.assertIn(box.image, self.engine.images)
        self.wait(500)
        self.tick(name)
        self.assertEqual(self.outcomes(), [("schedule", "well")])
        self.assertEqual(self.runs()[0].release, FIRST)
        self.must_release("20261208T100000Z-aaaaaaa")
        self.assertNotIn(box.image, self.engine.images)

    def test_one_that_fails_is_noted_and_waits_for_its_next_time(self) -> None:
        self.engine.plays["clean"] = (4, 3)
        self.at_night()
        self.ticks(10 * MINUTE)
        (run,) = self.runs()
        self.assertEqual((run.outcome, run.exit, run.reason), ("failed", 3, ""))

    def test_memory_is_the_reason_when_it_was(self) -> None:
        self.engine.plays["clean"] = (4, 137)
        self.at_night()
        jobs_due(self.host(FIRST))
        self.begun()[0].out_of_memory = True
        self.wait(MINUTE)
        self.tick()
        self.assertEqual(self.runs()[0].reason, "it needed more memory than it has")

    def test_its_time_limit_ends_it(self) -> None:
        for status, seen in ((0, 124), (None, 137)):
            self.engine.plays["clean"] = (5000, status)
            self.at_night()
            self.ticks(15 * MINUTE)
            self.assertEqual((self.runs()[0].outcome, self.runs()[0].exit), ("limit", seen))

    def test_what_does_not_keep_its_limit_is_killed_from_outside(self) -> None:
        self.at_night()
        self.tick()
        (box,) = self.begun()
        # A container that is paused.
        box.status, box.ended = "running", None
        self.engine._events.clear()
        self.ticks(10 * MINUTE)
        self.assertTrue(box.is_running)
        self.ticks(5 * MINUTE)
        self.assertEqual((self.runs()[0].outcome, self.runs()[0].exit), ("limit", 137))


class Cut(JobCase):
    def test_a_run_that_a_power_cut_has_ended_is_run_once_more(self) -> None:
        self.engine.plays["clean"] = (500, 0)
        self.at_night()
        self.tick()
        self.engine.power_cut()
        self.wait(DAY // 2)
        self.tick()
        self.assertEqual(self.outcomes(), [("schedule", "cut"), ("again", "running")])
        self.engine.power_cut()
        self.ticks(30 * MINUTE)
        self.assertEqual(self.outcomes(), [("schedule", "cut"), ("again", "cut")])

    def test_one_by_hand_is_not(self) -> None:
        self.engine.before_call = lambda call: self.engine.power_cut() if call == ("while-logs",) else None
        self.engine.plays["load"] = (500, 0)
        self.assertEqual(self.by_hand("load")[0], 255)
        self.ticks(10 * MINUTE)
        self.assertEqual(self.outcomes("load"), [("hand", "cut")])

    def test_a_container_that_is_gone_was_cut(self) -> None:
        self.engine.plays["clean"] = (500, 0)
        self.at_night()
        self.tick()
        self.engine.boxes.clear()
        self.engine.begun.clear()
        self.tick()
        self.assertEqual(self.outcomes()[0], ("schedule", "cut"))
        self.assertEqual(self.outcomes()[1][0], "again")

    def test_a_run_that_ended_well_before_the_power_cut_did(self) -> None:
        self.at_night()
        self.tick()
        self.engine.power_cut()
        self.ticks(10 * MINUTE)
        self.assertEqual(self.outcomes(), [("schedule", "well")])

    def test_a_lost_record_does_not_hide_what_runs(self) -> None:
        self.engine.plays["clean"] = (500, 0)
        self.at_night()
        self.tick()
        (self.base / "jobs" / "clean.json").unlink()
        self.assertEqual(self.by_hand("clean")[0], RUNS_ALREADY)
        self.ticks(20 * MINUTE)
        self.assertEqual(self.outcomes(), [("schedule", "well")])
        self.assertEqual(self.runs()[0].release, FIRST)


class ByHand(JobCase):
    def test_its_output_is_shown_and_its_status_passed_on(self) -> None:
        self.assertEqual(self.by_hand("load"), (0, ""))
        self.assertEqual(self.said.lines[0], "load works")
        self.assertRegex(self.said.lines[1], r"^✓ load ended well, by hand, began \S+Z, took 1\d s$")
        self.engine.plays["load"] = (2, 3)
        self.assertEqual(self.by_hand("load")[0], 3)
        self.assertRegex(self.said.lines[-1], r"^✗ load failed, by hand, began \S+Z, took \d s, exit status 3$")
        self.assertEqual(self.outcomes("load"), [("hand", "well"), ("hand", "failed")])

    def test_a_second_start_says_since_when_the_first_one_runs(self) -> None:
        self.engine.plays["clean"] = (500, 0)
        self.at_night()
        self.tick()
        began = self.runs()[0].began
        self.assertEqual(
            self.by_hand("clean"),
            (RUNS_ALREADY, f"✗ clean runs since {began}. Wait for it; then type this again.\n"),
        )
        self.assertEqual(len(self.begun()), 1)

    def test_a_time_that_comes_while_a_person_runs_it_is_caught_up(self) -> None:
        self.engine.plays["clean"] = (500, 0)
        self.engine.clock.time += 16 * HOUR + 40 * MINUTE
        self.by_hand("clean")
        self.assertGreater(str(self.engine.clock.wall()), "2026-11-28 03:00")
        self.tick()
        self.assertEqual(self.outcomes(), [("hand", "well"), ("missed", "running")])

    def test_ctrl_c_stops_it(self) -> None:
        def interrupt(call: tuple[str, ...]) -> Result | None:
            if call == ("while-logs",):
                raise KeyboardInterrupt
            return None

        self.engine.before_call = interrupt
        self.engine.plays["load"] = (500, 0)
        self.assertEqual(self.by_hand("load")[0], 143)
        self.assertEqual(self.outcomes("load"), [("hand", "stopped")])

    def test_unknown_ones_are_refused_with_the_names_of_all(self) -> None:
        with self.assertRaisesRegex(Refusal, '^deployment.ts has no job "x"; its jobs: ping, clean, load$'):
            self.by_hand("x")

    def test_the_program_of_another_release_is_refused(self) -> None:
        with self.assertRaisesRegex(Refusal, f"^this program is of {SECOND}, and {FIRST} serves; call that one's$"):
            self.by_hand("load", SECOND)

    def test_what_the_engine_refuses_is_told_and_noted(self) -> None:
        self.engine.refusal = "failed to set up container networking"
        with self.assertRaisesRegex(DockerError, "can't be started: failed to set up container networking"):
            self.by_hand("load")
        self.assertEqual(self.outcomes("load"), [("hand", "not started")])
        self.engine.refusal = ""
        self.assertEqual(self.by_hand("load")[0], 0)
        self.engine.images.clear()
        with self.assertRaisesRegex(DockerError, "No such image"):
            self.by_hand("load")
        (self.base / "releases" / FIRST / "image-id").unlink()
        with self.assertRaisesRegex(Failure, "image-id is missing"):
            self.by_hand("load")

    def test_logs_shows_what_the_last_run_has_said(self) -> None:
        with self.assertRaisesRegex(Refusal, "there is no container of load"):
            day.logs(self.upload(FIRST), ["load"])
        self.by_hand("load")
        with self.assertRaises(Exception) as became:
            day.logs(self.upload(FIRST), ["load", "--tail", "5"])
        self.assertEqual(became.exception.args, ("logs", "--tail", "5", self.engine.boxes["shop-load"].id))


class Releases(JobCase):
    def test_cron_is_told_to_ask_with_and_without_a_schedule(self) -> None:
        user = pwd.getpwuid(os.getuid()).pw_name
        line = f"* * * * * {user} {self.base}/current/deploy/host/release jobs-due\n"
        self.assertEqual(self.cron.told, line)
        self.settings = SETTINGS
        self.must_release(SECOND)
        # It looks after the reserve of the disk.
        self.assertEqual(self.cron.told, line)

    def test_one_at_work_is_no_process_of_a_release(self) -> None:
        self.use(replace(MORE, jobs=JOBS.jobs))
        self.must_release(SECOND)
        self.engine.plays["clean"] = (90_000, 0)
        self.at_night()
        self.tick(SECOND)
        (box,) = self.begun()
        # Of a release that is taken back.
        self.engine.verdicts = {"worker": "ends"}
        self.assertEqual(self.release(THIRD), 1)
        self.assertEqual((self.current(), box.is_running), (SECOND, True))
        self.engine.verdicts = {}
        # It keeps the image of a release before.
        self.use(JOBS)
        self.must_release("20261127T130000Z-ddddddd")
        self.assertIn(box.image, self.engine.images)
        self.assertEqual((box.is_running, self.engine.boxes["shop-clean"].id), (True, box.id))

    def test_without_cron_a_release_is_not_begun_and_says_what_to_type(self) -> None:
        self.cron.here = False
        with self.assertRaisesRegex(Refusal, "this host has no cron.*sudo apt-get install cron; then release again"):
            self.release(SECOND)
        self.assertEqual(self.current(), FIRST)
        self.assertEqual(self.release(SECOND, kind="rollback"), 1)
        self.assertEqual(self.current(), SECOND)
        self.assertIn("this host has no cron", self.record(SECOND).reason)

    def test_status_tells_of_them(self) -> None:
        self.at_night()
        self.tick()
        self.said.lines.clear()
        day.status(self.upload(FIRST), as_json=False)
        text = self.said.text
        self.assertRegex(text, r"\n  clean      job, 0 3 \* \* \* UTC, next 2026-11-29T03:00:00Z; ended well, began")
        self.assertRegex(text, r"\n  load       job, by hand; has not run yet")
        self.assertNotIn("!", text)
        self.said.lines.clear()
        day.status(self.upload(FIRST), as_json=True)
        found = json.loads(self.said.text)
        self.assertEqual([one["name"] for one in found["jobs"]], ["ping", "clean", "load"])
        self.assertEqual(found["jobs"][1]["next"], "2026-11-29T03:00:00Z")
        self.assertEqual(found["jobs"][1]["runs"][0]["outcome"], "well")
        self.assertEqual(found["problems"], [])
        # Nobody has noted that yet.
        self.assertEqual(self.outcomes(), [("schedule", "running")])

    def test_status_says_when_cron_does_not_ask(self) -> None:
        # A release gives it a while.
        day.status(self.upload(FIRST), as_json=False)
        self.assertNotIn("!", self.said.text)
        self.tick()
        self.wait(10 * MINUTE)
        day.status(self.upload(FIRST), as_json=False)
        self.assertRegex(self.said.text, "! no schedule is kept: cron has not asked for the jobs since .*systemctl")

    def test_status_says_what_keeps_a_job_from_its_time(self) -> None:
        self.at_night()
        self.engine.refusal = "no space left on device"
        self.assertEqual(self.tick(), 1)
        day.status(self.upload(FIRST), as_json=False)
        self.assertIn("! clean: the container can't be started: no space left on device", self.said.text)
        self.engine.refusal = ""
        self.assertEqual(self.tick(), 0)
        self.assertFalse((self.base / "jobs" / "problem").exists())


class WhateverHappens(JobCase):
    # Without the one of each minute.
    settings = replace(JOBS, jobs={name: JOBS.jobs[name] for name in ("clean", "load")})

    def test_in_each_call_in_which_docker_fails_the_job_runs_once_and_the_next_looks_put_it_right(self) -> None:
        self.at_night()
        calls = len(self.engine.calls)
        jobs_due(self.host(FIRST))
        count = len(self.engine.calls) - calls
        self.assertGreater(count, 7)
        for kind in ("fails", "is away", "killed"):
            for number in range(count):
                with self.subTest(kind=kind, call=number):
                    self.setUp()
                    self.at_night()
                    self.engine.before_call = self.fault(kind, number)
                    with contextlib.suppress(Killed):
                        jobs_due(self.host(FIRST))
                    self.engine.before_call = lambda _call: None
                    self.check_that_it_converges()
                    self.doCleanups()

    def test_whoever_looks_while_a_job_starts_sees_it_at_work(self) -> None:
        for start in (lambda: jobs_due(self.host(FIRST)), lambda: self.by_hand("clean")):
            self.at_night()
            self.engine.plays["clean"] = (5, 0)
            seen: list[str] = []

            def watch(_call: tuple[str, ...], seen: list[str] = seen) -> None:
                self.engine.before_call = lambda _call: None
                seen.extend(run.outcome for run in look(self.here, "clean").runs[:1])
                self.engine.before_call = watch

            self.engine.before_call = watch
            start()
            self.engine.before_call = lambda _call: None
            self.assertGreater(seen.count("running"), 3)
            self.assertLessEqual(set(seen), {"running", "well"})
            self.wait(MINUTE)
            self.tick()
            self.assertEqual(look(self.here, "clean").runs[0].outcome, "well")

    def test_a_start_that_was_cut_is_told_after_a_minute_at_most(self) -> None:
        self.at_night()

        def kill(call: tuple[str, ...]) -> None:
            if call[0] == "create":
                raise Killed

        self.engine.before_call = kill
        with contextlib.suppress(Killed):
            jobs_due(self.host(FIRST))
        self.engine.before_call = lambda _call: None
        self.assertEqual(look(self.here, "clean").runs[0].outcome, "running")
        self.engine.clock.time += MINUTE
        self.assertEqual(look(self.here, "clean").runs[0].outcome, "cut")

    def test_at_random_moments_over_days(self) -> None:
        for seed in range(int(os.environ.get("RANDOM_RUNS", "8")) // 4):
            with self.subTest(seed=seed):
                self.setUp()
                chance = random.Random(seed)
                self.engine.plays = {"clean": (chance.randrange(1, 700), chance.choice((0, 0, 1, None)))}
                for _ in range(30):
                    if chance.random() < 0.3:
                        self.at_night()
                    kind = chance.choice(("fails", "is away", "killed", "nothing", "power cut", "nothing"))
                    if kind == "power cut":
                        self.engine.power_cut()
                    else:
                        self.engine.before_call = self.fault(kind, chance.randrange(20))
                    with contextlib.suppress(Killed, Ended):
                        self.tick() if chance.random() < 0.8 else self.by_hand(chance.choice(("clean", "load")))
                    self.engine.before_call = lambda _call: None
                    if chance.random() < 0.2:
                        self.wait(chance.randrange(1, 3 * DAY))
                self.wait(20 * MINUTE)
                # What was missed is caught up, and then there is quiet until the next night.
                self.ticks(40 * MINUTE)
                count = len(self.begun())
                self.ticks(10 * MINUTE)
                self.assertLessEqual(len(self.begun()) - count, 1)
                self.assertFalse(any(run.outcome == "running" for run in self.runs()[1:]))
                self.doCleanups()

    def fault(self, kind: str, number: int) -> Callable[[tuple[str, ...]], Result | None]:
        """At one of the next calls something goes wrong."""
        left = [number]

        def before_call(call: tuple[str, ...]) -> Result | None:
            left[0] -= 1
            if left[0] >= 0 or kind == "nothing":
                return None
            if kind == "fails" and left[0] == -1:
                return Result(1, b"", b"Error response from daemon: something\n")
            if kind == "is away":
                return AWAY
            if kind == "killed":
                raise Killed
            return None

        return before_call

    def check_that_it_converges(self) -> None:
        """The night's job has run, at most once more than once, and its record says so."""
        self.wait(MINUTE)
        self.ticks(3 * MINUTE)
        runs = self.runs()
        refused = [run for run in runs if run.outcome == "not started"]
        self.assertTrue(1 <= len(self.begun()) + len(refused) <= 2, runs)
        self.assertNotIn("running", [run.outcome for run in runs])
        self.ticks(2 * MINUTE)
        self.assertEqual(len(self.runs()), len(runs))


class Records(unittest.TestCase):
    def test_twenty_runs_are_kept(self) -> None:
        record = JobRecord("a", "", "2026-11-27T10:00:00Z")
        for number in range(25):
            record.add(Run(str(number), "schedule", "r", f"2026-11-27T11:00:{number:02}Z"))
        self.assertEqual([run.id for run in record.runs], [str(number) for number in range(24, 4, -1)])
        self.assertEqual(record.counts_from, "2026-11-27T11:00:24Z")


if __name__ == "__main__":
    unittest.main()
