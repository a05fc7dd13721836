"""A refresh: the release that serves is made once more, of base images and packages of today."""

import json
import shutil
import unittest
from collections.abc import Mapping
from datetime import timedelta
from unittest.mock import patch

from engine import Become
from release_program import cli
from release_program.base_images import BaseImages, read_base_images, write_base_images
from release_program.commands import day
from release_program.commands.refresh import RefreshOptions, refresh
from release_program.commands.releases import summary
from release_program.commands.rollback import RollbackOptions, rollback
from release_program.failure import Failure, Refusal
from release_program.folders import Folders
from release_program.host import Host
from release_program.refresh.age import too_old
from support import FIRST, SECOND, HostCase

WEB, NGINX, DATABASE, PYTHON = "sha256:web", "sha256:nginx", "sha256:mariadb", "sha256:python"
NAMES = ("nginx:1", "mariadb:11", "python:3")


class RefreshCase(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.must_release(FIRST)
        self.engine.registry = set(NAMES)
        # What the registry has is what is here.
        self.engine.newest = {"nginx:1": NGINX, "mariadb:11": DATABASE, "python:3": PYTHON}

    def upload(
        self, release: str, files: Mapping[str, str] | None = None, changes: Mapping[str, str] | None = None
    ) -> Host:
        # As the real file has it: nginx is another service with another image.
        return super().upload(release, files, changes or {"nginx": "image: ${NGINX_IMAGE:-nginx:1}"})

    def host_of(self, release: str) -> Host:
        host = self.upload(release)
        images = read_base_images(host.folders, release)
        return host.with_base_images(images) if images else host

    def prepare(self) -> list[str]:
        """What the new release's program is started with."""
        host = self.host_of(self.current())
        self.program(self.current(), "")
        with patch("os.execv", side_effect=Become) as execv, self.assertRaises(Become):
            refresh(host, RefreshOptions())
        return list(execv.call_args.args[1])

    def refresh(self) -> tuple[int, str]:
        """The exit status, and the new release."""
        words = self.prepare()[1:]
        name = words[1]
        status = cli.main(words, lambda: self.host_of(name))
        self.engine.served.add(f"sha256:{self.current()}")
        return status, name

    def must_refresh(self) -> str:
        status, name = self.refresh()
        self.assertEqual((status, self.current()), (0, name), self.said.text)
        return name

    def pinned(self, release: str) -> dict[str, str]:
        images = read_base_images(Folders(self.base / "releases" / release), release)
        assert images is not None
        return dict(images.pinned)


class TheRelease(RefreshCase):
    def test_is_that_which_serves_with_its_code_and_its_env(self) -> None:
        env = self.base / "releases" / FIRST / ".env"
        env.write_text("A=1\n")
        env.chmod(0o600)
        name = self.must_refresh()
        folder = self.base / "releases" / name
        self.assertTrue(name.endswith(FIRST.partition("-")[2]))
        self.assertGreater(name, FIRST)
        self.assertEqual((folder / ".env").read_text(), "A=1\n")
        self.assertEqual((folder / ".env").stat().st_mode & 0o777, 0o600)
        self.assertEqual((folder / "context" / "Dockerfile").read_text(), "FROM python")
        record = self.record(name)
        self.assertEqual((record.kind, record.refreshes, record.outcome), ("refresh", FIRST, "served"))

    def test_is_never_one_that_failed_or_waits(self) -> None:
        self.engine.verdict = "crashes"
        self.assertEqual(self.release(SECOND), 1)
        self.engine.verdict = "serves"
        name = self.must_refresh()
        self.assertEqual(self.record(name).refreshes, FIRST)
        with self.assertRaisesRegex(Refusal, "its own program refreshes it"):
            refresh(self.host_of(SECOND), RefreshOptions())

    def test_is_built_without_what_earlier_builds_have_left(self) -> None:
        first = self.engine.made("build")[-1]
        self.assertNotIn("--no-cache", first)
        name = self.must_refresh()
        call = self.engine.made("build")[-1]
        self.assertIn("--no-cache", call)
        fetched = read_base_images(Folders(self.base / "releases" / name), name)
        assert fetched is not None
        self.assertIn(f"--build-arg=REFRESHED={fetched.fetched}", call)
        # A release after it finds these packages in the cache, and not those of before.
        self.must_release("20261128T120000Z-ddddddd")
        call = self.engine.made("build")[-1]
        self.assertNotIn("--no-cache", call)
        self.assertIn(f"--build-arg=REFRESHED={fetched.fetched}", call)

    def test_gives_way_to_one_that_has_come_to_serve_meanwhile(self) -> None:
        words = self.prepare()[1:]
        self.must_release(SECOND)
        self.assertEqual(cli.main(words, lambda: self.host_of(words[1])), 1)
        self.assertEqual(self.current(), SECOND)

    def test_that_fails_leaves_the_one_before(self) -> None:
        self.engine.newest["nginx:1"] = "sha256:newer"
        self.engine.verdict = "crashes"
        status, name = self.refresh()
        self.assertEqual((status, self.current(), self.serving()), (1, FIRST, FIRST))
        self.assertEqual(self.engine.services["shop_nginx"].spec["Image"], "nginx:1")
        self.assertEqual(self.record(name).outcome, "failed")
        # A later release has the images of the one that serves.
        self.engine.verdict = "serves"
        self.must_release(SECOND)
        self.assertEqual(self.pinned(SECOND), {})

    def test_is_the_newest_release_though_the_clock_was_put_back(self) -> None:
        begun = self.must_refresh()
        self.engine.clock.wrong = -timedelta(days=1).total_seconds()
        name = self.must_refresh()
        self.engine.clock.wrong -= 60
        last = self.must_refresh()
        self.assertLess(name, begun)
        self.assertEqual(self.current(), last)
        self.assertEqual(Folders(self.base / "releases" / FIRST).by_age()[0], last)

    def test_is_refused_where_there_is_nothing_to_refresh_or_to_build_from(self) -> None:
        shutil.rmtree(self.base / "releases" / FIRST / "context")
        host = self.host_of(FIRST)
        shutil.rmtree(host.folders.release / "context")
        with self.assertRaisesRegex(Refusal, "was built elsewhere"):
            refresh(host, RefreshOptions())
        (self.base / "current").unlink()
        with self.assertRaisesRegex(Refusal, "no release serves yet"):
            refresh(host, RefreshOptions())


class WhatStays(RefreshCase):
    def test_are_the_releases_of_other_code_however_often_one_is_refreshed(self) -> None:
        self.must_release(SECOND)
        names = []
        for _ in range(7):
            self.engine.clock.sleep(timedelta(days=7).total_seconds())
            names.append(self.must_refresh())
        folders = Folders(self.base / "releases" / FIRST)
        # The last one, the one before it, and older code.
        self.assertEqual(folders.by_age(), [names[-1], names[-2], FIRST])
        later = f"{self.engine.clock.wall() + timedelta(days=1):%Y%m%dT%H%M%SZ}-ddddddd"
        self.must_release(later)
        self.assertEqual(folders.by_age(), [later, names[-1], FIRST])


class BaseImagesOfIt(RefreshCase):
    def test_that_are_as_they_were_replace_no_container(self) -> None:
        before = {name: service.spec for name, service in self.engine.services.items() if name != "shop_web"}
        name = self.must_refresh()
        after = {name: service.spec for name, service in self.engine.services.items() if name != "shop_web"}
        self.assertEqual(after, before)
        self.assertEqual(self.pinned(name), {})

    def test_that_are_newer_are_used_by_their_digests_and_announced(self) -> None:
        self.engine.newest |= {"nginx:1": "sha256:newer", "python:3": "sha256:newest"}
        name = self.must_refresh()
        pinned = {"nginx:1": "nginx:1@sha256:newer", "python:3": "python:3@sha256:newest"}
        self.assertEqual(self.pinned(name), pinned)
        self.assertEqual(self.engine.services["shop_nginx"].spec["Image"], "nginx:1@sha256:newer")
        self.assertIn("plan: nginx is replaced", self.said.text)
        self.assertIn("--build-arg=PYTHON_IMAGE=python:3@sha256:newest", self.engine.made("build")[-1])
        # The name stays with what the containers of before were started from.
        self.assertEqual(self.engine.images["nginx:1"], NGINX)
        # And later releases go on with them.
        spec = self.engine.services["shop_nginx"].spec
        self.must_release("20261128T120000Z-ddddddd")
        self.assertEqual(self.pinned("20261128T120000Z-ddddddd"), pinned)
        self.assertEqual(self.engine.services["shop_nginx"].spec, spec)
        # So does a refresh that finds nothing newer.
        self.engine.clock.sleep(60 * 60 * 48)
        again = self.must_refresh()
        self.assertEqual(self.pinned(again), pinned)
        self.assertEqual(self.engine.services["shop_nginx"].spec, spec)

    def test_of_the_release_before_come_back_with_it(self) -> None:
        self.engine.newest["nginx:1"] = "sha256:newer"
        name = self.must_refresh()
        with patch("os.execv", side_effect=Become) as execv, self.assertRaises(Become):
            rollback(self.host_of(name), RollbackOptions(FIRST))
        words = list(execv.call_args.args[1])[1:]
        self.assertEqual(cli.main(words, lambda: self.host_of(FIRST)), 0, self.said.text)
        self.assertEqual(self.engine.services["shop_nginx"].spec["Image"], "nginx:1")

    def test_that_cannot_be_fetched_refuse_it_before_anything_is_changed(self) -> None:
        self.engine.registry.remove("nginx:1")
        names = sorted(path.name for path in (self.base / "releases").iterdir())
        with self.assertRaisesRegex(Failure, "nginx:1 could not be fetched: manifest unknown. Nothing was changed"):
            refresh(self.host_of(FIRST), RefreshOptions())
        self.assertEqual(sorted(path.name for path in (self.base / "releases").iterdir()), names)
        self.assertEqual(self.current(), FIRST)


class TheRecord(RefreshCase):
    def test_has_the_packages_that_have_changed_and_a_bill_of_all(self) -> None:
        self.engine.newest["nginx:1"] = "sha256:newer"
        self.engine.packages = {
            f"sha256:{FIRST}": "deb/debian openssl 3.5.1-1\ndeb/debian tzdata 2026a\npypi Django 5.2.8",
            NGINX: "deb/debian nginx 1.30.6-2",
            "sha256:newer": "deb/debian nginx 1.30.7-1",
        }
        words = self.prepare()[1:]
        name = words[1]
        self.engine.packages[f"sha256:{name}"] = (
            "deb/debian openssl 3.5.4-1+deb13u1\ndeb/debian tzdata 2026a\npypi Django 5.2.9\npypi sqlparse 0.5.3"
        )
        self.assertEqual(cli.main(words, lambda: self.host_of(name)), 0, self.said.text)
        self.assertEqual(
            self.record(name).packages_changed,
            [
                "web: openssl 3.5.1-1 → 3.5.4-1+deb13u1",
                "web: Django 5.2.8 → 5.2.9",
                "web: sqlparse none → 0.5.3",
                "nginx: nginx 1.30.6-2 → 1.30.7-1",
            ],
        )
        bill = json.loads((self.base / "releases" / name / "sbom.json").read_text())
        self.assertEqual((bill["bomFormat"], bill["specVersion"]), ("CycloneDX", "1.6"))
        urls = [one["purl"] for image in bill["components"] for one in image["components"]]
        self.assertIn("pkg:deb/debian/openssl@3.5.4-1%2Bdeb13u1", urls)
        self.assertIn("pkg:pypi/Django@5.2.9", urls)
        self.assertIn("pkg:deb/debian/nginx@1.30.7-1", urls)
        self.assertEqual(len(urls), len(set(urls)))
        summary(self.host_of(name), name)
        self.assertIn(f"| the same code as | {FIRST} |", self.said.text)
        self.assertIn("| nginx: nginx 1.30.6-2 → 1.30.7-1 |", self.said.text)


class Status(RefreshCase):
    def test_says_when_the_last_refresh_is_older_than_14_days(self) -> None:
        host = self.host_of(FIRST)
        self.assertEqual(too_old(host), [])
        self.engine.clock.sleep(timedelta(days=15).total_seconds())
        (problem,) = too_old(host)
        self.assertRegex(problem, r"are those of 2026-11-27T\S+, 15 days ago \(14 at most\); .*--refresh")
        day.status(host, as_json=False)
        self.assertIn(f"! {problem}", self.said.text)
        self.said.lines.clear()
        day.status(host, as_json=True)
        self.assertIn(problem, json.loads(self.said.text)["problems"])
        self.must_refresh()
        self.assertEqual(too_old(host), [])

    def test_says_so_of_a_host_that_an_older_program_has_released_to(self) -> None:
        (self.base / "releases" / FIRST / "base-images.json").unlink()
        self.must_release(SECOND)
        (problem,) = too_old(self.host_of(SECOND))
        self.assertIn("were not refreshed yet", problem)

    def test_of_a_broken_list_is_that_of_none(self) -> None:
        host = self.host_of(FIRST)
        write_base_images(host.folders, FIRST, BaseImages("yesterday"))
        self.assertEqual(len(too_old(host)), 1)
        host.folders.base_images(FIRST).write_text("{")
        self.assertEqual(len(too_old(host)), 1)


if __name__ == "__main__":
    unittest.main()
