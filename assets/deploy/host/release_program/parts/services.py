"""The services of the Swarm, their containers, and what they say."""

from collections.abc import Sequence

from ..docker.containers import Container
from ..host import Host

# Seconds between two looks at something that is waited for.
PAUSE = 0.3


def containers(host: Host, role: str, condition: str, *, everything: bool = False) -> list[Container]:
    """Containers of a service that fit a condition of docker ps, the newest first; those that run, or `everything`."""
    return host.containers.find(_label(host, role), condition, everything=everything)


def is_among(found: Sequence[Container], container: str) -> bool:
    """Whether a container of this id is in a list."""
    return any(one.id == container for one in found)


def running(host: Host, role: str) -> str:
    """Id of the container of a service that runs; empty when none does."""
    found = containers(host, role, "status=running")
    return found[0].id if found else ""


def healthy(host: Host, role: str) -> bool:
    """Whether a service has a container that is healthy."""
    return bool(containers(host, role, "health=healthy"))


def newest(host: Host, role: str) -> str:
    """Id of a service's newest container, whether it runs or not; empty when there is none."""
    found = host.containers.find(_label(host, role), everything=True, latest=True)
    return found[0].id if found else ""


def all_containers(host: Host, role: str) -> list[str]:
    """Ids of a service's containers, whether they run or not, in the engine's order.

    The engine puts the newest first by its clock, which may have been put back since: which containers are new is told
    by those that were there before.
    """
    return [one.id for one in host.containers.find(_label(host, role), everything=True)]


def last_words(host: Host, role: str) -> str:
    """The last lines of a service's newest container, or why there is none."""
    container = newest(host, role)
    if container:
        return "\n".join(host.containers.logs(container, 15))
    return "\n".join(host.swarm.errors(host.settings.service(role))[:3])


def wait_for_container(host: Host, role: str, seconds: float) -> str:
    """Id of the container of a service that runs, as soon as there is one; empty when there is none in time."""
    end = host.clock.now() + seconds
    while not (container := running(host, role)) and host.clock.now() < end:
        host.clock.sleep(PAUSE)
    return container


def _label(host: Host, role: str) -> str:
    return f"label=com.docker.swarm.service.name={host.settings.service(role)}"
