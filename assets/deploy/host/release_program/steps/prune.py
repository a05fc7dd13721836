"""Removes what releases before have left: services that this one does not name; of those before the last five, folders,
records, images, secrets and static files; images of failed ones. Never a volume.
"""

import shutil
from collections.abc import Iterable

from ..host import Host
from ..jobs.runs import runs_of
from ..parts.served import read_served
from ..parts.services import containers
from ..parts.static_files import prune_static_files
from ..parts.storage.ballast import keep_ballast
from ..record import read_record
from .release import Release

KEPT = 5

# Hours after which nobody needs what a build has left.
CACHE = 336

# Bytes that the cache of builds may have: those of a large project, a few times.
CACHE_SIZE = 2 << 30

# A label that each container of a service of the Swarm has.
SWARM = "com.docker.swarm.service.name"


def clear_up(release: Release) -> None:
    """Removes it, of a release that serves."""
    _remove_services(release)
    prune(release)
    prune_static_files(release.host, release.values())
    keep_ballast(release.host)


def prune(release: Release) -> None:
    """Removes all but services. May be done at any time: the release that serves, and those that it needs, stay."""
    host = release.host
    _remove_releases(host, superfluous(host))
    _remove_lost_records(host)
    _prune_images(host)
    serving = read_served(host, host.folders.current())
    for secret in host.swarm.secrets(host.settings.label):
        # A release that was killed may have left services that have others.
        if serving is None or secret not in serving.variables.values():
            host.swarm.remove_secret(secret)
    host.images.prune_build_cache(CACHE)
    host.images.bound_build_cache(CACHE_SIZE)


def prune_failed(host: Host) -> None:
    """Removes what failed releases have left beyond the newest five, and their images: nobody goes back to them."""
    _remove_releases(host, [name for name in superfluous(host) if not _has_served(host, name)])
    _prune_images(host)
    host.images.bound_build_cache(CACHE_SIZE)


def _remove_releases(host: Host, names: Iterable[str]) -> None:
    for name in names:
        shutil.rmtree(host.folders.base / "releases" / name, ignore_errors=True)
        host.folders.record(name).unlink(missing_ok=True)
        host.folders.log(name).unlink(missing_ok=True)


def _has_served(host: Host, name: str) -> bool:
    record = read_record(host.folders.record(name))
    return record is not None and record.outcome == "served"


def _remove_services(release: Release) -> None:
    """Has services leave the Swarm that the release does not name. Their containers have their time to end."""
    host, settings = release.host, release.host.settings
    named = {settings.service(service.name) for service in settings.services}
    unnamed = {
        name: service
        for name in host.swarm.services(settings.label)
        if name not in named and (service := host.swarm.service(name)) is not None
    }
    processes = [name for name, service in unnamed.items() if service.labels.get(settings.labels.kind) == "process"]
    for name in processes:
        host.say(f"{name} leaves the Swarm: this release does not name it. Its containers end what they have begun")
        host.swarm.remove(name)
    for name in [name for name in unnamed if name not in processes]:
        if user := _still_at_work(release):
            host.say(f"{name} stays: the release before is still at work in {user}. The next release removes it")
        else:
            host.say(f"{name} leaves the Swarm: this release does not name it. Its volumes stay")
            host.swarm.remove(name)


def _still_at_work(release: Release) -> str:
    """A container of a process or a job of a release before: it may need the services of its own release. Or empty."""
    host, labels = release.host, release.host.settings.labels
    # The newest containers of a process are the release's. An older one may have the same image.
    newest = {
        container.id
        for process in host.settings.processes
        for container in containers(host, process.name, "status=running")[: process.copies]
    }
    for container in host.containers.find(f"label={host.settings.label}", f"label={labels.kind}=process"):
        details = host.containers.details(container.id)
        if details is not None and (container.id not in newest or details.image != release.image):
            return container.name
    for container in host.containers.find(f"label={host.settings.label}", f"label={labels.kind}=job"):
        run = runs_of(host).find(container.name)
        if run is not None and run.is_running and run.release != release.id:
            return container.name
    return ""


def superfluous(host: Host) -> list[str]:
    """Releases that nobody goes back to. Failed ones never push out one that served.

    Nor do refreshes: of those of one release the newest stays, and the one before it as long as that serves.
    """
    served = others = 0
    found: list[str] = []
    older = _refreshed(host)
    for name in host.folders.by_age():
        if name in (host.folders.id, host.folders.current()):
            served += 1
            continue
        if name in older:
            keep = False
        elif _has_served(host, name):
            served += 1
            keep = served <= KEPT
        else:
            others += 1
            keep = others <= KEPT and served < KEPT
        if not keep:
            found.append(name)
    return found


def _refreshed(host: Host) -> set[str]:
    """Releases of whose code a newer one has served, but for that which the release that serves was made of."""
    records = [read_record(host.folders.record(name)) for name in host.folders.by_age()]
    names = {one.refreshes for one in records if one is not None and one.outcome == "served" and one.refreshes}
    return names - {one.refreshes for one in records if one is not None and one.release == host.folders.current()}


def _remove_lost_records(host: Host) -> None:
    """Removes records and logs of releases whose folders somebody has removed."""
    here = set(host.folders.by_age())
    for file in host.folders.records.glob("2*"):
        if file.stem not in here and file.suffix in (".json", ".log"):
            file.unlink(missing_ok=True)


def _prune_images(host: Host) -> None:
    kept = _images_needed(host)
    for process in host.settings.processes:
        service = host.swarm.service(host.settings.service(process.name))
        if service is not None:
            kept.add(service.image)
    repository = host.settings.build.repository
    # By its tag, which is a release's name: an image may have other tags, which somebody else gave it.
    for image in host.images.tags(repository):
        if image.image in kept or not image.tag.startswith("2"):
            continue
        _remove_image(host, image.image, f"{repository}:{image.tag}")


def _images_needed(host: Host) -> set[str]:
    """Of the release that serves, of this one, and of those that can be gone back to: a failed one is built anew."""
    names = {host.folders.id, host.folders.current(), *[one for one in host.folders.by_age() if _has_served(host, one)]}
    files = [host.folders.base / "releases" / name / "image-id" for name in names if name]
    return {file.read_text().strip() for file in files if file.is_file()}


def _remove_image(host: Host, image: str, name: str) -> None:
    """Removes an image, unless a container has it that runs. Also one that was built on it."""
    if host.containers.find(f"ancestor={image}"):
        return
    # The Swarm keeps some containers of a service after their end, and the engine the image's files as long.
    for container in host.containers.find(f"label={SWARM}", f"ancestor={image}", "status=exited", everything=True):
        host.containers.remove(container.id)
    host.images.remove(name)
