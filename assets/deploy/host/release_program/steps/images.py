"""The images of a release: the application's own, built here or brought along, and the official ones."""

from pathlib import Path

from ..base_images import BaseImages, read_base_images
from ..clock import stamp
from ..docker.build_log import build_cause, failed_step, is_heading
from ..failure import Failure
from ..folders import write_file
from ..parts.base_image import provide_base
from ..parts.storage.unwritten import await_written, note_unwritten
from ..refresh.note import note_packages
from ..settings.word import texts
from .release import Release

# What this host trusts.
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")

# Characters of a line of the builder that are shown.
WIDTH = 100


def provide_images(release: Release) -> None:
    """Sees that all images are here. The release's own is built once."""
    host = release.host
    for image in host.settings.images.values():
        provide_base(host, image)
    file = host.folders.release / "image-id"
    known = file.read_text().strip() if file.exists() else ""
    archive = host.folders.release / "image.tar"
    if known and host.images.find(known):
        release.record.image = known
        host.say(f"the image of this release is here: {known}")
    else:
        note_unwritten(host)
        release.record.image = _load(release, archive) if archive.is_file() else _build(release)
    # Before it has a name, and before anybody depends on it.
    await_written(host)
    # A name keeps it from being taken for a leftover.
    host.images.tag(release.image, f"{host.settings.build.repository}:{release.id}")
    write_file(file, f"{release.image}\n")
    # Only now: a release that is cut off before this needs it again.
    archive.unlink(missing_ok=True)
    if release.record.kind == "refresh":
        note_packages(host, release.record, stamp(host.clock.wall()))


def _build(release: Release) -> str:
    host = release.host
    context = host.folders.release / "context"
    if not (context / "Dockerfile").is_file():
        raise Failure(f"{context}/Dockerfile is missing: the release was not copied whole; release again")
    log: list[str] = []
    shown: set[str] = set()
    path = host.folders.release / "build.log"
    with path.open("w", encoding="utf-8") as file:

        def hear(line: str) -> None:
            log.append(line)
            print(line, file=file, flush=True)
            if is_heading(line) and line not in shown:
                shown.add(line)
                host.say(line[:WIDTH])

        is_refresh = release.record.kind == "refresh"
        images = read_base_images(host.folders, release.id) or BaseImages()
        # Later builds find the packages of the last refresh in the cache, and none of before.
        arguments = [*texts(host.settings.build.arguments, host.values()), f"REFRESHED={images.fetched}"]
        image = host.images.build(context, arguments, CERTIFICATES, hear, anew=is_refresh)
    if image is None:
        host.say("\n".join(failed_step(log)))
        raise Failure(
            f"the image could not be built: {build_cause(log)}. The lines above say why; all of them are in {path}"
        )
    return image


def _load(release: Release, archive: Path) -> str:
    images = release.host.images
    loaded = images.load(archive)
    if not loaded.ok:
        raise Failure(f"the image that came with the release can't be loaded: {loaded.text}. Release again")
    # "Loaded image: NAME", or "Loaded image ID: sha256:…".
    image = images.find(loaded.text.rpartition(": ")[2])
    if image is None:
        raise Failure(
            f"the image that came with the release has no name that this engine knows: {loaded.text}. Release again"
        )
    return image.id
