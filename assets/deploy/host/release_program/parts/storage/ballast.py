"""A file without meaning on the disk of releases and data, whose room is given up when the disk is full.

MariaDB and uploads then have room for as long as a person needs to make more. Cron has the program look each minute.
Most file systems hold a number of files and no more. So there are empty files without meaning, too.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ...clock import stamp
from ...folders import MAKE_ROOM, write_file
from ...host import Host

# Percent of the disk, and bytes that are enough for every disk.
SHARE, MOST = 5, 1 << 30
# Files that are enough for every disk: as many uploads.
MOST_FILES = 5000

# So many times a reserve's size must be free before it is made: then as much is left as before.
ROOM = 3

# Of its size: less free room than this is none.
LEAST = 10


def keep_ballast(host: Host) -> None:
    """Makes file and files when there is room for them, and gives up that of which there is none."""
    status = os.statvfs(host.folders.base)
    size = min(status.f_blocks * status.f_frsize * SHARE // 100, MOST)
    files, one = _folder(host), _file(host)
    # None: its file system needs no number.
    count = min(status.f_files * SHARE // 100, MOST_FILES)
    if _keep(one, status.f_bavail * status.f_frsize, size, lambda: _make(one, size)) or (
        count > 0 and _keep(files, status.f_favail, count, lambda: _make_files(files, count))
    ):
        # Only now there is room for it.
        write_file(_note(host), f"{stamp(host.clock.wall())}\n")
    elif one.exists() and (files.exists() or count == 0):
        _note(host).unlink(missing_ok=True)


def _keep(reserve: Path, free: int, size: int, make: Callable[[], None]) -> bool:
    """Makes a reserve, or gives it up; whether it was given up."""
    if reserve.exists():
        if free < size // LEAST:
            _remove(reserve)
            return True
    elif free >= ROOM * size:
        make()
    return False


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


def _make_files(folder: Path, count: int) -> None:
    part = folder.with_name(f"{folder.name}.next")
    with suppress(OSError):
        _remove(part)
        part.mkdir()
        for number in range(count):
            (part / str(number)).touch()
        part.rename(folder)
    _remove(part)


def _remove(reserve: Path) -> None:
    if reserve.is_dir():
        shutil.rmtree(reserve, ignore_errors=True)
    else:
        reserve.unlink(missing_ok=True)


def _folder(host: Host) -> Path:
    return host.folders.base / "ballast-files"


def _file(host: Host) -> Path:
    return host.folders.base / "ballast"


def _note(host: Host) -> Path:
    return host.folders.base / "ballast-given-up"
