"""A release from its folder to the verdict, and what becomes of it when something goes wrong at a step."""

import errno
import os
import signal
import time
import unittest
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from unittest.mock import patch

from engine import AWAY
from jobs_engine import JobEngine
from release_program import folders
from release_program.commands.run import RunOptions, run
from release_program.docker.command import Result
from release_program.failure import Failure, Refusal
from release_program.folders import MAKE_ROOM
from release_program.parts.lock import ReleaseLock
from release_program.settings.model import Settings
from release_program.steps.plan import steps_of
from release_program.steps.release import Release as Release_
from release_program.steps.release import Step
from support import FIRST, JOBS, SECOND, THIRD, HostCase, Said

STEPS = [step.name for step in steps_of(JOBS)]
AFTER_SERVING = ("proxy", "nginx-config", "jobs", "prune")

# A call that each step makes. The step "pages" asks visitors, and no engine.
CALLS = {
    "identity": ("volume", "ls"),
    "space": ("info",),
    "images": ("tag",),
    "secrets": ("volume", "create"),
    "services": ("ps",),
    "passwords": ("exec",),
    "nginx-check": ("run", "nginx-check"),
    "migrate": ("run", "migrate"),
    "roll": ("stack", "deploy"),
    "proxy": ("service", "inspect"),
    "nginx-config": ("run", "nginx-config"),
    "jobs": ("container", "inspect"),
    "prune": ("image", "ls"),
}


class Killed(BaseException):
    """Nothing of the program comes after this, as after kill -9."""


class StepCase(HostCase):
    """A host on which one release serves, and what goes wrong at a step of the next."""

    settings = JOBS
    engine_of = JobEngine

    def setUp(self) -> None:
        super().setUp()
        self.must_release(FIRST)
        # Else no password would have to be told to MariaDB.
        self.engine.stored["database_password.next"] = b"another"
        self.said.lines.clear()

    def is_at(self, step: str, call: tuple[str, ...]) -> bool:
        """Whether a call is the one of a step."""
        if f"==> {step}" not in self.said.lines:
            return False
        words = CALLS[step]
        return call[: len(words)] == words or (words[0] == call[0] == "run" and words[1] == call[-1])

    def check_next_release_serves(self) -> None:
        self.engine.before_call = lambda _call: None
        self.must_release(THIRD)
        self.assertEqual((self.current(), self.serving()), (THIRD, THIRD))
        self.assertEqual([one.image for one in self.engine.running("web")], [f"sha256:{THIRD}"])


