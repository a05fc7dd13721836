"""Database and nginx, the first time; later a database that is to be started otherwise is exchanged."""

import hashlib

from ..failure import Failure
from ..host import Host
from ..parts.services import PAUSE, healthy, last_words, newest, running
from ..parts.stored_secrets import variables
from .release import Release

# Seconds for MariaDB to answer: the first time it makes its data directory, after a crash it recovers, and after an
# upgrade it changes its data. The health check has the same limit (application/backing-services/database.ts).
DATABASE_WAIT = 3600

# Ends of the database's container in a row that are no accident any more.
DATABASE_ENDS = 3

# Seconds until the container before has stopped; in which the engine begins; and between two signs of patience.
END_WAIT, BEGIN_WAIT, PATIENCE = 120, 5, 30


def prepare_services(release: Release) -> None:
    """Sees that database and nginx are there, as this release wants the database. Web comes with the step roll."""
    host = release.host
    release.variables = variables(host, release.secrets)
    revision = database_revision(host, release.variables)
    release.variables["DATABASE_REVISION"] = revision
    database, nginx = (host.swarm.service(host.settings.service(role)) for role in ("database", "nginx"))
    if database is None or nginx is None:
        deploy_stack(release, "stack.yaml", web=0)
    elif database.labels.get(f"{host.settings.labels.revision}.stack") == revision:
        host.say("database and nginx are there")
    else:
        _exchange_database(release)
        return
    await_database(host)


def let_visitors_go_on(release: Release) -> None:
    """Undoes the wait of the visitors."""
    release.hold.end()


def deploy_stack(release: Release, file: str, web: int) -> None:
    """Has the engine make the services what a file of the release says, with a number of containers of web."""
    host = release.host
    environment = {
        **release.variables,
        **{f"{base.upper()}_IMAGE": image for base, image in host.settings.images.items()},
        "PUBLIC_ADDRESS": host.address,
        "RELEASE_IMAGE": release.image,
        "WEB_REPLICAS": str(web),
    }
    result = host.swarm.deploy(host.settings.name, host.folders.deploy / file, environment)
    if result.text:
        host.say(result.text)
    if not result.ok:
        raise Failure(f"the engine refuses {file}; the line before says why. Nothing was changed")


def database_revision(host: Host, names: dict[str, str]) -> str:
    """What the database is started with: its service as it is written, with the values of its variables."""
    kept = [f"DATABASE_KEPT_SECRET_DATABASE_{name}" for name in ("PASSWORD", "ROOT_PASSWORD")]
    lines = [host.settings.images["mariadb"], *[names.get(name, "") for name in kept]]
    text = (host.folders.deploy / "database.yaml").read_bytes() + "".join(f"{line}\n" for line in lines).encode()
    return hashlib.sha256(text).hexdigest()[:12]


def await_database(host: Host) -> None:
    """Waits until the database is healthy. The engine starts it again when it ends; one that always ends never is."""
    began = host.clock.now()
    seen, ends, told = "", 0, 0
    while not healthy(host, "database"):
        container = newest(host, "database")
        if container != seen:
            ends += 1 if seen else 0
            seen = container
        passed = int(host.clock.now() - began)
        if ends >= DATABASE_ENDS:
            raise _no_database(host, f"ended {ends} times in a row")
        if passed >= DATABASE_WAIT:
            raise _no_database(host, f"is not healthy after {DATABASE_WAIT} s")
        if passed >= told + PATIENCE:
            told = passed
            said = last_words(host, "database").split("\n")[-1]
            host.say(f"the database is not healthy yet, after {told} s; it says: {said}")
        host.clock.sleep(PAUSE)


def _no_database(host: Host, what: str) -> Failure:
    return Failure(f"the database {what}. The release stops here. Its last words: {last_words(host, 'database')}")


def _exchange_database(release: Release) -> None:
    host = release.host
    before = running(host, "database")
    release.hold.begin()
    deploy_stack(release, "database.yaml", web=1)
    _await_end_of_database(host, before)
    await_database(host)
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
