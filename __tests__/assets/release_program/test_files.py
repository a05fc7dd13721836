"""The files on the host: records that older programs read, settings, the lock, and what is written in one step."""

import json
import os
import random
import signal
import subprocess
import threading
import time
import unittest
from pathlib import Path
from unittest.mock import patch

from release_program.clock import SystemClock
from release_program.failure import Failure, Refusal, Stopped, TooLate
from release_program.folders import Folders, write_file
from release_program.output import Output
from release_program.parts.lock import ReleaseLock
from release_program.record import Record, read_record
from release_program.settings.file import read_settings
from release_program.settings.model import Schedule
from release_program.settings.word import Value, Word
from release_program.signals import finish_undisturbed, outlive_connection, stop_by_signal, time_limit
from support import FIRST, HostCase, Said

# How release programs of before read a record: one that is gone back to prunes by it, for one.
OLD_FIELD = r"""
field() {
  sed -n -e "s/^  \"$2\": \"\(.*\)\",\{0,1\}$/\1/p" -e "s/^  \"$2\": \([0-9]*\),\{0,1\}$/\1/p" "$1" 2>/dev/null |
    head -n 1
}
receipt_list() { sed -n "s/^  \"$2\": \[\(.*\)\],\{0,1\}$/\1/p" "$1" 2>/dev/null | tr -d '",'; }
for name in release outcome step commit milliseconds probes_sent probes_failed; do field "$1" $name; done
receipt_list "$1" migrations_known
sed -n 's/^    { "step": "\(.*\)", "milliseconds": \([0-9]*\) },\{0,1\}$/| \1 | \2 |/p' "$1"
"""

# Anything that people, Django and Docker may say.
ALPHABET = 'ab "\\/\n\t\r\x00\x1b[31m{}[],:é…\U0001f600\udcff'


IDENTITY = {"name": "d", "user": "u", "version": "11.8", "pinned": False}


class Records(HostCase):
    def test_older_programs_read_them(self) -> None:
        path = self.base / f"{FIRST}.json"
        record = Record(
            FIRST,
            outcome="served",
            step="end",
            reason='a "quoted"\nreason',
            commit="c0ffee",
            milliseconds=1234,
            probes_sent=7,
            probes_failed=1,
            migrations_known=["a.0001", "b.0002"],
            steps=[("space", 1), ("images", 22)],
        )
        record.write(path)
        read = subprocess.run(["bash", "-c", OLD_FIELD, "-", path], capture_output=True, text=True, check=True).stdout
        expected = [
            FIRST,
            "served",
            "end",
            "c0ffee",
            "1234",
            "7",
            "1",
            "a.0001 b.0002",
            "| space | 1 |",
            "| images | 22 |",
        ]
        self.assertEqual(read.split("\n")[:-1], expected)
        self.assertEqual(json.loads(path.read_text())["milliseconds_until_served"], None)

    def test_whatever_is_in_them_is_read_as_it_was(self) -> None:
        chance = random.Random(1)
        path = self.base / f"{FIRST}.json"

        def text() -> str:
            return "".join(chance.choices(ALPHABET, k=chance.randrange(12)))

        for _ in range(100):
            record = Record(
                FIRST,
                reason=text(),
                commit=text(),
                by=text(),
                milliseconds_until_served=chance.choice([None, 5]),
                milliseconds_closed=chance.choice([None, 4]),
                migrations_accepted={text(): text() for _ in range(chance.randrange(3))},
                migrations_applied=[text() for _ in range(chance.randrange(3))],
                steps=[(text(), chance.randrange(9)) for _ in range(chance.randrange(3))],
            )
            record.write(path)
            self.assertEqual(read_record(path), record)

    def test_one_that_can_not_be_read_is_none(self) -> None:
        path = self.base / "x.json"
        for text in ("", "{", "[]", '"text"', "\x00"):
            path.write_text(text)
            self.assertIsNone(read_record(path))
        self.assertIsNone(read_record(self.base / "missing.json"))
        path.write_text('{"outcome": 5, "steps": [1, {"step": 2}], "unknown": {}}')
        self.assertEqual(read_record(path), Record("x"))


class Files(HostCase):
    def test_a_reader_never_sees_half_a_file(self) -> None:
        path = self.base / "file"
        texts = {"a" * 100_000, "b" * 100_000}
        write_file(path, "a" * 100_000)
        ended = threading.Event()

        def write() -> None:
            for _ in range(10):
                for text in sorted(texts):
                    write_file(path, text)
            ended.set()

        thread = threading.Thread(target=write)
        thread.start()
        while not ended.is_set():
            self.assertIn(path.read_text(), texts)
        thread.join()
        self.assertEqual([one.name for one in self.base.iterdir()], ["file"])

    def test_what_a_cut_off_program_left_is_no_obstacle(self) -> None:
        host = self.upload(FIRST)
        (self.base / "salt.next").write_text("half")
        (self.base / ".current").symlink_to("releases/half")
        write_file(self.base / "salt", "whole", 0o600)
        host.folders.make_current()
        self.assertEqual(((self.base / "salt").read_text(), self.current()), ("whole", FIRST))
        self.assertEqual(str((self.base / "current").readlink()), f"releases/{FIRST}")

    def test_releases_are_known_by_their_names(self) -> None:
        for name in ("20260101T000000Z-a", "20270101T000000Z-b", ".20270101T000000Z-c.part", "lost+found"):
            (self.base / "releases" / name).mkdir(parents=True)
        (self.base / "releases" / "2file").touch()
        folders = Folders(self.base / "releases" / "x")
        self.assertEqual(folders.by_age(), ["20270101T000000Z-b", "20260101T000000Z-a"])
        self.assertEqual(folders.current(), "")


