"""Services that a release adds, changes or no longer names; and the way back to what they were."""

import unittest
import unittest.mock
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from engine import AWAY
from release_program.docker.command import Result
from release_program.docker.swarm import Swarm
from release_program.failure import Ended
from release_program.parts.served import read_served
from release_program.visitor import Answer
from support import FIRST, MORE, SECOND, SETTINGS, THIRD
from test_processes import PROCESSES, MoreCase
from test_release import Killed

# The same application without its worker, and without its worker and its cache.
NO_WORKER = replace(MORE, services=tuple(one for one in MORE.services if one.name != "worker"))
NO_CACHE = replace(
    NO_WORKER,
    services=tuple(one for one in NO_WORKER.services if one.name != "cache"),
    secrets=SETTINGS.secrets,
)

CHANGE = {"cache": "new: 1"}


class ServicesCase(MoreCase):
    """A host on which a release with all services serves."""

    def setUp(self) -> None:
        super().setUp()
        self.must_release(FIRST)

    def files(self) -> list[str]:
        """The files of the Swarm stack that were deployed, each with its release."""
        paths = [Path(call[-2]) for call in self.engine.made("stack", "deploy", "--detach=true")]
        folders = [path.relative_to(self.base / "releases").parts[0] for path in paths]
        return [f"{folder}/{path.name}" for folder, path in zip(folders, paths, strict=True)]

    def check_is_as_noted(self, release: str) -> None:
        """Every service but the database is, for the engine, exactly what it was when a release came to serve."""
        served = read_served(self.upload(release), release)
        assert served is not None
        swarm = Swarm(self.engine)
        for name, spec in served.specs.items():
            service = swarm.service(f"shop_{name}")
            if name != "database":
                self.assertEqual(service and service.spec, spec, name)


