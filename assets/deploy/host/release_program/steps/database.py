"""Backing services that are not there yet, and those that are to be started otherwise: the database and nginx."""

import hashlib

from ..failure import Failure
from ..host import Host
from ..parts import entrance
from ..parts.services import PAUSE, healthy, last_words, newest, running
from ..parts.stored_secrets import variables
from ..settings.model import Definition, Settings
from .release import Release

# Ends of a backing service's container in a row that are no accident any more.
ENDS = 3

# Seconds until the container before has stopped; in which the engine begins; and between two signs of patience.
END_WAIT, BEGIN_WAIT, PATIENCE = 120, 5, 30


def prepare_services(release: Release) -> None:
    """Sees that every backing service is there, the database as this release wants it. Processes come later."""
    host, settings = release.host, release.host.settings
    release.variables = variables(host, release.secrets)
    revision = database_revision(host, release.variables)
    release.variables["DATABASE_REVISION"] = revision
    release.variables[f"{_variable(settings.entrance)}_REVISION"] = entrance.revision(host)
    database = host.swarm.service(settings.service("database"))
    if database is not None and database.labels.get(f"{settings.labels.revision}.stack") != revision:
        _exchange_database(release)
    names = [service.name for service in settings.backing_services]
    missing = [name for name in names if host.swarm.service(settings.service(name)) is None]
    if not missing:
        host.say(f"{' and '.join(names)} are there")
    elif not any(host.swarm.service(settings.service(process.name)) for process in settings.processes):
        deploy_stack(release, "stack.yaml", processes=0)
    else:
        # Alone: the processes of the release before go on.
        for name in missing:
            deploy_stack(release, f"{name}.yaml", processes=1)
    for service in settings.backing_services:
        if service.judge == "healthy":
            await_service(host, service)


def replace_entrance(release: Release) -> None:
    """Replaces nginx's container when the release wants it otherwise: its last change, for ports close for that.

    Raises Failure when the new one does not come up: the engine goes back to the one before then. The release serves.
    """
    host, name = release.host, release.host.settings.entrance
    if not entrance.must_be_replaced(host, entrance.current(host)):
        host.say(f"{name} stays as it is")
        return
    replacement = entrance.Replacement(host)
    closed = replacement.carry_out(lambda: deploy_stack(release, f"{name}.yaml", processes=1))
    release.record.milliseconds_closed = closed
    if closed is not None:
        replacement.await_health()


def limit_of_services(settings: Settings) -> int:
    """Seconds in which the backing services come up, one after the other."""
    return sum(service.start_timeout for service in settings.backing_services if service.judge == "healthy")


def let_visitors_go_on(release: Release) -> None:
    """Undoes the wait of the visitors."""
    release.hold.end()


def deploy_stack(release: Release, file: str, processes: int) -> None:
    """Has the engine make the services what a file of the release says, with a number of containers of each process."""
    host = release.host
    environment = {
        **release.variables,
        **{f"{base.upper()}_IMAGE": image for base, image in host.settings.images.items()},
        "PUBLIC_ADDRESS": host.address,
        "RELEASE_IMAGE": release.image,
        # Each process of deployment.ts has a variable of its own; without it there are as many as the file says.
        **({} if processes else {f"{_variable(one.name)}_REPLICAS": "0" for one in host.settings.processes}),
        "WEB_REPLICAS": str(processes),
    }
    result = host.swarm.deploy(host.settings.name, host.folders.deploy / file, environment)
    if result.text:
        host.say(result.text)
    if not result.ok:
        raise Failure(f"the engine refuses {file}; the line before says why. Nothing was changed")


def _variable(name: str) -> str:
    return name.upper().replace("-", "_")


def database_revision(host: Host, names: dict[str, str]) -> str:
    """What the database is started with: its service as it is written, with the values of its variables."""
    kept = [f"DATABASE_KEPT_SECRET_DATABASE_{name}" for name in ("PASSWORD", "ROOT_PASSWORD")]
    lines = [host.settings.images["mariadb"], *[names.get(name, "") for name in kept]]
    text = (host.folders.deploy / "database.yaml").read_bytes() + "".join(f"{line}\n" for line in lines).encode()
    return hashlib.sha256(text).hexdigest()[:12]


def await_service(host: Host, service: Definition) -> None:
    """Waits until a service is healthy. The engine starts it again when it ends; one that always ends never is."""
    name = service.name
    began = host.clock.now()
    seen, ends, told = "", 0, 0
    while not healthy(host, name):
        container = newest(host, name)
        if container != seen:
            ends += 1 if seen else 0
            seen = container
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
    host = release.host
    before = running(host, "database")
    release.hold.begin()
    deploy_stack(release, "database.yaml", processes=1)
    _await_end_of_database(host, before)
    for service in host.settings.backing_services:
        if service.name == "database":
            await_service(host, service)
    release.hold.end()


def _await_end_of_database(host: Host, before: str) -> None:
    """Waits until the container before has stopped: until then it is healthy. An engine may find nothing to change."""
    began = host.clock.now()
    while before and running(host, "database") == before and host.clock.now() - began < END_WAIT:
        service = host.swarm.service(host.settings.service("database"))
        is_updating = service is not None and service.update_state == "updating"
        if not is_updating and host.clock.now() - began >= BEGIN_WAIT:
            return
        host.clock.sleep(0.2)
