"""nginx, through which every visitor comes. Its ports close while its container is replaced: it can't run twice."""

import hashlib
from collections.abc import Callable

from ...docker.swarm import Service
from ...failure import Failure
from ...host import Host
from ...settings.model import Definition
from ..services import PAUSE, containers, healthy, is_among, last_words, running
from ..verdict import TAKEN_BACK

# Seconds for which the ports are closed when nothing is under way: the engine ends one container and starts another.
CLOSED = 5

# Seconds after which new visitors wait no longer and are refused, if nginx is still not there.
HOLD_LIMIT = 30

# Seconds for the answers that are under way: then they are cut off, and everybody else is served again.
DRAIN = 8

# Seconds in which the new one must listen, and then be healthy; and for a call as root.
OPEN, HEALTHY, CALL = 60, 90, 30


def revision(host: Host) -> str:
    """What nginx's service is started with: the service as it is written, with the image that its variable names."""
    return hashlib.sha256("\n".join([_written(host), *_images(host)]).encode()).hexdigest()[:12]


def current(host: Host) -> Service | None:
    """nginx's service; None when there is none yet."""
    return host.swarm.service(host.settings.service(host.settings.proxy))


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
        f"plan: {host.settings.proxy} is replaced when the release serves, for {cause}: {ports_in_words(host)} will "
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
        self._holds = False

    def begin(self) -> bool:
        """Begins. Where that is impossible, visitors are refused meanwhile, and it is said."""
        reason = self._run("begin", str(HOLD_LIMIT), *self._ports)
        if reason:
            self._host.say(
                f"new visitors can't be held on this host ({reason}): they are refused as long as the ports are closed"
            )
        self._holds = not reason
        return self._holds

    def end(self) -> None:
        """Lets them in."""
        reason = self._run("end", *self._ports)
        if reason and self._holds:
            self._host.say(f"new visitors wait on, for {HOLD_LIMIT} s at most in all: {reason}")

    def _run(self, *words: str) -> str:
        """Why it failed; empty when it did not."""
        script = self._host.folders.deploy / "nginx" / "hold-connections.sh"
        return self._host.as_root(["sh", str(script), *words], CALL)


class Replacement:
    """The replacement of nginx's container by the one that this release wants."""

    def __init__(self, host: Host) -> None:
        self._host, self._name = host, host.settings.proxy
        self._service, self._container = current(host), running(host, self._name)

    def carry_out(self, deploy: Callable[[], None]) -> int | None:
        """Has `deploy` change the service, while new visitors wait; for how many milliseconds the ports were closed.

        None when the engine sees no reason for another container. Raises Failure when the new one does not listen.
        """
        host = self._host
        hold = ConnectionHold(host)
        began = host.clock.now()
        holds = hold.begin()
        try:
            deploy()
            service = current(host)
            if service is not None and self._service is not None and service.start == self._service.start:
                host.say(f"{self._name} is started as before: its container stays")
                return None
            self._await(OPEN, self._listens)
            closed = int((host.clock.now() - began) * 1000)
        finally:
            hold.end()
        met = "new visitors waited" if holds else "new visitors were refused"
        host.say(f"{ports_in_words(host)} were closed for {closed / 1000:.1f} s, and {met}")
        return closed

    def await_health(self) -> None:
        """Waits until the new container is healthy, and the old one has ended. Raises Failure."""
        self._await(HEALTHY, self._is_healthy)

    def _listens(self, passed: float) -> bool:
        """Whether the new container listens: nginx writes its number when it does, into a folder that begins empty."""
        host = self._host
        found = running(host, self._name)
        if found and found == self._container and passed >= DRAIN:
            # nginx ends at once then. It has stopped to listen before.
            host.containers.signal(found, "TERM")
        return found not in ("", self._container) and host.containers.execute(found, "ls", "/tmp/nginx.pid").ok

    def _is_healthy(self, _passed: float) -> bool:
        runs = containers(self._host, self._name, "status=running")
        return healthy(self._host, self._name) and not is_among(runs, self._container)

    def _await(self, limit: float, good: Callable[[float], bool]) -> None:
        """Waits until the new container is good. Raises Failure when it does not become so; the engine goes back."""
        host = self._host
        began = host.clock.now()
        while not good(host.clock.now() - began):
            service = current(host)
            state = service.update_state if service else ""
            if state in TAKEN_BACK:
                raise self._failure(f"did not come up, and the engine went back to the one before ({state})")
            if host.clock.now() - began >= limit:
                host.swarm.roll_back(host.settings.service(self._name))
                raise self._failure(f"did not come up within {limit} s, and the engine goes back to the one before")
            host.clock.sleep(PAUSE)

    def _failure(self, what: str) -> Failure:
        said = last_words(self._host, self._name)
        return Failure(f"the new {self._name} {what}. The release serves. Its last words: {said}")


def _definition(host: Host) -> Definition:
    return next(one for one in host.settings.services if one.name == host.settings.proxy)


def _written(host: Host) -> str:
    return (host.folders.deploy / "services" / f"{host.settings.proxy}.yaml").read_text(encoding="utf-8")


def _images(host: Host) -> list[str]:
    """The image that the service's variable names; a list, for the text is asked for each."""
    text = _written(host)
    return [image for base, image in host.settings.images.items() if f"{base.upper()}_IMAGE" in text]
