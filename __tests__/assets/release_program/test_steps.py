"""What single steps do of their own: images, the database and its exchange, secrets, passwords, pages, the cutover."""

import hashlib
import math
import os
import shutil
import signal
import unittest
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from engine import AWAY, Container
from release_program.commands.run import RunOptions, run
from release_program.docker.build_log import build_cause, failed_step
from release_program.docker.command import Result
from release_program.failure import Failure
from release_program.parts.stored_secrets import READ
from release_program.parts.visitors.hold import HOLD_LIMIT
from release_program.steps.database import await_service, database_revision
from release_program.steps.prune import superfluous
from release_program.steps.space import LEAST, free_files, free_space, space_needed
from release_program.visitor import Answer
from support import FILES, FIRST, SECOND, SETTINGS, THIRD, HostCase


class Images(HostCase):
    def test_a_base_image_comes_from_its_registry(self) -> None:
        del self.engine.images["nginx:1"]
        self.assertEqual(self.release(FIRST), 1)
        self.assertIn("the image nginx:1 is not here and could not be fetched", self.record(FIRST).reason)
        self.engine.registry.add("nginx:1")
        self.must_release(FIRST)

    def test_an_image_that_was_brought_is_loaded_and_its_archive_goes(self) -> None:
        archive = self.base / "releases" / FIRST / "image.tar"
        archive.parent.mkdir(parents=True)
        archive.write_text("tar")
        self.must_release(FIRST)
        self.assertFalse(archive.exists() or self.engine.made("build"))
        self.assertEqual(self.record(FIRST).image, "sha256:brought")

    def test_an_archive_stays_until_its_image_is_noted(self) -> None:
        archive = self.base / "releases" / FIRST / "image.tar"
        archive.parent.mkdir(parents=True)
        archive.write_text("tar")
        self.engine.before_call = lambda call: AWAY if call[0] == "tag" else None
        self.assertEqual(self.release(FIRST), 1)
        # Until then nobody may use it, and the engine may take it for a leftover.
        del self.engine.images["brought:1"]
        self.engine.before_call = lambda _call: None
        self.must_release(FIRST)
        self.assertEqual((self.record(FIRST).image, archive.exists()), ("sha256:brought", False))

    def test_an_archive_that_is_broken_is_told(self) -> None:
        archive = self.base / "releases" / FIRST / "image.tar"
        archive.parent.mkdir(parents=True)
        archive.write_text("tar")
        self.engine.before_call = lambda call: Result(1, b"", b"invalid tar") if call[0] == "load" else None
        self.assertEqual(self.release(FIRST), 1)
        reason = "the image that came with the release can't be loaded: invalid tar. Release again"
        self.assertEqual(self.record(FIRST).reason, reason)

    def test_a_release_that_was_not_copied_whole_is_told(self) -> None:
        host = self.upload(FIRST)
        (host.folders.release / "context" / "Dockerfile").unlink()
        files = {name: text for name, text in FILES.items() if "Dockerfile" not in name}
        self.assertEqual(run(self.upload(FIRST, files), RunOptions(FIRST)), 1)
        self.assertIn("the release was not copied whole; release again", self.record(FIRST).reason)

    def test_a_build_that_fails_is_told_by_its_own_last_words(self) -> None:
        self.engine.builds = False
        self.engine.build_log = [
            *["#6 [2/2] RUN pip install", "#6 0.5 Collecting shop", "#6 1.5 ERROR: No matching distribution"],
            *["#6 ERROR: process did not complete", "ERROR: failed to solve"],
        ]
        self.assertEqual(self.release(FIRST), 1)
        log = self.base / "releases" / FIRST / "build.log"
        self.assertEqual(
            self.record(FIRST).reason,
            "the image could not be built: ERROR: No matching distribution. "
            f"The lines above say why; all of them are in {log}",
        )
        self.assertIn("Collecting shop\nERROR: No matching distribution", self.said.text)
        self.assertEqual(log.read_text().split("\n")[:-1], self.engine.build_log)

    def test_of_pips_last_block_the_middle_is_left_out(self) -> None:
        noise = [f"#7 {index}.1   line {index}" for index in range(100)]
        log = [
            "#6 0.1 another step",
            "#7 0.1 Collecting good",
            "#7 0.2 Collecting bad",
            *noise[:5],
            "#7 9.9   error: subprocess-exited-with-error",
            *noise,
            "#7 ERROR: process failed",
        ]
        found = failed_step(log)
        self.assertEqual(found[:2], ["Collecting bad", "  error: subprocess-exited-with-error"])
        self.assertEqual((len(found), found[13], found[-1]), (62, "… lines are left out here …", "  line 99"))
        self.assertEqual(failed_step(["no", "error"]), ["no", "error"])
        self.assertEqual(len(failed_step([f"#7 1.0 {index}" for index in range(99)] + ["#7 ERROR: x"])), 30)

    def test_the_cause_is_the_programs_where_it_has_one(self) -> None:
        self.assertEqual(
            build_cause(["#5 1.25 E: Unable to locate package x", "#5 ERROR: y"]), "E: Unable to locate package x"
        )
        self.assertEqual(build_cause(["#5 [1/2] x", "#5 ERROR: y"]), "ERROR: y")
        self.assertEqual(build_cause(["ERROR: failed to solve"]), "ERROR: failed to solve")
        self.assertEqual(build_cause(["nothing"]), "")


