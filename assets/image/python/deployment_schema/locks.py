"""A change of a table waits a few seconds for those who use it, and then lets the visitors pass who wait behind it.

MariaDB has everybody queue behind a statement that waits for a table: for a day, by its own default.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from . import blockers

# Seconds that a statement waits for a table (`lock_wait_timeout`). No request waits longer because of it.
WAIT = 3
# Seconds between two attempts, in which requests pass.
PAUSES = (2, 4, 6, 8)

# The error of MariaDB when the time of a lock is over.
TIME_IS_OVER = 1205
# Only these wait for a table as a whole. A statement on rows may belong to a transaction, and is not repeated.
CHANGES_SCHEMA = re.compile(r"\s*(ALTER|CREATE|DROP|RENAME|TRUNCATE|OPTIMIZE)\b", re.IGNORECASE)


class Patience:
    """A wrapper of Django's `execute` that repeats a change of the schema, and finds out who stands in its way.

    `beside` are connections of the migrate step itself, which hold no table.
    """

    def __init__(self, *beside: int) -> None:
        # What was said of changes that came through in the end.
        self.notes: list[str] = []
        self._beside = beside
        self._reasons: list[str] = []
        self._error: Exception | None = None
        self._of_rows = False

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        for attempt, pause in enumerate((*PAUSES, None), start=1):
            try:
                result = execute(sql, params, many, context)
            except Exception as error:
                if not error.args or error.args[0] != TIME_IS_OVER:
                    raise
                of_rows = CHANGES_SCHEMA.match(str(sql)) is None
                if pause is None or of_rows:
                    self._error, self._of_rows = error, of_rows
                    own = context["connection"].connection.thread_id()
                    self._reasons = blockers.sentences(own, str(sql), self._beside)
                    raise
                time.sleep(pause)
            else:
                if attempt > 1:
                    self.notes.append(f"a table was in use; attempt {attempt} came through: {_short(str(sql))}")
                return result
        raise AssertionError("the last attempt returns or raises")

    def message_for(self, error: BaseException) -> str:
        """What the error means, and who is in the way; empty when it comes from elsewhere."""
        if error is not self._error:
            return ""
        if self._of_rows:
            what = "another connection holds rows, and MariaDB waits no longer for them (`innodb_lock_wait_timeout`)."
        else:
            what = f"a table is in use, and {len(PAUSES) + 1} attempts of {WAIT} s each did not get it."
        return f"{what}\n" + "".join(f"  {reason}\n" for reason in self._reasons)


def _short(sql: str) -> str:
    text = " ".join(sql.split())
    return text if len(text) <= 200 else f"{text[:200]}…"
