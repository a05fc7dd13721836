"""Whether a process of a release comes up and stays up; judged by what the engine and its health checks say."""

from collections.abc import Sequence

from ..docker.swarm import Service
from ..failure import Failure
from ..host import Host
from ..settings.model import Definition
from .services import all_containers, containers, healthy, is_among, last_words

# Seconds that the engine may take beside the application's own limits.
ENGINE = 60

# Looks in a row at a process that is good, when the engine says nothing of an update: it takes a moment to begin one.
QUIET = 5

# Health checks in a row that refuse a release (assets/image/lib/refusal.sh).
REFUSALS = 5

# Lines of a container that are told when it failed.
LINES = 15

TAKEN_BACK = ("rollback_completed", "rollback_paused", "paused")


def limit_of(process: Definition) -> int:
    """Seconds in which a release's process must be good, and have stayed so."""
    stop = process.stop_grace if process.singleton else 0
    return process.start_timeout + process.soak + stop + ENGINE


class Verdict:
    """What becomes of one process, from the moment before the engine is asked to change it."""

    def __init__(self, host: Host, process: Definition) -> None:
        self._host, self._process = host, process
        # Its service, its containers, those that run, and the newest one, before the change.
        self._service_before, self._known = self._service(), all_containers(host, process.name)
        self._running_before = containers(host, process.name, "status=running")
        self._container_before = next((one.id for one in self._running_before), next(iter(self._known), ""))
        # The newest container of the release that there has been.
        self._new = ""
        # The container whose soak is counted, and since when.
        self._counted, self._since = "", 0.0
        self._told, self._quiet = "", 0

    def look(self, image: str, seconds: float) -> bool:
        """Whether the process is good with the release's image, `seconds` after the engine was asked to change it.

        Raises Failure when it is taken back, refused or ended, or when its time is over.
        """
        service = self._service()
        state = service.update_state if service else ""
        container = self._newest()
        details = self._host.containers.details(container) if container else None
        if details is not None and details.image == image and container != self._container_before:
            self._new = container
        if state in TAKEN_BACK:
            raise self._failure(f", and the engine went back to the one before ({state})")
        # While the engine updates, it judges itself.
        good = state in ("completed", "") and self._is_good(service, container, image)
        self._quiet = self._quiet + 1 if good else 0
        if good and (state == "completed" or self._quiet >= QUIET):
            return True
        if state != self._told:
            whom = "" if self._process.serves else f" of {self._process.name}"
            self._host.say(f"the engine says{whom}: {state or 'starting'}")
            self._told = state
        refused = _refusal(details.health if details else ())
        if refused:
            raise Failure(f"{refused}. The release before serves")
        if seconds >= limit_of(self._process):
            raise self._failure(f" within {limit_of(self._process)} s")
        return False

    def _newest(self) -> str:
        """The newest container, whether it runs or not; empty when there is none."""
        found = all_containers(self._host, self._process.name)
        new = [one for one in found if one not in self._known]
        if new:
            return new[0]
        return self._container_before if self._container_before in found else next(iter(found), "")

    def _service(self) -> Service | None:
        return self._host.swarm.service(self._host.settings.service(self._process.name))

    def _is_good(self, service: Service | None, container: str, image: str) -> bool:
        if self._process.judge == "soaked":
            return self._have_soaked(service, image)
        before = self._service_before
        if service is not None and before is not None and service.spec == before.spec:
            # Nothing was changed: the container before is the release's.
            return self._stays(container, image)
        return container != self._container_before and self._stays(container, image)

    def _have_soaked(self, service: Service | None, image: str) -> bool:
        """Whether all containers of the release are healthy, which they are after their soak."""
        host, process = self._host, self._process
        before = self._service_before
        # A release may change settings alone: then its image does not tell its containers from those before.
        old = self._running_before if service and before and service.start != before.start else []
        found = [one for one in containers(host, process.name, "health=healthy") if not is_among(old, one.id)]
        if len([one for one in found if self._has_image(one.id, image)]) < process.copies:
            return False
        # Old workers may take long to end what they have begun; of what serves requests no old one may be left.
        return not process.serves or len(containers(host, process.name, "status=running")) == process.copies

    def _stays(self, container: str, image: str) -> bool:
        """Whether one container of the release has been good for the soak. Raises Failure when it ended."""
        host, name = self._host, self._process.name
        runs = is_among(containers(host, name, "status=running"), container)
        has_ended = not runs and is_among(containers(host, name, "status=exited", everything=True), container)
        if self._counted not in ("", container) or (has_ended and container != self._container_before):
            raise self._failure(": its container ended")
        if not runs or not self._has_image(container, image):
            return False
        now = host.clock.now()
        if not self._counted or (self._process.health_check and not healthy(host, name)):
            self._counted, self._since = container, now
        return now - self._since >= self._process.soak

    def _has_image(self, container: str, image: str) -> bool:
        details = self._host.containers.details(container)
        return details is not None and details.image == image

    def _failure(self, what: str) -> Failure:
        name = self._process.name
        subject = (
            "the new release did not come to serve" if self._process.serves else f"{name} did not come up and stay up"
        )
        return Failure(f"{subject}{what}. Its last words: {self._last_words()}")

    def _last_words(self) -> str:
        """Of the release's own container: an engine that goes back may have started one of the release before since."""
        containers = self._host.containers
        if self._new and containers.details(self._new) is not None:
            return "\n".join(containers.logs(self._new, LINES))
        return last_words(self._host, self._process.name)


def _refusal(checks: Sequence[str]) -> str:
    """Why the last health checks of a container have all refused its release; empty when they have not."""
    lines = "".join(checks).rstrip("\n").split("\n")[-REFUSALS:]
    refusals = [line.rpartition("refused: ")[2] for line in lines if "refused: " in line]
    return refusals[-1] if len(refusals) == REFUSALS else ""
