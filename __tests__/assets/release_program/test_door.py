"""The program that the deploy key may call (assets/host/door), and the one that restricts the key to it."""

import contextlib
import io
import os
import random
import shlex
import subprocess
import sys
import unittest
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from unittest import mock

HOST = Path(__file__).resolve().parents[3] / "assets" / "host"
DOOR = "/usr/local/lib/django-deployment/door"
ID = "20261124T190533Z-1a2b3c4"
RSYNC = ("--server", "-lprcze.iLsfxCIvu", "--timeout=60", "--delete", "--stats", "--partial")


def load(name: str) -> ModuleType:
    loader = SourceFileLoader(name.replace("-", "_"), str(HOST / name))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    with mock.patch.object(sys, "dont_write_bytecode", True):
        loader.exec_module(module)
    return module


door = load("door")
restrict = load("restrict-key")


class Became(Exception):
    pass


class DoorTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name, "srv")
        self.releases = self.folder / "releases"
        self.release = self.releases / ID
        self.part = self.releases / f".{ID}.part"
        self.releases.mkdir(parents=True)
        self.became: list[str] = []

    def forced(self, line: str) -> int:
        """What sshd does with a line that ssh was given."""
        self.became, self.said = [], io.StringIO()

        def become(_program: str, words: list[str]) -> None:
            self.became = words
            raise Became

        options = ["--folder", str(self.folder), "--status", str(self.folder / "status"), "--forced"]
        with (
            mock.patch.dict(os.environ, {"SSH_ORIGINAL_COMMAND": line}),
            mock.patch("os.execvp", become),
            mock.patch("os.umask"),
            contextlib.redirect_stderr(self.said),
            contextlib.redirect_stdout(self.said),
        ):
            try:
                return int(door.main(options))
            except Became:
                return 0

    def serve(self) -> None:
        program = self.release / "deploy/host/release"
        program.parent.mkdir(parents=True)
        program.touch(0o755)
        (self.folder / "current").symlink_to(f"releases/{ID}")

    def test_words_reach_the_release_program_as_they_were(self) -> None:
        self.serve()
        words = ["manage", "shell", "-c", "print('a b'); $(reboot) `id`\n\"x\" ü"]
        self.assertEqual(self.forced(shlex.join([DOOR, *words])), 0)
        self.assertEqual(self.became, [f"{self.folder}/current/deploy/host/release", *words])

    def test_each_verb_of_the_release_that_serves(self) -> None:
        self.serve()
        for verb in door.OF_THE_RELEASE:
            self.assertEqual(self.forced(f"{verb} x"), 0)
            self.assertEqual(self.became[1:], [verb, "x"])

    def test_the_release_that_serves_is_told_with_its_commit_and_nothing_else(self) -> None:
        self.assertEqual(self.forced("served"), door.THERE_OR_NOT)
        self.release.mkdir()
        (self.folder / "current").symlink_to(f"releases/{ID}")
        (self.folder / "receipts").mkdir()
        commit = "0123456789abcdef0123456789abcdef01234567"
        for text, told in (
            (f'{{"commit": "{commit}"}}', commit),
            ('{"commit": "a; id"}', ""),
            ('{"commit": "local"}', ""),
            ("[]", ""),
            ("no JSON", ""),
        ):
            (self.folder / "receipts" / f"{ID}.json").write_text(text)
            self.assertEqual((self.forced("served"), self.said.getvalue()), (0, f"{ID} {told}\n"), text)

    def test_a_run_is_told_no_more_than_it_needs(self) -> None:
        self.serve()
        told = ["--address", "192.0.2.1", "--commit", "1a2b", "--by", "bot[$(x)] 'a'", "--wait", "900"]
        self.assertEqual(self.forced(shlex.join(["run", ID, *told])), 0)
        self.assertEqual(self.became[1:], ["run", ID, *told])
        for wrong in (
            ["--rollback"],
            ["--wait", "-1"],
            ["--by", "a\nb"],
            ["--address", "a b"],
            ["--commit", "../x"],
            ["--wait", "1", "--wait", "2"],
        ):
            self.assertEqual(self.forced(shlex.join(["run", ID, *wrong])), 64, wrong)
            self.assertEqual(self.became, [])

    def test_no_release_is_said_by_a_status_of_its_own(self) -> None:
        self.assertEqual(self.forced("has-release"), 3)
        self.serve()
        self.assertEqual(self.forced("has-release"), 0)

    def test_an_upload_goes_into_its_folder_whatever_rsync_was_told(self) -> None:
        self.assertEqual(self.forced(f"upload-begin {ID}"), 0)
        for target in (".", "/home/ubuntu/.ssh/", "../../x", "~"):
            self.assertEqual(self.forced(shlex.join(["upload", ID, *RSYNC, "--link-dest", "/etc", ".", target])), 0)
            self.assertEqual(self.became, ["rsync", *RSYNC, "--link-dest=../../current/", ".", f"{self.part}/"])

    def test_rsync_does_nothing_but_receive(self) -> None:
        self.forced(f"upload-begin {ID}")
        for words in (
            ("--server", "--sender", RSYNC[1], ".", "/etc"),
            ("--daemon",),
            ("--server", RSYNC[1], "--remove-source-files", ".", "x"),
            ("--server", RSYNC[1], "--temp-dir=/etc", ".", "x"),
            ("--server", RSYNC[1], "--log-file=/home/ubuntu/.bashrc", ".", "x"),
            ("--server", RSYNC[1], "--backup-dir=/etc", ".", "x"),
            ("--server", RSYNC[1], "--partial-dir", "/etc", ".", "x"),
            ("--server", RSYNC[1], "--copy-dest=/etc", ".", "x"),
            ("--server", RSYNC[1], "--files-from=/etc/passwd", ".", "x"),
            # K: links to folders are followed; s: the words come by standard input; D: devices.
            ("--server", "-lprczKe.iLsfxCIvu", ".", "x"),
            ("--server", "-lprczse.iLsfxCIvu", ".", "x"),
            ("--server", "-lDprcze.iLsfxCIvu", ".", "x"),
            ("--server", RSYNC[1], "x", "y", ".", "x"),
            (),
        ):
            self.assertEqual(self.forced(shlex.join(["upload", ID, *words])), 64, words)
            self.assertEqual(self.became, [])

    def test_an_upload_that_holds_what_no_release_has_becomes_none(self) -> None:
        def make(path: str) -> Path:
            file = self.part / path
            file.parent.mkdir(parents=True, exist_ok=True)
            return file

        (self.folder / "current").symlink_to("x")

        def give_right() -> None:
            make("context/x").touch()
            make("context/x").chmod(0o4755)

        wrong: dict[str, Callable[[], None]] = {
            "a link to the program": lambda: make("deploy/host/release").symlink_to("/bin/sh"),
            "a link to a folder": lambda: make("context").symlink_to("/etc"),
            "a pipe": lambda: os.mkfifo(make("deploy/pipe")),
            "another file": lambda: make("served.json").touch(),
            "a right": give_right,
        }
        for name, do in wrong.items():
            with self.subTest(name):
                self.assertEqual(self.forced(f"upload-begin {ID}"), 0)
                do()
                self.assertEqual(self.forced(f"upload-end {ID}"), 64)
                self.assertFalse(self.release.exists())
                subprocess.run(["rm", "-r", self.part], check=True)

    def test_the_links_of_a_project_travel(self) -> None:
        self.forced(f"upload-begin {ID}")
        (self.part / "context/app").mkdir(parents=True)
        (self.part / "context/app/link").symlink_to("../../../../etc/passwd")
        self.assertEqual(self.forced(f"upload-end {ID}"), 0)
        self.assertTrue((self.release / "context/app/link").is_symlink())
        # Asked again after a lost answer.
        self.assertEqual(self.forced(f"upload-end {ID}"), 0)
        self.assertEqual(self.forced(f"upload-begin {ID}"), 3)
        self.assertEqual(self.forced(shlex.join(["upload", ID, *RSYNC, ".", "."])), 64)

    def test_a_folder_that_is_a_link_takes_no_upload(self) -> None:
        self.part.symlink_to(self.folder)
        self.assertEqual(self.forced(shlex.join(["upload", ID, *RSYNC, ".", "."])), 64)

    def test_a_folder_that_is_somebody_elses_is_refused_with_the_command_that_mends_it(self) -> None:
        for foreign in (self.folder, self.releases):
            with mock.patch("os.access", lambda path, _mode, foreign=foreign: path != foreign):
                self.assertEqual(self.forced(f"'{DOOR}' upload-begin {ID}"), 64)
            self.assertRegex(
                self.said.getvalue(),
                rf"{foreign} can't be written by (\w+), .* sudo chown -R \1:\1 {self.folder}\n$",
            )
        self.assertFalse(self.part.exists())

    def test_older_versions_of_the_program_are_told_what_to_do(self) -> None:
        base = str(self.folder)
        self.assertEqual(self.forced(f"cat {base}/status "), 0)
        self.assertRegex(self.said.getvalue(), "^failed: ssh: .*make pipeline-files")
        self.assertEqual(self.forced(f"test -e {base}/current"), 0)
        for line in (
            f"{base}/releases/{ID}/deploy/host/release run {ID} --address x",
            f"env RELEASES={base}/releases PART=x ID={ID} bash -s",
            f"rsync --server -lprcze.iLsfxCIvu . {base}/releases/.{ID}.part/",
            f"{base}/current/deploy/host/release status",
        ):
            self.assertEqual(self.forced(line), 64)
            self.assertIn("make pipeline-files", self.said.getvalue())
            self.assertEqual(self.became, [])

    def test_everything_else_is_refused(self) -> None:
        self.serve()
        for line in (
            "",
            "bash",
            "sh -c id",
            "id; host-status",
            "host-status; id",
            "host-status\nid",
            "host-status $(id)",
            "`id`",
            "scp -t /tmp",
            "/usr/lib/openssh/sftp-server",
            "internal-sftp",
            "rrsync /",
            "jobs-due",
            "open",
            "do_run",
            "places",
            "summary ../../x",
            f"run ../{ID}",
            f"summary {ID}/../../..",
            f"upload-begin {ID}\n",
            f"upload-begin '{ID}\n'",
            "'",
            '"host-status',
            f"{DOOR} --folder / host-status",
            f"{DOOR} --forced",
            "--folder / host-status",
        ):
            status = self.forced(line)
            if line.strip() == f"upload-begin {ID}":
                # A line's end is no word.
                self.assertEqual(status, 3)
                continue
            self.assertEqual(status, 64, line)
            self.assertEqual(self.became, [], line)

    def test_no_line_does_more_than_the_verbs(self) -> None:
        self.serve()
        seed = random.randrange(2**32)
        dice = random.Random(seed)
        words = [
            *(ID, "20261124T190533Z-new", "run", "summary", "upload", "upload-begin", "upload-end", "host-status"),
            *("../x", "/etc/passwd", "--address", "--by", "--wait", ".", "--server", RSYNC[1], "--delete", "--sender"),
            *("$(id)", "`id`", ";", "|", "&&", "'", '"', "\\", "\n", "\t", "\x00", "ü", "\udcff", "~", "*", "-", ""),
            *(DOOR, "status", "logs", "bash", str(self.folder), "--rsync-path=x", "${IFS}", "#"),
        ]
        program = f"{self.release}/deploy/host/release"
        current = f"{self.folder}/current/deploy/host/release"
        for _ in range(int(os.environ.get("RANDOM_RUNS", "8")) * 400):
            count = dice.randrange(8)
            line = dice.choice(("", " ", " ")).join(dice.choice(words) for _ in range(count)).replace("\x00", "")
            message = f"seed {seed}: {line!r}"
            status = self.forced(line)
            self.assertIn(status, (0, 1, 3, 64), message)
            if not self.became:
                continue
            first, rest = self.became[0], self.became[1:]
            if first == current:
                self.assertIn(rest[0], door.OF_THE_RELEASE, message)
            elif first == "rsync":
                self.assertEqual(rest[-2], ".", message)
                self.assertRegex(rest[-1], rf"^{self.releases}/\.[0-9]{{8}}T[0-9]{{6}}Z-\w+\.part/$", message)
                self.assertNotIn("--sender", rest, message)
            else:
                self.assertEqual(first, program, message)
                self.assertIn(rest[0], ("run", "summary"), message)
        outside = {path.name for path in self.folder.parent.iterdir()} - {"srv"}
        self.assertEqual(outside, set())
        # By an upload of nothing there may be a release more.
        self.assertLessEqual({path.name for path in self.folder.iterdir()}, {"releases", "current"})


