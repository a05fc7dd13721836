"""Which connections hold the tables that a statement wants.

The application's user may read its own connections (`information_schema.processlist`), and who holds which table where
the server has the plugin metadata_lock_info. `innodb_trx` wants the right PROCESS, which the user does not have. Without
the plugin the connections are named that have been silent, or at one statement, for as long as the statement waited.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

# So many are named.
MOST = 3
# Seconds without a new statement: a connection that is busy with short requests is not in the way for long.
LEAST = 3
# How MariaDB calls the state of those who wait themselves.
WAITS = "Waiting for table metadata lock"

# Codes of MariaDB: the server has no such table.
UNKNOWN_TABLE = 1109

THREADS = """SELECT id, user, host, COALESCE(time, 0), COALESCE(info, '') FROM information_schema.processlist
  WHERE db = DATABASE() AND id NOT IN (CONNECTION_ID(), %s) AND COALESCE(state, '') <> %s
  ORDER BY time_ms DESC"""
HOLDERS = """SELECT DISTINCT thread_id, table_name FROM information_schema.metadata_lock_info
  WHERE table_schema = DATABASE() AND thread_id NOT IN (CONNECTION_ID(), %s)"""


class Thread(NamedTuple):
    """A connection as MariaDB shows it."""

    number: int
    user: str
    host: str
    seconds: int
    statement: str

    def described(self) -> str:
        who = f"connection {self.number} of user {self.user!r} from {self.host}"
        if self.statement:
            return f"{who}, for {self.seconds} s at: {' '.join(self.statement.split())[:200]}"
        return f"{who}, silent since its last statement {self.seconds} s ago"


def sentences(own: int, sql: str, beside: Sequence[int] = ()) -> list[str]:
    """Who stands in the way of a statement of the connection `own`: a sentence or an item each, the likeliest first.

    `beside` are connections of the migrate step itself.
    """
    import deployment_database

    try:
        # A connection of its own: the migration's may be in a transaction.
        looker = deployment_database.connect()
        try:
            rows = _rows(looker, THREADS, own, WAITS)
            threads = {thread.number: thread for thread in (Thread(*row) for row in rows) if thread.number not in beside}
            holders = _holders(looker, own, sql)
        finally:
            looker.close()
    except Exception as error:
        return [f"Who uses the table can't be told: {type(error).__name__}: {error}"]
    if holders is not None:
        return [_certain(number, threads.get(number)) for number in sorted(holders)][:MOST] or [
            "Nobody uses the table any more."
        ]
    return _guessed([thread for thread in threads.values() if thread.seconds >= LEAST])


def _guessed(likely: Sequence[Thread]) -> list[str]:
    if not likely:
        return ["No connection of the application's user has been open for so long: one of another user holds the table."]
    if len(likely) == 1:
        return [_certain(likely[0].number, likely[0])]
    more = f" ({len(likely) - MOST} more are not shown)" if len(likely) > MOST else ""
    return [
        f"One of these connections holds the table, most likely the first{more}. To end one: KILL and its number",
        *(f"- {thread.described()}" for thread in likely[:MOST]),
    ]


def _certain(number: int, thread: Thread | None) -> str:
    if thread is None:
        return f"The table is held by connection {number} of another user. To end it, as root: KILL {number}"
    return f"The table is held by {thread.described()}. To end it: KILL {number}"


def _holders(looker: Any, own: int, sql: str) -> set[int] | None:
    """Who holds one of the tables that the statement names; None when the server does not tell."""
    try:
        rows = _rows(looker, HOLDERS, own)
    except Exception as error:
        if error.args and error.args[0] == UNKNOWN_TABLE:
            return None
        raise
    named = set(re.findall(r"[\w$]+", sql))
    return {int(number) for number, table in rows if table in named}


def _rows(looker: Any, sql: str, *values: object) -> Sequence[Sequence[Any]]:
    cursor = looker.cursor()
    try:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
    finally:
        cursor.close()
