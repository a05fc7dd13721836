"""The steps of a release, in their order."""

from ..settings import Settings
from .database import DATABASE_WAIT, let_visitors_go_on, prepare_services
from .images import provide_images
from .migrate import LIMIT as MIGRATE
from .migrate import migrate
from .nginx import apply_nginx, check_nginx
from .pages import require_pages, take_back
from .passwords import set_passwords
from .prune import prune
from .release import Step
from .roll import ENGINE, go_back, roll
from .secrets import provide_secrets
from .space import check_space

# Seconds.
MINUTE, HOUR = 60, 3600


def steps_of(settings: Settings) -> tuple[Step, ...]:
    """Every step. Each limit is longer than those of what the step waits for, which say more of the reason."""
    web = settings.web.start_timeout + settings.web.soak + ENGINE
    return (
        Step("space", 30 * MINUTE, check_space),
        Step("images", 4 * HOUR, provide_images),
        Step("secrets", 30 * MINUTE, provide_secrets),
        Step("services", DATABASE_WAIT + 30 * MINUTE, prepare_services, let_visitors_go_on),
        Step("passwords", 30 * MINUTE, set_passwords),
        Step("nginx-check", 20 * MINUTE, check_nginx),
        Step("migrate", MIGRATE + MINUTE, migrate, on_rollback=False),
        Step("roll", web + 30 * MINUTE, roll, go_back),
        Step("nginx-config", 20 * MINUTE, apply_nginx),
        Step("pages", 10 * MINUTE, require_pages, take_back),
        Step("prune", 30 * MINUTE, prune),
    )