class Space(HostCase):
    def test_a_full_disk_changes_nothing_and_says_what_to_do(self) -> None:
        self.must_release(FIRST)
        self.engine.before_call = lambda call: (
            Result(0, b'[{"Id": "x", "Size": 9000000000000000}]') if call[:2] == ("image", "inspect") else None
        )
        self.assertEqual(self.release(SECOND), 1)
        self.assertRegex(
            self.record(SECOND).reason, r"^the disk is too full: \d+ MiB are free at .* Make host\.dataDisk larger"
        )
        self.assertEqual(self.serving(), FIRST)

    def must_release_when_full(self, makes_room: Callable[[tuple[str, ...]], bool], of: str = "space") -> None:
        """Releases on a disk that has no room, or no file left, until a call of Docker makes it."""
        self.must_release(FIRST)
        full = True

        def free(_place: Path) -> int:
            return 1 if full else 99999

        def look(call: tuple[str, ...]) -> None:
            nonlocal full
            full = full and not makes_room(call)

        self.engine.before_call = look
        with patch(f"release_program.steps.space.free_{of}", free):
            self.assertEqual(self.release(SECOND), 0, self.said.text)

    def test_the_cache_of_builds_goes_before_a_release_is_given_up(self) -> None:
        self.must_release_when_full(lambda call: "--keep-storage=0" in call)
        self.assertIn("there still is too little room: removing all that builds have left", self.said.text)

    def test_what_older_releases_left_is_enough_more_often_than_not(self) -> None:
        self.must_release_when_full(lambda call: call[:2] == ("builder", "prune"))
        self.assertEqual([call for call in self.engine.calls if "--keep-storage=0" in call], [])

    def test_the_same_where_a_disk_can_hold_no_more_files(self) -> None:
        self.must_release_when_full(lambda call: "--keep-storage=0" in call, of="files")
        self.assertIn("1 files can be made at /var/lib/docker, a release needs 10000: removing what is", self.said.text)

    def test_a_disk_that_holds_no_more_files_is_one_clear_error(self) -> None:
        self.must_release(FIRST)
        with patch("release_program.steps.space.free_files", return_value=12):
            self.assertEqual(self.release(SECOND), 1)
        self.assertRegex(
            self.said.lines[-2],
            r"^✗ step space: the disk can hold 12 more files at \S+, though it may have room, .*du -x --inodes",
        )
        self.assertEqual(self.current(), FIRST)

    def test_a_file_system_without_a_number_of_files_has_enough(self) -> None:
        with patch("os.statvfs", return_value=os.statvfs_result((1, 1, 1, 1, 1, 0, 0, 0, 0, 255))):
            self.assertEqual(free_files(self.base), math.inf)

    def test_room_is_counted_by_the_image_that_serves_and_where_its_folder_is_not_shown(self) -> None:
        host = self.upload(FIRST)
        self.assertEqual(space_needed(host), LEAST)
        self.assertGreater(free_space(self.base / "no" / "such" / "folder"), 0)


