"""Official images."""

from ..failure import Failure
from ..host import Host
from .storage.unwritten import note_unwritten, remove_unwritten


def provide_base(host: Host, image: str) -> None:
    """Sees that an official image is here. Raises Failure when it can't be fetched."""
    remove_unwritten(host)
    if host.images.find(image):
        return
    note_unwritten(host, image)
    result = host.images.pull(image)
    if result.text:
        host.say(result.text)
    if not result.ok:
        raise Failure(
            f"the image {image} is not here and could not be fetched; "
            f"see whether this host reaches its registry: docker pull {image}"
        )
