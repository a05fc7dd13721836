"""nginx's configuration: read by nginx before anything is changed, and applied once the release serves."""

from ..failure import Failure
from ..parts.services import last_words, wait_for_container
from ..parts.tasks import TaskFailed, run_task
from .release import Release

# Seconds for nginx to run.
START = 60.0


def check_nginx(release: Release) -> None:
    """Has nginx read its new configuration."""
    try:
        run_task(release.host, "nginx-check", values=release.values())
    except TaskFailed as failure:
        raise Failure(f"nginx refuses its configuration; nothing was changed. {failure}") from failure


def apply_nginx(release: Release) -> None:
    """Has nginx reload, if something changed."""
    host = release.host
    container = wait_for_container(host, "nginx", START)
    if not container:
        raise Failure(
            "nginx does not run; the release serves, its nginx configuration is the one before. "
            f"Its last words: {last_words(host, 'nginx')}"
        )
    try:
        run_task(host, "nginx-config", values={**release.values(), "container.nginx": container})
    except TaskFailed as failure:
        raise Failure(
            f"nginx refuses its new configuration and keeps the one before; the release serves. {failure}"
        ) from failure