class Unnamed(ServicesCase):
    """A process or a backing service that the new release does not name."""

    def test_a_process_leaves_the_swarm_and_ends_what_it_has_begun(self) -> None:
        self.engine.ending = 3600
        self.use(NO_WORKER)
        self.must_release(SECOND)
        self.assertEqual(self.engine.made("service", "rm"), [("service", "rm", "shop_worker")])
        self.assertNotIn("shop_worker", self.engine.services)
        # Nobody waits for it, and nobody ends it.
        self.assertEqual([one.image for one in self.engine.running("worker")], [f"sha256:{FIRST}"])
        self.assertIn(
            "shop_worker leaves the Swarm: this release does not name it. Its containers end what they have begun",
            self.said.lines,
        )
        self.engine.clock.sleep(3600)
        self.must_release(THIRD)
        self.assertEqual(self.engine.running("worker"), [])
        self.assertEqual(len(self.engine.made("service", "rm")), 1)

    def test_it_leaves_only_after_visitors_are_served(self) -> None:
        self.use(NO_WORKER)
        seen: list[tuple[str, bool]] = []

        def look(call: tuple[str, ...]) -> None:
            if call[:2] == ("service", "rm"):
                seen.append((self.current(), "==> pages" in self.said.lines))

        self.engine.before_call = look
        self.must_release(SECOND)
        self.assertEqual(seen, [(SECOND, True)])

    def test_a_release_that_is_taken_back_keeps_it(self) -> None:
        self.use(NO_WORKER)
        workers = self.engine.running("worker")
        self.engine.verdict = "crashes"
        self.assertEqual(self.release(SECOND), 1)
        self.engine.verdict, self.engine.verdicts = "serves", {"beat": "ends"}
        self.assertEqual(self.release(SECOND), 1)
        self.assertEqual(self.engine.running("worker"), workers)
        self.assertEqual(self.engine.made("service", "rm"), [])
        self.check_is_as_noted(FIRST)

    def test_one_whose_pages_are_worse_than_before_keeps_it(self) -> None:
        self.program(FIRST, "#!/bin/sh\nexit 0\n")
        self.use(NO_WORKER)
        self.pages[(f"sha256:{SECOND}", "/")] = Answer(500)
        self.assertEqual(self.release(SECOND), 1)
        self.assertEqual(self.record(SECOND).step, "pages")
        self.assertEqual(self.engine.made("service", "rm"), [])

    def test_the_way_back_to_a_release_that_names_it_brings_it_back(self) -> None:
        self.use(NO_WORKER)
        self.must_release(SECOND)
        self.use(MORE)
        self.assertEqual(self.release(FIRST, kind="rollback"), 0, self.said.text)
        self.check_all_are(FIRST)
        self.check_is_as_noted(FIRST)

    def test_a_backing_service_leaves_when_no_process_of_before_is_at_work_and_its_volumes_stay(self) -> None:
        volumes = set(self.engine.volumes)
        self.engine.ending = 3600
        self.use(NO_CACHE)
        self.must_release(SECOND)
        self.assertEqual(self.engine.made("service", "rm"), [("service", "rm", "shop_worker")])
        self.assertIn(
            "shop_cache stays: the release before is still at work in shop_worker.1. The next release removes it",
            self.said.lines,
        )
        self.engine.clock.sleep(3600)
        self.must_release(THIRD)
        self.assertEqual(self.engine.made("service", "rm")[1:], [("service", "rm", "shop_cache")])
        self.assertEqual(self.engine.volumes, volumes)
        self.use(MORE)
        self.assertEqual(self.release(FIRST, kind="rollback"), 0, self.said.text)
        self.check_is_as_noted(FIRST)

    def test_a_backing_service_stays_for_a_process_of_before_that_has_the_same_image(self) -> None:
        # Settings alone have changed: the worker is still named, and its old container has work to end.
        self.use(replace(MORE, services=tuple(one for one in MORE.services if one.name != "cache")))
        self.engine.verdicts = {"worker": "busy"}
        self.engine.served.clear()
        self.engine.stored["env"] = b"CHANGED=1"
        self.must_release(FIRST)
        old, new = sorted(self.engine.running("worker"), key=lambda one: one.id)
        self.assertEqual(old.image, new.image)
        self.assertIn("shop_cache", self.engine.services)
        old.status = "exited"
        self.must_release(FIRST)
        self.assertNotIn("shop_cache", self.engine.services)

    def test_docker_that_fails_there_leaves_the_release_serving_and_the_next_one_removes_it(self) -> None:
        self.use(NO_WORKER)
        for call in (("service", "ls"), ("service", "rm")):
            with self.subTest(call):
                self.engine.before_call = lambda made, call=call: AWAY if made[:2] == call else None  # type: ignore[misc]
                self.assertEqual(self.release(SECOND), 1)
                self.assertEqual((self.record(SECOND).outcome, self.record(SECOND).step), ("served", "prune"))
                self.assertIn("shop_worker", self.engine.services)
        self.engine.before_call = lambda _call: None
        self.must_release(THIRD)
        self.assertNotIn("shop_worker", self.engine.services)

    def test_a_program_that_is_killed_there_leaves_it_to_the_next_one(self) -> None:
        self.use(NO_WORKER)

        def kill(call: tuple[str, ...]) -> None:
            if call[:2] == ("service", "rm"):
                raise Killed

        self.engine.before_call = kill
        with self.assertRaises(Killed):
            self.release(SECOND)
        self.engine.before_call = lambda _call: None
        self.must_release(THIRD)
        self.assertNotIn("shop_worker", self.engine.services)

    def test_services_that_are_not_ours_and_those_that_are_gone_already_are_no_matter(self) -> None:
        self.use(NO_WORKER)
        gone = Result(1, b"", b"Error response from daemon: service shop_worker not found\n")
        self.engine.before_call = lambda call: gone if call[:2] == ("service", "rm") else None
        self.must_release(SECOND)
        (listed,) = set(self.engine.made("service", "ls"))
        self.assertIn("label=shop=shop", listed)


