"""The holder: one container that mounts every volume with data and does nothing.

`docker volume prune` and `docker system prune` delete volumes that no container mounts, and no service of the Swarm
mounts all of them.
"""

import hashlib

from ..failure import Failure
from ..host import Host
from ..settings.word import texts


def provide_volumes(host: Host) -> None:
    """Makes the volumes that are missing, and has the holder hold them."""
    for volume in host.settings.volumes:
        host.containers.create_volume(volume, host.settings.label)
    hold_volumes(host)


def hold_volumes(host: Host) -> None:
    """Starts the holder when it is missing, or is made from another image or for other volumes."""
    settings = host.settings
    arguments = texts(settings.holder, host.values())
    name = f"{settings.name}-holder"
    label = f"{settings.labels.name}.holder={_version(host, arguments)}"
    if [found.name for found in host.containers.find(f"label={label}", "status=running")] == [name]:
        return
    # What is in the volumes is none of its business: another one may take its place at any time.
    host.containers.remove(name)
    result = host.containers.run("--label", label, *arguments)
    if not result.ok:
        host.say(result.complaint)
        raise Failure(
            f"the container {name}, which keeps the volumes in use, could not be started; the line before says why. "
            "Nothing else was changed"
        )


def _version(host: Host, arguments: list[str]) -> str:
    image = host.images.find(host.settings.images["python"])
    lines = [*arguments, image.id if image else ""]
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()[:16]