class Settings(HostCase):
    def refused(self, text: str, message: str) -> None:
        path = self.base / "settings.json"
        path.write_text(text)
        with self.assertRaisesRegex(Failure, message):
            read_settings(path)

    def test_a_mistake_is_told_with_its_place(self) -> None:
        self.refused("{", "settings.json can't be read")
        self.refused("[]", r"settings.json is \[\], expected an object; make it with make pipeline-files")
        self.refused('{"labels": {}}', "settings.json has no build")
        good = self.good()
        for path, value, message in (
            (("name",), 3, "settings.json: name is 3, expected a text"),
            (("database", "memory"), True, "settings.json: database: memory is true, expected a whole number"),
            (("services",), [3], r"settings.json: services\[0\] is 3, expected an object"),
            (("health", "anyAnswer"), "no", 'settings.json: health: anyAnswer is "no", expected true or false'),
            (("runnerRuleLimit",), "x", 'settings.json: runnerRuleLimit is "x", expected a whole number'),
            (("volumes",), "x", 'settings.json: volumes is "x", expected a list'),
            (
                ("tasks", "migrate", "arguments"),
                [[{"valu": "x"}]],
                r"settings.json: tasks: migrate: arguments\[0\]\[0\] has no value",
            ),
        ):
            broken = json.loads(json.dumps(good))
            place = broken
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = value
            self.refused(json.dumps(broken), message)

    def good(self) -> dict[str, object]:
        return {
            "name": "shop",
            "labels": {"name": "l", "revision": "r", "kind": "k"},
            "images": {"python": "p"},
            "build": {"repository": "shop-web", "arguments": []},
            "volumes": [],
            "database": {"volume": "v", **IDENTITY, "memory": 1, "arguments": []},
            "secrets": {"volume": "s", "files": []},
            "health": {"path": "/", "host": [{"value": "address"}], "anyAnswer": False},
            "steps": ["migrate"],
            "services": [],
            "tasks": {
                "migrate": {
                    "arguments": ["a", ["b=", {"value": "folder"}, "/c"]],
                    "limit": 9,
                    "changesSchema": True,
                    "failure": "",
                    "processesOf": "",
                }
            },
            "jobs": {
                "clean": {
                    "arguments": ["--read-only", [{"value": "image.application"}]],
                    "schedule": {
                        "text": "0 3 * * 1",
                        "minutes": [0],
                        "hours": [3],
                        "days": [1, 2],
                        "months": [1],
                        "weekdays": [1],
                        "eitherDay": False,
                    },
                    "timeLimit": 60,
                    "stopGrace": 30,
                },
                "import": {"arguments": [], "schedule": None, "timeLimit": 1, "stopGrace": 30},
            },
            "runnerRuleLimit": None,
            "holder": [],
        }

    def test_words_keep_what_is_in_them(self) -> None:
        path = self.base / "settings.json"
        path.write_text(json.dumps(self.good()))
        settings = read_settings(path)
        words = settings.tasks["migrate"].arguments
        self.assertEqual(words, (Word(("a",)), Word(("b=", Value("folder"), "/c"))))
        self.assertEqual(words[1].text({"folder": "$(x) 'y'"}), "b=$(x) 'y'/c")
        with self.assertRaisesRegex(
            Failure, 'settings.json asks for "folder", which is not known here; known: address'
        ):
            words[1].text({"address": ""})

    def test_a_schedule_is_read_or_is_missing(self) -> None:
        path = self.base / "settings.json"
        path.write_text(json.dumps(self.good()))
        jobs = read_settings(path).jobs
        schedule = Schedule("0 3 * * 1", (0,), (3,), (1, 2), (1,), (1,), either_day=False)
        self.assertEqual((jobs["clean"].schedule, jobs["clean"].time_limit), (schedule, 60))
        self.assertIsNone(jobs["import"].schedule)
        good = json.dumps(self.good()).replace('"hours": [3]', '"hours": ["3"]')
        self.refused(good, r"settings.json: jobs: clean: schedule: hours\[0\] is \"3\", expected a whole number")


