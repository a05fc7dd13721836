"""What a connection of Django to MariaDB is told before its first statement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

# A variable that this version of the server does not have.
UNKNOWN_VARIABLE = 1193


def tell(opened: Iterable[Any] = (), **variables: int) -> None:
    """Each connection that Django opens from now on, and each of `opened`, gets these session variables.

    The settings are not read: they may not be there yet.
    """
    from django.db.backends.signals import connection_created

    def receiver(connection: Any, **_: object) -> None:
        if connection.vendor == "mysql":
            for name, value in variables.items():
                _set(connection, name, value)

    # Nothing else holds the receiver.
    connection_created.connect(receiver, weak=False)
    for connection in opened:
        if connection.connection is not None:
            receiver(connection)


def _set(connection: Any, name: str, value: int) -> None:
    # Django's cursor would show the statement to the project's own wrappers.
    cursor = connection.connection.cursor()
    try:
        cursor.execute(f"SET SESSION {name} = {value}")
    except Exception as error:
        if not error.args or error.args[0] != UNKNOWN_VARIABLE:
            raise
    finally:
        cursor.close()
