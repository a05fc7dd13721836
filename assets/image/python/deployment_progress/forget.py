"""For a person: a migration that was cut off begins anew."""

from __future__ import annotations

import sys

from . import messages
from .notes import TABLE, Notes


def forget(full_name: str) -> str:
    """Removes what is noted of a migration. Gives the sentence about it; ends the program when nothing is noted."""
    from django.db import connection

    notes = Notes(connection)
    noted = notes.migrations() if notes.query("SHOW TABLES LIKE %s", (TABLE,)) else []
    app, _, name = full_name.partition(".")
    if (app, name) not in noted:
        sys.exit(messages.nothing_noted(full_name, ", ".join(".".join(one) for one in noted)))
    number = len(notes.read(app, name)) - 1
    notes.forget(app, name)
    notes.drop()
    return messages.forgotten(full_name, number)
