"""Has the release program fetch base images anew, of the real engine: fetch.py NAME [PINNED]."""

import json
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3] / "assets" / "deploy" / "host"))

from release_program.base_images import BaseImages
from release_program.docker.command import DockerCommand
from release_program.docker.containers import Containers
from release_program.docker.images import Images
from release_program.failure import Failure
from release_program.refresh.fetch import fetch_base_images
from release_program.refresh.packages import changes, packages_of

DOCKER = DockerCommand()


@dataclass(frozen=True)
class Settings:
    images: dict[str, str]


@dataclass(frozen=True)
class Host:
    """As much of a host as fetching needs."""

    settings: Settings
    images: Images = field(default_factory=lambda: Images(DOCKER))
    containers: Containers = field(default_factory=lambda: Containers(DOCKER))

    def say(self, text: str) -> None:
        print(text, file=sys.stderr)


name, *pinned = sys.argv[1:]
before = BaseImages("", {name: pinned[0]} if pinned else {})
host: Any = Host(Settings(before.names({"base": name})))
try:
    now = fetch_base_images(host, before, "2026-11-28T03:23:00Z")
except Failure as failure:
    sys.exit(str(failure))
host = replace(host, settings=Settings(now.names({"base": name})))
old, new = before.names({"base": name})["base"], host.settings.images["base"]
packages = [{"base": packages_of(host, image)} for image in (old, new)]
print(json.dumps({"pinned": dict(now.pinned), "count": len(packages[1]["base"]), "changes": changes(*packages)}))
