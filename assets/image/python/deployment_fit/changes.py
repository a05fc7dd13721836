"""What a change of tables means for the code of a release that uses some of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Callable

from .columns import Column, unfitness
from .findings import Finding, blocks
from .tables import Table, Tables

# Whether the database gives a value to a column by itself: table, column, how Django makes it, and whether it is new.
HasDefault = Callable[[str, str, Column, bool], bool]


def findings_of(before: Tables, after: Tables, used: Tables, has_default: HasDefault) -> list[Finding]:
    """What stands in the way of code that uses the tables `used`. What it does not know, fits."""
    found = list(_gone_tables(before, after, used))
    for name in sorted(set(before) & set(after) & set(used)):
        found += _in_table(name, before[name], after[name], used[name], has_default)
    return found


def _gone_tables(before: Tables, after: Tables, used: Tables) -> Iterator[Finding]:
    new = sorted(set(after) - set(before))
    for name in sorted((set(before) - set(after)) & set(used)):
        same = [other for other in new if set(after[other].columns) == set(before[name].columns)]
        if same:
            yield blocks("table renamed", f"the table is called {same[0]}; the older code uses the old name", name)
        else:
            yield blocks("table gone", "the table is gone; the older code uses it", name)


def _in_table(name: str, before: Table, after: Table, used: Table, has_default: HasDefault) -> Iterator[Finding]:
    gone = list(_gone_columns(name, before, after, used))
    yield from gone
    # What else differs then is the other name.
    if any(finding.kind == "column renamed" for finding in gone):
        return
    for column, now in after.columns.items():
        then = before.columns.get(column)
        if now.is_as(then):
            continue
        if column in used.columns:
            yield from _changed(name, column, then, now, used.columns[column])
        elif now.needs_value and not has_default(name, column, now, then is None):
            why = "neither null nor a default in the database: the older code can't write rows"
            yield blocks("value", why, name, column)
    if before.primary != after.primary:
        yield blocks("rule", "the primary key is another column", name, after.primary)
    for columns in sorted(after.unique - before.unique - used.unique, key=sorted):
        yield from _unique(name, columns, after, used)
    for check in sorted(set(after.checks) - set(before.checks) - set(used.checks)):
        of = after.checks[check]
        if of is None or of & set(used.columns):
            why = f"the condition {check} is new, and rows of the older code need not meet it"
            yield blocks("rule", why, name, ", ".join(sorted(of or ())))


def _gone_columns(name: str, before: Table, after: Table, used: Table) -> Iterator[Finding]:
    new = [column for column in after.columns if column not in before.columns]
    for column in before.columns:
        if column in after.columns or column not in used.columns:
            continue
        # An operation that takes one column and brings another one is RenameField, or AlterField with `db_column`.
        if len(new) == 1:
            why = f"the column is called {new[0]}; the older code uses the old name"
            yield blocks("column renamed", why, name, column)
        else:
            yield blocks("column gone", "the column is gone; the older code reads and writes it", name, column)


def _changed(name: str, column: str, before: Column | None, now: Column, known: Column) -> Iterator[Finding]:
    # Of a column of an unknown model only the change can be judged.
    found = unfitness(known if known.field is not None or before is None else before, now)
    if found:
        yield blocks(*found, name, column)


def _unique(name: str, columns: frozenset[str], after: Table, used: Table) -> Iterator[Finding]:
    # Rows of code that does not know a column are empty there, and MariaDB takes any number of those.
    unknown = [after.columns.get(column) for column in columns if column not in used.columns]
    if not any(column is not None and column.null and not column.has_default for column in unknown):
        # A column that the older code does not know can be made otherwise.
        kind, place = "value" if unknown else "rule", ", ".join(sorted(columns))
        yield blocks(kind, "no two rows may have the same value, and the older code may write it", name, place)
