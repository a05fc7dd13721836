"""What every command has: the settings, the folders, the engine, the clock, and people to talk to."""

import os
import pwd
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from .base_images import BaseImages, read_base_images
from .clock import Clock, SystemClock
from .docker.command import Docker, DockerCommand
from .docker.containers import Containers
from .docker.images import Images
from .docker.swarm import Swarm
from .failure import Refusal
from .folders import Folders
from .machine.aws import EC2, METADATA, Aws, RoleAws
from .machine.cron import Cron, SystemCron
from .machine.engine_mark import engine_mark
from .machine.file_system import write_out
from .machine.process_age import process_age
from .output import Output
from .process import AsRoot, run_as_root
from .settings.file import read_settings
from .settings.model import Settings
from .visitor import HttpVisitor, Visitor


@dataclass(frozen=True)
class Host:
    """The host, for the release of which this program is a part."""

    settings: Settings
    folders: Folders
    docker: Docker
    clock: Clock
    output: Output
    # The host's public address or name.
    address: str
    # Makes somebody who asks for pages under a host name.
    visitor: Callable[[str], Visitor] = HttpVisitor
    as_root: AsRoot = run_as_root
    # What calls this program each minute.
    cron: Cron = field(default_factory=SystemCron)
    # Tells this run of the engine from others.
    engine_mark: Callable[[], str] = engine_mark
    # Seconds for which a process has run; None when nobody knows.
    process_age: Callable[[int], float | None] = process_age
    # Waits until the disks of some folders have everything; what was wrong.
    write_out: Callable[[Sequence[Path]], str] = write_out
    # AWS, as it is asked in one look.
    aws: Callable[[], Aws] = RoleAws

    @property
    def images(self) -> Images:
        """The engine's images."""
        return Images(self.docker)

    @property
    def swarm(self) -> Swarm:
        """The engine's Swarm."""
        return Swarm(self.docker)

    @property
    def containers(self) -> Containers:
        """The engine's containers and volumes."""
        return Containers(self.docker)

    def say(self, text: str) -> None:
        """Says one or more lines."""
        self.output.say(text)

    def at(self, address: str) -> "Host":
        """The same host under another address."""
        return replace(self, address=address)

    def with_base_images(self, images: BaseImages) -> "Host":
        """The same host, for a release that is made with these."""
        return replace(self, settings=replace(self.settings, images=images.names(self.settings.images)))

    def values(self) -> Mapping[str, str]:
        """What the host knows for the words of the settings."""
        return {
            "address": self.address,
            "folder": str(self.folders.release),
            **{f"image.{base}": image for base, image in self.settings.images.items()},
        }

    def new_visitor(self) -> Visitor:
        """Somebody who has not been here before."""
        return self.visitor(self.settings.health.host.text(self.values()))

    def require_engine(self) -> None:
        """Raises Refusal when the engine does not answer, or is in no Swarm."""
        info = self.swarm.info()
        if info is None:
            user = pwd.getpwuid(os.getuid()).pw_name
            raise Refusal(f"the Docker engine does not answer {user}; see whether it runs: systemctl status docker")
        if not info.active:
            raise Refusal(
                "this host is no Swarm yet; it is made at each boot: sudo /var/lib/cloud/scripts/per-boot/prepare-host"
            )


def this_host(release: Path, environment: Mapping[str, str]) -> Host:
    """The host on which this program runs.

    `release` is the release's own folder. The environment may name other base images, each by a variable such as
    PYTHON_IMAGE: those of a machine without a registry; and where AWS answers in place of its own addresses.
    """
    folders = Folders(release)
    settings = read_settings(folders.deploy / "host" / "settings.json")
    images = {base: environment.get(f"{base.upper()}_IMAGE") or image for base, image in settings.images.items()}
    images = (read_base_images(folders, folders.id) or BaseImages()).names(images)
    return Host(
        replace(settings, images=images),
        folders,
        DockerCommand(),
        SystemClock(),
        Output(),
        folders.read("address") or "localhost",
        aws=lambda: RoleAws(environment.get("METADATA_ENDPOINT") or METADATA, environment.get("EC2_ENDPOINT") or EC2),
    )
