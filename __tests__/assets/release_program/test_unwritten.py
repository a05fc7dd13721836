"""Images that are not on the disk yet when the machine goes down."""

import unittest

from release_program.docker.command import Result
from release_program.machine.file_system import write_out
from support import FIRST, SECOND, THIRD, HostCase
from test_release import Killed

EMPTIED = ("builder", "prune", "--all", "--force", "--keep-storage=0")


class Unwritten(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.must_release(FIRST)
        self.mark = self.base / "unwritten"

    def killed_at(self, release: str, *words: str) -> None:
        """The release program dies at a call."""

        def kill(call: tuple[str, ...]) -> Result | None:
            if call[: len(words)] == words:
                raise Killed
            return None

        self.engine.before_call = kill
        with self.assertRaises(Killed):
            self.release(release)
        self.engine.before_call = lambda _call: None

    def test_an_image_is_on_the_disk_before_it_has_a_name_or_runs(self) -> None:
        marked: list[bool] = []

        def look(call: tuple[str, ...]) -> None:
            if call[0] in ("build", "tag") or call[:2] == ("stack", "deploy"):
                marked.append(self.mark.exists())

        self.engine.before_call = look
        self.engine.calls.clear()
        self.must_release(SECOND)
        (call,) = self.engine.made("write-out")
        self.assertIn(str(self.base), call)
        first = {call[0]: index for index, call in reversed([*enumerate(self.engine.calls)])}
        self.assertLess(first["build"], first["write-out"])
        self.assertLess(first["write-out"], first["tag"])
        self.assertEqual(marked[:2], [True, False])
        self.assertNotIn(True, marked[1:])

    def test_what_a_power_cut_has_left_of_a_build_is_not_built_on(self) -> None:
        self.killed_at(SECOND, "build")
        self.engine.mark = "boot-2"
        self.must_release(THIRD)
        calls = self.engine.calls
        last = max(index for index, call in enumerate(calls) if call[0] == "build")
        self.assertIn(EMPTIED, calls[:last])
        self.assertIn(("image", "prune", "--force"), calls[:last])
        self.assertIn("the machine went down before all of an image was on its disk", self.said.text)
        self.assertFalse(self.mark.exists())
        self.assertEqual(self.serving(), THIRD)

    def test_an_official_image_that_was_fetched_meanwhile_is_fetched_again_unless_it_is_in_use(self) -> None:
        new, used = "nginx:2", self.settings.images["mariadb"]
        self.engine.registry.add(new)
        self.settings = self.engine.settings = type(self.settings)(
            **{**vars(self.settings), "images": {**self.settings.images, "nginx": new}}
        )
        self.killed_at(SECOND, "build")
        self.assertIn(new, self.mark.read_text())
        self.mark.write_text(self.mark.read_text().replace(new, f'{new}", "{used}'))
        self.engine.mark = "boot-2"
        self.must_release(THIRD)
        self.assertEqual(len(self.engine.made("pull", "--quiet", new)), 2)
        self.assertEqual(self.engine.made("pull", "--quiet", used), [])

    def test_what_a_killed_program_has_left_is_built_on(self) -> None:
        self.killed_at(SECOND, "build")
        self.must_release(THIRD)
        self.assertNotIn(EMPTIED, self.engine.calls)

    def test_a_disk_that_takes_nothing_ends_the_release(self) -> None:
        self.engine.disk_failure = "sync: Input/output error"
        self.assertEqual(self.release(SECOND), 1)
        self.assertIn("could not be written to the disk: sync: Input/output error", self.record(SECOND).reason)
        self.assertTrue(self.mark.exists())
        self.assertEqual(self.serving(), FIRST)

    def test_the_file_systems_of_folders_are_written_out(self) -> None:
        self.assertEqual(write_out([self.base]), "")
        self.assertRegex(write_out([self.base / "missing"]), "No such file")

    def test_a_mark_that_can_not_be_read_is_none(self) -> None:
        self.mark.write_text("{")
        self.must_release(SECOND)
        self.assertFalse(self.mark.exists())


if __name__ == "__main__":
    unittest.main()