class RestrictKeyTest(unittest.TestCase):
    OURS = "AAAAC3ours"
    LINE = f"{restrict.OPTIONS} ssh-ed25519 {OURS} comment\n"

    def test_the_line_of_the_key_and_no_other_changes(self) -> None:
        others = (
            '# ssh-ed25519 AAAAC3ours\n\nssh-rsa AAAAB3other "x"\n'
            'from="192.0.2.0/24",command="echo ssh-ed25519 AAAAC3ours" ssh-ed25519 AAAAC3third me'
        )
        for text, expected in (
            (f"ssh-ed25519 {self.OURS} comment\n{others}", self.LINE + others),
            (f"{others}\nssh-ed25519 {self.OURS} comment", f"{others}\n{self.LINE}"),
            (f"{others}\n", f"{others}\n"),
            (
                f'no-pty,from="192.0.2.1" ssh-ed25519 {self.OURS}\n',
                f'from="192.0.2.1",{restrict.OPTIONS} ssh-ed25519 {self.OURS}\n',
            ),
            (f"ssh-ed25519 {self.OURS}x\n", f"ssh-ed25519 {self.OURS}x\n"),
            ("", ""),
        ):
            self.assertEqual(restrict.restricted(text, self.OURS), expected)
            # A second time nothing changes.
            self.assertEqual(restrict.restricted(expected, self.OURS), expected)

    def call(self, text: str, *words: str, says: str = "") -> tuple[int, str]:
        with TemporaryDirectory() as folder:
            file = Path(folder, "authorized_keys")
            file.write_text(text)
            file.chmod(0o600)
            before = file.stat()
            ended = subprocess.run(
                [str(HOST / "restrict-key"), str(file), *words],
                input=f"ssh-ed25519 {self.OURS} comment\n{says}",
                capture_output=True,
                text=True,
                check=False,
            )
            after = file.stat()
            self.assertEqual((before.st_mode, before.st_uid), (after.st_mode, after.st_uid))
            self.assertEqual([path.name for path in Path(folder).iterdir()], ["authorized_keys"])
            return ended.returncode, file.read_text()

    def test_the_last_key_that_opens_a_shell_stays(self) -> None:
        text = f"ssh-ed25519 {self.OURS} comment\n"
        self.assertEqual(self.call(text), (3, text))
        other = "ssh-ed25519 AAAAC3mine\n"
        forced = 'command="x" ssh-ed25519 AAAAC3backup\n'
        self.assertEqual(self.call(text + forced), (3, text + forced))
        self.assertEqual(self.call(text + other), (0, self.LINE + other))
        self.assertEqual(self.call(text, "--session-manager"), (0, self.LINE))

    def test_it_is_put_back_unless_it_is_said_to_work(self) -> None:
        text = f"ssh-ed25519 {self.OURS} comment\n"
        tried = ("--session-manager", "--try", "0.2")
        self.assertEqual(self.call(text, *tried), (1, text))
        self.assertEqual(self.call(text, *tried, says="no\n"), (1, text))
        self.assertEqual(self.call(text, *tried, says="keep\n"), (0, self.LINE))


if __name__ == "__main__":
    unittest.main()
