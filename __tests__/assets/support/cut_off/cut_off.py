"""Cuts migrations off at each statement, by kill -9 of the process that migrates, and has the next one finish them.

Prints a line of JSON: how many statements there are, and what was wrong after which kill.
"""

import io
import json
import os
import re
import signal
import sys
import traceback
from contextlib import redirect_stderr, redirect_stdout

import pymysql
from pymysql.connections import Connection

pymysql.version_info = (2, 2, 9, "final", 0)
pymysql.install_as_MySQLdb()

import django  # noqa: E402
from django.conf import settings  # noqa: E402

APPS = os.environ.get("CUT_OFF_APPS", "shop").split()
settings.configure(
    INSTALLED_APPS=APPS,
    SECRET_KEY="x",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.mysql", "OPTIONS": {"charset": "utf8mb4"}, **{
        name: os.environ["DATABASE_" + name] for name in ("HOST", "PORT", "NAME", "USER", "PASSWORD")}}},
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

# What a child process ends with.
FAILED = 3


def rows(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []


def tables():
    return sorted(row[0] for row in rows("SHOW TABLES"))


def created(table):
    return re.sub(r" AUTO_INCREMENT=\d+", "", rows(f"SHOW CREATE TABLE `{table}`")[0][1])


def look():
    """All that a migration may have made: schema, rows without times, and triggers."""
    found = {"schema": {table: created(table) for table in tables()}}
    found["triggers"] = sorted(row[0] for row in rows("SHOW TRIGGERS"))
    contents = {}
    for table in tables():
        if table == "django_migrations":
            contents[table] = sorted(rows("SELECT app, name FROM django_migrations"))
        else:
            # A transaction that is taken back has used up numbers for all that.
            columns = ", ".join(f"`{column[0]}`" for column in rows(f"SHOW COLUMNS FROM `{table}`") if column[0] != "id")
            contents[table] = sorted(map(repr, rows(f"SELECT {columns or 'COUNT(*)'} FROM `{table}`")))
    connection.close()
    return {**found, "rows": contents}


def empty():
    rows("SET FOREIGN_KEY_CHECKS = 0")
    for table in tables():
        rows(f"DROP TABLE `{table}`")
    rows("SET FOREIGN_KEY_CHECKS = 1")


class Saved:
    """The database as it is now, to begin from again and again."""

    def __init__(self):
        names = tables()
        self._create = [rows(f"SHOW CREATE TABLE `{name}`")[0][1] for name in names]
        self._rows = {name: rows(f"SELECT * FROM `{name}`") for name in names}
        connection.close()

    def restore(self):
        empty()
        rows("SET FOREIGN_KEY_CHECKS = 0")
        with connection.cursor() as cursor:
            for sql in self._create:
                cursor.execute(sql)
            for name, values in self._rows.items():
                if values:
                    places = ", ".join(["%s"] * len(values[0]))
                    cursor.executemany(f"INSERT INTO `{name}` VALUES ({places})", values)
        rows("SET FOREIGN_KEY_CHECKS = 1")
        connection.close()


class Kills:
    """Ends this process at a statement, by number or by a text in it, before MariaDB has it or after."""

    def __init__(self, at=None, sent=False, end=None):
        self.statements = []
        self._at, self._sent = at, sent
        self._end = end or (lambda: os.kill(os.getpid(), signal.SIGKILL))

    def __enter__(self):
        execute = self._execute = Connection._execute_command
        kills = self

        def _execute_command(self, command, sql):
            text = sql if isinstance(sql, str) else bytes(sql or b"").decode(errors="replace")
            if isinstance(kills._at, str):
                # The note of a statement has its text, too.
                here = kills._at in text and "deployment_migration_notes" not in text
            else:
                here = len(kills.statements) == kills._at
            kills.statements.append(text)
            if here and not kills._sent:
                kills._end()
            result = execute(self, command, sql)
            if here and kills._sent:
                kills._end()
            return result

        Connection._execute_command = _execute_command
        return self

    def __exit__(self, *error):
        Connection._execute_command = self._execute


def migrate(*target):
    """As the migrate step does, up to one migration."""
    import deployment_database
    import deployment_project
    from django.core import management

    # The step knows no target: it migrates all.
    if target:
        original = management.call_command
        management.call_command = lambda name, **options: original(name, *target, **options)
    with deployment_database.only_one() as lock:
        deployment_project.migrate(lock)


def child(do):
    """Runs something in a process of its own. Gives how it ended and what it said."""
    connection.close()
    reader, writer = os.pipe()
    number = os.fork()
    if number == 0:
        os.close(reader)
        said = os.fdopen(writer, "w")
        status = 0
        try:
            with redirect_stdout(said), redirect_stderr(said):
                do()
        except SystemExit as error:
            said.write(f"{error}\n")
            status = 1
        except BaseException:
            said.write(traceback.format_exc())
            status = FAILED
        said.flush()
        os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as text:
        output = text.read()
    _, status = os.waitpid(number, 0)
    return status, output


def differences(wanted, got):
    """What is another thing, in a few words."""
    found = []
    for part in wanted:
        if isinstance(wanted[part], list):
            if wanted[part] != got[part]:
                found.append(f"{part}: {got[part]} instead of {wanted[part]}")
            continue
        for name in sorted({*wanted[part], *got[part]}):
            one, other = wanted[part].get(name), got[part].get(name)
            if one != other:
                found.append(f"{part} of {name}: {other} instead of {one}")
    return found


def statements_of(target):
    """All statements of the step, without a kill, in the order in which they are sent."""
    reader, writer = os.pipe()

    def do():
        with Kills() as kills:
            migrate(*target)
        with os.fdopen(writer, "w") as text:
            json.dump(kills.statements, text)

    # Many statements do not fit into a pipe that nobody reads.
    number = os.fork()
    if number == 0:
        os.close(reader)
        with redirect_stdout(io.StringIO()):
            do()
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as text:
        found = json.load(text)
    os.waitpid(number, 0)
    return found


def each_statement(before, *target, part=(0, 1)):
    """Kills at each statement of a migration; `before` is the one that is there before it."""
    empty()
    child(lambda: call_command("migrate", "shop", before, verbosity=0))
    saved = Saved()
    # An index that MariaDB made for a foreign key is an index as any other then.
    saved.restore()
    sent = statements_of(target)
    wanted = look()
    wrong, resumed = [], 0
    # The last one is always among them: nothing is pending any more.
    for at in sorted({*range(part[0], len(sent), part[1]), len(sent) - 1}):
        for is_sent in (False, True):
            saved.restore()
            def cut():
                with Kills(at, is_sent):
                    migrate(*target)
            status, output = child(cut)
            if status != signal.SIGKILL:
                wrong.append({"at": at, "sent": is_sent, "sql": sent[at][:200], "what": [f"it was not killed: {output}"]})
                continue
            status, output = child(lambda: migrate(*target))
            resumed += "was cut off" in output
            what = [output] if status else differences(wanted, look())
            if what:
                wrong.append({"at": at, "sent": is_sent, "sql": sent[at][:200], "what": what})
    return {"statements": len(sent), "resumed": resumed, "wrong": wrong}


def as_django_does():
    """All migrations of all apps, by Django alone and with notes."""
    from deployment_progress import start

    empty()
    child(lambda: call_command("migrate", verbosity=0))
    wanted = look()

    def noted():
        with start.noted():
            call_command("migrate", verbosity=0)

    empty()
    status, output = child(noted)
    return {"tables": len(wanted["schema"]), "wrong": [output] if status else differences(wanted, look())}


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    if command == "each":
        before, target, *part = arguments
        print(json.dumps(each_statement(before, "shop", target, part=tuple(map(int, part)) or (0, 1))))
    elif command == "django":
        print(json.dumps(as_django_does()))
