"""The packages in images: of Debian by dpkg-query, of Python by pip."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..host import Host

# Seconds.
LIMIT = 300.0

# Each package as a line: its kind as package URLs have it, its name, its version. An image may lack either program.
LIST = """
if command -v dpkg-query >/dev/null; then
  . /etc/os-release
  dpkg-query --show --showformat="deb/$ID"' ${Package} ${Version}\\n'
fi
if [ -x /opt/venv/bin/python3 ]; then
  /opt/venv/bin/python3 -m pip --disable-pip-version-check list --format=freeze | sed 's/^/pypi /; s/==/ /'
fi
"""


@dataclass(frozen=True, order=True)
class Package:
    """A package."""

    # For example "deb/debian" or "pypi".
    kind: str
    name: str
    version: str


def packages_of(host: Host, image: str) -> list[Package]:
    """What is in an image, sorted; empty when it can't be told."""
    words = ("--rm", "--network=none", "--user=65534:65534", "--read-only", "--entrypoint=sh", image, "-c", LIST)
    result = host.containers.run(*words, limit=LIMIT)
    found = [line.split(" ") for line in result.lines] if result.ok else []
    return sorted(Package(*words) for words in found if len(words) == len(Package.__annotations__))


def changes(before: Mapping[str, list[Package]], now: Mapping[str, list[Package]]) -> list[str]:
    """What differs, a line each: "web: openssl 3.5.1-1 → 3.5.4-1"."""
    lines: list[str] = []
    for image, packages in now.items():
        old = {(one.kind, one.name): one.version for one in before.get(image, [])}
        new = {(one.kind, one.name): one.version for one in packages}
        for kind, name in sorted({*old, *new}):
            versions = (old.get((kind, name), "none"), new.get((kind, name), "none"))
            if versions[0] != versions[1]:
                lines.append(f"{image}: {name} {versions[0]} → {versions[1]}")
    return lines