class Changed(ServicesCase):
    """A backing service that the release wants otherwise."""

    def test_it_is_replaced_before_the_migrations_and_the_processes(self) -> None:
        cache = self.engine.running("cache")
        processes = {name: self.engine.running(name) for name in PROCESSES}
        seen: list[object] = []

        def look(call: tuple[str, ...]) -> None:
            if "--env=MIGRATIONS_REPORT=1" in call:
                (new,) = self.engine.running("cache")
                seen.append((new in cache, new.health, {name: self.engine.running(name) for name in PROCESSES}))

        self.engine.before_call = look
        self.must_release(SECOND, CHANGE)
        self.assertEqual(seen, [(False, "healthy", processes)])
        self.assertEqual(self.files()[-2:], [f"{SECOND}/cache.yaml", f"{SECOND}/roll.yaml"])
        self.check_all_are(SECOND)

    def test_one_that_is_as_before_stays(self) -> None:
        before = [self.engine.running(name) for name in ("database", "cache", "nginx")]
        self.must_release(SECOND)
        self.assertEqual([self.engine.running(name) for name in ("database", "cache", "nginx")], before)
        self.assertNotIn("cache is replaced", self.said.lines)

    def test_one_that_does_not_come_up_ends_the_release_with_nothing_migrated(self) -> None:
        self.engine.verdicts = {"cache": "crashes"}
        self.engine.calls.clear()
        self.assertEqual(self.release(SECOND, CHANGE), 1)
        record = self.record(SECOND)
        self.assertEqual((record.step, record.outcome), ("services", "failed"))
        self.assertRegex(record.reason, r"^the cache did not come up; the engine goes back \(rollback_completed\)\. ")
        self.assertFalse([call for call in self.engine.calls if call[-1] == "migrate"])
        self.check_all_are(FIRST)
        self.check_is_as_noted(FIRST)

    def test_it_goes_back_when_a_step_after_it_fails(self) -> None:
        for step in ("nginx-check", "migrate", "warm"):
            with self.subTest(step):
                self.engine.tasks = {step: (1, f"{step}: no")}
                self.assertEqual(self.release(SECOND, CHANGE), 1)
                self.assertEqual(self.record(SECOND).step, step)
                self.assertEqual(self.record(SECOND).outcome, "failed")
                self.check_all_are(FIRST)
                self.check_is_as_noted(FIRST)
        self.engine.tasks = {}
        self.must_release(SECOND, CHANGE)
        self.check_all_are(SECOND)

    def test_what_comes_not_before_the_processes_is_not_there_before_them(self) -> None:
        nginx = self.engine.running("nginx")
        seen: list[bool] = []

        def look(call: tuple[str, ...]) -> None:
            if "--env=MIGRATIONS_REPORT=1" in call:
                seen.append(self.engine.running("nginx") == nginx)

        self.engine.before_call = look
        self.must_release(SECOND, {"nginx": "new: 1"})
        self.assertEqual(seen, [True])
        self.assertNotEqual(self.engine.running("nginx"), nginx)


