"""A release that is not of the deployment which the host holds is refused, before anything is made or changed."""

import json
import unittest
from dataclasses import replace

from engine import AWAY
from support import FIRST, SECOND, SETTINGS, THIRD, HostCase


class Identity(HostCase):
    def settle(self, **database: object) -> None:
        """A release of before serves, and the next one wants another database."""
        self.must_release(FIRST)
        self.settings = replace(SETTINGS, database=replace(SETTINGS.database, **database))  # type: ignore[arg-type]

    def refused(self, release: str = SECOND) -> str:
        """The reason for which a release is refused, when it has changed nothing."""
        self.engine.calls.clear()
        volumes, services = set(self.engine.volumes), len(self.engine.services)
        self.assertEqual(self.release(release), 1)
        self.assertEqual((set(self.engine.volumes), len(self.engine.services)), (volumes, services))
        changing = {"build", "pull", "load", "tag", "stack", "secret"}
        self.assertEqual([call for call in self.engine.calls if call[0] in changing], [])
        self.assertEqual(self.record(release).step, "identity")
        return self.record(release).reason

    def test_the_first_release_and_the_next_ones_fit(self) -> None:
        for release in (FIRST, SECOND, THIRD):
            self.must_release(release)

    def test_another_name_is_refused_with_the_one_that_is_here(self) -> None:
        self.engine.other_owners = ["bakery", "bakery"]
        self.assertRegex(
            self.refused(FIRST),
            r'^name is "shop" in deployment\.ts, and this host holds the deployment "bakery" with its data; nothing '
            r'was changed\. Write name: "bakery" into deployment\.ts, and release again\..* a folder',
        )

    def test_what_another_name_has_left_beside_stops_nobody(self) -> None:
        self.must_release(FIRST)
        self.engine.other_owners = ["bakery"]
        self.must_release(SECOND)

    def test_another_database_is_refused_with_the_one_that_is_there(self) -> None:
        self.settle(name="store")
        reason = self.refused()
        self.assertIn('database.name is "store", and the data directory holds the database "django"; nothing', reason)
        self.assertIn('Write database: { name: "django" } into deployment.ts', reason)

    def test_the_database_of_the_settings_before_is_named_first(self) -> None:
        self.engine.data["databases"] = ["archive", "django"]
        self.settle(name="store")
        self.write_settings(FIRST, {"database": {"name": "django"}})
        self.assertIn('Write database: { name: "django" }', self.refused())

    def test_another_user_is_refused_as_far_as_the_settings_before_say_it(self) -> None:
        self.settle(user="clerk")
        self.must_release(SECOND)
        self.write_settings(SECOND, {"database": {"user": "django"}})
        self.assertIn('database.user is "clerk", and the database was made for the user "django"', self.refused(THIRD))

    def test_an_older_version_is_refused_whether_it_is_asked_for_or_not(self) -> None:
        self.settle(version="11.4", pinned=True)
        self.assertRegex(self.refused(), r'^database\.version is "11\.4", and the data are of MariaDB 11\.8, .*"11\.8"')
        # Nobody asks for a version any more, and the usual one is older.
        self.settings = replace(SETTINGS, images={**SETTINGS.images, "mariadb": "mariadb:11.4"})
        self.assertIn('database.version is "11.4"', self.refused(THIRD))

    def test_numbers_are_compared_and_not_their_digits(self) -> None:
        self.engine.data["version"] = "11.10"
        self.settle(version="11.9", pinned=True)
        self.assertIn('"11.9"', self.refused())
        self.engine.data["version"] = "9.9"
        self.must_release(THIRD)

    def test_an_image_without_a_number_counts_as_the_version_of_the_settings(self) -> None:
        self.settings = replace(SETTINGS, images={**SETTINGS.images, "mariadb": "mariadb@sha256:0123"})
        self.engine.images["mariadb@sha256:0123"] = "sha256:mariadb"
        self.must_release(FIRST)
        self.must_release(SECOND)

    def test_all_that_does_not_fit_is_told_at_once(self) -> None:
        self.settle(name="store", version="10.11", pinned=True)
        reason = self.refused()
        self.assertTrue("database.name" in reason and "database.version" in reason, reason)

    def test_a_data_directory_where_nothing_was_finished_is_nobodys(self) -> None:
        self.engine.volumes.add("shop-dbdata")
        self.must_release(FIRST)

    def test_what_cannot_be_looked_at_is_told(self) -> None:
        for words in (("volume", "ls"), ("volume", "inspect"), ("run",)):
            with self.subTest(words=words):
                self.engine.before_call = lambda _call: None
                self.release(FIRST)
                self.engine.before_call = lambda call, words=words: AWAY if call[: len(words)] == words else None  # type: ignore[misc]
                self.assertEqual(self.release(SECOND), 1)
                self.assertEqual(self.record(SECOND).step, "identity")
                self.assertEqual(self.current(), FIRST)

    def write_settings(self, release: str, settings: object) -> None:
        path = self.base / "releases" / release / "deploy" / "host" / "settings.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))


if __name__ == "__main__":
    unittest.main()
