"""What SQL of a migration means for the code of a release that uses some tables."""

from __future__ import annotations

from collections.abc import Iterator

from .findings import UNKNOWN, Finding, blocks
from .statements import Reader, Token, Tokens, has_words, names, split, statements
from .tables import Tables

# Change no table of anybody.
HARMLESS = ("SELECT", "SET", "SHOW", "DO", "USE", "ANALYZE", "OPTIMIZE", "CHECK", "CHECKSUM", "EXPLAIN", "DESCRIBE", "FLUSH")
# Change rows, as Python does.
ROWS = ("INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "CALL", "WITH", "START", "BEGIN", "COMMIT", "ROLLBACK", "LOCK", "UNLOCK")
# Parts of ALTER TABLE that say how it is stored, and how it is changed.
STORAGE = ("ENGINE", "COMMENT", "ROW_FORMAT", "AUTO_INCREMENT", "ALGORITHM", "LOCK", "FORCE", "CONVERT", "DEFAULT", "CHARACTER",
           "CHARSET", "COLLATE", "ORDER", "KEY_BLOCK_SIZE", "STATS_PERSISTENT", "WAIT", "NOWAIT", "ENABLE", "DISABLE")
INDEXES = ("INDEX", "KEY", "FULLTEXT", "SPATIAL")
# Go when an index or a rule goes.
RULES = ("INDEX", "KEY", "FOREIGN", "CONSTRAINT", "CHECK")


def findings_of(text: str, used: Tables) -> list[Finding]:
    """What stands in the way of code that uses the tables, or what nobody can tell."""
    return [finding for statement in statements(text) for finding in _statement(statement, used)]


def _statement(tokens: Tokens, used: Tables) -> Iterator[Finding]:
    reader = Reader(tokens)
    first = reader.first
    if first in HARMLESS:
        return
    if first in ROWS:
        yield Finding(UNKNOWN, "rows", f"SQL that works on rows: {_short(tokens)}")
    elif first == "ALTER" and has_words(tokens[:4], "TABLE"):
        yield from _alter(reader, used)
    elif first == "CREATE":
        yield from _create(reader, tokens, used)
    elif first == "DROP":
        yield from _drop(reader, tokens, used)
    elif first == "RENAME":
        reader.takes("RENAME")
        reader.skips("TABLE", "TABLES", "IF EXISTS")
        for part in split(reader.rest, ","):
            yield from _table(Reader(part).name(), used, "table renamed", "SQL gives the table another name")
    elif first == "TRUNCATE":
        reader.takes("TRUNCATE")
        reader.skips("TABLE")
        yield from _table(reader.name(), used, "sql", "SQL empties the table")
    else:
        yield from _not_understood(tokens, used)


def _table(name: str, used: Tables, kind: str, why: str) -> Iterator[Finding]:
    if name in used:
        yield blocks(kind, f"{why}; the older code uses it", name)


def _not_understood(tokens: Tokens, used: Tables) -> Iterator[Finding]:
    """A statement that nobody here knows is refused when it names what is used."""
    named = sorted(set(names(tokens)) & set(used))
    if named:
        yield blocks("sql", f"SQL that is not understood names the table: {_short(tokens)}", named[0])
    else:
        yield Finding(UNKNOWN, "sql", f"SQL that is not understood: {_short(tokens)}")


def _create(reader: Reader, tokens: Tokens, used: Tables) -> Iterator[Finding]:
    reader.takes("CREATE")
    replaces = reader.takes("OR", "REPLACE")
    unique = reader.takes("UNIQUE")
    reader.skips("TEMPORARY", "ONLINE", "FULLTEXT", "SPATIAL", "AGGREGATE")
    if reader.takes("TABLE"):
        reader.skips("IF NOT EXISTS")
        if replaces:
            yield from _table(reader.name(), used, "table gone", "SQL makes the table anew")
    elif reader.takes("INDEX"):
        table = Reader(_after(tokens, "ON")).name()
        if unique and table in used:
            yield blocks("rule", "SQL allows no two rows with the same value", table)
    elif has_words(tokens, "TRIGGER"):
        table = Reader(_after(tokens, "ON")).name()
        yield from _table(table, used, "sql", "SQL has a trigger act on each row of the table")
    elif replaces and has_words(tokens[:8], "VIEW"):
        # A model may use the view, and its columns may be others now.
        yield from _table(Reader(_after(tokens, "VIEW")).name(), used, "sql", "SQL makes the view anew")


def _drop(reader: Reader, tokens: Tokens, used: Tables) -> Iterator[Finding]:
    reader.takes("DROP")
    reader.skips("TEMPORARY")
    if reader.takes("TABLE") or reader.takes("TABLES") or reader.takes("VIEW"):
        reader.skips("IF EXISTS")
        for part in split(reader.rest, ","):
            yield from _table(Reader(part).name(), used, "table gone", "SQL removes the table")
    elif reader.first in ("DATABASE", "SCHEMA"):
        yield blocks("sql", "SQL removes a database", "")
    elif reader.first not in ("INDEX", "TRIGGER"):
        yield Finding(UNKNOWN, "sql", f"SQL removes what code may call: {_short(tokens)}")


def _alter(reader: Reader, used: Tables) -> Iterator[Finding]:
    reader.takes("ALTER")
    reader.skips("ONLINE", "IGNORE", "TABLE", "IF EXISTS")
    table = reader.name()
    if table not in used:
        return
    for part in split(reader.rest, ","):
        yield from _part(part, table, used)


def _part(part: list[Token], table: str, used: Tables) -> Iterator[Finding]:
    """One of the changes of ALTER TABLE, which are told from each other by commas."""
    reader = Reader(part)
    known = used[table].columns
    if reader.takes("ADD"):
        yield from _add(reader, table, used)
    elif reader.takes("DROP"):
        yield from _drop_part(reader, table, used)
    elif reader.takes("MODIFY") or reader.takes("ALTER"):
        alters = part[0].word == "ALTER"
        reader.skips("COLUMN", "IF EXISTS")
        column = reader.name().lower()
        if alters and not reader.takes("DROP", "DEFAULT"):
            return
        if column in known:
            if not alters or known[column].has_default:
                yield blocks("column changed", "SQL changes the column", table, column)
        elif alters or _must_have_value(reader.rest):
            yield _without_value(table, column)
    elif reader.takes("CHANGE"):
        reader.skips("COLUMN", "IF EXISTS")
        yield from _renamed(reader.name().lower(), table, used)
    elif reader.takes("RENAME"):
        if reader.takes("COLUMN"):
            reader.skips("IF EXISTS")
            yield from _renamed(reader.name().lower(), table, used)
        elif not (reader.takes("INDEX") or reader.takes("KEY")):
            yield blocks("table renamed", "SQL gives the table another name; the older code uses it", table)
    elif reader.first and reader.first not in STORAGE:
        yield blocks("sql", f"SQL that is not understood changes the table: {_short(part)}", table)


def _renamed(column: str, table: str, used: Tables) -> Iterator[Finding]:
    if column in used[table].columns:
        why = "SQL changes the column or its name; the older code uses it"
        yield blocks("column renamed", why, table, column)


def _add(reader: Reader, table: str, used: Tables) -> Iterator[Finding]:
    named = reader.takes("CONSTRAINT")
    reader.skips("IF NOT EXISTS")
    if named and reader.first not in ("UNIQUE", "PRIMARY", "FOREIGN", "CHECK"):
        reader.name()
        reader.skips("IF NOT EXISTS")
    if reader.first in ("UNIQUE", "PRIMARY", "FOREIGN", "CHECK"):
        yield blocks("rule", f"SQL adds a rule that rows of the older code need not meet: {_short(reader.rest)}", table)
    elif reader.first not in INDEXES:
        reader.skips("COLUMN", "IF NOT EXISTS")
        # Several columns are in brackets.
        definitions = split(reader.rest[:-1], ",") if reader.takes("(") else [reader.rest]
        for definition in definitions:
            column = Reader(definition)
            name = column.name().lower()
            if name not in used[table].columns and _must_have_value(column.rest):
                yield _without_value(table, name)


def _drop_part(reader: Reader, table: str, used: Tables) -> Iterator[Finding]:
    if reader.takes("PRIMARY"):
        yield blocks("rule", "SQL removes the primary key", table)
    elif reader.first == "PARTITION":
        yield blocks("sql", "SQL removes a part of the table with its rows", table)
    elif reader.first not in RULES:
        reader.skips("COLUMN", "IF EXISTS")
        column = reader.name().lower()
        if column in used[table].columns:
            yield blocks("column gone", "SQL removes the column; the older code uses it", table, column)


def _must_have_value(definition: Tokens) -> bool:
    # A unique column with a default takes one row alone.
    if has_words(definition, "UNIQUE") or has_words(definition, "PRIMARY"):
        return has_words(definition, "NOT", "NULL") or has_words(definition, "DEFAULT")
    if any(has_words(definition, word) for word in ("DEFAULT", "AUTO_INCREMENT", "AS")):
        return False
    return has_words(definition, "NOT", "NULL")


def _without_value(table: str, column: str) -> Finding:
    why = "SQL gives a column that must have a value no default: the older code can't write rows"
    return blocks("value", why, table, column)


def _after(tokens: Tokens, word: str) -> list[Token]:
    place = next((index for index, token in enumerate(tokens) if token.word == word), len(tokens))
    return list(tokens[place + 1 :])


def _short(tokens: Tokens) -> str:
    text = " ".join("…" if token.kind == "text" else token.text for token in tokens)
    return text if len(text) <= 100 else f"{text[:100]}…"
