"""A new column that must have a value keeps its default in the database.

Django takes the default out again right after it has added the column. The release before serves still, and it does not
know the column: its INSERTs would fail. The default stays for good, since a release may be brought back at any time.
Django always gives a value itself and never notices.
"""

from __future__ import annotations

from typing import Any

COLUMN = """SELECT COUNT(*) FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = %s AND column_name = %s AND column_default IS NOT NULL"""


class KeepsDefaults:
    """Laid over the schema editor of Django's backend."""

    connection: Any
    _adds: Any = None

    def add_field(self, model: Any, field: Any) -> None:
        self._adds = field
        try:
            super().add_field(model, field)  # type: ignore[misc]
        finally:
            self._adds = None

    def skip_default(self, field: Any) -> bool:
        # Django gives an empty TEXT or BLOB no default. MariaDB takes one.
        generated = getattr(field, "generated", False)
        if field is self._adds and not field.null and not generated and self.connection.mysql_is_mariadb:
            return False
        return bool(super().skip_default(field))  # type: ignore[misc]

    def _alter_column_default_sql(self, model: Any, old_field: Any, new_field: Any, drop: bool = False) -> Any:
        # With `drop` it is what Django does at the end of add_field. `SET DEFAULT` changes no row.
        kept = drop and new_field is self._adds
        return super()._alter_column_default_sql(model, old_field, new_field, drop=drop and not kept)  # type: ignore[misc]


def keep(connection: Any) -> None:
    """From now on, the columns that this connection adds keep their defaults."""
    editor = connection.SchemaEditorClass
    if connection.vendor == "mysql" and not issubclass(editor, KeepsDefaults):
        connection.SchemaEditorClass = type("SchemaEditor", (KeepsDefaults, editor), {})


def has_default(connection: Any, table: str, column: str) -> bool:
    """Whether MariaDB gives a value to a row that names none."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMN, [table, column])
        return bool(cursor.fetchone()[0])
