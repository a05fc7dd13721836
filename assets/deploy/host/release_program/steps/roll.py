"""The new container comes beside the old one and takes the traffic; judged by what the engine and nginx say."""

from ..failure import Failure
from ..host import Host
from ..parts.services import PAUSE, containers, last_words, newest, running
from .database import deploy_stack
from .passwords import end_old_passwords
from .release import Release

# Seconds that the engine may take beside the application's own limits.
ENGINE = 60

# Looks in a row at a release that serves, when the engine says nothing of an update: it takes a moment to begin one.
QUIET = 5

# Health checks in a row that refuse a release (assets/image/lib/refusal.sh).
REFUSALS = 5

TAKEN_BACK = ("rollback_completed", "rollback_paused", "paused")


def roll(release: Release) -> None:
    """Makes the release serve. Raises Failure when it does not come to that."""
    host = release.host
    before = _serving_socket(host)
    release.web_before = host.swarm.service(host.settings.service("web"))
    deploy_stack(release, "stack.yaml", web=1)
    _await_verdict(release, before)
    host.folders.make_current()
    release.serves = True
    end_old_passwords(release)


def go_back(release: Release) -> None:
    """Has the engine go back at once, where it has not done so itself. The first release has nothing to go back to."""
    swarm, web = release.host.swarm, release.host.settings.service("web")
    before, now = release.web_before, swarm.service(web)
    if now is None:
        return
    if not release.before:
        # No container is left that tries for ever.
        swarm.scale(web, 0)
    elif before is not None and before.spec != now.spec:
        swarm.roll_back(web)


def _await_verdict(release: Release, before: str) -> None:
    """What became of the update, by the engine's own word: the command that starts it ends well in any case."""
    host = release.host
    limit = host.settings.web.start_timeout + host.settings.web.soak + ENGINE
    end = host.clock.now() + limit
    told, quiet = "", 0
    while True:
        _note_cutover(release, before)
        service = host.swarm.service(host.settings.service("web"))
        state = service.update_state if service else ""
        served = state in ("completed", "") and _is_served(host, release.image)
        quiet = quiet + 1 if served else 0
        if served and (state == "completed" or quiet >= QUIET):
            return
        if state in TAKEN_BACK:
            raise Failure(
                f"the new release did not come to serve, and the engine went back to the one before ({state}). "
                f"Its last words: {last_words(host, 'web')}"
            )
        if state != told:
            host.say(f"the engine says: {state or 'starting'}")
            told = state
        refused = _refusal(host)
        if refused:
            raise Failure(f"{refused}. The release before serves")
        if host.clock.now() >= end:
            raise Failure(
                f"the new release did not come to serve within {limit} s. Its last words: {last_words(host, 'web')}"
            )
        host.clock.sleep(PAUSE)


def _is_served(host: Host, image: str) -> bool:
    """Whether the release's image serves, healthy, and is the only one."""
    found = containers(host, "web", "health=healthy")
    if len(found) != 1 or len(containers(host, "web", "status=running")) != 1:
        return False
    details = host.containers.details(found[0].id)
    return details is not None and details.image == image


def _refusal(host: Host) -> str:
    """Why the last health checks of the new container have all refused its release; empty when they have not."""
    container = newest(host, "web")
    details = host.containers.details(container) if container else None
    lines = "".join(details.health if details else []).rstrip("\n").split("\n")[-REFUSALS:]
    refusals = [line.rpartition("refused: ")[2] for line in lines if "refused: " in line]
    return refusals[-1] if len(refusals) == REFUSALS else ""


def _note_cutover(release: Release, before: str) -> None:
    """Notes when nginx's link went to a new container, which is before the engine is satisfied with it."""
    if release.record.milliseconds_until_served is None:
        socket = _serving_socket(release.host)
        if socket and socket != before:
            release.record.milliseconds_until_served = release.milliseconds()


def _serving_socket(host: Host) -> str:
    """The socket to which nginx sends the traffic (assets/image/lib/hand-over.sh)."""
    container = running(host, "nginx")
    result = host.containers.execute(container, "readlink", "/run/web/web.sock") if container else None
    return result.text if result is not None and result.ok else ""
