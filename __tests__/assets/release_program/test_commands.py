"""The way back, the lists, the commands of each day, repair-access, and the command line."""

import base64
import io
import json
import os
import shutil
import subprocess
import sys
import unittest
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr
from pathlib import Path
from typing import NoReturn
from unittest.mock import patch

from engine import AWAY, Become
from release_program import cli
from release_program.commands import day
from release_program.commands.releases import releases, summary
from release_program.commands.repair_access import known_secrets, repair_access
from release_program.commands.rollback import RollbackOptions, rollback
from release_program.docker.command import DockerCommand, Result
from release_program.failure import Refusal
from release_program.host import Host
from support import FIRST, SECOND, THIRD, HostCase

PROGRAM = Path(cli.__file__).parent.parent / "release"

# As a release program of before wrote it.
OLD_RECORD = """{
  "release": "%s",
  "kind": "release",
  "outcome": "served",
  "step": "end",
  "reason": "",
  "commit": "c0ffee",
  "by": "ada",
  "image": "sha256:old",
  "began": "2026-11-24T19:05:33Z",
  "ended": "2026-11-24T19:05:53Z",
  "milliseconds": 20123,
  "milliseconds_until_served": 9000,
  "probes_sent": 190,
  "probes_failed": 0,
  "migrations_applied": ["entries.0001_initial"],
  "migrations_known": ["a.0001", "entries.0001_initial"],
  "steps": [
    { "step": "space", "milliseconds": 12 },
    { "step": "images", "milliseconds": 3456 }
  ]
}
"""

NEW_FIELDS = (
    *("milliseconds_closed", "migrations_accepted", "migrations_not_judged"),
    *("refreshes", "packages_changed"),
)


