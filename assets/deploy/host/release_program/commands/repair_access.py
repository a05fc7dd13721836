"""Gives access to the database again when its passwords are lost. No data is touched."""

import base64
import sys

from ..failure import Ended, Failure, Refusal
from ..folders import touch_secret
from ..host import Host
from ..parts.holder import provide_volumes
from ..parts.lock import ReleaseLock
from ..parts.services import running
from ..parts.stored_secrets import holds_database
from ..parts.tasks import TaskFailed, run_task
from ..signals import finish_undisturbed, outlive_connection, stop_by_signal
from ..steps.passwords import CLOSED, access_script, adopt_passwords, tell_database

# Seconds for a MariaDB of its own on the data: recovery after a crash takes long (assets/access/repair.sh).
REPAIR = 7500.0

# Seconds until no other container works on the data.
UNUSED = 120

# How the container of that MariaDB is shut in. Its user is MariaDB's.
CONFINED = (
    *("--rm", "--network=none", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"),
    *("--user=999:999", "--pids-limit=512", "--tmpfs=/run/mysqld:size=1m,mode=1777"),
    "--tmpfs=/tmp:size=64m,mode=1777",
)


def repair_access(host: Host, typed: str) -> int:
    """Repairs it, once the deployment's name is typed; `typed` is empty when it has to be asked for."""
    host.require_engine()
    stop_by_signal()
    name = host.settings.name
    typed = typed or _ask(host)
    if typed != name:
        raise Refusal(f'"{typed}" was typed, {name} was expected; nothing was changed')
    with ReleaseLock(host.folders) as lock:
        lock.take(0, host.clock, host.output)
        # What was begun is brought to its end: MariaDB may stand still meanwhile.
        outlive_connection()
        try:
            if not holds_database(host):
                raise Failure(
                    f"the volume {host.settings.database.volume} holds no database: there is nothing to repair"
                )
            _repair(host)
        except (Ended, OSError) as reason:
            finish_undisturbed()
            host.say(f"✗ {reason}")
            host.say("  No data is lost. Type this again: it carries on.")
            return 1
    host.say(f"✓ {name} can be opened again. Release again, so that every service has the passwords.")
    return 0


def _ask(host: Host) -> str:
    name = host.settings.name
    host.say(
        f"This gives access to the database of {name} again. No data is deleted or changed.\n"
        "  Passwords that are stored, or that a running container still has, are used on.\n"
        "  For a lost one a new one is made. When root's is lost, MariaDB is stopped for some seconds for that.\n"
        "  A lost secret key of Django is made anew: everybody has to log in again, links to reset a password end."
    )
    if not sys.stdin.isatty():
        raise Refusal(
            f"nobody is there to type the deployment's name; in a script: release repair-access --name {name}"
        )
    try:
        return input("Type its name to do it: ")
    except EOFError:
        return ""


def _repair(host: Host) -> None:
    # Before the volumes are made: what the running services have is what the database was made with.
    known = known_secrets(host)
    provide_volumes(host)
    touch_secret(host.folders.release / ".env")
    try:
        run_task(host, "secrets", "--env=SECRETS_DO=renew", text=known)
    except TaskFailed as failure:
        raise Failure(f"the new passwords could not be laid down. {failure}") from failure
    status = _tell_running_database(host) if running(host, "database") else CLOSED
    if status == CLOSED:
        renew_offline(host)
    elif status != 0:
        raise Failure("MariaDB could not be told; the lines above say why")
    adopt_passwords(host)


def _tell_running_database(host: Host) -> int:
    result = tell_database(host, "set")
    if result.text:
        host.say(result.text)
    return result.status


def known_secrets(host: Host) -> str:
    """The secrets that the Swarm has given to the services, as the secrets task reads them."""
    lines: list[str] = []
    for service in host.settings.services:
        container = running(host, service.name) if service.secrets else ""
        for file in service.secrets if container else ():
            result = host.containers.execute(container, "cat", f"/run/secrets/{file}")
            if result.ok and file != "env" and result.output:
                lines.append(f"{file} {base64.b64encode(result.output).decode()}")
    return "\n".join(lines)


def renew_offline(host: Host) -> None:
    """Has a MariaDB of its own take new passwords on the data, while the service is away."""
    service = host.settings.service("database")
    runs = host.swarm.service(service) is not None
    try:
        if runs:
            host.say("MariaDB stops for a moment")
            host.swarm.scale(service, 0)
            _wait_until_unused(host)
        _renew(host)
    finally:
        if runs:
            host.swarm.scale(service, 1)


def _renew(host: Host) -> None:
    settings = host.settings
    database = settings.database
    result = host.containers.run(
        *CONFINED,
        f"--label={settings.label}",
        *(f"--memory={database.memory}m", f"--memory-swap={database.memory}m"),
        f"--env=MARIADB_USER={database.user}",
        f"--mount=type=volume,src={database.volume},dst=/var/lib/mysql",
        f"--mount=type=volume,src={settings.secrets.volume},dst=/run/secrets,readonly",
        "--entrypoint=bash",
        settings.images["mariadb"],
        *("-c", access_script(host, "repair.sh"), "repair", *database.arguments),
        limit=REPAIR,
        merged=True,
    )
    if result.text:
        host.say(result.text)
    if not result.ok:
        raise Failure("MariaDB could not be given new passwords; the lines above say why")


def _wait_until_unused(host: Host) -> None:
    """Waits until no container but the holder works on the data."""
    holder = f"{host.settings.name}-holder"
    end = host.clock.now() + UNUSED
    while users := _users(host, holder):
        if host.clock.now() >= end:
            host.say(f"these containers still work on the data after {UNUSED} s: {' '.join(users)}")
            raise Failure("MariaDB could not be given new passwords; the lines above say why")
        host.clock.sleep(0.3)


def _users(host: Host, holder: str) -> list[str]:
    found = host.containers.find(f"volume={host.settings.database.volume}")
    return [container.name for container in found if container.name != holder]
