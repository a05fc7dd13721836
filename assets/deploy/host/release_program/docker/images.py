"""Images of the engine."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from .command import Docker, Result, must

# Seconds.
PULL, BUILD, LOAD, REMOVE = 1800.0, 7200.0, 1800.0, 600.0


@dataclass(frozen=True)
class Image:
    """An image that is here."""

    id: str
    # Bytes.
    size: int


@dataclass(frozen=True)
class Tag:
    """A name of an image, without its repository."""

    image: str
    tag: str


class Images:
    """What the engine knows of images."""

    def __init__(self, docker: Docker) -> None:
        self._docker = docker

    def find(self, name: str) -> Image | None:
        """An image by its name or id; None when it is not here."""
        result = self._docker.call("image", "inspect", name)
        if result.is_missing:
            return None
        (found,) = json.loads(must(result, "image", "inspect", name).output)
        return Image(found["Id"], found["Size"])

    def pull(self, name: str) -> Result:
        """Fetches an image from its registry."""
        return self._docker.call("pull", "--quiet", name, limit=PULL, merged=True)

    def digest(self, name: str) -> str:
        """The digest of an image in the registry of its name: "sha256:…"; empty when it came from nowhere."""
        repository = re.sub(r":[^:/]*$", "", name)
        result = self._docker.call("image", "inspect", "--format", "{{json .RepoDigests}}", name)
        digests = json.loads(must(result, "image", "inspect", name).output) or []
        return next((one.partition("@")[2] for one in digests if one.partition("@")[0] == repository), "")

    def tag(self, image: str, name: str) -> None:
        """Gives an image one more name."""
        must(self._docker.call("tag", image, name), "tag", name)

    def build(
        self,
        context: Path,
        arguments: Sequence[str],
        certificates: Path,
        hear: Callable[[str], None],
        *,
        anew: bool = False,
    ) -> str | None:
        """Builds an image, and hands each line of the builder to `hear`. Gives its id; None when it failed.

        `anew`: without what earlier builds have left, so that packages are fetched again.

        The build trusts the certificates of a file, where there is one: networks have authorities of their own.
        """
        trusted = certificates.exists() and certificates.stat().st_size > 0
        secret = [f"--secret=id=ca_bundle,src={certificates}"] if trusted else []
        with TemporaryDirectory() as folder:
            id_file = Path(folder, "id")
            self._docker.follow(
                "build",
                "--progress=plain",
                f"--iidfile={id_file}",
                *(["--no-cache"] if anew else []),
                *secret,
                *[f"--build-arg={argument}" for argument in arguments],
                str(context),
                hear=hear,
                environment={"DOCKER_BUILDKIT": "1"},
                limit=BUILD,
            )
            return (id_file.read_text().strip() or None) if id_file.exists() else None

    def load(self, archive: Path) -> Result:
        """Takes the image of an archive. The last word of the output is its name."""
        return self._docker.call("load", "--quiet", "--input", str(archive), limit=LOAD, merged=True)

    def tags(self, repository: str) -> list[Tag]:
        """The names in a repository."""
        arguments = ("image", "ls", "--no-trunc", "--format", "{{.ID}} {{.Tag}}", repository)
        return [
            Tag(image, tag)
            for image, _, tag in (line.partition(" ") for line in must(self._docker.call(*arguments), *arguments).lines)
        ]

    def remove(self, name: str) -> None:
        """Takes a name away, and the image with its last one. One that is in use stays."""
        self._docker.call("image", "rm", "--force", name, limit=REMOVE)

    def remove_unused(self, name: str) -> None:
        """The same, unless a container has it."""
        self._docker.call("image", "rm", name, limit=REMOVE)

    def remove_unnamed(self) -> None:
        """Removes images that have no name and no container: older ones of a name that has a newer one."""
        self._docker.call("image", "prune", "--force", limit=REMOVE)

    def prune_build_cache(self, hours: int) -> None:
        """Removes what builds have left that nobody has used for some hours."""
        self._docker.call("builder", "prune", "--force", "--filter", f"until={hours}h", limit=REMOVE)

    def bound_build_cache(self, size: int) -> None:
        """Removes what builds have left beyond some bytes; what was used last stays."""
        self._docker.call("builder", "prune", "--all", "--force", f"--keep-storage={size}", limit=REMOVE)
