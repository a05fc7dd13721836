"""What each step of a release does. Which steps there are, and their order, the settings say."""

from collections.abc import Callable, Mapping

from ..failure import Failure
from ..jobs.schedule_file import provide_jobs
from ..parts.identity import check_identity
from ..parts.verdict import limit_of
from ..settings.model import Settings
from .database import limit_of_services, prepare_services, replace_proxy, undo_services
from .images import provide_images
from .pages import require_pages, take_back
from .passwords import set_passwords
from .prune import clear_up
from .release import Release, Step
from .roll import roll
from .secrets import provide_secrets
from .space import check_space
from .stack import go_back
from .task import do_task, migrate

# Seconds.
MINUTE, HOUR = 60, 3600

# Tasks around which the program has more to do than to run them, and the seconds for that.
AROUND_TASKS: Mapping[str, tuple[Callable[[Release], None], int]] = {
    "secrets": (provide_secrets, 20 * MINUTE),
    "migrate": (migrate, MINUTE),
}


def steps_of(settings: Settings) -> tuple[Step, ...]:
    """Every step, in the order of the settings. Raises Failure when they name one that is neither ours nor a task."""
    own = {step.name: step for step in _own_steps(settings)}
    return tuple(own.get(name) or _task_step(settings, name) for name in settings.steps)


def _own_steps(settings: Settings) -> tuple[Step, ...]:
    """Those that are no task. Each limit is longer than those of what a step waits for, which say more."""
    processes = max(limit_of(process) for process in settings.processes)
    return (
        Step("identity", HOUR, lambda release: check_identity(release.host)),
        Step("space", 30 * MINUTE, check_space),
        Step("images", 4 * HOUR, provide_images),
        Step("services", limit_of_services(settings) + 30 * MINUTE, prepare_services, undo_services),
        Step("passwords", 30 * MINUTE, set_passwords),
        Step("roll", processes + 30 * MINUTE, roll, go_back),
        Step("proxy", 10 * MINUTE, replace_proxy),
        Step("pages", 20 * MINUTE, require_pages, take_back),
        Step("jobs", 10 * MINUTE, lambda release: provide_jobs(release.host)),
        Step("prune", 30 * MINUTE, clear_up),
    )


def _task_step(settings: Settings, name: str) -> Step:
    task = settings.tasks.get(name)
    if task is None:
        raise Failure(f'settings.json names the step "{name}", which this program does not know')
    do, beside = AROUND_TASKS.get(name) or (lambda release: do_task(release, name), 10 * MINUTE)
    return Step(name, task.limit + beside, do, on_rollback=not task.changes_schema, must_end=task.changes_schema)
