"""What is said of migrations that were cut off."""

from __future__ import annotations

AGAIN = '  Deploy again then. Django\'s own way is open too: `manage.py migrate --fake` when all of it is done by hand.'


def _forget(name: str) -> str:
    return f"type `entrypoint migrations forget {name}` in web's container (`make shell` on a host)"


def forgotten(name: str, number: int) -> str:
    """Said by `migrations forget`."""
    return f"{name}: {number} notes are forgotten; its next run begins with its first operation"


def nothing_noted(name: str, names: str) -> str:
    """Said by `migrations forget`."""
    return f"migrations: nothing is noted of {name}; a migration that was cut off: {names or 'none'}"


def _way_out(name: str) -> str:
    return (
        "  Put the file back as it was, and write what is new as another migration. Or, when you have taken back by hand\n"
        f"  what this migration has done, {_forget(name)}: it begins anew.\n" + AGAIN
    )


def goes_on(name: str, done: int, operation: str) -> str:
    statements = "1 statement of it is" if done == 1 else f"{done} statements of it are"
    return f"  {name} was cut off: {statements} done and will not be repeated. It goes on {operation}"


def changed(name: str, place: str, before: str, now: str) -> str:
    return (
        f"{name} was cut off, and its file is another one since: operation {place} was \"{before}\" and is in the database\n"
        f"  already, now it is \"{now}\".\n" + _way_out(name)
    )


def differs(name: str, before: str, now: str) -> str:
    return (
        f"{name} was cut off, and does not do the same again: where it did {before}\n  it does {now} now.\n"
        + _way_out(name)
    )


def table_changed(name: str, tables: str) -> str:
    return (
        f"{name} was cut off, and somebody has changed what it left: {tables}.\n"
        f"  If all that it had made is taken back by hand, {_forget(name)}:\n  it begins anew.\n"
        "  Else make the tables as the migration left them, or as its end wants them.\n" + AGAIN
    )


def partly_done(name: str, place: str, what: str) -> str:
    return (
        f"{name} was cut off inside operation {place} ({what}), which stores what it does bit by bit\n"
        "  (`atomic=False`, or a change of the schema inside of it): nobody can tell how much of it is done.\n"
        "  If it may run again from its beginning, write so and deploy again: migrations.RunPython(…, hints={\"run_again\": True})\n"
        "  Else finish the migration by hand, and record it by `manage.py migrate --fake`; or take back what it has done, and\n"
        f"  {_forget(name)}: it begins anew."
    )


def file_gone(name: str) -> str:
    return (
        f"{name} was cut off in an earlier release, and its file is not in this one. What it has done is in the database.\n"
        "  Put the file back under its name, and the next release finishes it; or take back by hand what it has done, and\n"
        f"  {_forget(name)}."
    )


def opaque(name: str, sql: str) -> str:
    return (
        f"{name} was cut off at a statement that only you can judge: {sql}\n"
        "  See whether it was done (several statements in one, a procedure, or a temporary table).\n" + _way_out(name)
    )
