"""Runs steps in the project as its own manage.py would set it up."""

import contextlib
import os
import runpy
import sys
import traceback

import deployment_exposure
from deployment_progress import start as progress
from deployment_schema import defaults, forgotten, locks, sessions

# Modules that Python had once, by the last version with them.
REMOVED_MODULES = {
    "3.11": ("asynchat", "asyncore", "distutils", "imp", "smtpd"),
    "3.12": ("aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "lib2to3", "mailcap", "msilib", "nis", "nntplib",
             "ossaudiodev", "pipes", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib"),
}


def manage(*steps):
    """Runs the steps inside the project's manage.py.

    Many projects prepare something there (a path, a default), so it is executed as it is; only the
    function that it ends in, Django's command line, is ours. One process for all steps: each
    `manage.py …` would load the project again.
    """
    try:
        from django.core import management
    except Exception as error:
        traceback.print_exc()
        sys.exit(f"migrate: Django can't be loaded: {type(error).__name__}: {error}{_hint_for_import(error)}")

    ran = []

    def run(argv=None):
        ran.append(True)
        _set_up()
        for step in steps:
            step()

    original, management.execute_from_command_line = management.execute_from_command_line, run
    sys.path.insert(0, os.getcwd())
    try:
        if os.path.exists("manage.py"):
            sys.argv = ["manage.py", "migrate"]
            runpy.run_path("manage.py", run_name="__main__")
        if not ran:
            run()
    finally:
        management.execute_from_command_line = original


def _set_up():
    """Loads settings and applications; what goes wrong here is the project's or its environment's."""
    import django
    from django.conf import settings

    module = os.environ.get("DEPLOYMENT_SETTINGS_BASE") or os.environ.get("DJANGO_SETTINGS_MODULE")
    try:
        settings.INSTALLED_APPS
        django.setup()
    except Exception as error:
        traceback.print_exc()
        hint = ""
        if isinstance(error, KeyError) or type(error).__name__ == "ImproperlyConfigured":
            hint = "\n  A value that it reads from the environment belongs into .env, or into `environment` in deployment.ts."
        elif isinstance(error, ModuleNotFoundError):
            hint = _hint_for_import(error)
        elif isinstance(error, OSError) and error.errno == 30:
            hint = ("\n  The container's root is read-only. Log to the console instead of a file; what must be kept"
                    "\n  goes to the media folder or the database, what needn't to /tmp.")
        sys.exit(f"migrate: the settings {module} can't be loaded: {type(error).__name__}: {error}{hint}")


def _hint_for_import(error):
    """What to do about a module that can't be imported; empty when nobody knows."""
    name = getattr(error, "name", None)
    if not isinstance(error, ModuleNotFoundError) or not name:
        return ""
    if name == "django":
        return "\n  It is missing from the project's requirements file: add a line with Django to that."
    for version, modules in REMOVED_MODULES.items():
        if name.split(".")[0] in modules:
            return (f"\n  Python {version} is the last that has {name}. Write project: {{ python: \"{version}\" }} in deployment.ts,"
                    "\n  or a newer version of what imports it (see above) into the project's requirements file.")
    return f"\n  If {name} is a package from PyPI, it is missing from the project's requirements file."


def check(production=True):
    """The settings agree with what the deployment serves; then Django's own checks.

    production: whether everybody will see the pages, and not their developer alone.
    """
    import django
    from django.conf import settings
    from django.core.management import CommandError, call_command

    problems = deployment_exposure.problems(settings) if production else []
    for warning in deployment_exposure.warnings(settings) if production else []:
        print(f"migrate: warning: {warning}", flush=True)
    engine = settings.DATABASES.get("default", {}).get("ENGINE", "")
    if not engine.endswith("mysql"):
        problems.append(
            f"DATABASES['default'] uses {engine or 'nothing'}; the deployment's database is MariaDB "
            "(django.db.backends.mysql). Set `project: { overlay: true }` in deployment.ts, or read DATABASE_HOST, "
            "DATABASE_PORT, DATABASE_NAME, DATABASE_USER and DATABASE_PASSWORD (or DATABASE_URL) in the settings.")
    for name, option in (("STATIC_ROOT", "static.root"), ("MEDIA_ROOT", "media.root")):
        expected, actual = os.environ.get("DEPLOYMENT_" + name), getattr(settings, name, None)
        if not expected or (name == "STATIC_ROOT" and not has_static_files()):
            continue
        # Django's default: a project without uploads names no folder for them.
        if name == "MEDIA_ROOT" and not actual:
            continue
        if not actual or os.path.abspath(actual) != os.path.abspath(expected):
            problems.append(
                f"{name} is {str(actual or '')!r}; the deployment's volume is at {expected!r}. Make `project.{option}` "
                "in deployment.ts and the settings say the same folder.")
    for name, option in (("STATIC_URL", "static.url"), ("MEDIA_URL", "media.url")):
        expected, actual = os.environ.get("DEPLOYMENT_" + name), getattr(settings, name, None)
        if expected and actual and actual != "/" and _path(actual) != _path(expected):
            problems.append(
                f"{name} is {actual!r}; nginx serves {expected!r}. Make `project.{option}` in deployment.ts and the "
                "settings say the same.")
    if problems:
        sys.exit("migrate: the project's settings and the deployment don't fit:\n"
                 + "\n".join(f"  - {problem}" for problem in problems))
    try:
        # The option came with Django 3.1.
        call_command("check", **({"databases": ["default"]} if django.VERSION >= (3, 1) else {}))
    except CommandError as error:
        sys.exit(f"migrate: `manage.py check` found errors:\n{error}")


def _path(url):
    return "/" + url.strip("/") + "/"


def has_static_files():
    """Whether the project uses Django's static files at all."""
    from django.apps import apps

    return apps.is_installed("django.contrib.staticfiles")


class _FailedStatement:
    """The SQL at which a migration fails: MariaDB's error names neither the table nor the column of a wrong definition."""

    # Longer ones are cut: the reason is most often at the place that MariaDB quotes.
    LONGEST = 1000

    def __init__(self):
        self._sql = ""
        self._error = None

    def __call__(self, execute, sql, params, many, context):
        try:
            return execute(sql, params, many, context)
        except Exception as error:
            # Without its parameters: they may be anybody's data.
            self._sql, self._error = " ".join(str(sql).split()), error
            raise

    def line_for(self, error):
        """The line that shows it; empty when the error comes from elsewhere."""
        if error is not self._error:
            return ""
        shown = self._sql if len(self._sql) <= self.LONGEST else f"{self._sql[:self.LONGEST]}…"
        return f"  The statement: {shown}\n"


def models(production=True):
    """Each change of the models has its migration. Ends the program when a change of the project's own has none.

    production: whether visitors would meet the page that asks for what is not there.
    """
    try:
        found = forgotten.changes()
    except Exception as error:
        # Django can't tell either; what is wrong with the migrations, migrate says.
        print(f"migrate: warning: models and migrations can't be compared: {type(error).__name__}: {error}", flush=True)
        return
    for lacks, why in ((found.harmless, "the database stays the same"), (found.foreign, "the model is an installed package's")):
        for model, changes in lacks.items():
            print(f"migrate: warning: no migration has this change of {model} ({why}): {'; '.join(changes)}", flush=True)
    if not found.harmful:
        return
    message = (
        "migrate: models have changed and have no migration; pages that use them would fail. Nothing was changed.\n"
        f"  Type `python manage.py makemigrations {' '.join(found.apps)}`, commit the new file and deploy again.\n"
        + "\n".join(f"  - {model}: {'; '.join(changes)}" for model, changes in found.harmful.items()))
    if production:
        sys.exit(message)
    print(message, flush=True)


def migrate(*beside):
    """Brings the schema up to date, while the release before serves.

    beside: connections of this step that hold no table.
    """
    from django.core.management import call_command
    from django.db import connection, connections

    failed, patience = _FailedStatement(), locks.Patience(*beside)
    sessions.tell(connections.all(), idle_transaction_timeout=0, lock_wait_timeout=locks.WAIT)
    defaults.keep(connection)
    try:
        with contextlib.ExitStack() as wrapped:
            wrapped.enter_context(progress.noted())
            # Django 1.11 has no such wrappers.
            if hasattr(connection, "execute_wrapper"):
                wrapped.enter_context(connection.execute_wrapper(failed))
                wrapped.enter_context(connection.execute_wrapper(patience))
            call_command("migrate", interactive=False)
    except Exception as error:
        # Ends the line that names the migration, or it would be shown after all else.
        print(flush=True)
        if isinstance(error, progress.Unclear):
            sys.exit(f"migrate: {error}")
        traceback.print_exc()
        held = patience.message_for(error)
        sys.exit(
            (f"migrate: {held}" if held else f"migrate: a migration failed: {type(error).__name__}: {error}\n")
            + failed.line_for(error)
            + ("  The release was stopped before it served. Deploy again when the connection has ended: the migration\n"
               "  goes on at this statement." if held else
               "  The release was stopped before it served. The statements of the migration before the failing one are\n"
               "  done and noted. Mend the operation that fails, and leave those before it as they are; then deploy again:\n"
               "  the migration goes on at this statement."))
    for note in patience.notes:
        print(f"  {note}", flush=True)
