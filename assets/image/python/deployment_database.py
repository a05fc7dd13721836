"""Waits for MariaDB, and tells a wait that will end from one that never will."""

import contextlib
import os
import sys
import time

import MySQLdb

# Errors of MariaDB and of its client library, by number.
ACCESS_DENIED = 1045
DATABASE_DENIED = 1044
DATABASE_UNKNOWN = 1049
HOST_DENIED = 1130
VARIABLE_UNKNOWN = 1193

# Seconds between two sentences about another migration that runs.
ROUND = 600


def _setting(name):
    value = os.environ.get(name)
    if not value:
        sys.exit(f"migrate: {name} is not set. The engine gives DATABASE_HOST, _PORT, _NAME and _USER, "
                 "the secrets volume (or .env) DATABASE_PASSWORD.")
    return value


def connect():
    """A connection as the application makes it."""
    return MySQLdb.connect(
        host=_setting("DATABASE_HOST"),
        port=int(_setting("DATABASE_PORT")),
        user=_setting("DATABASE_USER"),
        password=_setting("DATABASE_PASSWORD"),
        database=_setting("DATABASE_NAME"),
        charset="utf8mb4",
        connect_timeout=5,
    )


def wait():
    """Returns once the database answers; ends the program with what to do if it never will."""
    seconds = int(os.environ.get("DATABASE_WAIT") or 60)
    deadline = time.monotonic() + seconds
    said = False
    while True:
        try:
            connect().close()
            return
        except MySQLdb.Error as error:
            number, text = (error.args + ("",))[:2]
            if number in (ACCESS_DENIED, DATABASE_DENIED, DATABASE_UNKNOWN, HOST_DENIED):
                sys.exit(_refused(number, text))
            if time.monotonic() > deadline:
                sys.exit(_unreachable(seconds, text))
            if not said:
                print(f"migrate: waiting for the database at {_address()}: {text}", flush=True)
                said = True
        time.sleep(0.5)


def _address():
    return f"{os.environ['DATABASE_HOST']}:{os.environ['DATABASE_PORT']}"


def _refused(number, text):
    user, name = os.environ["DATABASE_USER"], os.environ["DATABASE_NAME"]
    if number == ACCESS_DENIED:
        return (
            f"migrate: the database at {_address()} refuses user {user!r}: {text}\n"
            "  MariaDB keeps the password that it was told last, whatever a file says. (Another DATABASE_USER, or a\n"
            "  password that was changed by hand, does that.) No data is lost. What to do, one of:\n"
            "  - put the old value back as DATABASE_PASSWORD in .env, or take the line away, and the old user back\n"
            "    into deployment.ts;\n"
            "  - `make up` (on the host: release again) tells MariaDB a new DATABASE_PASSWORD of .env by itself;\n"
            "  - `make repair-access` (on the host: `release repair-access`) gives access again when no password\n"
            "    that is known opens the database."
        )
    if number == HOST_DENIED:
        return f"migrate: the database at {_address()} allows no connection from this container: {text}"
    return (
        f"migrate: the database at {_address()} has no database {name!r} for user {user!r}: {text}\n"
        "  The data directory was made with another database name or user. Put the old names back in\n"
        "  deployment.ts (database.name, database.user), or create the database as root in its container."
    )


def _unreachable(seconds, text):
    return (
        f"migrate: no database at {_address()} after {seconds} s: {text}\n"
        "  Look whether its container runs and is healthy (`make status`) and at what it says (`make logs`)."
    )


@contextlib.contextmanager
def only_one():
    """Holds a lock in the database, so that two releases at once migrate one after the other. Gives its connection's number.

    MariaDB frees it when the connection ends, however it ends.
    """
    connection = connect()
    try:
        cursor = connection.cursor()
        # Longer than any step: the connection that holds the lock says nothing meanwhile.
        cursor.execute("SET SESSION wait_timeout = 604800")
        _idle_for_good(cursor)
        name = f"deployment-migrate-{os.environ['DATABASE_NAME']}"[:64]
        # Held by the connection that migrates: see deployment_progress.
        at_work = f"deployment-notes-{os.environ['DATABASE_NAME']}"[:64]
        cursor.execute("SELECT GET_LOCK(%s, 0), IS_USED_LOCK(%s)", (name, at_work))
        is_first, worker = cursor.fetchone()
        if is_first != 1:
            print("migrate: warning: another migration runs; waiting for it to end", flush=True)
            _await_lock(cursor, name)
        # Where it waited, the other one may have been cut off meanwhile.
        if is_first != 1 or worker is not None:
            _await_end(cursor, at_work)
        yield connection.thread_id()
    finally:
        connection.close()


def _await_lock(cursor, name):
    """A migration may take hours; the limit of the step is that of the wait, too."""
    rounds = 0
    while True:
        cursor.execute("SELECT GET_LOCK(%s, %s)", (name, ROUND))
        if cursor.fetchone()[0] == 1:
            return
        rounds += 1
        print(f"migrate: warning: the other migration is not done after {rounds * ROUND} s. To see it: "
              "docker ps --filter label=django-deployment.role=migrate", flush=True)


def _await_end(cursor, lock):
    """MariaDB brings a statement to its end whose process was killed."""
    said = False
    while True:
        cursor.execute("SELECT IS_USED_LOCK(%s)", (lock,))
        worker = cursor.fetchone()[0]
        if worker is None:
            return
        if not said:
            print("migrate: warning: MariaDB is still at work at a statement of the release before, which was cut off; waiting "
                  f"for its end (connection {worker}; KILL {worker} gives the statement up)", flush=True)
            said = True
        time.sleep(0.5)


def _idle_for_good(cursor):
    """The connection waits as long as the migrations take, and is in a transaction by then."""
    try:
        cursor.execute("SET SESSION idle_transaction_timeout = 0")
    except MySQLdb.Error as error:
        if error.args[0] != VARIABLE_UNKNOWN:
            raise
