"""Releases of an application with more in its registry: a worker, a singleton, a cache, tasks before and after."""

import unittest
from collections.abc import Sequence
from dataclasses import replace

from engine import Container
from release_program.commands.day import status
from release_program.commands.releases import releases
from release_program.commands.repair_access import known_secrets
from release_program.docker.command import Result
from release_program.failure import Failure
from release_program.steps.plan import steps_of
from support import FIRST, MORE, SECOND, SETTINGS, THIRD, HostCase

PROCESSES = ("web", "worker", "beat")


class MoreCase(HostCase):
    """A host of that application."""

    settings = MORE

    def images(self) -> dict[str, list[str]]:
        """The images of the containers that run, by process."""
        return {name: [one.image for one in self.engine.running(name)] for name in PROCESSES}

    def check_all_are(self, release: str) -> None:
        self.assertEqual(self.images(), {name: [f"sha256:{release}"] for name in PROCESSES})
        wanted = {name: self.engine.services[f"shop_{name}"].spec["Image"] for name in PROCESSES}
        self.assertEqual(set(wanted.values()), {f"sha256:{release}"})
        self.assertEqual((self.current(), self.serving()), (release, release))

    def rolled_back(self) -> list[str]:
        return [call[-1] for call in self.engine.made("service", "rollback")]


