"""The table of the notes: a row for each thing that a migration under way has done or asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

# No model of a project has a name of this kind. The table is there only while a migration is not finished.
TABLE = "deployment_migration_notes"

# Compared byte for byte, as Django does.
CREATE = f"""CREATE TABLE IF NOT EXISTS {TABLE} (
  app VARCHAR(200) NOT NULL, name VARCHAR(255) NOT NULL, number INT NOT NULL,
  operation VARCHAR(100) NOT NULL, kind VARCHAR(20) NOT NULL, content LONGTEXT NOT NULL,
  PRIMARY KEY (app, name, number)
) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"""


class Note(NamedTuple):
    """One thing; `operation` is the place of the operation that it belongs to."""

    number: int
    operation: str
    kind: str
    content: dict[str, Any]


def _text(value: Any) -> Any:
    return value.decode(errors="backslashreplace") if isinstance(value, bytes) else value


class Notes:
    """The table, by the connection that migrates: what is noted in a transaction is kept or lost with its data."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def query(self, sql: str, values: Iterable[Any] = ()) -> list[Any]:
        """Runs a statement that neither Django nor the project sees."""
        self._connection.ensure_connection()
        cursor = self._connection.connection.cursor()
        try:
            cursor.execute(sql, tuple(values) or None)
            # Bytes: in `tables`, and from older clients for texts that are compared byte for byte.
            return [[_text(value) for value in row] for row in cursor.fetchall()]
        finally:
            cursor.close()

    def together(self, do: Callable[[], Any]) -> Any:
        """Does something in one transaction: what it stores, and what it notes."""
        in_transaction, autocommit = self.query("SELECT @@in_transaction, @@autocommit")[0]
        # Where the migration has begun a transaction by SQL, it ends it, too.
        if in_transaction or not autocommit:
            return do()
        self.query("START TRANSACTION")
        try:
            result = do()
        except BaseException:
            self.query("ROLLBACK")
            raise
        self.query("COMMIT")
        return result

    def create(self) -> None:
        """Makes the table unless it is there."""
        self.query(CREATE)

    def is_there(self) -> bool:
        """Whether some run has made the table."""
        return bool(self.query("SHOW TABLES LIKE %s", (TABLE,)))

    def drop(self) -> None:
        """Removes the table, unless something is noted of a migration that is not finished."""
        if not self.query(f"SELECT 1 FROM {TABLE} WHERE number > 0 LIMIT 1"):
            self.query(f"DROP TABLE {TABLE}")

    def migrations(self) -> list[tuple[str, str]]:
        """Those of which something is noted."""
        return [(app, name) for app, name in self.query(f"SELECT DISTINCT app, name FROM {TABLE} WHERE number > 0")]

    def read(self, app: str, name: str) -> list[Note]:
        """What is noted of a migration, in its order."""
        sql = f"SELECT number, operation, kind, content FROM {TABLE} WHERE app = %s AND name = %s ORDER BY number"
        rows = self.query(sql, (app, name))
        return [Note(number, operation, kind, json.loads(content)) for number, operation, kind, content in rows]

    def write(self, app: str, name: str, notes: Iterable[Note]) -> None:
        """Writes notes in one statement; those that are there already are replaced, by their numbers."""
        rows = [(app, name, note.number, note.operation, note.kind, json.dumps(note.content)) for note in notes]
        places = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(rows))
        values = [value for row in rows for value in row]
        self.query(f"REPLACE INTO {TABLE} (app, name, number, operation, kind, content) VALUES {places}", values)

    def forget(self, app: str, name: str, since: int = 0) -> None:
        """Removes a migration's notes from a number on."""
        self.query(f"DELETE FROM {TABLE} WHERE app = %s AND name = %s AND number >= %s", (app, name, since))
