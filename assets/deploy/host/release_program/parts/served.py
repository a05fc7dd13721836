"""What the engine was told of a release that has come to serve: whoever goes back makes its services so again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ..folders import write_file
from ..host import Host


@dataclass(frozen=True)
class Served:
    """What the engine was told."""

    # Variables of the files of the Swarm stack. Secrets are in it by their names alone.
    variables: Mapping[str, str]
    # All of each service, by the service's name.
    specs: Mapping[str, Mapping[str, object]]


def note_served(host: Host, variables: Mapping[str, str]) -> None:
    """Notes it of the release of which this program is a part."""
    names = [service.name for service in host.settings.services]
    services = {name: host.swarm.service(host.settings.service(name)) for name in names}
    specs = {name: service.spec for name, service in services.items() if service is not None}
    text = json.dumps({"variables": dict(variables), "services": specs}, indent=2)
    write_file(host.folders.served(host.folders.id), f"{text}\n")


def read_served(host: Host, release: str) -> Served | None:
    """What was noted of a release; None when nothing was, as by the release programs of before."""
    try:
        found = json.loads(host.folders.served(release).read_text(encoding="utf-8"))
        return Served(dict(found["variables"]), dict(found["services"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
