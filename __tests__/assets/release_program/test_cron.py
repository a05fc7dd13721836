"""The file that cron reads, and what tells one run of the engine from the next."""

import re
import subprocess
import unittest
from functools import partial
from pathlib import Path

import release_program
from release_program.failure import Failure
from release_program.jobs.schedule_file import cron_text
from release_program.machine.cron import SystemCron
from release_program.machine.engine_mark import engine_mark
from release_program.process import run_as_root
from support import FIRST, HostCase

TEMPLATE = Path(release_program.__file__).parent.parent / "cron"


class File(HostCase):
    def made(self, *sudo: str) -> SystemCron:
        folder = self.base / "cron.d"
        folder.mkdir(exist_ok=True)
        # Tests are not root, and own what they make.
        as_root = partial(run_as_root, sudo=sudo or ("env",))
        return SystemCron(folder / "django-deployment", self.base / "cron", as_root, ())

    def test_it_is_written_replaced_and_removed_and_nothing_is_left_beside_it(self) -> None:
        cron = self.made()
        for text in ("one\n", "two\n", "two\n"):
            cron.write(text)
            (file,) = (self.base / "cron.d").iterdir()
            self.assertEqual(
                (file.name, file.read_text(), file.stat().st_mode & 0o777), ("django-deployment", text, 0o644)
            )
            self.assertEqual(cron.text(), text)
        cron.write("")
        self.assertEqual(list((self.base / "cron.d").iterdir()), [])

    def test_what_is_right_needs_no_root(self) -> None:
        self.made().write("one\n")
        self.made("false").write("one\n")
        self.made().write("")
        self.made("false").write("")

    def test_without_root_it_says_what_is_missing_and_the_file_stays(self) -> None:
        self.made().write("one\n")
        refuses = self.base / "sudo"
        refuses.write_text("#!/bin/sh\necho sudo: a password is required >&2\nexit 1\n")
        refuses.chmod(0o755)
        for program, said in ((str(refuses), "sudo: a password is required"), ("/no/sudo", "No such file")):
            with self.assertRaisesRegex(Failure, f"could not be written .*{said}.*see sudo --list"):
                self.made(program).write("two\n")
            self.assertEqual(self.made().text(), "one\n")

    def test_cron_is_there_when_its_program_and_its_folder_are(self) -> None:
        cron = self.made()
        self.assertFalse(cron.is_there())
        (self.base / "cron").write_text("#!/bin/sh\n")
        (self.base / "cron").chmod(0o755)
        self.assertTrue(cron.is_there())
        (self.base / "cron.d").rmdir()
        self.assertFalse(cron.is_there())

    def test_its_lines_ask_for_jobs_and_for_stale_rules_and_none_has_what_cron_takes_for_another_one(self) -> None:
        host = self.upload(FIRST, {"deploy/host/cron": TEMPLATE.read_text()})
        text = cron_text(host)
        lines = [line for line in text.split("\n") if line and not line.startswith("#")]
        # Each is a variable of cron's, or five fields, a user and a command.
        *variables, jobs, rules = lines
        for variable in variables:
            self.assertRegex(variable, r"^[A-Z]+=\S+$")
        self.assertIn('MAILTO=""', variables)
        program = rf"[\w.-]+ {re.escape(str(self.base))}/current/deploy/host/release"
        self.assertRegex(jobs, rf"^\* \* \* \* \* {program} jobs-due ")
        self.assertRegex(rules, rf"^\*/10 \* \* \* \* {program} stale-rules ")
        self.assertNotIn("%", text)
        self.assertNotIn("@", text)
        self.assertTrue(text.endswith("\n"))

    def test_it_is_silent_whatever_serves(self) -> None:
        """Also a release of before, whose program does not know the command, or none."""
        lines = cron_text(self.upload(FIRST, {"deploy/host/cron": TEMPLATE.read_text()})).rstrip("\n").split("\n")[-2:]
        calls = self.base / "calls"
        program = self.program(FIRST, f'#!/bin/sh\necho "$1" | tee -a {calls}\necho unknown command >&2\nexit 2\n')
        for serves in (True, False):
            if serves:
                (self.base / "current").symlink_to(program.parents[2])
            else:
                (self.base / "current").unlink()
            for line in lines:
                done = subprocess.run(["sh", "-c", line.split(" ", 6)[-1]], capture_output=True, check=False)
                self.assertNotEqual(done.returncode, 0)
                self.assertEqual((done.stdout, done.stderr), (b"", b""))
        self.assertEqual(calls.read_text(), "jobs-due\nstale-rules\n")


class Engine(HostCase):
    def machine(self, boot: str, first: str, pid: str = "", engine: str = "") -> Path:
        stat = "{} (a ) b) S " + "0 " * 18 + "{} 0 0\n"
        files = {
            "proc/sys/kernel/random/boot_id": f"{boot}\n",
            "proc/1/stat": stat.format(1, first),
            **({"run/docker.pid": pid, f"proc/{pid}/stat": stat.format(pid, engine)} if pid else {}),
        }
        for name, text in files.items():
            path = self.base / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return self.base

    def test_a_boot_a_restart_of_the_engine_and_one_of_a_machine_in_a_container_change_it(self) -> None:
        marks = [
            engine_mark(self.machine(*words))
            for words in (
                ("a1", "3"),
                ("a1", "3", "700", "90"),
                ("a1", "3", "701", "95"),
                ("a1", "3", "701", "96"),
                ("a1", "4", "701", "96"),
                ("b1", "4", "701", "96"),
            )
        ]
        self.assertEqual(len(set(marks)), len(marks))
        self.assertEqual(engine_mark(self.base), marks[-1])

    def test_it_is_a_word_on_this_machine_too(self) -> None:
        self.assertRegex(engine_mark(), r"^[\w.-]+$")


if __name__ == "__main__":
    unittest.main()
