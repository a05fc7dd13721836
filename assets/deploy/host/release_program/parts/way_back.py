"""Takes services back to what the release that serves was made with.

The engine remembers what a service was before its last update, and no more. One release may update a service twice, and
a release that was killed leaves an update of its own. So what a service was is compared, before the engine goes there.
"""

from collections.abc import Mapping, Sequence

from ..docker.swarm import Service
from ..failure import Failure
from ..host import Host
from ..settings.model import Definition
from .served import Served, read_served
from .services import PAUSE
from .verdict import QUIET, TAKEN_BACK


class WayBack:
    """The way back to a release."""

    def __init__(self, host: Host, release: str, found: Mapping[str, Service | None] | None) -> None:
        """`found`: each service as it was before anything was changed, for a release that has noted nothing."""
        self._host, self._release, self._found = host, release, found
        self._served: Served | None = read_served(host, release)
        # Services that are on their way, and the states in which they have not arrived.
        self._under_way: dict[str, Sequence[str]] = {}

    def begin(self, service: Definition) -> None:
        """Has the engine take one service back, and does not wait for it. Raises Failure."""
        name, swarm = self._host.settings.service(service.name), self._host.swarm
        if self._served is None and self._found is None:
            return
        wanted, now = self._wanted(service.name), swarm.service(name)
        if wanted is None:
            # A backing service disturbs nobody, and may have data by now.
            if now is not None and service.is_process:
                swarm.scale(name, 0)
        elif now is None or now.spec != wanted:
            if now is not None and now.before == wanted:
                swarm.roll_back(name)
                self._under_way[name] = ("rollback_paused", "paused")
            else:
                self._deploy(service)
                self._under_way[name] = TAKEN_BACK
        elif now.update_state == "rollback_started":
            # The engine has begun by itself.
            self._under_way[name] = ("rollback_paused", "paused")

    def end(self, limit: float) -> None:
        """Waits while the engine goes back: what is said then of who serves is true. The engine goes on in any case."""
        clock = self._host.clock
        end, quiet = clock.now() + limit, 0
        # The engine takes a moment to begin.
        while quiet < QUIET and clock.now() < end:
            states = self._states()
            is_busy = any(state in ("rollback_started", "updating") for state in states.values())
            if not is_busy and all(states.values()):
                break
            quiet = 0 if is_busy else quiet + 1
            clock.sleep(PAUSE)
        bad = [name for name, state in self._states().items() if state in self._under_way[name]]
        if bad:
            raise Failure(f"{' and '.join(bad)} did not come up as before; type: release rollback {self._release}")

    def _states(self) -> dict[str, str]:
        services = {name: self._host.swarm.service(name) for name in self._under_way}
        return {name: service.update_state for name, service in services.items() if service is not None}

    def _wanted(self, name: str) -> Mapping[str, object] | None:
        if self._served is not None:
            return self._served.specs.get(name)
        service = (self._found or {}).get(name)
        return None if service is None else service.spec

    def _deploy(self, service: Definition) -> None:
        host = self._host
        if self._served is None:
            raise Failure(
                f"the engine does not know what {service.name} was under {self._release}; "
                f"type: release rollback {self._release}"
            )
        file = host.folders.deploy_of(self._release) / "services" / f"{service.name}.yaml"
        result = host.swarm.deploy(host.settings.name, file, self._served.variables)
        if not result.ok:
            raise Failure(f"the engine refuses {file}: {result.text}; type: release rollback {self._release}")
