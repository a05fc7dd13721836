"""How full the disk of releases and data is; and, once it is rather full, what fills it."""

import json
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..docker.command import Docker, must
from ..failure import DockerError
from ..folders import MAKE_ROOM
from ..host import Host
from .storage.ballast import ballast_problem

# Percent from which on people are told what fills the disk.
FULL = 80

# How much of that is shown.
SHOWN = 6

# Seconds: the engine counts each file of each volume.
LIMIT = 60.0

UNITS: Mapping[str, int] = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


@dataclass(frozen=True)
class Disk:
    """A look at it."""

    # MiB.
    free: int
    # Of its room or of its files, whichever is scarcer; rounded up.
    percent: int
    # What is wrong, a sentence each.
    problems: Sequence[str]
    # Bytes, and of what; the most first. Empty as long as there is room.
    filled_by: Sequence[tuple[int, str]]


def look_at_disk(host: Host) -> Disk:
    """Looks at the disk, and writes a byte on it: a disk that has become read-only has room, too."""
    place = host.folders.base
    status = os.statvfs(place)
    room = _percent(status.f_blocks - status.f_bfree, status.f_bavail)
    files = _percent(status.f_files - status.f_ffree, status.f_favail)
    percent = max(room, files)
    problems = []
    if reason := _writes(place):
        problems.append(f"no byte can be written to {place}: {reason}; {MAKE_ROOM}")
    filled_by: list[tuple[int, str]] = []
    if problem := ballast_problem(host):
        problems.append(problem)
    if percent >= FULL:
        of_what = "full" if room >= files else "full of files, of which it can hold no more though there is room"
        problems.append(
            f"the disk is {percent} % {of_what}; at 100 % uploads, the database and releases fail; {MAKE_ROOM}"
        )
        try:
            filled_by = sorted([*_of_engine(host.docker), (_size(place), f"releases in {place}")], reverse=True)[:SHOWN]
        except DockerError as error:
            problems.append(f"what fills it is not known: {error}")
    return Disk(status.f_bavail * status.f_frsize >> 20, percent, problems, filled_by)


def disk_lines(disk: Disk) -> list[str]:
    """The same for people."""
    return [
        f"{disk.free} MiB on the data volume, {disk.percent} % used",
        *[f"! {problem}" for problem in disk.problems],
        *[f"    {size / 10**9:8.2f} GB  {name}" for size, name in disk.filled_by],
    ]


def _percent(used: int, free: int) -> int:
    """As df counts: what is kept for root is neither used nor free."""
    return -(-100 * used // (used + free)) if used + free > 0 else 0


def _writes(place: Path) -> str:
    """Why nothing can be written; empty when it can."""
    file = place / f".status-{os.getpid()}"
    try:
        with file.open("wb") as opened:
            opened.write(b"1")
            opened.flush()
            os.fsync(opened.fileno())
    except OSError as error:
        return error.strerror or str(error)
    finally:
        with suppress(OSError):
            file.unlink()
    return ""


def _of_engine(docker: Docker) -> list[tuple[int, str]]:
    """What the engine keeps: each volume, and images, containers and the cache of builds."""
    words = ("system", "df", "--format", "{{json .}}")
    kinds = [json.loads(line) for line in must(docker.call(*words, limit=LIMIT), *words).lines]
    each = ("system", "df", "--verbose", "--format", "{{json .Volumes}}")
    volumes = json.loads(must(docker.call(*each, limit=LIMIT), *each).text)
    return [
        *[(_bytes(one["Size"]), f"volume {one['Name']}") for one in volumes],
        *[
            (_bytes(one["Size"]), f"{one['Type']} of the engine, {one['Reclaimable'].split()[0]} of them unused")
            for one in kinds
            if one["Type"] != "Local Volumes"
        ],
    ]


def _bytes(text: str) -> int:
    """Of a size as Docker says it: "4.249GB"."""
    match = re.fullmatch(r"([0-9.]+)([kMGT]?B)", text)
    return int(float(match[1]) * UNITS[match[2]]) if match else 0


def _size(folder: Path) -> int:
    """Bytes on the disk of all files in a folder that can be seen."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            file = Path(place, name)
            if not file.is_symlink() and os.access(file, os.F_OK):
                total += file.stat().st_blocks * 512
    return total