class Release(HostCase):
    def test_the_first_release_serves_and_says_so_in_its_record(self) -> None:
        self.assertEqual(self.release(FIRST, commit="c0ffee", by="ada"), 0)
        self.assertEqual((self.current(), self.serving()), (FIRST, FIRST))
        record = self.record(FIRST)
        self.assertEqual(
            (record.outcome, record.step, record.kind, record.reason, record.commit, record.by, record.image),
            ("served", "end", "release", "", "c0ffee", "ada", f"sha256:{FIRST}"),
        )
        self.assertEqual(record.migrations_applied, ["entries.0001_initial"])
        self.assertEqual(record.migrations_known, ["a.0001", "entries.0001_initial"])
        self.assertEqual([name for name, _ in record.steps], STEPS)
        self.assertGreater(record.milliseconds, 5000)
        self.assertGreater(record.milliseconds_until_served or 0, 2000)
        self.assertLess(record.milliseconds_until_served or 0, record.milliseconds)
        log = (self.base / "receipts" / f"{FIRST}.log").read_text()
        self.assertEqual(log, self.said.text + "\n")
        self.assertIn("==> images\n#5 [1/2] FROM python\n#6 [2/2] RUN pip install\n", log)
        self.assertRegex(log, rf"✓ {FIRST} serves, after \d+ s; \d+ probes meanwhile, none failed\n$")
        self.assertEqual((self.base / "address").read_text(), "192.0.2.1\n")

    def test_the_old_release_serves_until_the_new_one_does(self) -> None:
        self.must_release(FIRST)
        seen: list[tuple[str, int]] = []

        def look(_call: tuple[str, ...]) -> None:
            seen.append((self.serving(), len(self.engine.running("web"))))

        self.engine.before_call = look
        self.must_release(SECOND)
        self.assertEqual({serving for serving, _ in seen}, {FIRST, SECOND})
        self.assertTrue(all(count >= 1 for _, count in seen))
        self.assertEqual([one.image for one in self.engine.running("web")], [f"sha256:{SECOND}"])

    def test_a_release_that_is_made_again_changes_nothing(self) -> None:
        self.must_release(FIRST)
        containers, secrets = list(self.engine.containers), dict(self.engine.secrets)
        calls = len(self.engine.calls)
        self.must_release(FIRST)
        again = self.engine.calls[calls:]
        self.assertEqual((self.engine.containers, self.engine.secrets), (containers, secrets))
        self.assertFalse([call for call in again if call[0] in ("build", "pause") or call[:2] == ("secret", "create")])
        self.assertEqual((self.current(), self.serving()), (FIRST, FIRST))

    def test_a_way_back_migrates_nothing_and_keeps_what_is_known_of_the_release(self) -> None:
        self.assertEqual(self.release(FIRST, commit="c0ffee"), 0)
        self.must_release(SECOND)
        calls = len(self.engine.calls)
        self.assertEqual(self.release(FIRST, kind="rollback", by="ada"), 0)
        self.assertFalse([call for call in self.engine.calls[calls:] if "--env=MIGRATIONS_REPORT=1" in call])
        record = self.record(FIRST)
        self.assertEqual((record.kind, record.commit, record.by), ("rollback", "c0ffee", "ada"))
        self.assertEqual(record.migrations_known, ["a.0001", "entries.0001_initial"])
        self.assertEqual((self.current(), self.serving()), (FIRST, FIRST))

    def test_what_was_asked_for_wrongly_is_refused_before_anything_is_begun(self) -> None:
        host = self.upload(FIRST)
        for options, message in (
            (RunOptions(SECOND), f"this folder holds the release {FIRST}"),
            (RunOptions(FIRST, address="a b"), '--address is "a b", expected'),
        ):
            with self.assertRaisesRegex(Refusal, message):
                run(host, options)
        self.engine.before_call = lambda _call: AWAY
        with self.assertRaisesRegex(Refusal, "the Docker engine does not answer"):
            run(host, RunOptions(FIRST))
        info = b'{"Swarm": {"LocalNodeState": "inactive"}, "DockerRootDir": "/"}'
        self.engine.before_call = lambda _call: Result(0, info)
        with self.assertRaisesRegex(Refusal, "this host is no Swarm yet"):
            run(host, RunOptions(FIRST))
        self.assertFalse((self.base / "receipts").exists())

    def test_the_swarm_does_not_take_its_node_for_lost_when_the_engine_hangs(self) -> None:
        self.must_release(FIRST)
        self.assertEqual(self.engine.heartbeat, 300)
        self.must_release(SECOND)
        self.assertEqual(len(self.engine.made("swarm", "update")), 1)
        # Whoever wants more has it.
        self.engine.heartbeat = 900
        self.must_release(THIRD)
        self.assertEqual(self.engine.heartbeat, 900)

    def test_no_secret_is_in_an_argument_or_an_environment(self) -> None:
        self.must_release(FIRST)
        self.must_release(SECOND)
        secrets = [value for value in self.engine.stored.values() if value]
        self.assertTrue(secrets)
        words = repr(self.engine.calls) + repr(self.engine.environments)
        for secret in secrets:
            self.assertNotIn(repr(secret)[2:-1], words)

    def test_probes_that_fail_are_said_in_red(self) -> None:
        self.must_release(FIRST)
        with patch("release_program.commands.run.Probes") as probes:
            probes.return_value.sent, probes.return_value.failed = 12, 3
            self.must_release(SECOND)
        self.assertRegex(self.said.lines[-1], rf"\x1b\[31m! {SECOND} serves, .* 12 probes meanwhile, 3 FAILED")
        self.assertEqual((self.record(SECOND).probes_sent, self.record(SECOND).probes_failed), (12, 3))


