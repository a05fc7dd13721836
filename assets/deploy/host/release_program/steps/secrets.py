"""Passwords are made once; the release's `.env` becomes a secret of the Swarm."""

from ..failure import Failure
from ..folders import touch_secret
from ..parts.holder import provide_volumes
from ..parts.stored_secrets import holds_database, publish_secrets
from ..parts.tasks import TaskFailed, run_task
from .release import Release


def provide_secrets(release: Release) -> None:
    """Sees that there are volumes and secrets, and that the Swarm has them."""
    host = release.host
    refuse_lost_secrets(release)
    provide_volumes(host)
    touch_secret(host.folders.release / ".env")
    try:
        run_task(host, "secrets")
    except TaskFailed as failure:
        raise Failure(f"the secrets could not be prepared; nothing else was changed. {failure}") from failure
    release.secrets = publish_secrets(host)


def refuse_lost_secrets(release: Release) -> None:
    """Raises Failure when the secrets of a database are gone: another volume would open nothing, and hide that."""
    host = release.host
    volume = host.settings.secrets.volume
    if host.containers.has_volume(volume) or not holds_database(host):
        return
    raise Failure(
        f"the volume {volume} is gone, and the database that its passwords open is there. Nothing was made or "
        "changed, and no data is lost. To get access again: release repair-access"
    )
