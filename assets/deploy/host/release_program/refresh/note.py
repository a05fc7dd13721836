"""Notes what a refresh has changed, beside the release's record."""

from ..base_images import BaseImages, read_base_images
from ..folders import write_file
from ..host import Host
from ..record import Record, read_record
from .bill import bill_of_materials
from .packages import Package, changes, packages_of

# The application's image has what this one has.
INSIDE = "python"


def note_packages(host: Host, record: Record, now: str) -> None:
    """Notes the packages of the new images, and what differs from those of the release that was refreshed."""
    folders, plain = host.folders, _plain(host)
    old = (read_base_images(folders, record.refreshes) or BaseImages()).names(plain)
    before, found = {}, {}
    served = read_record(folders.record(record.refreshes))
    images = {host.settings.serving: (served.image if served else "", record.image)}
    images |= {base: (old[base], image) for base, image in host.settings.images.items() if base != INSIDE}
    for name, (image_before, image) in images.items():
        found[name] = packages_of(host, image)
        before[name] = found[name] if image_before == image else _packages_before(host, image_before)
    record.packages_changed = changes(before, found)
    write_file(folders.release / "sbom.json", bill_of_materials(record.release, now, found))
    host.say("\n".join([f"{len(record.packages_changed)} packages have changed", *record.packages_changed]))


def _packages_before(host: Host, image: str) -> list[Package]:
    return packages_of(host, image) if image and host.images.find(image) else []


def _plain(host: Host) -> dict[str, str]:
    """The base images by the names that they have in the settings."""
    own = read_base_images(host.folders, host.folders.id) or BaseImages()
    plain = {pinned: name for name, pinned in own.pinned.items()}
    return {base: plain.get(image, image) for base, image in host.settings.images.items()}
