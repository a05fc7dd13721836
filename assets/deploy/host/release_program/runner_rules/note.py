"""What is kept from one look at the rules to the next, beside the releases."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..clock import moment_of, stamp
from ..folders import Folders, write_file


@dataclass(frozen=True)
class Note:
    """What the last look has found."""

    # When a rule was seen first that does not say its own time, by its id.
    seen: Mapping[str, str] = field(default_factory=dict)
    # Why the rules can't be looked after, and since when; empty: all is well.
    problem: str = ""
    since: str = ""


def read_note(folders: Folders) -> Note:
    """The note; an empty one when there is none that can be read."""
    try:
        found = json.loads(_file(folders).read_text(encoding="utf-8"))
        seen = {rule: stamp(moment_of(first)) for rule, first in found["seen"].items()}
        return Note(seen, str(found["problem"]), str(found["since"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Note()


def write_note(folders: Folders, note: Note) -> None:
    """Writes it, when it differs from the one that is there. Raises Failure."""
    if note != read_note(folders):
        write_file(_file(folders), f"{json.dumps(vars(note), indent=2)}\n")


def _file(folders: Folders) -> Path:
    return folders.base / "runner-rules.json"
