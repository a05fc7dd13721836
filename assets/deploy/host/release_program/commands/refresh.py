"""Makes the release that serves once more: the same code, of base images and packages of today."""

import os
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

from ..base_images import BaseImages, read_base_images, write_base_images
from ..clock import stamp
from ..failure import Refusal
from ..folders import Folders
from ..host import Host
from ..parts.lock import ReleaseLock
from ..process import become
from ..record import Record, read_record
from ..refresh.fetch import fetch_base_images

# What a release's program has made in its folder: the new one makes its own.
MADE = ("image-id", "image.tar", "served.json", "build.log", "base-images.json", "sbom.json", "number")


@dataclass(frozen=True)
class RefreshOptions:
    """How a refresh was asked for."""

    address: str = ""
    by: str = ""
    # Seconds to wait for a release that is at work.
    wait: float = 0


def refresh(host: Host, options: RefreshOptions) -> NoReturn:
    """Lays out the release that serves once more, fetches base images, and makes it serve. Raises Refusal."""
    host.require_engine()
    folders = host.folders
    serving = folders.current()
    if not serving:
        raise Refusal("no release serves yet: there is nothing to refresh. Release first")
    if serving != folders.id:
        raise Refusal(f"{serving} serves: its own program refreshes it, {folders.program(serving)} refresh")
    if not (folders.release / "context" / "Dockerfile").is_file():
        raise Refusal(
            f"the image of {serving} was built elsewhere and brought here: what it is built from is not on this host. "
            "Release the same commit again: each build elsewhere fetches all packages anew"
        )
    record = read_record(folders.record(serving)) or Record(serving)
    with ReleaseLock(folders) as lock:
        folders.records.mkdir(exist_ok=True)
        lock.take(options.wait, host.clock, host.output)
        moment = host.clock.wall()
        name = _free_name(folders, moment)
        host.say(f"{serving} is refreshed as {name}: the same code, with base images and packages of today")
        images = fetch_base_images(host, read_base_images(folders, serving) or BaseImages(), stamp(moment))
        _lay_out(folders, name)
        write_base_images(folders, name, images)
    words = ["--commit", record.commit, "--by", options.by, "--address", options.address or host.address]
    program = str(folders.program(name))
    become([program, "run", name, "--refreshes", serving, *words, "--wait", f"{options.wait:g}"])


def _free_name(folders: Folders, moment: datetime) -> str:
    """The name of a refresh that begins now. A clock that was put back may come to another release's time again."""
    while True:
        name = f"{moment:%Y%m%dT%H%M%SZ}-{folders.id.partition('-')[2]}"
        if not (folders.base / "releases" / name).exists() and not folders.record(name).exists():
            return name
        moment += timedelta(seconds=1)


def _lay_out(folders: Folders, name: str) -> None:
    """A folder with what the release that serves was made of. Files are shared: nobody writes into one."""
    target, part = folders.base / "releases" / name, folders.base / "releases" / f".{name}.part"
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(
        folders.release,
        part,
        symlinks=True,
        copy_function=os.link,
        ignore=lambda folder, names: [one for one in names if one in MADE and folder == str(folders.release)],
    )
    part.rename(target)
