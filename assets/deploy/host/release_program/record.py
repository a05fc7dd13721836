"""The release record: what became of a release, as JSON. For people, for going back, and for the page of a run.

Older release programs read it line by line. So each field has a line of its own, and so has each step.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .folders import write_file

Kind = Literal["release", "rollback", "refresh"]
# `running` is also what a program leaves that was killed.
Outcome = Literal["running", "served", "failed"]


@dataclass
class Record:
    """What a release says of itself."""

    release: str
    kind: Kind = "release"
    outcome: Outcome = "running"
    step: str = "begin"
    reason: str = ""
    commit: str = ""
    # The release that is made once more; empty when it is none.
    refreshes: str = ""
    by: str = ""
    image: str = ""
    began: str = ""
    # When this was written.
    ended: str = ""
    milliseconds: int = 0
    # Until nginx sent the traffic to the release; None when it did not come to that.
    milliseconds_until_served: int | None = None
    # For which the ports of visitors were closed; None when nginx was not replaced.
    milliseconds_closed: int | None = None
    probes_sent: int = 0
    probes_failed: int = 0
    migrations_applied: list[str] = field(default_factory=list)
    migrations_known: list[str] = field(default_factory=list)
    # Name and reason of those that did not fit the release before, and were accepted.
    migrations_accepted: dict[str, str] = field(default_factory=dict)
    # Name and why nobody could tell, as of Python.
    migrations_not_judged: dict[str, str] = field(default_factory=dict)

    # Of a refresh: image, package, and its versions before and now.
    packages_changed: list[str] = field(default_factory=list)
    # Name and milliseconds of each step that ended well.
    steps: list[tuple[str, int]] = field(default_factory=list)

    def text(self) -> str:
        """The file."""
        fields = {name: value for name, value in vars(self).items() if name != "steps"}
        lines = [f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}," for name, value in fields.items()]
        steps = [
            f'    {{ "step": {json.dumps(name)}, "milliseconds": {milliseconds} }}' for name, milliseconds in self.steps
        ]
        return "\n".join(["{", *lines, '  "steps": [', ",\n".join(steps), "  ]", "}", ""])

    def write(self, path: Path) -> None:
        """Writes or replaces the file in one step."""
        write_file(path, self.text())


def read_fields(path: Path) -> dict[str, object] | None:
    """The fields of a record, those that this program does not know too; None when there is none that can be read."""
    try:
        # Older programs wrote the bytes of a reason as they were.
        found = json.loads(path.read_text(encoding="utf-8", errors="replace"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def read_record(path: Path) -> Record | None:
    """A record, whoever wrote it; None when there is none, or none that can be read."""
    found = read_fields(path)
    if found is None:
        return None
    record = Record(release=path.stem)
    for name, standard in vars(record).items():
        value = found.get(name)
        if name == "steps":
            record.steps = _steps(value)
        elif isinstance(value, int if standard is None else type(standard)):
            setattr(record, name, value)
    return record


def _steps(value: object) -> list[tuple[str, int]]:
    entries = value if isinstance(value, list) else []
    return [
        (entry["step"], entry["milliseconds"])
        for entry in entries
        if isinstance(entry, dict) and isinstance(entry.get("step"), str) and isinstance(entry.get("milliseconds"), int)
    ]
