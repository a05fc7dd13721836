"""Passwords and keys: made once, kept on a volume, and given to services as the Swarm's secrets.

A secret of another content has another name, so that each release keeps those that it was started with.
"""

import base64
import os
from dataclasses import dataclass, field

from ..docker.command import Result
from ..failure import Failure
from ..folders import write_file
from ..host import Host

# What tells a secret's content from others, to nobody who does not know the salt; and a password that waits.
VERSIONS = """
import hmac, os, sys
salt = sys.stdin.buffer.read()
for name in sys.argv[1:]:
    print(name, hmac.new(salt, open(name, "rb").read(), "sha256").hexdigest()[:12])
for name in os.listdir("."):
    if name.startswith("database_") and name.endswith(".next"):
        print("waiting:", name)"""

# The engine takes no empty secret.
READ = 'import sys; sys.stdout.buffer.write(open(sys.argv[1], "rb").read() or b"\\n")'

# The passwords of the database, with what lies beside them: a line each, the value in base64.
DATABASE = """
import base64, os
for name in sorted(os.listdir(".")):
    if name.startswith("database_"):
        print(name, base64.b64encode(open(name, "rb").read()).decode())"""

# What a container that looks at a volume may do.
CONFINED = (
    *("--rm", "--interactive", "--network=none", "--read-only", "--cap-drop=ALL", "--cap-add=DAC_READ_SEARCH"),
    *("--security-opt=no-new-privileges", "--memory=128m", "--user=0:0"),
)


@dataclass(frozen=True)
class Published:
    """The Swarm's secrets of this release."""

    # Name of the secret of each file.
    names: dict[str, str] = field(default_factory=dict)
    # Whether a password lies beside the stored one, until MariaDB has it.
    waiting: bool = False


def publish_secrets(host: Host) -> Published:
    """Gives the stored secrets to the Swarm."""
    names: dict[str, str] = {}
    waiting = False
    result = _versions(host)
    for line in result.lines:
        file, _, version = line.partition(" ")
        if file == "waiting:":
            waiting = True
        else:
            names[file] = f"{host.settings.name}-{file}-{version}"
    for file in host.settings.secrets.files:
        if file not in names:
            raise _unread(host, f"the secret {file}", result)
    for file, name in names.items():
        if not host.swarm.has_secret(name):
            host.swarm.create_secret(name, host.settings.label, _must_read(host, file))
    return Published(names, waiting)


def variables(host: Host, published: Published) -> dict[str, str]:
    """Variables of the Swarm stack's file that name the secrets.

    A service that keeps its secrets gets those that it was started with: other ones would restart it.
    """
    found = {f"SECRET_{file.upper()}": name for file, name in published.names.items()}
    for definition in host.settings.services:
        if definition.keeps_secrets:
            service = host.swarm.service(host.settings.service(definition.name))
            kept = service.secrets if service else {}
            prefix = f"{definition.name.upper().replace('-', '_')}_KEPT_SECRET"
            found |= {f"{prefix}_{file.upper()}": kept.get(file) or name for file, name in published.names.items()}
    return found


def stored_passwords(host: Host) -> bytes:
    """The passwords of the database as access.sh reads them."""
    result = _with_secrets(host, DATABASE)
    if not result.ok:
        raise _unread(host, "the passwords", result)
    return result.output


def holds_database(host: Host) -> bool:
    """Whether the data volume holds a database. Makes no volume."""
    if not host.containers.has_volume(host.settings.database.volume):
        return False
    return look_at_data(host, "database_files.py") == "database"


def look_at_data(host: Host, script: str) -> str:
    """What a Python script of assets/secrets/ says of the data volume, which must be there."""
    volume = host.settings.database.volume
    result = host.containers.run(
        *CONFINED,
        f"--mount=type=volume,src={volume},dst=/data,readonly",
        "--entrypoint=python3",
        host.settings.images["python"],
        "-",
        "/data",
        data=(host.folders.deploy / "secrets" / script).read_bytes(),
    )
    if not result.ok:
        raise Failure(f"the volume {volume} could not be looked at: {result.complaint}")
    return result.text


def _versions(host: Host) -> Result:
    salt = host.folders.base / "salt"
    if not salt.exists() or salt.stat().st_size == 0:
        write_file(salt, base64.b64encode(os.urandom(32)).decode() + "\n", mode=0o600)
    return _with_secrets(host, VERSIONS, *host.settings.secrets.files, data=salt.read_bytes())


def _must_read(host: Host, file: str) -> bytes:
    result = _with_secrets(host, READ, file)
    if not result.ok:
        raise _unread(host, f"the secret {file}", result)
    return result.output


def _unread(host: Host, what: str, result: Result) -> Failure:
    said = result.error.decode(errors="replace").strip()
    # Never its output, which may be a secret.
    reason = f": {said.splitlines()[-1]}" if said else ""
    return Failure(f"{what} could not be read from the volume {host.settings.secrets.volume}{reason}")


def _with_secrets(host: Host, script: str, *arguments: str, data: bytes = b"") -> Result:
    """Runs Python beside the secrets; as root, who alone may read all of them."""
    return host.containers.run(
        *CONFINED,
        "--workdir=/secrets",
        f"--mount=type=volume,src={host.settings.secrets.volume},dst=/secrets,readonly",
        "--entrypoint=python3",
        host.settings.images["python"],
        "-c",
        script,
        *arguments,
        data=data,
    )
