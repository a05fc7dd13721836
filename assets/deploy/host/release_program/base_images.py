"""The base images that a release is made with, and when all that it is made of was fetched anew.

Each release has a list of its own, so that a way back goes to the images of then. A release takes over the list of the
one that serves; a refresh makes a new one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from .folders import Folders, write_file


@dataclass(frozen=True)
class BaseImages:
    """The list of a release."""

    # When base images and packages were fetched anew, for example 2026-11-24T19:05:33Z; empty: nobody knows.
    fetched: str = ""
    # What an image is called in its registry, and the same with the digest that is used. Others have none here.
    pinned: Mapping[str, str] = field(default_factory=dict)

    def names(self, images: Mapping[str, str]) -> dict[str, str]:
        """Images of the settings, each by its digest where that is known."""
        return {base: self.pinned.get(image, image) for base, image in images.items()}


def read_base_images(folders: Folders, release: str) -> BaseImages | None:
    """The list of a release; None when it has none, as those have that older programs made."""
    try:
        found = json.loads(folders.base_images(release).read_text(encoding="utf-8"))
        return BaseImages(str(found["fetched"]), dict(found["pinned"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_base_images(folders: Folders, release: str, images: BaseImages) -> None:
    """Writes the list of a release."""
    text = json.dumps({"fetched": images.fetched, "pinned": dict(images.pinned)}, indent=2)
    write_file(folders.base_images(release), f"{text}\n")


def take_over_base_images(folders: Folders, now: str) -> BaseImages:
    """The list of this release: its own, else that of the one that serves. The first release fetches everything."""
    own = read_base_images(folders, folders.id)
    if own is not None:
        return own
    serving = folders.current()
    images = (read_base_images(folders, serving) or BaseImages()) if serving else BaseImages(now)
    write_base_images(folders, folders.id, images)
    return images
