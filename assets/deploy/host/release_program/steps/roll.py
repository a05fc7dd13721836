"""The new containers of all processes come; web's takes the traffic when it is ready. One verdict over all of them."""

from ..host import Host
from ..parts.served import note_served
from ..parts.services import PAUSE, running
from ..parts.verdict import Verdict
from .passwords import end_old_passwords
from .release import Release
from .stack import deploy_stack, stack_variables


def roll(release: Release) -> None:
    """Makes the release serve. Raises Failure when one of its processes does not come up and stay up."""
    host, settings = release.host, release.host.settings
    before = _serving_socket(host)
    verdicts = [Verdict(host, process) for process in settings.processes]
    deploy_stack(release, "roll.yaml")
    began = host.clock.now()
    while True:
        _note_cutover(release, before)
        # Each is looked at, though another one is not good yet: whatever ends takes all of them back.
        good = [verdict.look(release.image, host.clock.now() - began) for verdict in verdicts]
        if all(good):
            break
        host.clock.sleep(PAUSE)
    note_served(host, stack_variables(release))
    host.folders.make_current()
    release.serves = True
    end_old_passwords(release)


def _note_cutover(release: Release, before: str) -> None:
    """Notes when nginx's link went to a new container, which is before the engine is satisfied with it."""
    if release.record.milliseconds_until_served is None:
        socket = _serving_socket(release.host)
        if socket and socket != before:
            release.record.milliseconds_until_served = release.milliseconds()


def _serving_socket(host: Host) -> str:
    """The socket to which nginx sends the traffic (assets/image/lib/hand-over.sh)."""
    container = running(host, host.settings.proxy)
    result = host.containers.execute(container, "readlink", "/run/web/web.sock") if container else None
    return result.text if result is not None and result.ok else ""
