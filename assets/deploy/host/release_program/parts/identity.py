"""Whether the release is of the deployment that this host holds, before anything is made or changed."""

import json
import re
from dataclasses import dataclass

from ..failure import Failure
from ..host import Host
from ..record import read_fields
from .base_image import provide_base
from .stored_secrets import look_at_data


def check_identity(host: Host) -> None:
    """Raises Failure, with all that does not fit, when the data of this host are not those of the release."""
    problems = [*_other_deployment(host), *_other_database(host)]
    if problems:
        raise Failure("\n  ".join(problems))


def _other_deployment(host: Host) -> list[str]:
    name = host.settings.name
    owners = host.containers.volume_owners(host.settings.labels.name)
    # Whoever has data here already is no newcomer, whatever else is here.
    if not owners or name in owners:
        return []
    others = " and ".join(f'"{other}"' for other in owners)
    return [
        f'name is "{name}" in deployment.ts, and this host holds the deployment {others} with its data; nothing was '
        f'changed. Write name: "{owners[0]}" into deployment.ts, and release again. A second deployment wants a folder '
        "and a host of its own"
    ]


def _other_database(host: Host) -> list[str]:
    wanted = host.settings.database
    if not host.containers.has_volume(wanted.volume):
        return []
    provide_base(host, host.settings.images["python"])
    there = _stored(host)
    if not there.version:
        return []
    problems = []
    if wanted.name not in there.databases:
        found = _before(host, "name") or next(iter(there.databases), "")
        problems.append(_changed("name", wanted.name, f'the data directory holds the database "{found}"', found))
    user = _before(host, "user")
    if user and user != wanted.user:
        problems.append(_changed("user", wanted.user, f'the database was made for the user "{user}"', user))
    version = _wanted_version(host)
    if version and _parts(version) < _parts(there.version):
        problems.append(
            f'database.version is "{version}", and the data are of MariaDB {there.version}, which no older one opens; '
            f'nothing was changed. Write database: {{ version: "{there.version}" }} into deployment.ts, or a newer '
            "version, and release again"
        )
    return problems


def _changed(key: str, value: str, there: str, before: str) -> str:
    return (
        f'database.{key} is "{value}", and {there}; nothing was changed. Write database: {{ {key}: "{before}" }} into '
        "deployment.ts, and release again. Another database wants another deployment"
    )


@dataclass(frozen=True)
class _Stored:
    # Empty: nothing was ever finished there.
    version: str
    databases: tuple[str, ...]


def _stored(host: Host) -> _Stored:
    found = json.loads(look_at_data(host, "database_identity.py"))
    return _Stored(found["version"], tuple(found["databases"]))


def _before(host: Host, key: str) -> str:
    """What the settings of the release that serves say of the database; empty when they don't, or none serves."""
    serving = host.folders.current()
    settings = read_fields(host.folders.settings(serving)) if serving else None
    database = (settings or {}).get("database")
    value = database.get(key) if isinstance(database, dict) else None
    return value if isinstance(value, str) else ""


def _wanted_version(host: Host) -> str:
    """The version that would run: a host may have another than the one that nobody asked for."""
    wanted = host.settings.database
    tag = re.match(r"\d+\.\d+", host.settings.images["mariadb"].partition("@")[0].rpartition(":")[2])
    return tag.group() if tag and not wanted.pinned else wanted.version


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