class Prune(HostCase):
    def test_five_releases_stay_and_failed_ones_push_out_none(self) -> None:
        names = [f"2026112{day}T100000Z-aaaaaaa" for day in range(9)]
        for name in names[:6]:
            self.must_release(name)
        self.engine.tasks["nginx-check"] = (1, "nginx: broken")
        for name in names[6:]:
            self.assertEqual(self.release(name), 1)
        self.engine.tasks.clear()
        volumes = set(self.engine.volumes)
        last = "20261130T100000Z-aaaaaaa"
        self.must_release(last)
        kept = [*names[2:6], *names[6:], last]
        self.assertEqual(sorted(path.name for path in (self.base / "releases").iterdir()), kept)
        self.assertEqual({path.stem for path in (self.base / "receipts").iterdir()}, set(kept))
        self.assertEqual({name.partition(":")[2] for name in self.engine.tags}, {*names[2:6], last})
        self.assertEqual(self.engine.volumes, volumes)

    def test_the_image_of_a_failed_release_goes_with_what_the_swarm_keeps_of_it(self) -> None:
        self.must_release(FIRST)
        self.engine.verdict = "crashes"
        self.assertEqual(self.release(SECOND), 1)
        left = [one for one in self.engine.containers if one.image == f"sha256:{SECOND}"]
        self.assertTrue(left and all(one.status == "exited" for one in left))
        self.assertIn(f"shop-web:{SECOND}", self.engine.tags)
        self.engine.verdict = "serves"
        self.must_release(THIRD)
        self.assertEqual({*self.engine.tags}, {f"shop-web:{FIRST}", f"shop-web:{THIRD}"})
        self.assertEqual([one for one in self.engine.containers if one.image == f"sha256:{SECOND}"], [])
        # It is told what became of it, and it can be made again.
        self.assertEqual(self.record(SECOND).outcome, "failed")
        self.assertTrue((self.base / "releases" / SECOND / "context" / "Dockerfile").is_file())

    def test_many_failed_releases_one_after_another_leave_as_much_as_a_few(self) -> None:
        served = [f"2026112{day}T090000Z-aaaaaaa" for day in range(5)]
        for name in served:
            self.must_release(name)
        self.engine.tasks["nginx-check"] = (1, "nginx: broken")
        failed = [f"202612{day}T100000Z-bbbbbbb" for day in range(10, 19)]
        for name in failed:
            self.assertEqual(self.release(name), 1)
        self.assertEqual(sorted(path.name for path in (self.base / "releases").iterdir()), [*served, *failed[3:]])
        self.assertEqual({name.partition(":")[2] for name in self.engine.tags}, {*served, failed[-1]})

    def test_records_of_releases_whose_folders_are_gone_go(self) -> None:
        self.must_release(FIRST)
        shutil.rmtree(self.base / "releases" / FIRST)
        self.must_release(SECOND)
        names = {path.name for path in (self.base / "receipts").iterdir()}
        self.assertEqual(names, {f"{SECOND}.json", f"{SECOND}.log"})

    def test_the_cache_of_builds_is_bounded_by_its_size(self) -> None:
        self.must_release(FIRST)
        self.assertIn(("builder", "prune", "--all", "--force", "--keep-storage=2147483648"), self.engine.calls)

    def test_static_files_go_that_no_release_needs_and_a_failure_of_that_changes_nothing(self) -> None:
        def kept(call: tuple[str, ...]) -> list[str]:
            return [word.removeprefix("--env=STATIC_KEPT=") for word in call if word.startswith("--env=STATIC_KEPT=")]

        self.must_release(FIRST)
        self.engine.before_call = lambda call: Result(1, b"migrate: a list is broken\n") if kept(call) else None
        self.must_release(SECOND)
        told = [words for call in self.engine.calls for words in kept(call)]
        self.assertEqual(told, [f"{FIRST} {FIRST}", f"{SECOND} {SECOND} {FIRST}"])
        self.assertIn(
            "\x1b[31m! static files that no release needs could not be removed: migrate: a list is broken\x1b[0m",
            self.said.text,
        )
        noted = [call for call in self.engine.calls if f"--env=STATIC_RELEASE={SECOND}" in call]
        self.assertEqual([call[-1] for call in noted], ["migrate"])

    def test_an_image_that_somebody_uses_or_named_stays(self) -> None:
        self.engine.tags = {
            "shop-web:2020": "sha256:used",
            "shop-web:mine": "sha256:mine",
            "shop-web:2021": "sha256:left",
        }
        self.engine.containers.append(Container("c", "other", "sha256:used"))
        self.must_release(FIRST)
        self.assertEqual({*self.engine.tags}, {"shop-web:2020", "shop-web:mine", f"shop-web:{FIRST}"})

    def test_this_release_and_the_one_that_serves_are_never_superfluous(self) -> None:
        host = self.upload(FIRST)
        for day in range(9):
            self.upload(f"2026112{day}T110000Z-bbbbbbb", {})
        host.folders.make_current()
        self.assertNotIn(FIRST, superfluous(host))


