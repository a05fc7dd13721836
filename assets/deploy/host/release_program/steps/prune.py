"""Removes what releases before the last five left: folders, records, images, secrets. Never a volume."""

import shutil

from ..host import Host
from ..record import read_record
from .release import Release

KEPT = 5

# Hours after which nobody needs what a build has left.
CACHE = 336


def prune(release: Release) -> None:
    """Removes it. May be done at any time."""
    host = release.host
    for name in superfluous(host):
        shutil.rmtree(host.folders.base / "releases" / name, ignore_errors=True)
        host.folders.record(name).unlink(missing_ok=True)
        host.folders.log(name).unlink(missing_ok=True)
    _prune_images(host)
    for secret in host.swarm.secrets(host.settings.label):
        host.swarm.remove_secret(secret)
    host.images.prune_build_cache(CACHE)


def superfluous(host: Host) -> list[str]:
    """Releases that nobody goes back to. Failed ones never push out one that served."""
    served = others = 0
    found: list[str] = []
    for name in host.folders.by_age():
        if name in (host.folders.id, host.folders.current()):
            served += 1
            continue
        record = read_record(host.folders.record(name))
        if record is not None and record.outcome == "served":
            served += 1
            keep = served <= KEPT
        else:
            others += 1
            keep = others <= KEPT and served < KEPT
        if not keep:
            found.append(name)
    return found


def _prune_images(host: Host) -> None:
    kept = {file.read_text().strip() for file in (host.folders.base / "releases").glob("*/image-id")}
    for process in host.settings.processes:
        service = host.swarm.service(host.settings.service(process.name))
        if service is not None:
            kept.add(service.image)
    repository = host.settings.build.repository
    # By its tag, which is a release's name: an image may have other tags, which somebody else gave it.
    for image in host.images.tags(repository):
        if image.image in kept or not image.tag.startswith("2"):
            continue
        # Also one that was built on it.
        if not host.containers.find(f"ancestor={image.image}"):
            host.images.remove(f"{repository}:{image.tag}")
