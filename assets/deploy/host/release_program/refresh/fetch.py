"""Fetches base images anew."""

from ..base_images import BaseImages
from ..failure import Failure
from ..host import Host


def fetch_base_images(host: Host, before: BaseImages, now: str) -> BaseImages:
    """The newest of each base image. Nothing that runs is changed. Raises Failure when one can't be fetched.

    An image is used by its digest from now on. Its name stays with the image of before: containers that the engine
    starts again meanwhile must not have an image that nobody has looked at.
    """
    plain = {pinned: name for name, pinned in before.pinned.items()}
    pinned: dict[str, str] = {}
    for image in sorted(set(host.settings.images.values())):
        name = plain.get(image, image)
        if "@" in name:
            host.say(f"{name} stays: its digest is in the settings")
            continue
        used, named = host.images.find(image), host.images.find(name)
        result = host.images.pull(name)
        if not result.ok:
            raise Failure(
                f"{name} could not be fetched: {result.complaint}. Nothing was changed; see: docker pull {name}"
            )
        found = host.images.find(name)
        if found is None:
            raise Failure(f"{name} was fetched, and the engine does not have it. Nothing was changed; refresh again")
        digest = host.images.digest(name)
        if named is not None and named.id != found.id:
            host.images.tag(named.id, name)
        if used is not None and used.id == found.id:
            host.say(f"{name} is as it was")
            if image != name:
                pinned[name] = image
        elif digest:
            host.say(f"{name} is newer now: {digest}")
            pinned[name] = f"{name}@{digest}"
        else:
            raise Failure(f"{name} was fetched, and its registry gave no digest. Nothing was changed; refresh again")
    return BaseImages(now, pinned)