class Database(HostCase):
    def test_its_revision_is_what_the_release_programs_of_before_have_computed(self) -> None:
        # printf of Bash: another value would exchange each database at the first release of this program.
        host = self.upload(FIRST)
        names = {"DATABASE_KEPT_SECRET_DATABASE_PASSWORD": "p", "DATABASE_KEPT_SECRET_DATABASE_ROOT_PASSWORD": "r"}
        text = "services:\n  database: {}\nmariadb:11\np\nr\n"
        self.assertEqual(database_revision(host, names), hashlib.sha256(text.encode()).hexdigest()[:12])

    def test_another_revision_exchanges_it_while_visitors_wait_once(self) -> None:
        self.must_release(FIRST)
        before = self.engine.running("database")
        self.engine.inside["test"] = Result(1)
        calls = len(self.engine.calls)
        self.assertEqual(self.release(SECOND, {"database": "new: 1"}), 0, self.said.text)
        made = self.engine.calls[calls:]
        self.assertNotEqual(self.engine.running("database"), before)
        self.assertIn(f"visitors wait, {HOLD_LIMIT} s at most, while the database is exchanged", self.said.lines)
        held = [call for call in made if call[0] == "exec" and "hold" in call]
        self.assertEqual([call[1:2] + call[3:] for call in held], [("--detach", "sh", "-c", "echo hold", "hold", "20")])
        web = next(call[1] for call in made if call[0] == "pause")
        order = [call[0] for call in made if call[:2] in (("pause", web), ("unpause-later", web), ("unpause", web))]
        self.assertEqual(order, ["unpause-later", "pause", "unpause"])
        self.assertTrue([call for call in made if call[-2:] == ("touch", "/tmp/hold-ends")])
        self.assertFalse(any(container.paused for container in self.engine.containers))

    def test_an_exchange_that_fails_lets_the_visitors_go_on(self) -> None:
        self.must_release(FIRST)
        self.engine.inside["test"] = Result(1)
        self.engine.before_call = lambda call: (
            Result(1, b"", b"refused\n") if call[:2] == ("stack", "deploy") and "--help" not in call else None
        )
        self.assertEqual(self.release(SECOND, {"database": "new: 1"}), 1)
        self.assertIn("the engine refuses services/database.yaml; the line before says why", self.record(SECOND).reason)
        self.assertIn("refused", self.said.lines)
        self.assertFalse(any(container.paused for container in self.engine.containers))
        self.assertTrue([call for call in self.engine.calls if call[-2:] == ("touch", "/tmp/hold-ends")])

    def exchange_at(self, call: tuple[str, ...], happens: Callable[[], Result | None]) -> None:
        """Exchanges the database; something happens at the call that begins with these words."""
        self.must_release(FIRST)
        self.engine.inside["test"] = Result(1)
        self.engine.before_call = lambda made: happens() if made[: len(call)] == call else None
        self.assertEqual(self.release(SECOND, {"database": "new: 1"}), 1)

    def test_a_program_that_is_ended_while_it_pauses_lets_the_container_go_on(self) -> None:
        def pause() -> None:
            for container in self.engine.running("web"):
                container.paused = True
            os.kill(os.getpid(), signal.SIGTERM)

        self.exchange_at(("pause",), pause)
        self.assertTrue(self.engine.made("unpause-later"))
        self.assertFalse(any(container.paused for container in self.engine.containers))

    def test_it_is_not_exchanged_when_visitors_can_not_be_held(self) -> None:
        self.exchange_at(("exec", "--detach"), lambda: Result(126, b"", b"exec failed\n"))
        self.assertIn("exec failed", self.record(SECOND).reason)
        self.assertEqual(len(self.engine.running("database")), 1)
        self.assertFalse(self.engine.made("pause"))

    def test_one_that_always_ends_stops_the_release_with_its_last_words(self) -> None:
        host = self.upload(FIRST)

        def restart(call: tuple[str, ...]) -> None:
            if call[0] == "ps" and "--latest" in call:
                for container in self.engine.running("database"):
                    container.status = "exited"
                self.engine.add("database", "mariadb").said.append("no space left")

        self.engine.before_call = restart
        with self.assertRaisesRegex(Failure, r"^the database ended 3 times in a row\. .* last words: no space left$"):
            await_service(host, SETTINGS.services[0])

    def test_one_that_is_never_healthy_is_waited_for_with_patience_and_a_limit(self) -> None:
        host = self.upload(FIRST)
        self.engine.add("database", "mariadb").said.append("recovering")
        with self.assertRaisesRegex(Failure, "the database is not healthy after 300 s"):
            await_service(host, replace(SETTINGS.services[0], start_timeout=300))
        self.assertIn("the database is not healthy yet, after 30 s; it says: recovering", self.said.lines)

    def test_it_keeps_the_secrets_that_it_was_started_with(self) -> None:
        self.must_release(FIRST)
        kept = dict(self.engine.services["shop_database"].spec["Secrets"])
        self.engine.stored["database_password"] = b"another"
        self.must_release(SECOND)
        self.assertEqual(self.engine.services["shop_database"].spec["Secrets"], kept)
        self.assertNotEqual(
            self.engine.services["shop_web"].spec["Secrets"]["database_password"], kept["database_password"]
        )


