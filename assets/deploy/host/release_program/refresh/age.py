"""How old the base images and packages are of what serves."""

from datetime import timedelta

from ..base_images import read_base_images
from ..clock import moment_of
from ..host import Host

# Each week they are fetched anew. What is older has missed that twice.
OLDEST = timedelta(days=14)

REMEDY = "fetch them anew: make release ARGS=--refresh"


def too_old(host: Host) -> list[str]:
    """What is wrong with their age, as one line; nothing when they are young enough, or nothing serves."""
    serving = host.folders.current()
    if not serving:
        return []
    images = read_base_images(host.folders, serving)
    try:
        age = host.clock.wall() - moment_of(images.fetched if images else "")
    except ValueError:
        return [f"base images and packages were not refreshed yet; {REMEDY}"]
    if age <= OLDEST:
        return []
    fetched = images.fetched if images else ""
    return [f"base images and packages are those of {fetched}, {age.days} days ago ({OLDEST.days} at most); {REMEDY}"]