class Lock(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.host = self.upload(FIRST)

    def lock(self) -> ReleaseLock:
        return ReleaseLock(self.host.folders)

    def other(self, seconds: str) -> "subprocess.Popen[bytes]":
        """A release program of before, which has the lock by flock(1)."""
        take = 'exec 9>"$1/lock"; flock --nonblock 9 || exit 3'
        script = f'{take}; echo "x since y, process 1" >"$1/lock.holder"; echo; sleep "$2"'
        process = subprocess.Popen(["bash", "-c", script, "-", self.base, seconds], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        return process

    def test_it_keeps_out_programs_of_before_and_they_keep_it_out(self) -> None:
        with self.lock() as lock:
            lock.take(0, SystemClock(), self.said)
            with self.other("0") as other:
                self.assertEqual(other.wait(), 3)
            self.assertRegex((self.base / "lock.holder").read_text(), rf"^{FIRST} since \S+Z, process {os.getpid()}\n$")
        with self.other("60") as other:
            message = "^a release is at work: x since y, process 1. Wait for it; then type this again.$"
            with self.assertRaisesRegex(Refusal, message), self.lock() as lock:
                lock.take(0, SystemClock(), self.said)
            other.kill()
        # Its `sleep` has the lock as well: descriptors of Bash are inherited.
        subprocess.run(["pkill", "-P", str(other.pid)], check=False)

    def test_it_waits_as_long_as_it_may(self) -> None:
        with self.other("0.5") as other, self.lock() as lock:
            lock.take(30, SystemClock(), self.said)
            self.assertEqual(other.wait(), 0)
        self.assertEqual(self.said.lines, ["waiting: a release is at work: x since y, process 1"])

    def test_the_wait_has_a_limit(self) -> None:
        with self.lock() as first, self.lock() as second:
            first.take(0, SystemClock(), self.said)
            with self.assertRaisesRegex(Refusal, r"and 3 s were not enough. See what it does: tail -f .*\*\.log"):
                second.take(3, self.engine.clock, self.said)

    def test_a_dead_holder_holds_nobody_up_and_children_do_not_inherit_it(self) -> None:
        with self.lock() as lock:
            lock.take(0, SystemClock(), self.said)
            child = subprocess.Popen(["sleep", "60"], close_fds=False)
        self.assertTrue(self.lock().is_free())
        child.kill()
        child.wait()


class Signals(HostCase):
    def test_a_signal_ends_once_and_then_nothing_interrupts(self) -> None:
        stop_by_signal()
        with self.assertRaisesRegex(Stopped, "^it was stopped by hand$"):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)

    def test_a_limit_ends_what_takes_longer_and_leaves_nothing_behind(self) -> None:
        with self.assertRaisesRegex(TooLate, "^it did not end within 0.01 s$"), time_limit(0.01, "it"):
            time.sleep(5)
        with time_limit(0.05, "it"):
            pass
        time.sleep(0.06)
        self.assertEqual(signal.getsignal(signal.SIGALRM), signal.SIG_DFL)

    def test_the_end_of_the_connection_reaches_neither_the_program_nor_what_it_starts(self) -> None:
        outlive_connection()
        finish_undisturbed()
        os.kill(os.getpid(), signal.SIGHUP)
        subprocess.run(["sh", "-c", "kill -HUP $$; exit 0"], check=True)


class Listening(HostCase):
    def test_what_is_said_is_kept_though_nobody_listens(self) -> None:
        reader, writer = os.pipe()
        output = Output(writer)
        output.keep(Path(self.base / "log"))
        output.say("one")
        self.assertEqual(os.read(reader, 9), b"one\n")
        os.close(reader)
        output.say("two")
        output.alarm("three")
        os.close(writer)
        self.assertEqual((self.base / "log").read_text(), "one\ntwo\n\x1b[31mthree\x1b[0m\n")
        output.keep(Path(self.base / "log"))
        output.say("\ud800 no text of Unicode")
        self.assertTrue((self.base / "log").read_text().endswith("? no text of Unicode\n"))

    def test_nobody_holds_a_release_up_who_does_not_read(self) -> None:
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        self.addCleanup(os.close, writer)
        output = Output(writer)
        output.keep(self.base / "log")
        long = "x" * 1_000_000
        with patch("release_program.output.PATIENCE", 0.1), time_limit(5, "what is said"):
            output.say(long)
            output.say("the end")
        self.assertEqual((self.base / "log").read_text(), f"{long}\nthe end\n")
        self.assertLess(len(os.read(reader, 2_000_000)), len(long))

    def test_a_slow_reader_gets_everything(self) -> None:
        reader, writer = os.pipe()
        output = Output(writer)
        thread = threading.Thread(target=output.say, args=("x" * 1_000_000,))
        thread.start()
        time.sleep(0.2)
        found = 0
        while found < 1_000_001:
            found += len(os.read(reader, 65536))
        thread.join()
        os.close(writer)
        self.assertEqual(os.read(reader, 9), b"")
        os.close(reader)

    def test_the_log_of_a_release_that_is_made_again_goes_on(self) -> None:
        for text in ("first", "second"):
            said = Said()
            said.keep(self.base / "log")
            said.say(text)
        self.assertEqual((self.base / "log").read_text(), "first\nsecond\n")


if __name__ == "__main__":
    unittest.main()
