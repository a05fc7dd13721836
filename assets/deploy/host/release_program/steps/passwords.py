"""MariaDB takes a new password of `.env`, beside the one before, until every container has the new one.

It keeps passwords in its own tables. So its own container is told them (assets/access/), by a pipe.
"""

from ..docker.command import Result
from ..failure import Failure
from ..host import Host
from ..parts.services import running
from ..parts.stored_secrets import publish_secrets, stored_passwords, variables
from ..parts.tasks import TaskFailed, run_task
from .release import Release

# Seconds for MariaDB to take passwords: another program may hold its tables.
LIMIT = 300.0

# Exit status of access.sh: root's password does not open MariaDB.
CLOSED = 3

SET, BOTH = "access: set", "access: both"


def set_passwords(release: Release) -> None:
    """Has MariaDB take the passwords that wait beside the stored ones."""
    host = release.host
    both = host.folders.both_passwords
    if not release.secrets.waiting and not both.exists():
        return
    both.touch()
    result = tell_database(host, "set")
    for line in result.lines:
        if line and not line.startswith((SET, BOTH)):
            host.say(line)
    if result.status == CLOSED:
        raise Failure(
            "root's password, as it is stored, does not open MariaDB; nothing was changed. Put the old password back "
            "into .env, or get access again with all data: release repair-access"
        )
    if not result.ok:
        raise Failure(f"MariaDB could not be told the new password; nothing was changed. {result.complaint}")
    release.takes_both = any(line.startswith(BOTH) for line in result.lines)
    if any(line.startswith(SET) for line in result.lines):
        adopt_passwords(host)
        release.secrets = publish_secrets(host)
        release.variables = {**release.variables, **variables(host, release.secrets)}


def adopt_passwords(host: Host) -> None:
    """Makes the passwords that MariaDB has taken the stored ones."""
    try:
        run_task(host, "secrets", "--env=SECRETS_DO=adopt")
    except TaskFailed as failure:
        raise Failure(f"MariaDB has the new password, and it could not be stored: {failure}") from failure


def end_old_passwords(release: Release) -> None:
    """Has MariaDB take the passwords before no more: every container has the new ones."""
    host = release.host
    if release.takes_both:
        try:
            result = tell_database(host, "end")
        except Failure as failure:
            host.say(str(failure))
            ended = False
        else:
            ended = result.ok
            if result.text:
                host.say(result.text)
        if not ended:
            host.say("the passwords before still open MariaDB; the next release takes them away")
            return
    host.folders.both_passwords.unlink(missing_ok=True)


def tell_database(host: Host, action: str) -> Result:
    """Runs access.sh with `set` or `end` in MariaDB's container."""
    container = running(host, "database")
    if not container:
        raise Failure("MariaDB does not run; see why: release logs database")
    return host.containers.execute(
        container,
        *("bash", "-c", access_script(host, "access.sh"), "access", action),
        data=stored_passwords(host),
        environment={"ACCESS_INPUT": "1", "MARIADB_USER": host.settings.database.user},
        limit=LIMIT,
        merged=True,
    )


def access_script(host: Host, name: str) -> str:
    """A script of assets/access/, with what they share before it."""
    folder = host.folders.deploy / "access"
    return "".join((folder / part).read_text(encoding="utf-8") for part in ("mariadb.sh", name)).rstrip("\n")
