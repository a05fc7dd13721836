"""Backing services that are new, or that the release wants otherwise: they come before migrations and processes."""

import hashlib

from ..failure import Failure
from ..host import Host
from ..parts.served import note_served
from ..parts.services import PAUSE, all_containers, containers, healthy, is_among, last_words, running
from ..parts.stored_secrets import variables
from ..parts.verdict import TAKEN_BACK, limit_of
from ..parts.visitors import proxy
from ..settings.model import Definition, Settings
from .release import Release
from .stack import deploy_stack, go_back, stack_variables, variable

# Ends of a backing service's container in a row that are no accident any more.
ENDS = 3

# Seconds that a container may take to stop beside its own time; in which the engine begins; and between two signs of
# patience.
END_WAIT, BEGIN_WAIT, PATIENCE = 120, 5, 30

# An update that has failed.
GONE_BACK = ("rollback_started", *TAKEN_BACK)


def prepare_services(release: Release) -> None:
    """Sees that every backing service is there as this release wants it. Processes come later."""
    host, settings = release.host, release.host.settings
    release.services_before = {one.name: host.swarm.service(settings.service(one.name)) for one in settings.services}
    release.variables = variables(host, release.secrets)
    revision = database_revision(host, release.variables)
    release.variables["DATABASE_REVISION"] = revision
    release.variables[f"{variable(settings.proxy)}_REVISION"] = proxy.revision(host)
    database = release.services_before["database"]
    if database is not None and database.labels.get(f"{settings.labels.revision}.stack") != revision:
        _exchange_database(release)
    names = [service.name for service in settings.backing_services]
    missing = [name for name in names if release.services_before[name] is None]
    if missing and not any(release.services_before[process.name] for process in settings.processes):
        deploy_stack(release, "stack.yaml", processes=0)
    else:
        # Alone: the processes of the release before go on.
        for service in settings.backing_services:
            if service.name in missing or (service.step == "services" and not service.keeps_secrets):
                _provide(release, service)
    for service in settings.backing_services:
        if service.judge == "healthy":
            await_service(host, service)
    host.say(f"there are {' and '.join(names)}")


def replace_proxy(release: Release) -> None:
    """Replaces nginx's container when the release wants it otherwise: its last change, for ports close for that.

    Raises Failure when the new one does not come up: the engine goes back to the one before then. The release serves.
    """
    host, name = release.host, release.host.settings.proxy
    if not proxy.must_be_replaced(host, proxy.current(host)):
        host.say(f"{name} stays as it is")
        return
    replacement = proxy.Replacement(host)
    closed = replacement.carry_out(lambda: deploy_stack(release, f"services/{name}.yaml"))
    release.record.milliseconds_closed = closed
    if closed is not None:
        replacement.await_health()
        # A later release that fails goes back to this one's nginx.
        note_served(host, stack_variables(release))


def limit_of_services(settings: Settings) -> int:
    """Seconds in which the backing services come up, one after the other."""
    return sum(limit_of(service) for service in settings.backing_services)


def undo_services(release: Release) -> None:
    """Has visitors go on who wait, and the services be what they were."""
    release.hold.end()
    go_back(release)


def database_revision(host: Host, names: dict[str, str]) -> str:
    """What the database is started with: its service as it is written, with the values of its variables."""
    kept = [f"DATABASE_KEPT_SECRET_DATABASE_{name}" for name in ("PASSWORD", "ROOT_PASSWORD")]
    lines = [host.settings.images["mariadb"], *[names.get(name, "") for name in kept]]
    text = (host.folders.deploy / "services" / "database.yaml").read_bytes() + "".join(
        f"{line}\n" for line in lines
    ).encode()
    return hashlib.sha256(text).hexdigest()[:12]


def await_service(host: Host, service: Definition) -> None:
    """Waits until a service is healthy. The engine starts it again when it ends; one that always ends never is."""
    name = service.name
    began = host.clock.now()
    seen, ends, told = set(all_containers(host, name)), 0, 0
    while not healthy(host, name):
        found = set(all_containers(host, name))
        # The first one is no other's successor.
        ends += len(found - seen) - (0 if seen else min(1, len(found)))
        seen |= found
        passed = int(host.clock.now() - began)
        if ends >= ENDS:
            raise _no_service(host, name, f"ended {ends} times in a row")
        if passed >= service.start_timeout:
            raise _no_service(host, name, f"is not healthy after {service.start_timeout} s")
        if passed >= told + PATIENCE:
            told = passed
            said = last_words(host, name).split("\n")[-1]
            host.say(f"the {name} is not healthy yet, after {told} s; it says: {said}")
        host.clock.sleep(PAUSE)


def _no_service(host: Host, name: str, what: str) -> Failure:
    return Failure(f"the {name} {what}. The release stops here. Its last words: {last_words(host, name)}")


def _exchange_database(release: Release) -> None:
    """Starts the database otherwise, while visitors wait."""
    release.hold.begin()
    for service in release.host.settings.backing_services:
        if service.name == "database":
            _provide(release, service)
    release.hold.end()


def _provide(release: Release, service: Definition) -> None:
    """Has the engine make one backing service what the release says, and waits for it."""
    host, name = release.host, release.host.settings.service(service.name)
    before, container = host.swarm.service(name), running(host, service.name)
    deploy_stack(release, f"services/{service.name}.yaml")
    now = host.swarm.service(name)
    is_replaced = before is not None and now is not None and now.spec != before.spec
    if is_replaced:
        host.say(f"{service.name} is replaced")
        _await_end(host, service, container)
    if service.judge == "healthy":
        await_service(host, service)
    now = host.swarm.service(name)
    if is_replaced and now is not None and now.update_state in GONE_BACK:
        raise _no_service(host, service.name, f"did not come up; the engine goes back ({now.update_state})")


def _await_end(host: Host, service: Definition, before: str) -> None:
    """Waits until the container before has stopped: until then it is good. An engine may find nothing to change."""
    began = host.clock.now()
    limit = END_WAIT + service.stop_grace
    while is_among(containers(host, service.name, "status=running"), before) and host.clock.now() - began < limit:
        now = host.swarm.service(host.settings.service(service.name))
        is_updating = now is not None and now.update_state == "updating"
        if not is_updating and host.clock.now() - began >= BEGIN_WAIT:
            return
        host.clock.sleep(0.2)
