"""What the kernel still has to write to the disks."""

from collections.abc import Sequence
from pathlib import Path

from ..process import follow

# Seconds: the layers of a large image on a slow disk.
LIMIT = 900.0


def write_out(places: Sequence[Path]) -> str:
    """Waits until all of the file systems of some folders is on their disks; what was wrong, and nothing when it is."""
    said: list[str] = []
    status = follow(["sync", "--file-system", *map(str, places)], said.append, {}, LIMIT)
    return "" if status == 0 else " ".join(said) or f"sync ended with status {status}"
