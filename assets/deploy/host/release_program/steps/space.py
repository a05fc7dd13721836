"""Room for a release, before anything is changed."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from pathlib import Path

from ..failure import DockerError, Failure
from ..folders import MAKE_ROOM
from ..host import Host
from .prune import prune, prune_failed
from .release import Release

# MiB: the layers of a small project, and what its build leaves in the cache.
LEAST = 700

# Files of the same.
LEAST_FILES = 10000

MIB = 1048576


def check_space(release: Release) -> None:
    """Makes room when there is none. Raises Failure when there still is none."""
    host = release.host
    info = host.swarm.info()
    if info is None:
        raise DockerError("the Docker engine does not answer any more")
    # Before it is short: otherwise many that fail, one after another, are cleared away by none.
    prune_failed(host)
    rooms = (_room_for_bytes(space_needed(host)), _room_for_files())
    for place in (info.folder, host.folders.base):
        for room in rooms:
            _make(room, release, place)


@dataclass(frozen=True)
class _Room:
    """Something of which a disk may have too little."""

    free: Callable[[Path], float]
    needed: int
    # What is said before anything is removed, and when that was not enough.
    short: str
    refused: str


def _room_for_bytes(needed: int) -> _Room:
    return _Room(
        free_space,
        needed,
        "{free} MiB are free at {place}, a release needs {needed}: removing what older releases left",
        "the disk is too full: {free} MiB are free at {place}, a release needs {needed}. Make host.dataDisk larger in "
        f"deployment.ts, then type make host; or {MAKE_ROOM}",
    )


def _room_for_files() -> _Room:
    """A file system can hold a number of files, however small they are."""
    return _Room(
        free_files,
        LEAST_FILES,
        "{free} files can be made at {place}, a release needs {needed}: removing what is left over",
        "the disk can hold {free} more files at {place}, though it may have room, and a release needs {needed}. Remove "
        f"files that nobody needs, or make host.dataDisk larger in deployment.ts, then type make host; {MAKE_ROOM}",
    )


def _make(room: _Room, release: Release, place: Path) -> None:
    free = room.free(place)
    if free >= room.needed:
        return
    release.host.say(room.short.format(free=free, place=place, needed=room.needed))
    for make_room in (prune, _remove_leftovers):
        if free < room.needed:
            make_room(release)
            free = room.free(place)
    if free < room.needed:
        raise Failure(room.refused.format(free=free, place=place, needed=room.needed))


def _remove_leftovers(release: Release) -> None:
    """Removes what makes the next release slower, or costs another look at a registry."""
    release.host.say("there still is too little room: removing all that builds have left, and images without a name")
    release.host.images.bound_build_cache(0)
    release.host.images.remove_unnamed()


def space_needed(host: Host) -> int:
    """MiB: a new image may be a whole new one."""
    service = host.swarm.service(host.settings.service(host.settings.serving))
    image = host.images.find(service.image) if service else None
    return max(LEAST, image.size * 3 // 2 // MIB if image else 0)


def free_space(place: Path) -> int:
    """MiB that are free at a folder."""
    status = _status(place)
    return status.f_bavail * status.f_frsize // MIB


def free_files(place: Path) -> float:
    """How many more files a folder can hold."""
    status = _status(place)
    return status.f_favail if status.f_files else inf


def _status(place: Path) -> os.statvfs_result:
    """It may not be shown itself: the engine's folder is root's."""
    while place != place.parent and not os.access(place, os.F_OK):
        place = place.parent
    return os.statvfs(place)
