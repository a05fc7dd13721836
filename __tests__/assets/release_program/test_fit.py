"""Migrations and the release that serves: what the task migrate is told, and what the record keeps."""

import unittest

from release_program.commands.releases import summary
from support import FIRST, SECOND, THIRD, HostCase

TOLD = "--env=MIGRATIONS_SERVING="


class Fit(HostCase):
    def told(self) -> list[str]:
        """What each run of the task was told of the release that serves."""
        words = [word for call in self.engine.calls if "--env=MIGRATIONS_REPORT=1" in call for word in call]
        return [word.removeprefix(TOLD) for word in words if word.startswith(TOLD)]

    def test_a_first_release_is_told_of_nothing_that_serves(self) -> None:
        self.must_release(FIRST)
        self.assertEqual(self.told(), [])

    def test_it_is_told_what_the_release_that_serves_knows_and_not_what_one_knew_that_failed(self) -> None:
        self.must_release(FIRST)
        self.engine.tasks["migrate"] = (0, "  Applying a.0002... OK\nmigrate: known a.0001 a.0002 entries.0001_initial")
        self.engine.verdict = "crashes"
        self.assertEqual(self.release(SECOND), 1)
        self.engine.verdict = "serves"
        self.must_release(THIRD)
        self.assertEqual(self.told(), ["a.0001 entries.0001_initial"] * 2)

    def test_a_record_of_before_that_is_lost_leaves_it_to_the_database(self) -> None:
        self.must_release(FIRST)
        (self.base / "receipts" / f"{FIRST}.json").unlink()
        self.must_release(SECOND)
        self.assertEqual(self.told(), [""])

    def test_the_record_keeps_reasons_also_when_the_release_is_made_again(self) -> None:
        self.must_release(FIRST)
        said = "  Accepted a.0002: at | night: nobody writes\n  Not judged a.0003: Python\n  Applying a.0002... OK"
        self.engine.tasks["migrate"] = (0, said)
        self.must_release(SECOND)
        self.engine.tasks["migrate"] = (0, "  No migrations to apply.")
        host = self.upload(SECOND)
        self.must_release(SECOND)
        record = self.record(SECOND)
        self.assertEqual(record.migrations_accepted, {"a.0002": "at | night: nobody writes"})
        self.assertEqual(record.migrations_not_judged, {"a.0003": "Python"})
        self.assertEqual(summary(host, SECOND), 0)
        self.assertIn("| migration accepted that did not fit | a.0002: at / night: nobody writes |", self.said.text)
        self.assertIn("| migration that nobody could judge | a.0003: Python |", self.said.text)


if __name__ == "__main__":
    unittest.main()
