"""How tables look now. Two looks tell whether a change of the schema has happened, whatever kind of change it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Dict

from .notes import TABLE, Notes
from .statements import digest, names_in

Looks = Dict[str, str]

# It is part of the text, and every INSERT changes it.
COUNTER = re.compile(r" AUTO_INCREMENT=\d+")
# What MariaDB keeps beside tables: where it tells of it, the columns with its name and with its text.
PROGRAMS = re.compile(r"\b(TRIGGER|PROCEDURE|FUNCTION|EVENT|PACKAGE)\b", re.IGNORECASE)
LISTS = (("triggers", "trigger", "action_statement"), ("routines", "routine", "routine_definition"),
         ("events", "event", "event_definition"))
# Lines of columns.
COLUMNS = re.compile(r"^  `((?:[^`]|``)+)` ", re.MULTILINE)
# Other tables' texts name the table or the column, too.
RENAMES = re.compile(r"\b(RENAME|CHANGE)\b", re.IGNORECASE)


def named(notes: Notes, sql: str) -> Looks:
    """The tables that a statement names and that are there, and how each looks."""
    names = names_in(sql)
    looks = _look(notes, names)
    if PROGRAMS.search(sql):
        for list_, kind, text in LISTS:
            query = f"SELECT {kind}_name, {text} FROM information_schema.{list_} WHERE {kind}_schema = DATABASE()"
            rows = [(name, body) for name, body in notes.query(query) if name in names]
            looks.update({f"{kind} {name}": digest(str(body)) for name, body in rows})
    return looks


def changed(notes: Notes, sql: str, known: Iterable[str]) -> Looks:
    """How the tables look that a statement has changed: those it names, and of those that are known those it may touch."""
    looks = named(notes, sql)
    return {**_look(notes, known), **looks} if RENAMES.search(sql) else looks


def foreign_columns(before: Looks, now: Looks, sql: str) -> set[str]:
    """Columns that have come or gone between two looks of a table, and are none of a statement's."""
    found: set[str] = set()
    for name, look in before.items():
        if " " not in name and name in now:
            found |= {f"{name}.{column}" for column in _columns(look) ^ _columns(now[name]) if column not in names_in(sql)}
    return found


def of(notes: Notes, names: Iterable[str]) -> Looks:
    """How those of the tables look that are there."""
    return _look(notes, names)


def _look(notes: Notes, names: Iterable[str]) -> Looks:
    # The default of a binary column is no text in the connection's character set.
    notes.query("SET @deployment_results = @@character_set_results, character_set_results = binary")
    try:
        there = {row[0] for row in notes.query("SHOW TABLES")} - {TABLE}
        texts = {name: _text(notes, name) for name in sorted(there & set(names))}
    finally:
        notes.query("SET character_set_results = @deployment_results")
    return {name: json.dumps([digest(text), *COLUMNS.findall(text)]) for name, text in texts.items()}


def _columns(look: str) -> set[str]:
    return {column.replace("``", "`") for column in json.loads(look)[1:]}


def _text(notes: Notes, table: str) -> str:
    quoted = table.replace("`", "``")
    try:
        row: Any = notes.query(f"SHOW CREATE TABLE `{quoted}`")[0]
    except Exception as error:
        if not error.args or not isinstance(error.args[0], int):
            raise
        # A view of something that is gone.
        return f"error {error.args[0]}"
    return COUNTER.sub("", str(row[1]))