class Secrets(HostCase):
    def test_a_lost_volume_is_refused_while_the_database_is_there(self) -> None:
        self.must_release(FIRST)
        self.engine.volumes.remove("shop-secrets")
        calls = len(self.engine.calls)
        self.assertEqual(self.release(SECOND), 1)
        self.assertEqual(
            self.record(SECOND).reason,
            "the volume shop-secrets is gone, and the database that its passwords open is there. Nothing was made or "
            "changed, and no data is lost. To get access again: release repair-access",
        )
        made = self.engine.calls[calls:]
        self.assertFalse([call for call in made if call[:2] in (("volume", "create"), ("secret", "create"))])

    def test_without_a_database_they_are_made(self) -> None:
        self.must_release(FIRST)
        self.assertEqual(self.engine.volumes, {"shop-dbdata", "shop-secrets"})
        self.assertEqual(len(self.engine.secrets), 4)
        self.assertEqual(self.engine.made("volume", "create")[0][2:4], ("--label", "shop=shop"))

    def test_their_names_tell_contents_apart_by_a_salt_that_nobody_else_reads(self) -> None:
        self.must_release(FIRST)
        salt = self.base / "salt"
        self.assertEqual(oct(salt.stat().st_mode & 0o777), "0o600")
        names = set(self.engine.secrets)
        text = salt.read_text()
        self.must_release(SECOND)
        self.assertEqual((salt.read_text(), set(self.engine.secrets)), (text, names))

    def test_an_empty_env_is_a_file_of_the_release_alone(self) -> None:
        self.must_release(FIRST)
        env = self.base / "releases" / FIRST / ".env"
        self.assertEqual((env.read_bytes(), oct(env.stat().st_mode & 0o777)), (b"", "0o600"))
        (name,) = [name for name in self.engine.secrets if name.startswith("shop-env-")]
        self.assertEqual(self.engine.secrets[name], b"\n")

    def test_an_env_of_the_user_stays_byte_for_byte(self) -> None:
        host = self.upload(FIRST)
        (host.folders.release / ".env").write_bytes(b"A='$x`\\\r\n\xff")
        self.must_release(FIRST)
        self.assertEqual((host.folders.release / ".env").read_bytes(), b"A='$x`\\\r\n\xff")

    def test_one_that_is_missing_in_the_volume_is_named(self) -> None:
        def lose(_call: tuple[str, ...]) -> None:
            self.engine.stored.pop("env", None)

        self.engine.before_call = lose
        self.assertEqual(self.release(FIRST), 1)
        self.assertEqual(
            self.record(FIRST).reason,
            "the secret database_root_password could not be read from the volume shop-secrets: FileNotFoundError",
        )

    def test_a_reason_never_holds_what_a_secret_said(self) -> None:
        self.engine.before_call = lambda call: Result(1, b"hunter2", b"") if READ in call else None
        self.assertEqual(self.release(FIRST), 1)
        self.assertEqual(
            self.record(FIRST).reason,
            "the secret database_root_password could not be read from the volume shop-secrets",
        )
        self.assertNotIn("hunter2", self.said.text)

    def test_a_task_that_fails_is_told_by_its_own_words(self) -> None:
        self.engine.tasks["secrets"] = (1, "noise\n\nsecrets: .env can't be read\nline 3\n")
        self.assertEqual(self.release(FIRST), 1)
        self.assertEqual(
            self.record(FIRST).reason,
            "the secrets could not be prepared; nothing else was changed. secrets: .env can't be read\nline 3",
        )


class Holder(HostCase):
    def test_it_is_left_alone_when_it_runs_as_it_should(self) -> None:
        self.must_release(FIRST)
        holder, calls = self.engine.holder, len(self.engine.calls)
        self.must_release(SECOND)
        self.assertEqual(self.engine.holder, holder)
        self.assertFalse([call for call in self.engine.calls[calls:] if "--name=shop-holder" in call])

    def test_it_is_started_anew_when_it_is_missing_or_made_from_another_image(self) -> None:
        self.must_release(FIRST)
        # sha256 of the arguments and the image's id, a line each, as release programs of before have computed it.
        expected = hashlib.sha256(b"--name=shop-holder\npython:3\nsha256:python\n").hexdigest()[:16]
        self.assertEqual(self.engine.holder, expected)
        self.engine.images["python:3"] = "sha256:newer"
        self.must_release(SECOND)
        self.assertNotEqual(self.engine.holder, expected)
        self.assertIn(("rm", "--force", "shop-holder"), self.engine.calls)

    def test_one_that_does_not_start_ends_the_release(self) -> None:
        self.engine.before_call = lambda call: (
            Result(125, b"", b"no such mount\n") if "--name=shop-holder" in call else None
        )
        self.assertEqual(self.release(FIRST), 1)
        self.assertIn(
            "the container shop-holder, which keeps the volumes in use, could not be", self.record(FIRST).reason
        )
        self.assertIn("no such mount", self.said.lines)


