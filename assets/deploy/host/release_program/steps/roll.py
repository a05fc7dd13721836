"""The new containers of all processes come; web's takes the traffic when it is ready. One verdict over all of them."""

from collections.abc import Sequence

from ..docker.swarm import Service
from ..failure import Failure
from ..host import Host
from ..parts.services import PAUSE, running
from ..parts.verdict import Verdict, limit_of
from ..settings.model import Definition
from .database import deploy_stack
from .passwords import end_old_passwords
from .release import Release


def roll(release: Release) -> None:
    """Makes the release serve. Raises Failure when one of its processes does not come up and stay up."""
    host, settings = release.host, release.host.settings
    before = _serving_socket(host)
    verdicts = [Verdict(host, process) for process in settings.processes]
    release.services_before = {
        service.name: host.swarm.service(settings.service(service.name)) for service in settings.services
    }
    deploy_stack(release, "roll.yaml", processes=1)
    began = host.clock.now()
    while True:
        _note_cutover(release, before)
        # Each is looked at, though another one is not good yet: whatever ends takes all of them back.
        good = [verdict.look(release.image, host.clock.now() - began) for verdict in verdicts]
        if all(good):
            break
        host.clock.sleep(PAUSE)
    host.folders.make_current()
    release.serves = True
    end_old_passwords(release)


def go_back(release: Release) -> None:
    """Has the engine take back every service that the step has changed, and has not been taken back yet.

    Processes go first, in the reverse of the order in which they start, and backing services follow. The first release
    has nothing to go back to: its processes stop, so that no container is left that tries for ever. So does a process
    that the release before did not have. A database that was exchanged stays.
    """
    host, settings = release.host, release.host.settings
    failures: list[str] = []
    services = [*reversed([*settings.backing_services, *settings.processes])]
    limit = max(limit_of(process) for process in settings.processes)
    for service in services:
        try:
            if service.is_process and not release.before:
                _stop(host, service.name)
            elif release.services_before is not None and not service.keeps_secrets:
                _take_back(host, service, release.services_before[service.name])
        except Failure as failure:
            failures.append(str(failure))
    try:
        _await_return(host, [settings.service(service.name) for service in services], limit)
    except Failure as failure:
        failures.append(str(failure))
    if failures:
        raise Failure("; ".join(failures))


def _await_return(host: Host, services: Sequence[str], limit: float) -> None:
    """Waits while the engine goes back: what is said then of who serves is true. The engine goes on in any case."""
    end = host.clock.now() + limit
    while host.clock.now() < end:
        states = [found.update_state for name in services if (found := host.swarm.service(name)) is not None]
        if "rollback_started" not in states:
            return
        host.clock.sleep(PAUSE)


def _take_back(host: Host, service: Definition, before: Service | None) -> None:
    name = host.settings.service(service.name)
    now = host.swarm.service(name)
    if now is None or (before is not None and before.spec == now.spec):
        return
    if before is not None:
        host.swarm.roll_back(name)
    elif service.is_process:
        host.swarm.scale(name, 0)


def _stop(host: Host, process: str) -> None:
    name = host.settings.service(process)
    if host.swarm.service(name) is not None:
        host.swarm.scale(name, 0)


def _note_cutover(release: Release, before: str) -> None:
    """Notes when nginx's link went to a new container, which is before the engine is satisfied with it."""
    if release.record.milliseconds_until_served is None:
        socket = _serving_socket(release.host)
        if socket and socket != before:
            release.record.milliseconds_until_served = release.milliseconds()


def _serving_socket(host: Host) -> str:
    """The socket to which nginx sends the traffic (assets/image/lib/hand-over.sh)."""
    container = running(host, host.settings.entrance)
    result = host.containers.execute(container, "readlink", "/run/web/web.sock") if container else None
    return result.text if result is not None and result.ok else ""