class WayBack(ServicesCase):
    """What the engine goes back to is what the release that serves was made with."""

    def test_a_service_that_one_release_has_updated_twice(self) -> None:
        # cache is replaced at the step services, and the step roll updates it once more, with no difference.
        self.engine.verdicts = {"worker": "ends"}
        self.assertEqual(self.release(SECOND, {"cache": "new: 1"}), 1)
        self.assertEqual(self.record(SECOND).step, "roll")
        self.assertNotIn("shop_cache", self.rolled_back())
        self.assertEqual(self.files()[-1], f"{FIRST}/cache.yaml")
        self.check_all_are(FIRST)
        self.check_is_as_noted(FIRST)

    def test_what_a_release_has_left_that_was_killed(self) -> None:
        def kill(_call: tuple[str, ...]) -> None:
            if self.files()[-1] == f"{SECOND}/roll.yaml":
                raise Killed

        self.engine.before_call = kill
        with self.assertRaises(Killed):
            self.release(SECOND, {"nginx": "second: 1", "cache": "second: 1"})
        self.engine.before_call = lambda _call: None
        # Before its processes are touched, and after.
        for step, tasks, verdicts in (("migrate", {"migrate": (1, "migrate: no")}, {}), ("roll", {}, {"beat": "ends"})):
            self.engine.tasks, self.engine.verdicts = tasks, verdicts
            self.assertEqual(self.release(THIRD), 1)
            self.assertEqual(self.record(THIRD).step, step)
            self.check_is_as_noted(FIRST)
            self.engine.clock.sleep(60)
            self.check_all_are(FIRST)

    def test_its_secrets_stay_though_no_service_has_them_any_more(self) -> None:
        self.engine.stored["env"] = b"SECOND=1"

        def kill(_call: tuple[str, ...]) -> None:
            if self.files()[-1] == f"{SECOND}/roll.yaml":
                raise Killed

        self.engine.before_call = kill
        with self.assertRaises(Killed):
            self.release(SECOND)
        self.engine.before_call = lambda call: (
            Result(1, b"", b"no\n") if call[-1] == "migrate" and call[0] == "run" else None
        )
        # A full disk: older secrets are removed first.
        with unittest.mock.patch("release_program.steps.space.free_space", side_effect=[1, 9999, 9999] * 2):
            self.assertEqual(self.release(THIRD), 1)
        self.assertEqual(self.record(THIRD).step, "migrate")
        self.check_is_as_noted(FIRST)

    def test_a_service_that_somebody_has_removed_is_made_again(self) -> None:
        self.engine.verdicts = {"beat": "ends"}

        def remove(call: tuple[str, ...]) -> None:
            if call[:2] == ("service", "rollback"):
                self.engine.services.pop("shop_nginx", None)

        self.engine.before_call = remove
        self.assertEqual(self.release(SECOND), 1)
        self.assertEqual(self.files()[-1], f"{FIRST}/nginx.yaml")
        self.check_is_as_noted(FIRST)

    def test_a_release_of_before_that_has_noted_nothing_is_gone_back_to_by_the_engine(self) -> None:
        (self.base / "releases" / FIRST / "served.json").unlink()
        self.engine.verdicts = {"worker": "ends"}
        self.assertEqual(self.release(SECOND), 1)
        self.assertEqual(self.rolled_back(), ["shop_beat", "shop_worker", "shop_web"])
        self.check_all_are(FIRST)

    def test_and_what_the_engine_does_not_know_is_said_with_a_way_out(self) -> None:
        (self.base / "releases" / FIRST / "served.json").write_text("{}")
        self.engine.verdicts = {"worker": "ends"}
        self.assertEqual(self.release(SECOND, {"cache": "new: 1"}), 1)
        self.assertIn(
            f"the engine does not know what cache was under {FIRST}; type: release rollback {FIRST}", self.said.text
        )
        self.check_all_are(FIRST)

    def test_docker_that_fails_on_the_way_is_said_with_a_way_out(self) -> None:
        self.engine.verdicts = {"worker": "ends"}
        refused = Result(1, b"", b"no leader\n")
        self.engine.before_call = lambda call: refused if call[-2:-1] and f"{FIRST}/deploy" in call[-2] else None
        self.assertEqual(self.release(SECOND, {"cache": "new: 1"}), 1)
        self.assertRegex(
            self.said.text,
            rf"the engine refuses .*{FIRST}/deploy/services/cache.yaml: no leader; type: release rollback {FIRST}",
        )
        self.check_all_are(FIRST)

    def test_one_that_does_not_come_up_as_before_is_said(self) -> None:
        self.engine.verdicts = {"beat": "ends"}

        def pause(call: tuple[str, ...]) -> None:
            if call[:2] == ("service", "inspect") and self.engine.made("service", "rollback"):
                self.engine.services["shop_worker"].state = "rollback_paused"

        self.engine.before_call = pause
        self.assertEqual(self.release(SECOND), 1)
        self.assertIn(f"shop_worker did not come up as before; type: release rollback {FIRST}", self.said.text)

    def test_whatever_call_fails_the_release_that_serves_is_as_it_was_or_the_next_one_puts_it_right(self) -> None:
        changes = {"cache": "new: 1", "nginx": "new: 1"}
        number = 0
        while True:
            with self.subTest(call=number):
                self.setUp()
                left = [number]

                def fail(_call: tuple[str, ...], left: list[int] = left) -> Result | None:
                    left[0] -= 1
                    return AWAY if left[0] == 0 else None

                self.engine.verdicts, self.engine.before_call = {"worker": "ends"}, fail
                with suppress(Ended):
                    self.release(SECOND, changes)
                is_over = left[0] > 0
                self.engine.before_call = lambda _call: None
                # Another one, undisturbed: it is taken back in any case.
                self.assertEqual(self.release(THIRD, changes), 1)
                self.assertEqual((self.current(), self.serving()), (FIRST, FIRST))
                self.check_is_as_noted(FIRST)
                self.doCleanups()
            if is_over:
                break
            number += 29


if __name__ == "__main__":
    unittest.main()
