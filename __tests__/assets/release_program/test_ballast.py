"""The reserve of the disk: given up when it is full, made again when there is room."""

import os
import unittest
from unittest.mock import patch

from release_program.commands.jobs import jobs_due
from release_program.parts.disk import look_at_disk
from release_program.parts.storage.ballast import keep_ballast
from support import FIRST, HostCase

MIB = 1 << 20


class Ballast(HostCase):
    def setUp(self) -> None:
        super().setUp()
        for name, most in (("MOST", 1 << 30), ("MOST_FILES", 5000)):
            patched = patch(f"release_program.parts.storage.ballast.{name}", most)
            patched.start()
            self.addCleanup(patched.stop)
        self.host = self.upload(FIRST)
        self.file = self.base / "ballast"

    def look(self, free: int, size: int = 100, files: int = 0, of_files: int = 0) -> None:
        """Cron's look at a disk of so many MiB, and of so many files where there is a number of them."""
        found = os.statvfs_result((1 << 20, 1 << 20, size, free, free, of_files, files, files, 0, 255))
        with patch("release_program.parts.storage.ballast.os.statvfs", lambda _place: found):
            keep_ballast(self.host)

    def test_it_is_made_when_three_times_its_size_is_free(self) -> None:
        self.look(14)
        self.assertFalse(self.file.exists())
        self.look(15)
        self.assertEqual((self.file.stat().st_size, self.file.stat().st_blocks * 512), (5 * MIB, 5 * MIB))
        self.assertEqual([path.name for path in self.base.glob("ballast*")], ["ballast"])

    def count(self) -> int:
        """How many files there are that can be given up."""
        folder = self.base / "ballast-files"
        return len([*folder.iterdir()]) if folder.is_dir() else 0

    def test_the_same_of_files_where_a_disk_holds_a_number_of_them(self) -> None:
        self.look(50, files=149, of_files=1000)
        self.assertEqual(self.count(), 0)
        self.look(50, files=150, of_files=1000)
        self.assertEqual(self.count(), 50)
        self.look(50, files=5, of_files=1000)
        self.assertEqual(self.count(), 50)
        self.look(50, files=4, of_files=1000)
        self.assertEqual((self.count(), self.file.exists()), (0, True))
        problems = "\n".join(look_at_disk(self.host).problems)
        self.assertIn("its reserve of 5 % was given up", problems)
        self.assertIn("du -x --inodes", problems)
        self.look(50, files=54, of_files=1000)
        self.assertIn("reserve", "\n".join(look_at_disk(self.host).problems))
        self.look(50, files=150, of_files=1000)
        self.assertEqual((self.count(), look_at_disk(self.host).problems), (50, []))

    def test_of_a_large_disk_it_is_5000_files(self) -> None:
        self.look(50, files=1 << 20, of_files=1 << 20)
        self.assertEqual(self.count(), 5000)

    def test_files_that_can_not_be_made_are_left_for_the_next_look(self) -> None:
        with patch("release_program.parts.storage.ballast.Path.touch", side_effect=OSError(28, "No space left")):
            self.look(50, files=1000, of_files=1000)
        self.assertEqual([path.name for path in self.base.glob("ballast*")], ["ballast"])
        self.look(50, files=1000, of_files=1000)
        self.assertEqual(self.count(), 50)

    def test_of_a_large_disk_it_is_a_gibibyte(self) -> None:
        with patch("release_program.parts.storage.ballast.os.posix_fallocate") as allocate:
            self.look(1 << 20, size=1 << 20)
        self.assertEqual(allocate.call_args.args[1:], (0, 1 << 30))

    def test_it_is_given_up_when_the_disk_is_full_and_status_says_so_until_there_is_room(self) -> None:
        self.look(50)
        self.look(1)
        self.assertTrue(self.file.exists())
        self.look(0)
        self.assertFalse(self.file.exists())
        problem = "the disk was full at 2026-11-27T10:16:40Z, and its reserve of 5 % was given up: there is no other"
        self.assertEqual([one for one in look_at_disk(self.host).problems if one.startswith(problem)][1:], [])
        self.assertIn(problem, "\n".join(look_at_disk(self.host).problems))
        # What it has left is no room yet.
        self.look(5)
        self.assertFalse(self.file.exists())
        self.look(20)
        self.assertTrue(self.file.exists())
        self.assertNotIn("reserve", "\n".join(look_at_disk(self.host).problems))

    def test_what_can_not_be_made_is_left_for_the_next_look(self) -> None:
        with patch(
            "release_program.parts.storage.ballast.os.posix_fallocate", side_effect=OSError(28, "No space left")
        ):
            self.look(50)
        self.assertEqual([*self.base.glob("ballast*")], [])
        self.look(50)
        self.assertTrue(self.file.exists())

    def test_a_release_makes_it_and_cron_looks_after_it_without_any_job(self) -> None:
        with patch("release_program.parts.storage.ballast.MOST", MIB):
            self.must_release(FIRST)
            self.assertTrue(self.file.exists())
            self.assertIn("jobs-due", self.cron.told)
            self.file.unlink()
            self.assertEqual(jobs_due(self.host), 0)
            self.assertTrue(self.file.exists())

    def test_a_look_that_fails_keeps_no_job_from_its_time(self) -> None:
        with patch("release_program.commands.jobs.keep_ballast", side_effect=OSError(5, "Input/output error")):
            self.must_release(FIRST)
            self.assertEqual(jobs_due(self.host), 0)

    def test_without_cron_a_release_needs_none(self) -> None:
        self.cron.here = False
        self.must_release(FIRST)


if __name__ == "__main__":
    unittest.main()
