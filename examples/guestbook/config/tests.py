import importlib
import os
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError
from django.test import SimpleTestCase, TestCase, override_settings

ENVIRONMENT = {
    "SECRET_KEY": "".join(chr(33 + number) for number in range(60)),
    "ALLOWED_HOSTS": "example.org, www.example.org",
    "DATABASE_NAME": "guestbook",
    "DATABASE_USER": "guestbook",
    "DATABASE_PASSWORD": "$ecret`'\"\\",
    "DATABASE_HOST": "database",
}


def production(**changes: str) -> dict[str, object]:
    """The settings of config.settings.prod in an environment of our own."""
    with patch.dict(os.environ, {**ENVIRONMENT, **changes}, clear=True):
        sys.modules.pop("config.settings.prod", None)
        module = importlib.import_module("config.settings.prod")
    return {name: value for name, value in vars(module).items() if name.isupper()}


class OperationsTests(TestCase):
    def test_health_asks_the_database(self) -> None:
        with self.assertNumQueries(1):
            response = self.client.get("/health/")
        self.assertEqual(response.json(), {"status": "ok"})

    def test_health_is_503_without_a_database(self) -> None:
        with (
            patch("config.operations.connection.cursor", side_effect=OperationalError),
            self.assertLogs("config.operations", "ERROR"),
        ):
            self.assertEqual(self.client.get("/health/").status_code, 503)

    def test_health_is_never_redirected(self) -> None:
        names = ("SECURE_SSL_REDIRECT", "SECURE_PROXY_SSL_HEADER")
        settings = production(HTTPS="on")
        exempt = settings["SECURE_REDIRECT_EXEMPT"]
        with override_settings(
            **{name: settings[name] for name in names}, SECURE_REDIRECT_EXEMPT=exempt
        ):
            for scheme in ("http", "https"):
                response = self.client.get(
                    "/health/", headers={"X-Forwarded-Proto": scheme}
                )
                self.assertEqual(response.status_code, 200)
            self.assertEqual(self.client.get("/").status_code, 301)

    @override_settings(RELEASE="41")
    def test_release_names_the_running_one(self) -> None:
        self.assertEqual(self.client.get("/api/release/").json(), {"release": "41"})

    @patch("config.operations.time.sleep")
    def test_slow_waits_within_bounds(self, sleep) -> None:
        self.assertEqual(self.client.get("/api/slow/").json()["seconds"], 2)
        sleep.assert_called_once_with(2)
        sleep.reset_mock()
        for seconds in ("-1", "5.1", "nan", "inf", "soon"):
            response = self.client.get("/api/slow/", {"seconds": seconds})
            self.assertEqual(response.status_code, 400, seconds)
        sleep.assert_not_called()


class ProductionSettingsTests(SimpleTestCase):
    def test_the_deployment_checks_pass_with_and_without_https(self) -> None:
        for https in ("on", "off"):
            settings = production(HTTPS=https)
            # The engine's driver is the deployment's, not this computer's.
            del settings["DATABASES"]
            with self.subTest(https=https), override_settings(**settings):
                found = run_checks(tags=[Tags.security], include_deployment_checks=True)
                self.assertEqual([m for m in found if not m.is_silenced()], [])

    def test_the_database_is_the_environments(self) -> None:
        database = production()["DATABASES"]["default"]
        self.assertEqual(database["PASSWORD"], ENVIRONMENT["DATABASE_PASSWORD"])
        self.assertEqual((database["HOST"], database["PORT"]), ("database", "3306"))

    def test_a_missing_variable_is_named(self) -> None:
        with self.assertRaisesMessage(ImproperlyConfigured, "DATABASE_PASSWORD"):
            production(DATABASE_PASSWORD="")

    def test_collected_file_names_carry_a_hash(self) -> None:
        with (
            tempfile.TemporaryDirectory() as root,
            override_settings(STATIC_ROOT=root, STORAGES=production()["STORAGES"]),
        ):
            call_command("collectstatic", "--noinput", verbosity=0)
            (css,) = Path(root, "entries").glob("guestbook.*.css")
            (svg,) = Path(root, "entries").glob("paper.*.svg")
            self.assertIn(svg.name, css.read_text())


class MigrationTests(TestCase):
    def test_the_models_are_as_the_migrations_say(self) -> None:
        call_command("makemigrations", "--check", "--dry-run", verbosity=0)
