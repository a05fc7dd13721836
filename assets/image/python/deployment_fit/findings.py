"""What a change of the schema means for code that does not know of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

FITS, BLOCKS, UNKNOWN = "fits", "in the way", "nobody can tell"


class Finding(NamedTuple):
    """One reason why code can't work with the database, or why nobody can tell."""

    verdict: str
    # What has become of the database: "column gone" and so on. Advice goes by it.
    kind: str
    why: str
    table: str = ""
    column: str = ""

    @property
    def place(self) -> str:
        """`shop_entry.name`; empty when nobody knows it."""
        return f"{self.table}.{self.column}" if self.column else self.table


def verdict_of(findings: Iterable[Finding]) -> str:
    """The worst of them."""
    verdicts = {finding.verdict for finding in findings}
    return next((worst for worst in (BLOCKS, UNKNOWN) if worst in verdicts), FITS)


def blocks(kind: str, why: str, table: str, column: str = "") -> Finding:
    """Something that code can't work with."""
    return Finding(BLOCKS, kind, why, table, column)
