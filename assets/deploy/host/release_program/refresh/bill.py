"""The bill of materials: all packages of a release, as CycloneDX has it (cyclonedx.org, version 1.6)."""

import json
from collections.abc import Mapping
from urllib.parse import quote

from .packages import Package


def bill_of_materials(release: str, now: str, images: Mapping[str, list[Package]]) -> str:
    """The file. A component is a container with the packages in it as its own components."""
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": now,
            "component": {"type": "application", "bom-ref": release, "name": release},
        },
        "components": [
            {
                "type": "container",
                "bom-ref": image,
                "name": image,
                "components": [_component(image, one) for one in packages],
            }
            for image, packages in images.items()
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _component(image: str, package: Package) -> Mapping[str, str]:
    url = f"pkg:{package.kind}/{quote(package.name)}@{quote(package.version)}"
    return {
        "type": "library",
        "bom-ref": f"{image}/{url}",
        "name": package.name,
        "version": package.version,
        "purl": url,
    }
