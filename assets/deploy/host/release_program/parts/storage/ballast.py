"""A file without meaning on the disk of releases and data, whose room is given up when the disk is full.

MariaDB and uploads then have room for as long as a person needs to make more. Cron has the program look each minute.
"""

import os
from contextlib import suppress
from pathlib import Path

from ...clock import stamp
from ...folders import MAKE_ROOM, write_file
from ...host import Host

# Percent of the disk, and bytes that are enough for every disk.
SHARE, MOST = 5, 1 << 30

# So many times its size must be free before it is made: then as much is left as before.
ROOM = 3

# Of its size: less free room than this is none.
LEAST = 10


def keep_ballast(host: Host) -> None:
    """Makes the file when there is room for it, and gives it up when there is none."""
    file, note = _file(host), _note(host)
    status = os.statvfs(host.folders.base)
    size = min(status.f_blocks * status.f_frsize * SHARE // 100, MOST)
    free = status.f_bavail * status.f_frsize
    if file.exists():
        if free < size // LEAST:
            file.unlink()
            # Only now there is room for it.
            write_file(note, f"{stamp(host.clock.wall())}\n")
    elif free >= ROOM * size:
        _make(file, size)
        note.unlink(missing_ok=True)


def ballast_problem(host: Host) -> str:
    """What status says of a file that was given up; empty when it was not."""
    given_up = host.folders.read(_note(host).name)
    if not given_up:
        return ""
    return (
        f"the disk was full at {given_up}, and its reserve of {SHARE} % was given up: there is no other; {MAKE_ROOM}. "
        "The reserve is made again when there is room"
    )


def _make(file: Path, size: int) -> None:
    part = file.with_name(f"{file.name}.next")
    with suppress(OSError):
        part.unlink(missing_ok=True)
        with part.open("wb") as opened:
            # Blocks without a byte written: it takes no time.
            os.posix_fallocate(opened.fileno(), 0, size)
        part.replace(file)
    part.unlink(missing_ok=True)


def _file(host: Host) -> Path:
    return host.folders.base / "ballast"


def _note(host: Host) -> Path:
    return host.folders.base / "ballast-given-up"
