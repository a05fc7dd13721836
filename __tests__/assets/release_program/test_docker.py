"""The command docker: how it is called, its limits, and what is left when it is cut off. A program of ours plays it."""

import os
import signal
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

from engine import missing
from release_program.docker.command import DockerCommand, Result, must
from release_program.docker.containers import Containers
from release_program.docker.images import Images
from release_program.docker.swarm import Swarm
from release_program.failure import DockerError, Stopped, TooLate
from release_program.process import run_as_root
from release_program.signals import stop_afterwards, stop_by_signal, time_limit
from support import HostCase


class Command(HostCase):
    def docker(self, script: str) -> DockerCommand:
        """A docker that is a script of sh; `$calls` is a file for its notes."""
        path = self.base / "docker"
        path.write_text(f"#!/bin/sh\ncalls={self.base}/calls\n{script}\n")
        path.chmod(0o755)
        return DockerCommand(str(path))

    def calls(self) -> str:
        path = self.base / "calls"
        return path.read_text() if path.exists() else ""

    def test_words_input_environment_and_both_outputs(self) -> None:
        docker = self.docker('printf "%s|" "$@"; printf "%s|" "$GIVEN"; cat; echo complaint >&2; exit 3')
        result = docker.call("a b", "", "$(x)", data=b"in\xff\n", environment={"GIVEN": "x y"})
        self.assertEqual(result, Result(3, b"a b||$(x)|x y|in\xff\n", b"complaint\n"))
        self.assertEqual(result.complaint, "complaint")
        merged = self.docker("echo 1; echo 2 >&2; echo 3").call(merged=True)
        self.assertEqual((merged.output, merged.lines), (b"1\n2\n3\n", ["1", "2", "3"]))
        self.assertEqual(self.docker("cat").call().output, b"")

    def test_a_machine_without_the_command_has_no_engine(self) -> None:
        docker = DockerCommand(str(self.base / "missing"))
        self.assertEqual(docker.call("info").status, 127)
        with self.assertRaisesRegex(DockerError, "No such file or directory"):
            Containers(docker).has_volume("shop-secrets")
        self.assertIsNone(Swarm(docker).info())

    def test_a_container_is_started_with_its_input_and_goes_on_without_us(self) -> None:
        docker = self.docker('cat >"$calls.input"; sleep 0.3; echo "$@" >"$calls"')
        began = time.monotonic()
        docker.start_with("j1", b"1\n\xff" * 100_000)
        self.assertLess(time.monotonic() - began, 0.3)
        while not self.calls() and time.monotonic() - began < 5:
            time.sleep(0.02)
        self.assertEqual(self.calls(), "start --attach --interactive j1\n")
        self.assertEqual((self.base / "calls.input").read_bytes(), b"1\n\xff" * 100_000)
        docker._left[0].wait()

    def test_one_that_ends_before_it_has_read_everything_is_no_error_of_ours(self) -> None:
        self.assertEqual(self.docker("exit 0").call(data=b"x" * 1_000_000).status, 0)

    def test_a_call_ends_at_its_limit_with_all_that_it_has_started(self) -> None:
        docker = self.docker('sleep 60 & echo $! >"$calls"; wait')
        began = time.monotonic()
        with self.assertRaisesRegex(DockerError, "^docker service ls did not end within 0.3 s$"):
            docker.call("service", "ls", limit=0.3)
        self.assertLess(time.monotonic() - began, 5)
        self.assert_ended(int(self.calls()))

    def test_a_step_that_ends_ends_its_call(self) -> None:
        docker = self.docker('echo $$ >"$calls"; exec sleep 60')
        with self.assertRaises(TooLate), time_limit(0.3, "the step"):
            docker.call("build")
        self.assert_ended(int(self.calls()))

    def test_a_call_that_can_not_be_cut_off_goes_on_to_its_end_and_then_the_program_ends(self) -> None:
        stop_by_signal()
        docker = self.docker('sleep 0.4; echo ended >"$calls"; echo applied')
        results: list[Result] = []
        told: list[str] = []
        for number in (signal.SIGTERM, signal.SIGINT):
            Path(self.base / "calls").unlink(missing_ok=True)
            stop_by_signal()
            timers = [threading.Timer(after, os.kill, (os.getpid(), number)) for after in (0.1, 0.2)]
            for timer in timers:
                timer.start()
            with self.assertRaises(Stopped), stop_afterwards(lambda: told.append("waits")):
                results.append(docker.call("run", "migrate", data=b""))
            for timer in timers:
                timer.join()
            self.assertEqual(self.calls(), "ended\n")
        self.assertEqual([result.text for result in results], ["applied", "applied"])
        self.assertEqual(told, ["waits", "waits"])

    def test_its_own_limit_ends_even_that_call_and_nothing_interrupts_what_follows(self) -> None:
        stop_by_signal()
        docker = self.docker('echo $$ >"$calls"; exec sleep 60')
        with self.assertRaises(TooLate), stop_afterwards(lambda: None), time_limit(0.3, "the step"):
            docker.call("run", "migrate")
        self.assert_ended(int(self.calls()))
        os.kill(os.getpid(), signal.SIGTERM)

    def test_a_failure_in_it_is_told_and_a_signal_after_it_counts_again(self) -> None:
        stop_by_signal()
        with self.assertRaisesRegex(DockerError, "no"), stop_afterwards(lambda: None):
            raise DockerError("no")
        with self.assertRaises(Stopped):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)

    def test_root_s_programs_say_why_they_fail(self) -> None:
        for script, reason in (
            ("exit 0", ""),
            ("echo all is well", ""),
            ("echo 1; echo 2; echo; echo why >&2; exit 3", "2; why"),
            ("exit 3", "sh ended with status 3"),
            ("echo part; sleep 60", "sh did not end within 0.3 s"),
        ):
            limit = 0.3 if "sleep" in script else 9
            self.assertEqual(run_as_root(["sh", "-c", script], limit, sudo=["env"]), reason, script)
        self.assertRegex(run_as_root(["true"], 9, sudo=["/no/sudo"]), "No such file or directory: '/no/sudo'")

    def assert_ended(self, process: int) -> None:
        for _ in range(100):
            state = Path(f"/proc/{process}/stat")
            if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
                return
            time.sleep(0.02)
        self.fail(f"process {process} still runs")

    def test_lines_are_heard_while_they_are_said(self) -> None:
        heard: list[str] = []
        docker = self.docker("echo one; echo two >&2; printf three; exit 4")
        self.assertEqual(docker.follow("build", hear=heard.append, environment={}, limit=9), 4)
        self.assertEqual(heard, ["one", "two", "three"])
        docker = self.docker("echo one; sleep 60")
        with self.assertRaisesRegex(TooLate, "^docker build did not end within 0.3 s$"):
            docker.follow("build", hear=heard.append, environment={}, limit=0.3)
        self.assertEqual(heard[-1], "one")

    def test_a_container_that_is_cut_off_is_not_left_at_work(self) -> None:
        begin = 'case $w in --cidfile=*) echo c0ffee >"${w#*=}"; sleep 60 ;; esac'
        script = f'echo "$1 $2 $3" >>"$calls"; for w; do {begin}; done'
        containers = Containers(self.docker(script))
        with self.assertRaises(DockerError):
            containers.run("image", limit=0.3)
        self.assertTrue(self.calls().endswith("rm --force c0ffee\n"))

    def test_a_paused_container_goes_on_though_this_program_is_gone(self) -> None:
        self.docker('echo "$@" >>"$calls"')
        source = f"""
import os, signal, sys
sys.path[:0] = {sys.path!r}
from release_program.docker.command import DockerCommand
DockerCommand({str(self.base / "docker")!r}).unpause_later("c0ffee", 0)
os.kill(os.getpid(), signal.SIGKILL)
"""
        outcome = subprocess.run([sys.executable, "-B", "-c", source], check=False, stderr=subprocess.PIPE)
        self.assertEqual((outcome.returncode, outcome.stderr), (-signal.SIGKILL, b""))
        for _ in range(200):
            if self.calls():
                break
            time.sleep(0.02)
        self.assertEqual(self.calls(), "unpause c0ffee\n")

    def test_the_process_becomes_the_command(self) -> None:
        # As with every program, the end of a reader ends it.
        self.docker('(kill -PIPE $(sh -c "echo \\$PPID"); echo "deaf to SIGPIPE"); echo "$$ $*"')
        source = f"""
import os, sys
sys.path[:0] = {sys.path!r}
from release_program.docker.command import DockerCommand
print(os.getpid(), end=" ", flush=True)
DockerCommand({str(self.base / "docker")!r}).become("logs", "x")
"""
        said = subprocess.run([sys.executable, "-B", "-c", source], check=True, capture_output=True, text=True).stdout
        self.assertRegex(said, r"^(\d+) \1 logs x\n$")


