"""SQL of a migration, as far as it must be understood: which tables and columns it changes, and how."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Sequence

# Comments that MariaDB carries out (`/*! … */`) are read as what is in them.
TOKEN = re.compile(
    r"""(?P<comment>--(?=\s|$)[^\n]*|\#[^\n]*|/\*(?!!|M!).*?\*/|/\*M?!\d*|\*/)
      | (?P<text>'(?:[^'\\]|\\.|'')*')
      | (?P<name>`(?:[^`]|``)*`|"(?:[^"\\]|\\.|"")*")
      | (?P<word>[\w$@]+)
      | (?P<space>\s+)
      | (?P<sign>.)""",
    re.DOTALL | re.VERBOSE,
)


class Token(NamedTuple):
    """A word, a name, a text or a sign."""

    kind: str
    text: str

    @property
    def word(self) -> str:
        """In capitals, if it is a word of SQL or may be one."""
        return self.text.upper() if self.kind in ("word", "sign") else ""


Tokens = Sequence[Token]


def statements(sql: str) -> list[list[Token]]:
    """The statements of a text, without comments. A name has no quotes any more."""
    tokens = []
    for match in TOKEN.finditer(sql):
        kind, text = match.lastgroup or "", match[0]
        if kind == "name":
            text = text[1:-1].replace(text[0] * 2, text[0])
        if kind not in ("comment", "space"):
            tokens.append(Token(kind, text))
    return [part for part in split(tokens, ";") if part]


def split(tokens: Iterable[Token], sign: str) -> list[list[Token]]:
    """The parts between signs that are in no brackets."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        if token.kind == "sign":
            depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.kind == "sign" and token.text == sign and depth <= 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


class Reader:
    """Goes through the tokens of a statement."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = list(tokens)
        self._at = 0

    def takes(self, *words: str) -> bool:
        """Whether these words are next; then they are passed."""
        following = [token.word for token in self._tokens[self._at : self._at + len(words)]]
        if following != list(words):
            return False
        self._at += len(words)
        return True

    def skips(self, *choices: str) -> None:
        """Passes any of these, each some words."""
        while any(self.takes(*choice.split()) for choice in choices):
            pass

    def name(self) -> str:
        """The next name, without that of its database; empty when there is none."""
        found = self._next_name()
        while found and self.takes("."):
            found = self._next_name()
        return found

    def _next_name(self) -> str:
        if self._at < len(self._tokens) and self._tokens[self._at].kind in ("name", "word"):
            self._at += 1
            return self._tokens[self._at - 1].text
        return ""

    @property
    def rest(self) -> list[Token]:
        """What was not passed yet."""
        return self._tokens[self._at :]

    @property
    def first(self) -> str:
        """The next word; empty when there is none."""
        return self._tokens[self._at].word if self._at < len(self._tokens) else ""


def has_words(tokens: Tokens, *words: str) -> bool:
    """Whether the words follow each other somewhere."""
    found = [token.word for token in tokens]
    return any(found[start : start + len(words)] == list(words) for start in range(len(found)))


def names(tokens: Tokens) -> Iterator[str]:
    """All that may be names."""
    return (token.text for token in tokens if token.kind in ("name", "word"))
