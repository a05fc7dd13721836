"""Kinds of SQL, by what a second run of a statement would do."""

from __future__ import annotations

import hashlib
import re

# It leaves nothing in the database: it is run again each time.
SESSION = "session"
# It changes the schema: MariaDB commits before and after it, and does it whole or not at all.
CHANGE = "change"
# It changes rows, and its note can be in its transaction.
ROWS = "rows"
# Nobody can tell from its text what it does.
OPAQUE = "opaque"

# Characters.
LONGEST = 4000

_WORDS = {
    SESSION: "SELECT SHOW SET USE DESC DESCRIBE EXPLAIN LOCK UNLOCK PREPARE DEALLOCATE ANALYZE OPTIMIZE CHECK CHECKSUM FLUSH"
    " BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE VALUES GRANT REVOKE",
    CHANGE: "CREATE ALTER DROP RENAME TRUNCATE",
    ROWS: "INSERT UPDATE DELETE REPLACE LOAD WITH DO",
}
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words.split()}

# What may stand before the first word. What is inside /*! */ MariaDB runs.
_BEFORE = re.compile(r"\s+|--[^\n]*|#[^\n]*|/\*M?!\d*|/\*[\s\S]*?\*/|\(")
_QUOTED = re.compile(r"'(?:[^'\\]|\\[\s\S]|'')*'|\"(?:[^\"\\]|\\[\s\S]|\"\")*\"|`[^`]*`|--[^\n]*|#[^\n]*|/\*[\s\S]*?\*/")
_SEVERAL = re.compile(r";\s*[^\s;]")
_TEMPORARY = re.compile(r"(CREATE(\s+OR\s+REPLACE)?|DROP)\s+TEMPORARY\b", re.IGNORECASE)
_PROGRAM = re.compile(r"CREATE\b.{0,200}?\b(TRIGGER|PROCEDURE|FUNCTION|EVENT|PACKAGE)\b", re.IGNORECASE | re.DOTALL)


def kind_of(sql: str) -> str:
    """What a second run would do."""
    text = _without_comments(sql)
    if not text:
        return SESSION
    word = re.match(r"\w*", text)
    kind = _KINDS.get(word[0].upper() if word else "", OPAQUE)
    if is_temporary(sql):
        return OPAQUE
    if ";" not in text or (kind == CHANGE and _PROGRAM.match(text)):
        return kind
    return OPAQUE if _SEVERAL.search(_QUOTED.sub("''", text)) else kind


def is_temporary(sql: str) -> bool:
    """Whether it is about a table that lives as long as the connection."""
    return _TEMPORARY.match(_without_comments(sql)) is not None


def names_in(sql: str) -> set[str]:
    """All words and quoted names: those of tables are among them."""
    return {quoted.replace("``", "`") or word for quoted, word in re.findall(r"`((?:[^`]|``)+)`|([\w$]+)", sql)}


def digest(text: str) -> str:
    """A short name for a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def kept(sql: str) -> str:
    """What a note keeps of a statement: one with much data would not fit into another statement."""
    return sql if len(sql) <= LONGEST else f"{sql[:LONGEST]}… {digest(sql)}"


def shown(sql: str) -> str:
    """For people: on one line, and not too long."""
    text = " ".join(sql.split())
    return text if len(text) <= 200 else f"{text[:200]}…"


def _without_comments(sql: str) -> str:
    place = 0
    while found := _BEFORE.match(sql, place):
        place = found.end()
    return sql[place:]