class Passwords(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.must_release(FIRST)
        self.engine.stored["database_password.next"] = b"n3w"
        self.both = self.base / "both-passwords"

    def told(self) -> list[str]:
        return [call[-1] for call in self.engine.calls if call[0] == "exec" and call[-2] == "access"]

    def test_a_new_one_is_set_stored_and_given_to_the_swarm_and_the_old_one_ends_after_the_cutover(self) -> None:
        self.engine.access["set"] = (0, "access: set database_password\naccess: both database_password\nhint")
        self.must_release(SECOND)
        self.assertEqual(self.told(), ["set", "end"])
        call = next(call for call in self.engine.calls if call[-2:] == ("access", "set"))
        self.assertEqual(call[1:4], ("--interactive", "--env=ACCESS_INPUT=1", "--env=MARIADB_USER=django"))
        self.assertEqual(call[5:8], ("bash", "-c", "# shared\n# access"))
        given = self.engine.given[self.engine.calls.index(call)]
        self.assertIn(b"database_password.next bjN3\n", given)
        self.assertEqual(self.engine.stored["database_password"], b"n3w")
        secret = self.engine.services["shop_web"].spec["Secrets"]["database_password"]
        self.assertEqual(self.engine.secrets[secret], b"n3w")
        self.assertIn("hint", self.said.lines)
        self.assertNotIn("access: set database_password", self.said.lines)
        self.assertFalse(self.both.exists())

    def test_one_that_mariadb_has_already_changes_nothing(self) -> None:
        self.must_release(SECOND)
        self.assertEqual(self.told(), ["set"])
        self.assertFalse([call for call in self.engine.calls if "--env=SECRETS_DO=adopt" in call])

    def test_mariadb_is_not_asked_when_none_waits_and_none_is_left(self) -> None:
        del self.engine.stored["database_password.next"]
        self.must_release(SECOND)
        self.assertEqual(self.told(), [])
        self.both.touch()
        self.must_release(THIRD)
        self.assertEqual((self.told(), self.both.exists()), (["set"], False))

    def test_one_that_root_can_not_set_ends_the_release_with_the_ways_out(self) -> None:
        self.engine.access["set"] = (3, "access: root's password, as it is stored, does not open MariaDB")
        self.assertEqual(self.release(SECOND), 1)
        reason = self.record(SECOND).reason
        self.assertIn("does not open MariaDB; nothing was changed. Put the old password back into .env", reason)
        self.assertIn("release repair-access", reason)
        self.assertEqual(self.serving(), FIRST)

    def test_another_error_is_told_with_mariadbs_last_word(self) -> None:
        self.engine.access["set"] = (1, "x\naccess: MariaDB has no user django")
        self.assertEqual(self.release(SECOND), 1)
        self.assertEqual(
            self.record(SECOND).reason,
            "MariaDB could not be told the new password; nothing was changed. access: MariaDB has no user django",
        )

    def test_old_ones_that_could_not_be_ended_are_ended_by_the_next_release(self) -> None:
        self.engine.access["set"] = (0, "access: set database_password\naccess: both database_password")
        self.engine.access["end"] = (1, "access: MariaDB does not answer")
        self.must_release(SECOND)
        self.assertTrue(self.both.exists())
        self.assertIn("the passwords before still open MariaDB; the next release takes them away", self.said.lines)
        self.engine.access = {"set": (0, "access: both database_password")}
        self.must_release(THIRD)
        self.assertEqual((self.told()[-2:], self.both.exists()), (["set", "end"], False))


class Roll(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.must_release(FIRST)

    def check_first_serves(self) -> None:
        self.assertEqual((self.current(), self.serving()), (FIRST, FIRST))
        self.assertEqual([one.image for one in self.engine.running("web")], [f"sha256:{FIRST}"])
        self.assertEqual(self.engine.services["shop_web"].spec["Image"], f"sha256:{FIRST}")

    def test_one_that_crashes_is_taken_back_by_the_engine_alone(self) -> None:
        self.engine.verdict = "crashes"
        self.assertEqual(self.release(SECOND), 1)
        self.assertEqual(
            self.record(SECOND).reason,
            "the new release did not come to serve, and the engine went back to the one before (rollback_completed). "
            f"Its last words: web: sha256:{SECOND} starts",
        )
        self.assertFalse(self.engine.made("service", "rollback"))
        self.check_first_serves()

    def test_one_whose_health_checks_refuse_it_is_taken_back_at_once(self) -> None:
        self.engine.verdict = "is refused"
        self.assertEqual(self.release(SECOND), 1)
        self.assertEqual(self.record(SECOND).reason, "this release answers 500 to /. The release before serves")
        self.assertEqual(len(self.engine.made("service", "rollback")), 1)
        self.check_first_serves()

    def test_one_that_never_serves_has_its_time(self) -> None:
        self.engine.verdict = "never"
        self.assertEqual(self.release(SECOND), 1)
        self.assertIn("the new release did not come to serve within 106 s", self.record(SECOND).reason)
        self.assertIn("the engine says: updating", self.said.lines)
        self.check_first_serves()

    def test_a_deployment_that_changes_nothing_is_not_taken_back(self) -> None:
        # The engine would go to what was before the last change, which is another release.
        self.must_release(SECOND)
        host_calls = len(self.engine.calls)

        def refuse(call: tuple[str, ...]) -> None:
            if call[:2] == ("stack", "deploy"):
                self.engine.containers[0].checks = ["refused: x\n"] * 5
                self.engine.services["shop_web"].state = "updating"

        self.engine.before_call = refuse
        self.assertEqual(self.release(SECOND), 1)
        self.assertFalse([call for call in self.engine.calls[host_calls:] if call[:2] == ("service", "rollback")])
        self.assertEqual(self.serving(), SECOND)


class FirstRoll(HostCase):
    def test_no_container_is_left_that_tries_for_ever(self) -> None:
        self.engine.verdict = "never"
        self.assertEqual(self.release(FIRST), 1)
        self.assertEqual(self.engine.running("web"), [])
        self.assertIn("nothing did before, and nothing is lost", self.said.lines[-1])
        self.engine.verdict = "serves"
        self.must_release(SECOND)

    def test_a_page_that_the_project_has_not_is_told_in_red_once(self) -> None:
        self.pages = {(f"sha256:{release}", "/"): Answer(404) for release in (FIRST, SECOND)}
        self.must_release(FIRST)
        self.assertIn("\x1b[31m! / answers 404: the project has no page there\x1b[0m", self.said.lines)
        self.said.lines.clear()
        self.must_release(SECOND)
        self.assertFalse([line for line in self.said.lines if "404" in line])


class Pages(HostCase):
    BACK = """#!/bin/sh
echo "$@" >>"{base}/called"
echo '✓ it serves'
flock --nonblock "{base}/lock" true || exit 9
ln -sfn "releases/{id}" "{base}/current"
"""

    def setUp(self) -> None:
        super().setUp()
        self.must_release(FIRST)
        self.program(FIRST, self.BACK.format(base=self.base, id=FIRST))

    def answers(self, release: str, path: str, status: int, location: str = "") -> None:
        self.pages[(f"sha256:{release}", path)] = Answer(status, location)

    def test_a_page_that_worked_brings_the_release_before_back_by_its_own_program(self) -> None:
        self.answers(SECOND, "/", 500)
        self.assertEqual(self.release(SECOND, by="ada"), 1)
        self.assertEqual(
            self.record(SECOND).reason, "visitors are not served: / answers 500, and it answered 200 before"
        )
        self.assertEqual(self.record(SECOND).outcome, "failed")
        called = (self.base / "called").read_text()
        self.assertEqual(called, f"run {FIRST} --rollback --by ada --address 192.0.2.1 --wait 60\n")
        self.assertIn("✓ it serves", self.said.lines)
        self.assertEqual(self.current(), FIRST)
        self.assertIn(f"{FIRST} still does", self.said.lines[-1])

    def test_a_release_before_that_can_not_be_brought_back_is_told_in_red(self) -> None:
        self.program(FIRST, "#!/bin/sh\nexit 1\n")
        self.answers(SECOND, "/", 502)
        self.assertEqual(self.release(SECOND), 1)
        self.assertIn(
            f"\x1b[31m! {FIRST} could not be brought back; type: release rollback {FIRST}\x1b[0m", self.said.lines
        )

    def test_a_way_back_that_takes_too_long_is_told_the_same_way(self) -> None:
        self.program(FIRST, "#!/bin/sh\nexec sleep 60\n")
        self.answers(SECOND, "/", 502)
        with patch("release_program.steps.pages.BACK", 0.2):
            self.assertEqual(self.release(SECOND), 1)
        self.assertIn("release run did not end within 0.2 s", self.said.lines)
        self.assertIn(
            f"\x1b[31m! {FIRST} could not be brought back; type: release rollback {FIRST}\x1b[0m", self.said.lines
        )

    def test_a_page_that_never_worked_counts_as_failed_and_runs_on(self) -> None:
        self.answers(FIRST, "/", 500)
        self.answers(SECOND, "/", 500)
        self.assertEqual(self.release(SECOND), 1)
        self.assertEqual((self.record(SECOND).outcome, self.record(SECOND).step), ("failed", "pages"))
        self.assertIn("visitors are not served: / answers 500", self.record(SECOND).reason)
        self.assertIn(
            f"✗ {SECOND} runs, and visitors are not served: / answers 500, and it answered 500 before", self.said.lines
        )
        self.assertFalse((self.base / "called").exists())
        self.assertEqual(self.serving(), SECOND)

    def test_a_page_that_is_gone_is_told_in_red_and_serves(self) -> None:
        self.answers(SECOND, "/", 404)
        self.must_release(SECOND)
        self.assertIn("\x1b[31m! / answers 404, and it answered 200 before\x1b[0m", self.said.lines)

    def test_what_a_visitor_ends_at_counts(self) -> None:
        for status, location, reason in (
            (301, "https://shop.example/x", "redirects to https://shop.example/x, and nothing answers https here"),
            (0, "", "does not answer"),
            (400, "", "answers 400, as Django does to a host name that ALLOWED_HOSTS does not have"),
            (302, "http://shop.example/next", "answers 503"),
        ):
            with self.subTest(reason):
                self.setUp()
                self.answers(SECOND, "/", status, location)
                self.answers(SECOND, "/next", 503)
                self.assertEqual(self.release(SECOND), 1)
                self.assertIn(f"visitors are not served: / {reason}", self.record(SECOND).reason)

    def test_a_redirect_elsewhere_is_an_answer(self) -> None:
        self.answers(SECOND, "/", 302, "http://other.example/")
        self.must_release(SECOND)

    def test_what_redirects_to_itself_is_no_page_and_was_none_before(self) -> None:
        self.answers(SECOND, "/", 302, "http://shop.example/")
        self.assertEqual(self.release(SECOND), 1)
        self.assertIn("/ redirects without an end, which browsers give up on", self.record(SECOND).reason)
        self.assertTrue((self.base / "called").exists())
        self.answers(FIRST, "/", 302, "http://shop.example/")
        self.answers(THIRD, "/", 404)
        self.must_release(THIRD)
        self.assertFalse([line for line in self.said.lines if "answers 404" in line])

    def test_a_page_may_be_slow_once(self) -> None:
        slow = [Answer(500), Answer(500)]
        answers = self.pages

        class Once(dict[tuple[str, str], Answer]):
            def get(self, key: tuple[str, str], default: Answer | None = None) -> Answer:  # type: ignore[override]
                is_first = key == (f"sha256:{SECOND}", "/") and slow
                return slow.pop() if is_first else answers.get(key, default or Answer(200))

        self.pages = Once()
        self.must_release(SECOND)
        self.assertEqual(slow, [])


class Nginx(HostCase):
    def test_a_configuration_that_it_refuses_changes_nothing(self) -> None:
        self.must_release(FIRST)
        self.engine.tasks["nginx-check"] = (1, "2026 [emerg] x\nnginx: [emerg] unknown directive")
        self.assertEqual(self.release(SECOND), 1)
        self.assertEqual(
            self.record(SECOND).reason,
            "nginx refuses its configuration; nothing was changed. nginx: [emerg] unknown directive",
        )
        self.assertEqual(self.serving(), FIRST)

    def test_one_that_it_refuses_when_it_is_applied_leaves_the_release_serving(self) -> None:
        self.engine.tasks["nginx-config"] = (1, "nginx: no")
        self.assertEqual(self.release(FIRST), 1)
        record = self.record(FIRST)
        self.assertEqual((record.outcome, record.step), ("served", "nginx-config"))
        self.assertEqual(
            record.reason,
            "nginx did not take its configuration; it still has the one before. The release serves. nginx: no",
        )
        self.assertEqual(self.said.lines[-1], f"✗ step nginx-config: {record.reason}")

    def test_it_is_told_in_its_own_container(self) -> None:
        self.must_release(FIRST)
        (nginx,) = self.engine.running("nginx")
        self.assertTrue([call for call in self.engine.calls if f"--pid=container:{nginx.id}" in call])


class Migrate(HostCase):
    def test_one_that_fails_is_told_and_the_release_before_serves(self) -> None:
        self.must_release(FIRST)
        said = "migrate: warning: of a package\n  Applying x.0002... \nmigrate: a migration failed: no such table"
        self.engine.tasks["migrate"] = (1, said)
        self.assertEqual(self.release(SECOND), 1)
        self.assertEqual(self.record(SECOND).reason, "migrate: a migration failed: no such table")
        self.assertIn("✗ step migrate: migrate: a migration failed: no such table", self.said.lines)
        self.assertEqual(self.serving(), FIRST)

    def test_the_list_of_what_it_knows_is_not_shown(self) -> None:
        self.must_release(FIRST)
        self.assertIn("  Applying entries.0001_initial... OK", self.said.lines)
        self.assertNotIn("migrate: known", self.said.text)
        self.assertTrue([call for call in self.engine.calls if "--env=MIGRATIONS_REPORT=1" in call])


if __name__ == "__main__":
    unittest.main()
