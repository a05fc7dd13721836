"""The folder of all releases on the host.

releases/ID/      one release: .env, context/ or image.tar, image-id, deploy/ (this program is in it)
                  served.json: what the engine was told when it came to serve
                  base-images.json: its base images; sbom.json: all packages, of a refresh
                  number: the place of the release in the order of all
receipts/ID.json  what became of it; ID.log: what was said meanwhile
current           link to the release that serves
jobs/NAME.json    the last runs of a job
runner-rules.json what the last look at the firewall's rules has found
ballast           room that is given up when the disk is full
ballast-files/    the same for files, of which a disk can hold a number
"""

import errno
import os
import pwd
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path

from .failure import Failure

# What to do about a full disk. A file system also has a number of files that it can hold.
MAKE_ROOM = (
    "see what takes the room: docker system df, du -xh --max-depth=2 /data; what takes the files (df -i /data): "
    "du -x --inodes --max-depth=2 /data"
)


@dataclass(frozen=True)
class Folders:
    """Where everything is, for the release of which this program is a part."""

    # Folder of this release; absolute.
    release: Path

    @property
    def id(self) -> str:
        """Name of this release."""
        return self.release.name

    @property
    def base(self) -> Path:
        """Folder of all releases."""
        return self.release.parent.parent

    @property
    def deploy(self) -> Path:
        """What this release needs beside the code."""
        return self.release / "deploy"

    @property
    def records(self) -> Path:
        """Folder of the release records and logs."""
        return self.base / "receipts"

    @property
    def both_passwords(self) -> Path:
        """There while MariaDB takes the passwords before, too."""
        return self.base / "both-passwords"

    @property
    def jobs(self) -> Path:
        """Folder of the jobs' records."""
        return self.base / "jobs"

    def job_record(self, job: str) -> Path:
        """The record of a job."""
        return self.jobs / f"{job}.json"

    def program(self, release: str) -> Path:
        """The release program of a release. It may be an older one."""
        return self.deploy_of(release) / "host" / "release"

    def deploy_of(self, release: str) -> Path:
        """What a release needs beside the code."""
        return self.base / "releases" / release / "deploy"

    def served(self, release: str) -> Path:
        """What the engine was told when a release came to serve."""
        return self.base / "releases" / release / "served.json"

    def base_images(self, release: str) -> Path:
        """The base images that a release is made with. Releases of before have none."""
        return self.base / "releases" / release / "base-images.json"

    def settings(self, release: str) -> Path:
        """What the release program of a release knows. Releases of before have none."""
        return self.base / "releases" / release / "deploy" / "host" / "settings.json"

    def record(self, release: str) -> Path:
        """The record of a release."""
        return self.records / f"{release}.json"

    def log(self, release: str) -> Path:
        """What a release has said."""
        return self.records / f"{release}.log"

    def current(self) -> str:
        """The release that serves; empty before the first one."""
        with suppress(OSError):
            return (self.base / "current").readlink().name
        return ""

    def make_current(self) -> None:
        """From now on this release is the one that serves."""
        link = self.base / ".current"
        link.unlink(missing_ok=True)
        link.symlink_to(f"releases/{self.id}")
        link.replace(self.base / "current")
        _sync(self.base)

    def by_age(self) -> list[str]:
        """All releases that are kept, the newest first.

        Their numbers tell: a name begins with the time of another computer, whose clock may have been wrong. A release
        without a number has come after all that have one, since whoever gives numbers leaves none without.
        """
        folders = (self.base / "releases").glob("2*")
        names = [folder.name for folder in folders if folder.is_dir()]
        return sorted(names, key=lambda name: (self._number(name), name), reverse=True)

    def number_releases(self) -> None:
        """Makes this release the newest when it begins for the first time. Needs the lock. Raises Failure."""
        highest = 0
        for name in reversed([name for name in self.by_age() if name != self.id]):
            if self._number(name) == inf:
                write_file(self._number_file(name), f"{highest + 1}\n")
            highest = int(self._number(name))
        # One that waited for its turn has a number without having begun.
        if self._number(self.id) == inf or not self.record(self.id).exists():
            write_file(self._number_file(self.id), f"{highest + 1}\n")

    def _number_file(self, release: str) -> Path:
        return self.base / "releases" / release / "number"

    def _number(self, release: str) -> float:
        with suppress(OSError, ValueError):
            return int(self._number_file(release).read_text())
        return inf

    def read(self, name: str) -> str:
        """The text of a file in the folder of all releases; empty when it is missing."""
        with suppress(OSError):
            return (self.base / name).read_text(errors="replace").strip()
        return ""


def write_file(path: Path, text: str, mode: int = 0o644) -> None:
    """Writes or replaces a file in one step. Whoever reads sees the old one or the new one, after a power cut too.

    Raises Failure when it can't be written, for example on a full disk; then the old one stays.
    """
    try:
        _replace(path, text, mode)
    except OSError as error:
        raise Failure(unwritable(path, error)) from error


def unwritable(path: Path, error: OSError) -> str:
    """Why a file can't be written, and what to do."""
    advice = ""
    if error.errno == errno.ENOSPC:
        advice = f"; {MAKE_ROOM}"
    elif error.errno in (errno.EACCES, errno.EPERM):
        user = pwd.getpwuid(os.getuid()).pw_name
        advice = f"; it must be {user}'s own, who makes the releases: sudo chown -R {user}:{user} {path.parent}"
    return f"{path} can't be written: {error.strerror or error}{advice}"


def _replace(path: Path, text: str, mode: int) -> None:
    part = path.with_name(f"{path.name}.next")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        # A word of the command line may be no text: then it stands there as JSON has it.
        file.write(text.encode(errors="backslashreplace"))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    _sync(path.parent)


def touch_secret(path: Path) -> None:
    """Makes an empty file that nobody else may read, if there is none."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
