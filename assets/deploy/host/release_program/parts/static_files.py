"""Static files on the volume that no release needs any more. The image knows which those are."""

from collections.abc import Mapping

from ..host import Host
from .tasks import TaskFailed, run_task


def prune_static_files(host: Host, values: Mapping[str, str]) -> None:
    """Removes them, of a release that serves: no page of it, or of a release that is still here, asks for them."""
    if "migrate" not in host.settings.steps:
        return
    kept = " ".join([host.folders.id, *host.folders.by_age()])
    try:
        run_task(host, "migrate", f"--env=STATIC_KEPT={kept}", values=values)
    except TaskFailed as failure:
        # The release serves all the same, and the next one tries again.
        host.output.alarm(f"! static files that no release needs could not be removed: {failure}")
