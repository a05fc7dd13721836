"""nginx is replaced, when it is to be started otherwise: the last change of a release, for its ports close for that."""

from collections.abc import Callable

from ..failure import Failure
from ..host import Host
from ..parts.entrance import ConnectionHold, current, must_be_replaced, ports_in_words
from ..parts.services import PAUSE, containers, healthy, is_among, last_words, running
from ..parts.verdict import TAKEN_BACK
from .database import deploy_stack
from .release import Release

# Seconds for the answers that are under way: then they are cut off, and everybody else is served again.
DRAIN = 8

# Seconds in which the new one must listen, and then be healthy.
OPEN, HEALTHY = 60, 90


def replace_entrance(release: Release) -> None:
    """Replaces nginx's container when the release wants it otherwise. Raises Failure when the new one does not come up.

    The engine goes back to the one before then, and the release serves.
    """
    host, name = release.host, release.host.settings.entrance
    service = current(host)
    if service is None or not must_be_replaced(host, service):
        host.say(f"{name} stays as it is")
        return
    before = running(host, name)
    hold = ConnectionHold(host)
    began = host.clock.now()
    hold.begin()
    try:
        deploy_stack(release, f"{name}.yaml", processes=1)
        if (now := current(host)) is not None and now.start == service.start:
            host.say(f"{name} is started as before: its container stays")
            return
        _await(host, OPEN, lambda passed: _listens(host, before, passed))
        release.record.milliseconds_closed = int((host.clock.now() - began) * 1000)
    finally:
        hold.end()
    host.say(f"{ports_in_words(host)} were closed for {host.clock.now() - began:.1f} s, and new visitors waited")
    _await(host, HEALTHY, lambda _: _is_healthy(host, before))


def _listens(host: Host, before: str, passed: float) -> bool:
    """Whether the new container listens: nginx writes its number when it does, into a folder that begins empty."""
    name = host.settings.entrance
    found = running(host, name)
    if found == before and passed >= DRAIN:
        # nginx ends at once then. It has stopped to listen before.
        host.containers.signal(before, "TERM")
    return found not in ("", before) and host.containers.execute(found, "ls", "/tmp/nginx.pid").ok


def _is_healthy(host: Host, before: str) -> bool:
    name = host.settings.entrance
    return healthy(host, name) and not is_among(containers(host, name, "status=running"), before)


def _await(host: Host, limit: float, good: Callable[[float], bool]) -> None:
    """Waits until the new container is good. Raises Failure when it does not become so, and has the engine go back."""
    name = host.settings.entrance
    began = host.clock.now()
    while not good(host.clock.now() - began):
        service = current(host)
        state = service.update_state if service else ""
        if state in TAKEN_BACK:
            raise _failure(host, f"did not come up, and the engine went back to the one before ({state})")
        if host.clock.now() - began >= limit:
            host.swarm.roll_back(host.settings.service(name))
            raise _failure(host, f"did not come up within {limit} s, and the engine goes back to the one before")
        host.clock.sleep(PAUSE)


def _failure(host: Host, what: str) -> Failure:
    name = host.settings.entrance
    return Failure(f"the new {name} {what}. The release serves. Its last words: {last_words(host, name)}")