class EachStep(StepCase):
    """Docker fails, or the program is ended, at each of the steps."""

    def test_every_step_asks_the_engine_but_one(self) -> None:
        asks: set[str] = set()

        def note(_call: tuple[str, ...]) -> None:
            asks.update([line.removeprefix("==> ") for line in self.said.lines if line.startswith("==> ")][-1:])

        self.engine.before_call = note
        self.must_release(SECOND)
        self.assertEqual(set(STEPS) - asks, {"pages"})
        self.assertEqual(asks, set(CALLS))

    def test_docker_fails(self) -> None:
        for step in CALLS:
            with self.subTest(step):
                self.setUp()
                self.engine.before_call = lambda call, step=step: AWAY if self.is_at(step, call) else None  # type: ignore[misc]
                self.assertEqual(self.release(SECOND), 1)
                record = self.record(SECOND)
                self.assertEqual(record.step, step)
                self.assertTrue(record.reason)
                self.assertIn(f"✗ step {step}: {record.reason}".split("\n")[0], self.said.lines)
                if step in AFTER_SERVING:
                    self.assertEqual((record.outcome, self.current(), self.serving()), ("served", SECOND, SECOND))
                else:
                    self.assertEqual((record.outcome, self.current(), self.serving()), ("failed", FIRST, FIRST))
                    self.assertEqual(
                        self.said.lines[-1],
                        f"  {SECOND} does not serve, {FIRST} still does, and nothing is lost. "
                        "Mend it, then release again.",
                    )
                self.check_next_release_serves()

    def test_the_engine_goes_away_for_good(self) -> None:
        for step in STEPS:
            with self.subTest(step):
                self.setUp()
                self.engine.before_call = lambda _call, step=step: (  # type: ignore[misc]
                    AWAY if f"==> {step}" in self.said.lines else None
                )
                status = self.release(SECOND)
                # The pages are asked of nginx; where no password waits, nothing is asked.
                self.assertEqual(status, 1)
                self.assertIn(self.record(SECOND).outcome, ("served", "failed"))
                self.assertIn(self.current(), (FIRST, SECOND))
                self.check_next_release_serves()

    def test_the_program_is_asked_to_end(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            for step in CALLS:
                with self.subTest(step, signal=number):
                    self.setUp()

                    def stop(call: tuple[str, ...], step: str = step, number: signal.Signals = number) -> None:
                        if self.is_at(step, call):
                            os.kill(os.getpid(), number)
                            time.sleep(0)

                    self.engine.before_call = stop
                    self.assertEqual(self.release(SECOND), 1)
                    record = self.record(SECOND)
                    self.assertEqual((record.step, record.reason), (step, "it was stopped by hand"))
                    served = step in AFTER_SERVING
                    expected = ("served", SECOND, SECOND) if served else ("failed", FIRST, FIRST)
                    self.assertEqual((record.outcome, self.current(), self.serving()), expected)
                    self.check_next_release_serves()

    def test_a_migration_that_runs_is_waited_for_and_the_release_stops_after_it(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number):
                self.setUp()

                def stop(call: tuple[str, ...], number: signal.Signals = number) -> None:
                    if self.is_at("migrate", call):
                        os.kill(os.getpid(), number)
                        os.kill(os.getpid(), number)

                self.engine.before_call = stop
                calls = len(self.engine.calls)
                self.assertEqual(self.release(SECOND), 1)
                record = self.record(SECOND)
                self.assertEqual((record.outcome, record.step), ("failed", "migrate"))
                self.assertEqual(record.reason, "it was stopped by hand")
                # Nothing of what it has done is lost or cut off.
                self.assertEqual(record.migrations_applied, ["entries.0001_initial"])
                self.assertEqual(record.steps[-1][0], "migrate")
                told = "stopped by hand: the step migrate is brought to its end first"
                self.assertEqual(self.said.lines.count(told), 1)
                self.assertFalse(
                    [call for call in self.engine.calls[calls:] if call[:3] == ("stack", "deploy", "--detach=true")]
                )
                self.assertEqual((self.current(), self.serving()), (FIRST, FIRST))
                self.check_next_release_serves()

    def test_no_other_step_waits_for_its_end(self) -> None:
        asked: list[str] = []
        goes_on: list[str] = []
        for step in CALLS:
            self.setUp()

            def stop(call: tuple[str, ...], step: str = step) -> None:
                if self.is_at(step, call) and step not in asked:
                    asked.append(step)
                    os.kill(os.getpid(), signal.SIGTERM)
                    goes_on.append(step)

            self.engine.before_call = stop
            self.assertEqual(self.release(SECOND), 1)
        self.assertEqual((asked, goes_on), (list(CALLS), ["migrate"]))

    def test_the_program_is_killed(self) -> None:
        for step in CALLS:
            with self.subTest(step):
                self.setUp()

                def kill(call: tuple[str, ...], step: str = step) -> None:
                    if self.is_at(step, call):
                        raise Killed

                self.engine.before_call = kill
                with self.assertRaises(Killed):
                    self.release(SECOND)
                record = self.record(SECOND)
                served = step in AFTER_SERVING
                self.assertEqual((record.step, record.outcome), (step, "served" if served else "running"))
                self.assertTrue(self.serving())
                self.check_next_release_serves()

    def test_an_error_that_nobody_foresaw_is_told_with_its_place(self) -> None:
        def fail(call: tuple[str, ...]) -> None:
            if self.is_at("migrate", call):
                raise ZeroDivisionError("a mistake of ours")

        self.engine.before_call = fail
        self.assertEqual(self.release(SECOND), 1)
        self.assertEqual(self.record(SECOND).reason, "ZeroDivisionError: a mistake of ours; the lines above say where")
        self.assertIn("Traceback (most recent call last):", self.said.lines)
        self.check_next_release_serves()

    def test_a_step_that_takes_too_long_ends_and_is_undone(self) -> None:
        undone: list[str] = []

        def slow(_settings: Settings) -> tuple[Step, ...]:
            return (Step("slow", 0.05, lambda _: time.sleep(5), lambda release: undone.append(release.id)),)

        with patch("release_program.commands.run.steps_of", slow):
            self.assertEqual(self.release(SECOND), 1)
        self.assertEqual(self.record(SECOND).reason, "the step slow did not end within 0.05 s")
        self.assertEqual(undone, [SECOND])
        self.check_next_release_serves()

    def test_no_other_release_begins_before_a_step_is_undone(self) -> None:
        free: list[bool] = []

        def look(release: Release_) -> None:
            free.append(ReleaseLock(release.host.folders).is_free())

        def broken(_settings: Settings) -> tuple[Step, ...]:
            return (Step("broken", 9, lambda release: release.host.docker.become("x"), look),)

        with patch("release_program.commands.run.steps_of", broken):
            self.assertEqual(self.release(SECOND), 1)
        self.assertEqual(free, [False])
        self.assertTrue(ReleaseLock(self.upload(SECOND).folders).is_free())

    def test_an_undo_that_fails_is_said_and_hides_nothing(self) -> None:
        def fail(_release: object) -> None:
            raise OSError("no way back")

        def broken(_settings: Settings) -> tuple[Step, ...]:
            return (Step("broken", 9, lambda release: release.host.docker.become("x"), fail),)

        with patch("release_program.commands.run.steps_of", broken):
            self.assertEqual(self.release(SECOND), 1)
        self.assertIn("\x1b[31m! the step broken could not be undone: no way back\x1b[0m", self.said.lines)
        self.assertIn("✗ step broken: ", self.said.text)


class FullDisk(StepCase):
    """Nothing can be written any more, from a moment on."""

    def full(self, begins: Callable[[], bool]) -> AbstractContextManager[object]:
        replace = folders._replace

        def write(path: Path, text: str, mode: int) -> None:
            if begins():
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            replace(path, text, mode)

        return patch("release_program.folders._replace", write)

    def test_a_release_that_serves_says_so_though_its_last_record_can_not_be_written(self) -> None:
        with self.full(lambda: any(word.startswith("--env=STATIC_KEPT=") for word in self.engine.calls[-1])):
            self.assertEqual(self.release(SECOND), 0)
        path = self.base / "receipts" / f"{SECOND}.json"
        self.assertIn(
            f"\x1b[31m! {path} can't be written: No space left on device; {MAKE_ROOM}\x1b[0m",
            self.said.lines,
        )
        self.assertIn(f"✓ {SECOND} serves", self.said.lines[-1])
        self.assertEqual((self.record(SECOND).outcome, self.record(SECOND).step), ("served", "prune"))
        self.check_next_release_serves()

    def test_what_is_root_s_is_told_with_the_command_that_mends_it(self) -> None:
        lock, opened = self.base / "lock", os.open

        def refuse(path: Path, *arguments: int) -> int:
            if path == lock:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            return opened(path, *arguments)

        with (
            patch("release_program.parts.lock.os.open", refuse),
            self.assertRaisesRegex(Refusal, rf"^{lock} can't be written: Permission denied; .* sudo chown -R \S+ "),
        ):
            self.release(SECOND)
        self.assertEqual(self.current(), FIRST)

    def test_a_release_that_does_not_come_to_serve_says_why(self) -> None:
        with self.full(lambda: "==> migrate" in self.said.lines):
            self.assertEqual(self.release(SECOND), 1)
        self.assertIn("✗ step migrate: ", self.said.text)
        self.assertIn("can't be written: No space left on device; see what takes the room", self.said.text)
        self.assertNotIn("Traceback", self.said.text)
        self.assertEqual((self.current(), self.serving()), (FIRST, FIRST))
        self.check_next_release_serves()

    def test_one_that_can_not_begin_is_refused_in_one_sentence(self) -> None:
        with self.full(lambda: True), self.assertRaisesRegex(Failure, "lock.holder can't be written: No space left"):
            self.release(SECOND)
        self.check_next_release_serves()


class Connection(HostCase):
    def test_a_broken_connection_does_not_end_a_release(self) -> None:
        reader, writer = os.pipe()
        os.close(reader)
        self.said = Said()
        self.said._descriptor = writer

        def hang_up(call: tuple[str, ...]) -> None:
            if "--env=MIGRATIONS_REPORT=1" in call:
                os.kill(os.getpid(), signal.SIGHUP)

        self.engine.before_call = hang_up
        self.must_release(FIRST)
        os.close(writer)
        self.assertEqual(self.serving(), FIRST)
        log = (self.base / "receipts" / f"{FIRST}.log").read_text()
        self.assertIn(f"✓ {FIRST} serves", log)


if __name__ == "__main__":
    unittest.main()