class Plan(unittest.TestCase):
    def test_the_steps_are_those_of_the_settings_in_their_order(self) -> None:
        for settings in (SETTINGS, MORE):
            self.assertEqual(tuple(step.name for step in steps_of(settings)), settings.steps)

    def test_every_step_of_our_own_keeps_its_limit_and_its_undo(self) -> None:
        steps = {step.name: step for step in steps_of(SETTINGS)}
        limits = {name: int(step.limit) // 60 for name, step in steps.items()}
        self.assertEqual(
            limits,
            {
                "identity": 60,
                "space": 30,
                "images": 240,
                "secrets": 30,
                "services": 93,
                "passwords": 30,
                "nginx-check": 20,
                "migrate": 1441,
                "roll": 31,
                "proxy": 10,
                "nginx-config": 20,
                "pages": 20,
                "jobs": 10,
                "prune": 30,
            },
        )
        self.assertEqual([name for name, step in steps.items() if step.undo], ["services", "roll", "pages"])
        self.assertEqual([name for name, step in steps.items() if not step.on_rollback], ["migrate"])
        self.assertEqual([name for name, step in steps.items() if step.must_end], ["migrate"])

    def test_a_step_that_is_neither_ours_nor_a_task_is_refused(self) -> None:
        with self.assertRaisesRegex(Failure, 'names the step "warm", which this program does not know'):
            steps_of(replace(SETTINGS, steps=("space", "warm")))


class FirstRelease(MoreCase):
    def test_no_process_starts_before_the_database_is_there(self) -> None:
        self.must_release(FIRST)
        self.assertEqual(self.engine.replicas[:3], [(name, "0") for name in PROCESSES])
        self.assertEqual(self.engine.replicas[3:], [(name, "1") for name in PROCESSES])


def prunes(call: tuple[str, ...]) -> bool:
    """Whether the task migrate only removes static files."""
    return any(word.startswith("--env=STATIC_KEPT=") for word in call)


class Tasks(MoreCase):
    def ran(self) -> list[str]:
        names = ("secrets", "nginx-check", "migrate", "warm", "nginx-config", "announce")
        return [call[-1] for call in self.engine.calls if call[0] == "run" and call[-1] in names and not prunes(call)]

    def test_each_runs_at_its_position(self) -> None:
        self.must_release(FIRST)
        self.assertEqual(self.ran(), ["secrets", "nginx-check", "migrate", "warm", "nginx-config", "announce"])
        self.assertEqual(tuple(name for name, _ in self.record(FIRST).steps), MORE.steps)
        words = [call[-1] if call[0] == "run" else call[:3] for call in self.engine.calls]
        after_warm = words[words.index("warm") :]
        self.assertLess(after_warm.index(("stack", "deploy", "--detach=true")), after_warm.index("announce"))

    def test_one_before_the_processes_that_fails_changes_nothing_and_says_what_it_means(self) -> None:
        self.must_release(FIRST)
        self.engine.tasks["warm"] = (1, "warm: no room")
        self.assertEqual(self.release(SECOND), 1)
        record = self.record(SECOND)
        self.assertEqual((record.step, record.outcome), ("warm", "failed"))
        self.assertEqual(record.reason, "The cache could not be filled; nothing was changed. warm: no room")
        self.check_all_are(FIRST)

    def test_one_after_them_that_fails_leaves_the_release_serving(self) -> None:
        self.engine.tasks["announce"] = (1, "announce: no network")
        self.assertEqual(self.release(FIRST), 1)
        record = self.record(FIRST)
        self.assertEqual((record.step, record.outcome), ("announce", "served"))
        self.assertEqual(record.reason, "Nobody was told. The release serves. announce: no network")
        self.check_all_are(FIRST)

    def test_on_the_way_back_only_what_changes_the_schema_is_left_out(self) -> None:
        self.must_release(FIRST)
        self.must_release(SECOND)
        self.engine.calls.clear()
        self.assertEqual(self.release(FIRST, kind="rollback"), 0, self.said.text)
        self.assertEqual(self.ran(), ["secrets", "nginx-check", "warm", "nginx-config", "announce"])
        self.check_all_are(FIRST)


class Services(MoreCase):
    def test_no_process_starts_before_the_tasks_have_ended(self) -> None:
        started: list[int] = []

        def look(call: tuple[str, ...]) -> None:
            if call[-1] in ("migrate", "warm") and not prunes(call):
                started.append(sum(len(self.engine.running(name)) for name in PROCESSES))

        self.engine.before_call = look
        self.must_release(FIRST)
        self.assertEqual(started, [0, 0])
        self.check_all_are(FIRST)

    def test_one_that_a_release_adds_comes_alone_and_before_the_migrations(self) -> None:
        self.settings = self.engine.settings = SETTINGS
        self.must_release(FIRST)
        self.settings = self.engine.settings = MORE
        self.engine.images["valkey:8"] = "sha256:valkey"
        web = self.engine.running("web")
        seen: list[tuple[list[Container], int]] = []

        def look(call: tuple[str, ...]) -> None:
            if "--env=MIGRATIONS_REPORT=1" in call:
                seen.append((self.engine.running("web"), len(self.engine.running("cache"))))

        self.engine.before_call = look
        self.must_release(SECOND)
        self.assertEqual(seen, [(web, 1)])
        self.check_all_are(SECOND)
        files = [call[-2].rpartition("/")[2] for call in self.engine.made("stack", "deploy", "--detach=true")]
        self.assertEqual(files[-2:], ["cache.yaml", "roll.yaml"])

    def test_a_new_secret_is_made_and_given_to_those_who_read_it(self) -> None:
        self.must_release(FIRST)
        readers = [name for name, one in self.engine.services.items() if "cache_password" in one.spec["Secrets"]]
        self.assertEqual(readers, ["shop_cache", "shop_worker"])
        host = self.upload(FIRST)
        self.assertEqual(
            [line.split()[0] for line in known_secrets(host).split("\n")],
            [
                *("database_root_password", "database_password", "cache_password"),
                *("database_password", "django_secret_key"),
                *("database_password", "django_secret_key", "cache_password"),
                *("database_password", "django_secret_key"),
            ],
        )

    def test_one_that_keeps_its_secrets_is_not_started_anew_for_others(self) -> None:
        kept = replace(MORE.services[1], keeps_secrets=True)
        self.settings = self.engine.settings = replace(MORE, services=(MORE.services[0], kept, *MORE.services[2:]))
        self.must_release(FIRST)
        before = self.engine.services["shop_cache"].spec
        self.engine.stored["cache_password"] = b"another"
        self.must_release(SECOND)
        self.assertEqual(self.engine.services["shop_cache"].spec, before)
        self.assertNotEqual(
            self.engine.services["shop_worker"].spec["Secrets"]["cache_password"], before["Secrets"]["cache_password"]
        )

    def test_status_lists_each_and_releases_says_which_one_failed(self) -> None:
        self.must_release(FIRST)
        self.engine.verdicts["worker"] = "crashes"
        self.assertEqual(self.release(SECOND), 1)
        self.said.lines.clear()
        status(self.upload(FIRST), as_json=False)
        listed = [line.split()[0] for line in self.said.lines[1:-1]]
        self.assertEqual(listed, ["database", "cache", "nginx", "web", "worker", "beat"])
        self.assertNotIn("does not run", self.said.text)
        self.said.lines.clear()
        releases(self.upload(FIRST), as_json=False)
        self.assertRegex(self.said.lines[0], rf"^{SECOND} .*failed .* worker did not come up and stay up")


class Verdicts(MoreCase):
    """One verdict over all processes."""

    def fails(self, verdicts: dict[str, str], reason: str, taken_back: Sequence[str]) -> None:
        self.must_release(FIRST)
        self.engine.verdicts = verdicts
        self.assertEqual(self.release(SECOND), 1)
        record = self.record(SECOND)
        self.assertEqual((record.step, record.outcome), ("roll", "failed"))
        self.assertRegex(record.reason, reason)
        self.assertEqual(self.rolled_back(), [f"shop_{name}" for name in taken_back])
        # What is said then is true: the engine has gone back.
        states = {self.engine.services[f"shop_{name}"].state for name in taken_back}
        self.assertNotIn("rollback_started", states)
        self.check_all_are(FIRST)
        self.engine.verdicts = {}
        self.must_release(THIRD)
        self.check_all_are(THIRD)

    def test_all_of_them_roll_together(self) -> None:
        self.must_release(FIRST)
        self.must_release(SECOND)
        self.check_all_are(SECOND)
        self.assertEqual(self.rolled_back(), [])

    def test_one_that_crashes_while_the_engine_watches_takes_all_back(self) -> None:
        self.fails(
            {"worker": "crashes"},
            r"^worker did not come up and stay up, and the engine went back to the one before \(rollback_completed\)\. "
            f"Its last words: worker: sha256:{SECOND} starts$",
            ["beat", "web"],
        )

    def test_one_that_ends_in_its_soak_after_web_serves_takes_web_back_too(self) -> None:
        self.fails(
            {"worker": "ends"},
            "^worker did not come up and stay up: its container ended. Its last words: ",
            ["beat", "worker", "web"],
        )

    def test_a_singleton_that_ends_takes_all_back_and_is_never_two(self) -> None:
        # The engine in memory refuses a second container of it.
        self.fails(
            {"beat": "ends"}, "^beat did not come up and stay up: its container ended", ["beat", "worker", "web"]
        )

    def test_one_that_never_comes_up_has_its_time(self) -> None:
        # From the signal to the old one until the new one is good: 10 + 40 + 6 s, and the engine's own 60 s.
        self.fails({"beat": "never"}, "^beat did not come up and stay up within 116 s", ["beat", "worker", "web"])

    def test_web_that_crashes_takes_the_others_back(self) -> None:
        self.must_release(FIRST)
        self.engine.verdict = "crashes"
        self.assertEqual(self.release(SECOND), 1)
        self.assertIn("the new release did not come to serve", self.record(SECOND).reason)
        self.assertEqual(self.rolled_back(), ["shop_beat", "shop_worker"])
        self.check_all_are(FIRST)

    def test_the_first_release_leaves_no_container_that_tries_for_ever(self) -> None:
        self.engine.verdicts["worker"] = "ends"
        self.assertEqual(self.release(FIRST), 1)
        self.assertEqual(self.images(), {name: [] for name in PROCESSES})
        self.assertEqual({self.engine.services[f"shop_{name}"].spec["Replicas"] for name in PROCESSES}, {"0"})
        self.assertEqual(self.current(), "")
        self.engine.verdicts = {}
        self.must_release(SECOND)
        self.check_all_are(SECOND)

    def test_a_process_that_the_release_before_did_not_have_stops_again(self) -> None:
        self.settings = self.engine.settings = replace(MORE, services=MORE.services[:4])
        self.must_release(FIRST)
        self.settings = self.engine.settings = MORE
        self.engine.verdicts["beat"] = "ends"
        self.assertEqual(self.release(SECOND), 1)
        self.assertEqual(
            self.images(), {"web": [f"sha256:{FIRST}"], "worker": [], "beat": []}, self.record(SECOND).reason
        )
        self.assertEqual((self.current(), self.serving()), (FIRST, FIRST))

    def test_one_that_can_not_be_taken_back_does_not_keep_the_others(self) -> None:
        self.must_release(FIRST)
        self.engine.verdicts["worker"] = "ends"
        broken = Result(1, b"", b"no leader\n")
        self.engine.before_call = lambda call: (
            broken if call[:2] == ("service", "rollback") and "beat" in call[-1] else None
        )
        self.assertEqual(self.release(SECOND), 1)
        self.assertEqual(self.images()["web"], [f"sha256:{FIRST}"])
        self.assertEqual(self.images()["worker"], [f"sha256:{FIRST}"])
        self.assertIn("the step roll could not be undone: docker service rollback shop_beat: no leader", self.said.text)

    def test_a_release_of_the_same_image_with_other_secrets_is_judged_by_its_new_containers(self) -> None:
        self.must_release(FIRST)
        self.engine.stored["env"] = b"CHANGED=1"
        before = {name: self.engine.running(name)[0] for name in PROCESSES}
        self.must_release(FIRST)
        for name in PROCESSES:
            self.assertEqual(len(self.engine.running(name)), 1)
            self.assertIsNot(self.engine.running(name)[0], before[name])

    def test_a_release_that_is_made_again_replaces_no_container(self) -> None:
        self.must_release(FIRST)
        before = {name: self.engine.running(name) for name in PROCESSES}
        self.must_release(FIRST)
        self.assertEqual({name: self.engine.running(name) for name in PROCESSES}, before)


class Copies(HostCase):
    """A process that runs several times side by side."""

    settings = replace(
        MORE,
        services=tuple(
            replace(one, copies=2, judge="soaked") if one.name == "worker" else one for one in MORE.services
        ),
    )

    def workers(self) -> list[str]:
        return [one.image for one in self.engine.running("worker")]

    def test_all_of_them_come_up(self) -> None:
        self.must_release(FIRST)
        self.must_release(SECOND)
        self.assertEqual(self.workers(), [f"sha256:{SECOND}"] * 2)

    def test_old_ones_that_have_work_to_end_hold_no_release_up(self) -> None:
        self.must_release(FIRST)
        self.engine.verdicts = {"worker": "busy"}
        self.must_release(SECOND)
        self.assertCountEqual(self.workers(), [f"sha256:{FIRST}"] * 2 + [f"sha256:{SECOND}"] * 2)

    def test_one_that_does_not_become_healthy_takes_all_back(self) -> None:
        self.must_release(FIRST)
        self.engine.verdicts = {"worker": "half"}
        self.assertEqual(self.release(SECOND), 1)
        self.assertRegex(self.record(SECOND).reason, "^worker did not come up and stay up within 106 s")
        self.assertEqual((self.current(), self.serving()), (FIRST, FIRST))


class SameImage(HostCase):
    """Releases that change settings alone, of processes that are judged as those of deployment.ts are."""

    settings = replace(
        MORE,
        services=tuple(
            replace(one, copies=2, judge="soaked") if one.name == "worker" else one
            for one in MORE.services
            if one.name != "beat"
        ),
    )

    def setUp(self) -> None:
        super().setUp()
        self.must_release(FIRST)
        self.before = [one for name in ("web", "worker") for one in self.engine.running(name)]
        # Longer than the release program waits for the engine to begin.
        self.engine.slowness = 3

    def change(self) -> int:
        """The same code with another `.env`."""
        self.engine.stored["env"] = b"CHANGED=1"
        self.engine.served.clear()
        return self.release(FIRST)

    def test_containers_of_before_do_not_stand_for_new_ones_that_crash(self) -> None:
        self.engine.verdict = "crashes"
        self.assertEqual(self.change(), 1)
        self.assertRegex(self.record(FIRST).reason, "^the new release did not come to serve")

    def test_nor_for_new_ones_that_do_not_all_come_up(self) -> None:
        self.engine.verdicts = {"worker": "half"}
        self.assertEqual(self.change(), 1)
        self.assertRegex(self.record(FIRST).reason, "^worker did not come up and stay up within 106 s")

    def test_new_ones_that_come_up_serve(self) -> None:
        self.assertEqual(self.change(), 0)
        now = [one for name in ("web", "worker") for one in self.engine.running(name)]
        self.assertEqual([one for one in now if one in self.before], [])

    def test_without_a_change_those_of_before_are_the_release_s(self) -> None:
        self.must_release(FIRST)
        now = [one for name in ("web", "worker") for one in self.engine.running(name)]
        self.assertEqual(now, self.before)


if __name__ == "__main__":
    unittest.main()
