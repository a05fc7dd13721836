"""What the engine has made and the kernel has not written to the disk yet: layers of images, and the cache of builds.

After a power cut they are there with empty files, and the engine takes them for whole: a release that is built on them
crashes, and so does the next one. So a mark says that something is unwritten, until all of it is on the disk.
"""

import json
import os
from contextlib import suppress
from pathlib import Path

from ...failure import Failure
from ...folders import MAKE_ROOM, write_file
from ...host import Host


def note_unwritten(host: Host, pulled: str = "") -> None:
    """Sets the mark, before an official image is fetched or one is built. Needs the lock of releases."""
    _, names = _read(host)
    mark = {"engine": host.engine_mark(), "pulled": sorted({*names, pulled} - {""})}
    write_file(_path(host), f"{json.dumps(mark)}\n")


def remove_unwritten(host: Host) -> None:
    """Removes what was unwritten when the machine went down, so that it is made anew. Needs the lock of releases."""
    engine, names = _read(host)
    if engine in ("", host.engine_mark()):
        return
    host.say("the machine went down before all of an image was on its disk: what is not certain is made anew")
    for name in names:
        host.images.remove_unused(name)
    host.images.remove_unnamed()
    host.images.bound_build_cache(0)
    _path(host).unlink(missing_ok=True)


def await_written(host: Host) -> None:
    """Waits until everything is on the disk; what was copied here for the release, too. Raises Failure."""
    info = host.swarm.info()
    places = {_seen(Path(info.folder)) if info else Path("/"), host.folders.base}
    reason = host.write_out(sorted(places))
    if reason:
        raise Failure(f"the image could not be written to the disk: {reason}; {MAKE_ROOM}")
    _path(host).unlink(missing_ok=True)


def _seen(place: Path) -> Path:
    """The folder itself, or the nearest one above it: the engine's own folder is root's."""
    while place != place.parent and not os.access(place, os.R_OK):
        place = place.parent
    return place


def _path(host: Host) -> Path:
    return host.folders.base / "unwritten"


def _read(host: Host) -> tuple[str, list[str]]:
    """The run of the engine under which the mark was set, and the official images; both are empty without a mark."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads(_path(host).read_text(encoding="utf-8"))
        return str(found["engine"]), [str(name) for name in found["pulled"]]
    return "", []