class Answers(unittest.TestCase):
    def test_what_the_engine_does_not_have_is_told_from_an_engine_that_does_not_answer(self) -> None:
        for text in (
            "Error: No such image: x",
            "Error response from daemon: service x not found",
            "Error: no such service: x",
            "Error response from daemon: get x: no such volume",
            "Error response from daemon: secret x not found",
        ):
            self.assertTrue(Result(1, b"[]", text.encode()).is_missing, text)
        for text in (
            "Cannot connect to the Docker daemon",
            "failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if "
            "the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory",
            'Failed to initialize: unable to resolve docker endpoint: context "x": context not found: open '
            "/root/.docker/contexts/meta/1/meta.json: no such file or directory",
            "[Errno 2] No such file or directory: 'docker'",
        ):
            self.assertFalse(Result(1, b"", text.encode()).is_missing, text)
        self.assertTrue(missing("volume").is_missing)
        with self.assertRaisesRegex(DockerError, "^docker volume inspect x: it ended with status 1$"):
            must(Result(1), "volume", "--format", "inspect", "x")
        with self.assertRaisesRegex(DockerError, "^docker run python:3: complaint$"):
            must(Result(1, b"", b"complaint"), "run", "--rm", "python:3", "-c", "import sys; sys.exit()")

    def test_an_engine_that_is_away_is_no_missing_volume(self) -> None:
        class Away(DockerCommand):
            def call(self, *_words: str, **_options: object) -> Result:
                return Result(1, b"", b"Cannot connect to the Docker daemon")

        for ask in (
            Containers(Away()).has_volume,
            Swarm(Away()).service,
            Swarm(Away()).has_secret,
            Images(Away()).find,
            Containers(Away()).details,
        ):
            with self.assertRaisesRegex(DockerError, "Cannot connect"):
                ask("x")
        self.assertIsNone(Swarm(Away()).info())

    def test_an_older_command_that_says_nothing_of_its_engine_is_understood(self) -> None:
        given: list[object] = []

        class Older(DockerCommand):
            def call(self, *words: str, **options: object) -> Result:
                if words == ("stack", "deploy", "--help"):
                    return Result(0, b"Usage: --compose-file")
                assert words[0] == "info" or "--detach=true" not in words
                given.append((words[-3:], options.get("data")))
                return Result(0, b'{"ServerErrors": ["x"], "Swarm": {"LocalNodeState": ""}, "DockerRootDir": ""}')

        self.assertIsNone(Swarm(Older()).info())
        with TemporaryDirectory() as folder:
            file = Path(folder, "stack.yaml")
            file.write_text("services: {}\n", encoding="utf-8")
            self.assertTrue(Swarm(Older()).deploy("shop", file, {}).ok)
        # It takes no file without a version.
        self.assertEqual(given[-1], (("--compose-file", "-", "shop"), b'version: "3.9"\nservices: {}\n'))


if __name__ == "__main__":
    unittest.main()