class Rollback(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.must_release(FIRST)
        self.must_release(SECOND)
        for name in (FIRST, SECOND):
            self.program(name, "#!/bin/sh\n")
        self.host = self.upload(SECOND)
        self.between("")

    def between(self, text: str, status: int = 0) -> None:
        self.engine.inside["/opt/deployment/bin/entrypoint"] = Result(status, text.encode())

    def go(self, target: str = "", *, anyway: bool = False) -> Sequence[str]:
        with patch("os.execv", side_effect=Become) as execv, self.assertRaises(Become):
            rollback(self.host, RollbackOptions(target, "ada", anyway))
        words: list[str] = execv.call_args.args[1]
        program = execv.call_args.args[0]
        self.assertEqual(str(program), words[0])
        return words

    def refused(self, message: str, target: str = "", *, anyway: bool = False) -> None:
        with self.assertRaisesRegex(Refusal, message):
            rollback(self.host, RollbackOptions(target, "ada", anyway))

    def test_the_release_before_is_made_by_its_own_program(self) -> None:
        words = self.go()
        program = str(self.base / "releases" / FIRST / "deploy" / "host" / "release")
        self.assertEqual(words, [program, "run", FIRST, "--rollback", "--by", "ada", "--address", "192.0.2.1"])
        self.assertEqual(self.said.lines[-1], "no migration lies between: the code alone goes back")
        call = self.engine.calls[-1]
        self.assertEqual(
            call[2:],
            (
                "/opt/deployment/bin/entrypoint",
                "/opt/deployment/bin/migrations",
                "between",
                "a.0001",
                "entries.0001_initial",
            ),
        )

    def test_a_record_of_before_is_enough(self) -> None:
        (self.base / "receipts" / f"{FIRST}.json").write_text(OLD_RECORD % FIRST)
        self.assertIn(FIRST, self.go())

    def test_migrations_that_fit_are_told(self) -> None:
        self.between("entries.0002_note: fits\nentries.0003_x: fits")
        self.go()
        self.assertEqual(
            self.said.lines[-4:],
            [
                f"migrations of the database that {FIRST} does not know:",
                "  entries.0002_note: fits",
                "  entries.0003_x: fits",
                "the older code works with all of them: the code alone goes back, the schema stays",
            ],
        )

    def test_a_schema_in_the_way_is_refused_unless_it_is_wanted(self) -> None:
        self.between("a.0002: fits\nentries.0003_place: in the way: Add field place to entry")
        self.refused(
            r"the schema stands in the way: 1 of these do not go with the code of .*\n  To take the schema back first"
        )
        self.go(anyway=True)
        self.assertEqual(self.said.lines[-1], "going back all the same; the schema stays as it is")

    def test_what_is_no_way_back_is_refused(self) -> None:
        self.refused(f"^{SECOND} serves already$", SECOND)
        self.refused(f'"{THIRD}" is none of the releases that are kept: {SECOND} {FIRST}', THIRD)
        self.refused('"../x" is none of the releases', "../x")
        self.between("no database", 1)
        self.refused("the migrations could not be compared: no database")
        record = self.base / "receipts" / f"{FIRST}.json"
        record.write_text(record.read_text().replace('"a.0001", "entries.0001_initial"]', "]", 2))
        self.refused(f"there is no release before {SECOND}|has never come as far as its migrations")
        record.unlink()
        self.refused(f"there is no release before {SECOND} to go back to")
        self.refused("has never come as far as its migrations, so nobody knows", FIRST)
        self.between("")
        self.go(FIRST, anyway=True)
        (self.base / "current").unlink()
        self.refused("no release serves yet: there is nothing to go back from")
        self.engine.before_call = lambda _call: AWAY
        self.refused("the Docker engine does not answer")

    def test_without_a_container_to_ask_it_is_refused_unless_it_is_wanted(self) -> None:
        for container in self.engine.containers:
            container.status = "exited"
        self.refused("no release runs that could be asked for the migrations; --anyway goes back without that")
        self.go(anyway=True)

    def test_a_failed_release_is_never_the_one_before(self) -> None:
        self.engine.tasks["nginx-check"] = (1, "nginx: no")
        self.assertEqual(self.release(THIRD), 1)
        self.engine.tasks.clear()
        self.assertIn(FIRST, self.go())


class Lists(HostCase):
    def test_releases_are_listed_with_what_became_of_them(self) -> None:
        host = self.upload(FIRST)
        (self.base / "releases" / FIRST).rename(self.base / "x")
        releases(host, as_json=False)
        self.assertEqual(self.said.lines, ["nothing was released yet"])
        (self.base / "x").rename(self.base / "releases" / FIRST)
        self.must_release(FIRST)
        self.engine.tasks["migrate"] = (1, "migrate: a | b\nsecond line")
        self.assertEqual(self.release(SECOND), 1)
        self.upload(THIRD)
        self.said.lines.clear()
        releases(host, as_json=False)
        self.assertRegex(self.said.lines[0], rf"^{THIRD}  +never begun +0 s  0 probes, 0 failed  $")
        self.assertRegex(
            self.said.lines[1], rf"^{SECOND}  +failed +0 s  \d+ probes, 0 failed  migrate: a \| b second line$"
        )
        self.assertRegex(self.said.lines[2], rf"^{FIRST}  +serves +\d s  ")

    def test_one_that_was_cut_off_says_where_and_one_at_work_says_so(self) -> None:
        self.must_release(FIRST)
        record = self.record(FIRST)
        record.outcome, record.step = "running", "roll"
        record.write(self.base / "receipts" / f"{FIRST}.json")
        (self.base / "current").unlink()
        host = self.upload(FIRST)
        releases(host, as_json=False)
        self.assertRegex(self.said.lines[-1], r"cut off at roll")
        with subprocess.Popen(
            ["flock", str(self.base / "lock"), "sh", "-c", "echo; read x"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as other:
            assert other.stdout is not None
            other.stdout.readline()
            releases(host, as_json=False)
            other.communicate(b"\n")
        self.assertRegex(self.said.lines[-1], r" running ")

    def test_for_programs_they_are_the_records_as_they_are(self) -> None:
        self.upload(FIRST)
        self.must_release(SECOND)
        (self.base / "receipts" / f"{FIRST}.json").write_text(OLD_RECORD % FIRST)
        self.upload(THIRD)
        (self.base / "receipts" / f"{THIRD}.json").write_text("")
        self.said.lines.clear()
        releases(self.upload(SECOND), as_json=True)
        found = json.loads(self.said.text)
        self.assertEqual([one["release"] for one in found], [SECOND, FIRST])
        self.assertEqual(found[1], json.loads(OLD_RECORD % FIRST))
        self.assertEqual([name for name in found[0] if name not in NEW_FIELDS], list(found[1]))

    def test_a_record_of_before_whose_reason_is_no_text_is_listed(self) -> None:
        host = self.upload(FIRST)
        host.folders.records.mkdir()
        # Release programs of before wrote what a container had said, byte for byte.
        record = (OLD_RECORD % FIRST).encode().replace(b'"reason": ""', b'"reason": "caf\xe9"')
        host.folders.record(FIRST).write_bytes(record)
        releases(host, as_json=True)
        self.assertEqual([one["reason"] for one in json.loads(self.said.text)], ["caf\ufffd"])

    def test_a_summary_is_markdown(self) -> None:
        host = self.upload(FIRST)
        (host.folders.records).mkdir()
        host.folders.record(FIRST).write_text(OLD_RECORD % FIRST)
        summary(host, FIRST)
        self.assertEqual(
            self.said.text,
            f"""### Release `{FIRST}`: served

| | |
|---|---|
| commit | `c0ffee` |
| serves after | 20123 ms |
| probes of the public page meanwhile | 190 sent, 0 failed |
| migrations applied | entries.0001_initial |

| step | ms |
|---|---|
| space | 12 |
| images | 3456 |""",
        )
        with self.assertRaisesRegex(Refusal, 'there is no release "x"'):
            summary(host, "x")
        self.engine.tasks["migrate"] = (1, "migrate: a | b")
        self.assertEqual(self.release(SECOND), 1)
        summary(host, SECOND)
        self.assertIn("| failed at the step migrate | migrate: a / b |", self.said.lines)


class Day(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.host = self.upload(FIRST)

    def test_status_says_what_runs(self) -> None:
        self.engine.inside["test"] = Result(1)
        day.status(self.host, as_json=False)
        self.assertEqual(self.said.lines[0], "shop: no release yet serves")
        self.assertEqual(self.said.lines[1], "  database   does not run")
        self.must_release(FIRST)
        self.said.lines.clear()
        day.status(self.host, as_json=False)
        self.assertEqual(self.said.lines[:1], [f"shop: {FIRST} serves"])
        self.assertEqual(self.said.lines[3], "  web        Up 3 seconds (healthy)")
        self.assertRegex(self.said.lines[4], r"^  free       \d+ MiB on the data volume, \d+ % used$")
        del self.engine.inside["test"]
        self.said.lines.clear()
        day.status(self.host, as_json=True)
        found = json.loads(self.said.text)
        self.assertEqual(set(found.pop("disk")), {"free", "percent", "problems", "filledBy"})
        self.assertEqual(
            found,
            {
                "name": "shop",
                "release": FIRST,
                "maintenance": True,
                "services": [
                    {"role": role, "state": "Up 3 seconds (healthy)"} for role in ("database", "nginx", "web")
                ],
                "jobs": [],
                "problems": [],
            },
        )

    def test_status_tells_of_files_that_a_power_cut_has_taken(self) -> None:
        self.must_release(FIRST)
        for words, is_told in (
            ("0 of 9 files are missing or empty; every row was looked at", False),
            ("2 of 9 files are missing or empty; every row was looked at", True),
            ("0 of 9 files are missing or empty; not all rows were looked at", True),
        ):
            expected = [f"after the last boot, {words}; see: release logs web"] if is_told else []
            self.engine.inside["tail"] = Result(0, f"missing-files: {words}\n".encode())
            self.said.lines.clear()
            day.status(self.host, as_json=True)
            self.assertEqual(json.loads(self.said.text)["problems"], expected)
            self.said.lines.clear()
            day.status(self.host, as_json=False)
            told = [line for line in self.said.lines if line.startswith("!")]
            self.assertEqual(told, [f"! {problem}" for problem in expected])

    def becomes(self, call: Sequence[str], command: Callable[..., NoReturn], *words: object) -> None:
        with self.assertRaises(Become) as became:
            command(self.host, *words)
        self.assertEqual(became.exception.args, tuple(call))

    def test_logs_manage_and_shell_become_docker(self) -> None:
        with self.assertRaisesRegex(Refusal, "there is no container of nginx; see: release status"):
            day.logs(self.host, ["nginx"])
        with self.assertRaisesRegex(Refusal, "no container of web runs; see why: release logs"):
            day.manage(self.host, [])
        self.must_release(FIRST)
        (web,), (nginx,) = self.engine.running("web"), self.engine.running("nginx")
        self.becomes(["logs", web.id], day.logs, [])
        self.becomes(["logs", "--tail", "5", "--follow", nginx.id], day.logs, ["nginx", "--tail", "5", "--follow"])
        self.becomes(["logs", "--help", web.id], day.logs, ["--help"])
        with patch("sys.stdin.isatty", lambda: False, create=True):
            self.becomes(
                ["exec", "--interactive", web.id, "/opt/deployment/bin/manage", "shell", "-c", "print('a b')"],
                day.manage,
                ["shell", "-c", "print('a b')"],
            )
        with patch("sys.stdin") as stdin, patch("sys.stdout") as stdout:
            stdin.isatty.return_value = stdout.isatty.return_value = True
            self.becomes(
                ["exec", "--interactive", "--tty", web.id, "/opt/deployment/bin/entrypoint", "sh", "-c", day.SHELL],
                day.shell,
            )

    def test_maintenance_is_a_file_that_nginx_looks_for(self) -> None:
        with self.assertRaisesRegex(Refusal, "nginx does not run"):
            day.maintenance(self.host, on=True)
        self.must_release(FIRST)
        day.maintenance(self.host, on=True)
        self.assertEqual(self.engine.calls[-1][2:], ("sh", "-c", ": >/run/web/maintenance"))
        self.assertEqual(
            self.said.lines[-1], 'every visitor is answered "back soon" now; uploads and static files are served'
        )
        day.maintenance(self.host, on=False)
        self.assertEqual(self.engine.calls[-1][2:], ("rm", "-f", "/run/web/maintenance"))
        self.assertEqual(self.said.lines[-1], "visitors are served again")


class Repair(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.must_release(FIRST)
        self.host = self.upload(FIRST)
        self.said.lines.clear()
        self.calls = len(self.engine.calls)

    def made(self, *words: str) -> list[tuple[str, ...]]:
        return [call for call in self.engine.calls[self.calls :] if set(words) <= set(call)]

    def test_a_database_that_runs_is_told_and_the_passwords_are_stored(self) -> None:
        self.engine.access["set"] = (0, "access: set database_password")
        self.assertEqual(repair_access(self.host, "shop"), 0)
        (renew,) = self.made("--env=SECRETS_DO=renew")
        given = self.engine.given[self.engine.calls.index(renew)].decode()
        root = base64.b64encode(self.engine.stored["database_root_password"]).decode()
        self.assertIn(f"database_root_password {root}\n", given)
        self.assertNotIn("env ", given)
        self.assertTrue(self.made("access", "set") and self.made("--env=SECRETS_DO=adopt"))
        self.assertFalse(self.made("repair"))
        self.assertEqual(
            self.said.lines[-1], "✓ shop can be opened again. Release again, so that every service has the passwords."
        )

    def test_one_that_roots_password_does_not_open_is_stopped_and_started_again(self) -> None:
        self.engine.access["set"] = (3, "access: root's password does not open MariaDB")
        self.assertEqual(repair_access(self.host, "shop"), 0)
        scaled = [call[-1] for call in self.made("service", "scale")]
        self.assertEqual(scaled, ["shop_database=0", "shop_database=1"])
        (repair,) = self.made("repair")
        self.assertIn("# shared\n# repair", repair)
        self.assertEqual(repair[-2:], ("repair", "--skip-name-resolve"))
        self.assertIn("MariaDB stops for a moment", self.said.lines)

    def test_a_repair_that_fails_starts_the_database_again_and_says_that_nothing_is_lost(self) -> None:
        self.engine.access["set"] = (3, "")
        self.engine.tasks["repair"] = (1, "access: MariaDB did not start")
        self.assertEqual(repair_access(self.host, "shop"), 1)
        self.assertEqual(
            self.said.lines[-3:],
            [
                "access: MariaDB did not start",
                "✗ MariaDB could not be given new passwords; the lines above say why",
                "  No data is lost. Type this again: it carries on.",
            ],
        )
        self.assertEqual([call[-1] for call in self.made("service", "scale")][-1], "shop_database=1")
        self.assertEqual(len(self.engine.running("database")), 1)

    def test_a_full_disk_of_this_program_starts_the_database_again_too(self) -> None:
        self.engine.access["set"] = (3, "")

        def full(call: tuple[str, ...]) -> None:
            if "repair" in call:
                raise OSError(28, "No space left on device")

        self.engine.before_call = full
        self.assertEqual(repair_access(self.host, "shop"), 1)
        self.assertEqual(self.said.lines[-1], "  No data is lost. Type this again: it carries on.")
        self.assertIn("No space left on device", self.said.text)
        self.assertEqual([call[-1] for call in self.made("service", "scale")][-1], "shop_database=1")

    def test_whoever_else_works_on_the_data_is_named(self) -> None:
        self.engine.access["set"] = (3, "")
        self.engine.before_call = lambda call: (
            Result(0, b"x\tother\tUp\nh\tshop-holder\tUp\n") if "--filter=volume=shop-dbdata" in call else None
        )
        self.assertEqual(repair_access(self.host, "shop"), 1)
        self.assertIn("these containers still work on the data after 120 s: other", self.said.lines)
        self.assertFalse(self.made("repair"))

    def test_what_is_no_repair_is_refused_with_nothing_changed(self) -> None:
        with self.assertRaisesRegex(Refusal, '"other" was typed, shop was expected; nothing was changed'):
            repair_access(self.host, "other")
        with patch("sys.stdin") as stdin:
            stdin.isatty.return_value = False
            with self.assertRaisesRegex(Refusal, "in a script: release repair-access --name shop"):
                repair_access(self.host, "")
        self.assertIn(
            "This gives access to the database of shop again. No data is deleted or changed.", self.said.lines
        )
        self.engine.has_database = False
        self.assertEqual(repair_access(self.host, "shop"), 1)
        self.assertIn("✗ the volume shop-dbdata holds no database: there is nothing to repair", self.said.lines)
        self.assertFalse(self.made("--env=SECRETS_DO=renew"))

    def test_a_name_may_be_typed(self) -> None:
        with patch("sys.stdin") as stdin, patch("builtins.input", lambda _question: "shop"):
            stdin.isatty.return_value = True
            self.assertEqual(repair_access(self.host, ""), 0)

    def test_without_services_nothing_is_known(self) -> None:
        for container in self.engine.containers:
            container.status = "exited"
        self.assertEqual(known_secrets(self.host), "")


class CommandLine(HostCase):
    def main(self, *words: str) -> tuple[int, str]:
        errors = io.StringIO()
        with redirect_stderr(errors):
            try:
                status = cli.main(words, lambda: self.host)
            except SystemExit as end:
                status = int(end.code or 0)
        return status, errors.getvalue()

    def setUp(self) -> None:
        super().setUp()
        self.host: Host = self.upload(FIRST)

    def test_each_command_does_what_it_says(self) -> None:
        run = ("run", FIRST, "--address", "192.0.2.9", "--commit", "c0ffee", "--by", "", "--wait", "9")
        self.assertEqual(self.main(*run), (0, ""))
        self.assertEqual((self.record(FIRST).commit, (self.base / "address").read_text()), ("c0ffee", "192.0.2.9\n"))
        harmless: tuple[tuple[str, ...], ...] = (
            ("releases",),
            ("releases", "--json"),
            ("status",),
            ("status", "--json"),
            ("summary", FIRST),
            ("maintenance", "on"),
        )
        for words in harmless:
            self.assertEqual(self.main(*words), (0, ""), words)
        self.assertEqual(self.main("run", FIRST, "--rollback")[0], 0)
        self.assertEqual(self.record(FIRST).kind, "rollback")
        self.assertEqual(self.main("repair-access", "--name", "shop")[0], 0)
        for words in (("logs", "--tail", "1"), ("manage", "--help"), ("shell",)):
            with self.assertRaises(Become):
                self.main(*words)

    def test_what_is_refused_has_status_1_and_a_message(self) -> None:
        self.assertEqual(self.main("summary", "x"), (1, '✗ there is no release "x"\n'))
        self.assertEqual(self.main("rollback"), (1, "✗ no release serves yet: there is nothing to go back from\n"))
        self.assertEqual(self.main("run", SECOND)[0], 1)

    def test_a_file_that_is_missing_or_closed_is_one_sentence_and_no_traceback(self) -> None:
        self.must_release(FIRST)
        for words in (("logs",), ("manage", "check"), ("shell",)):
            with patch.object(self.engine, "become", DockerCommand(str(self.base / "docker")).become):
                status, errors = self.main(*words)
            self.assertEqual(status, 1)
            self.assertRegex(errors, r"^✗ \[Errno 2\] No such file or directory.*\n$")
        (self.base / "lock").unlink()
        (self.base / "lock").mkdir()
        self.assertEqual(self.main("run", FIRST)[0], 1)
        self.assertEqual(self.main("repair-access", "--name", "shop")[0], 1)

    def test_wrong_usage_has_status_2(self) -> None:
        for words in (
            (),
            ("no-such",),
            ("run",),
            ("run", FIRST, "--addr", "x"),
            ("maintenance", "maybe"),
            ("rollback", "--by"),
            ("repair-access", "x"),
        ):
            status, errors = self.main(*words)
            self.assertEqual(status, 2, words)
            self.assertIn("usage: release", errors)

    def test_a_mistake_in_the_settings_is_one_clear_message(self) -> None:
        folder = self.base / "releases" / SECOND / "deploy" / "host"
        shutil.copytree(PROGRAM.parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
        environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        for text, message in ((None, "settings.json can't be read"), ("{}", "settings.json has no labels")):
            if text is not None:
                (folder / "settings.json").write_text(text)
            outcome = subprocess.run(
                [folder / "release", "status"], capture_output=True, text=True, env=environment, check=False
            )
            self.assertEqual((outcome.returncode, outcome.stdout), (1, ""))
            self.assertRegex(outcome.stderr, f"^✗ .*{message}.*make it with make pipeline-files.*\n$")
        outcome = subprocess.run(
            [folder / "release", "--help"], capture_output=True, text=True, env=environment, check=False
        )
        self.assertEqual(outcome.returncode, 0)
        self.assertIn("repair-access", outcome.stdout)
        self.assertFalse(list(folder.rglob("__pycache__")), "a release's folder stays as it came")


if __name__ == "__main__":
    unittest.main()
