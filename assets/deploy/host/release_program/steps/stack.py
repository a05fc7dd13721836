"""The files of the Swarm stack: what the engine is told of this release's services, and of those before."""

from ..failure import Failure
from ..parts.verdict import limit_of
from ..parts.way_back import WayBack
from .release import Release


def deploy_stack(release: Release, file: str, processes: int = 1) -> None:
    """Has the engine make the services what a file of the release says, with a number of containers of each process."""
    host = release.host
    result = host.swarm.deploy(host.settings.name, host.folders.deploy / file, stack_variables(release, processes))
    if result.text:
        host.say(result.text)
    if not result.ok:
        raise Failure(f"the engine refuses {file}; the line before says why. Nothing was changed")


def stack_variables(release: Release, processes: int = 1) -> dict[str, str]:
    """The variables of the release's files."""
    host = release.host
    return {
        **release.variables,
        **{f"{base.upper()}_IMAGE": image for base, image in host.settings.images.items()},
        "PUBLIC_ADDRESS": host.address,
        "RELEASE_IMAGE": release.image,
        # Each process of deployment.ts has a variable of its own; without it there are as many as the file says.
        **({} if processes else {f"{variable(one.name)}_REPLICAS": "0" for one in host.settings.processes}),
        "WEB_REPLICAS": str(processes),
    }


def go_back(release: Release) -> None:
    """Has the engine take back every service to what it was under the release that serves.

    Processes go first, in the reverse of the order in which they start, and backing services follow. The first release
    has nothing to go back to: its processes stop, so that no container is left that tries for ever. So does a process
    that the release before did not have. A database that was exchanged stays.
    """
    settings = release.host.settings
    way = WayBack(release.host, release.before, release.services_before)
    services = [one for one in [*settings.backing_services, *settings.processes] if not one.keeps_secrets]
    failures: list[str] = []
    for service in reversed(services):
        try:
            if not release.before:
                _stop(release, service.name, is_process=service.is_process)
            else:
                way.begin(service)
        except Failure as failure:
            failures.append(str(failure))
    try:
        way.end(max(limit_of(service) for service in services))
    except Failure as failure:
        failures.append(str(failure))
    if failures:
        raise Failure("; ".join(failures))


def _stop(release: Release, name: str, *, is_process: bool) -> None:
    service = release.host.settings.service(name)
    if is_process and release.host.swarm.service(service) is not None:
        release.host.swarm.scale(service, 0)


def variable(name: str) -> str:
    """How a service is called in the names of variables."""
    return name.upper().replace("-", "_")
