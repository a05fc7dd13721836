"""nginx, through which every visitor comes. Its ports close while its container is replaced: it can't run twice."""

import hashlib

from ..docker.swarm import Service
from ..host import Host
from ..settings.model import Definition

# Seconds for which the ports are closed when nothing is under way: the engine ends one container and starts another.
CLOSED = 5

# Seconds after which new visitors wait no longer and are refused, if nginx is still not there.
HOLD_LIMIT = 30

# Seconds for a call as root.
CALL = 30


def revision(host: Host) -> str:
    """What nginx's service is started with: the service as it is written, with the image that its variable names."""
    return hashlib.sha256("\n".join([_written(host), *_images(host)]).encode()).hexdigest()[:12]


def current(host: Host) -> Service | None:
    """nginx's service; None when there is none yet."""
    return host.swarm.service(host.settings.service(host.settings.entrance))


def must_be_replaced(host: Host, service: Service | None) -> bool:
    """Whether a service is started otherwise than this release wants it."""
    return service is not None and service.labels.get(f"{host.settings.labels.revision}.stack") != revision(host)


def tell_plan(host: Host) -> None:
    """Says beforehand whether nginx is replaced, why, and for how long its ports will be closed."""
    service = current(host)
    if service is None or not must_be_replaced(host, service):
        return
    images = _images(host)
    cause = (
        "its memory, its ports or its volumes change"
        if service.image in images
        else f"its image changes from {service.image} to {', '.join(images)}"
    )
    host.say(
        f"plan: {host.settings.entrance} is replaced when the release serves, for {cause}: {ports_in_words(host)} will "
        f"be closed for about {CLOSED} s, for longer while an answer is under way. New visitors wait meanwhile, "
        f"{HOLD_LIMIT} s at most"
    )


def ports_in_words(host: Host) -> str:
    """Its ports on the host: "ports 80 and 443"."""
    ports = [str(port) for port in _definition(host).ports]
    return f"{'port' if len(ports) == 1 else 'ports'} {' and '.join(ports)}"


class ConnectionHold:
    """New connections wait (assets/nginx/hold-connections.sh). It ends by itself, whatever becomes of this program."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._ports = [str(port) for port in _definition(host).ports]

    def begin(self) -> None:
        """Begins. Where that is impossible, visitors are refused meanwhile, and it is said."""
        if self._run("begin", str(HOLD_LIMIT), *self._ports) != 0:
            self._host.say("new visitors can't be held on this host: they are refused as long as the ports are closed")

    def end(self) -> None:
        """Lets them in."""
        self._run("end", *self._ports)

    def _run(self, *words: str) -> int:
        script = self._host.folders.deploy / "nginx" / "hold-connections.sh"
        return self._host.as_root(["sh", str(script), *words], self._host.say, CALL)


def _definition(host: Host) -> Definition:
    return next(one for one in host.settings.services if one.name == host.settings.entrance)


def _written(host: Host) -> str:
    return (host.folders.deploy / f"{host.settings.entrance}.yaml").read_text(encoding="utf-8")


def _images(host: Host) -> list[str]:
    """The image that the service's variable names; a list, for the text is asked for each."""
    text = _written(host)
    return [image for base, image in host.settings.images.items() if f"{base.upper()}_IMAGE" in text]
