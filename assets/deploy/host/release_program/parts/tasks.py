"""Tasks: containers that run once in a release and must end well."""

from collections.abc import Mapping, Sequence

from ..failure import Failure
from ..host import Host
from ..settings.word import texts


class TaskFailed(Failure):
    """A task ended with an error; the text is what it said of it."""


def run_task(
    host: Host,
    name: str,
    *options: str,
    values: Mapping[str, str] | None = None,
    text: str = "",
) -> list[str]:
    """Runs a task of the settings, shows what it says, and gives that, a line each.

    `options` are of docker run, and `text` is its standard input. Raises TaskFailed.
    """
    task = host.settings.tasks[name]
    arguments = texts(task.arguments, values or host.values())
    result = host.containers.run(
        "--interactive", *options, *arguments, data=f"{text}\n".encode(), limit=task.limit, merged=True
    )
    if not result.ok:
        for line in result.lines[-40:]:
            host.say(line)
        raise TaskFailed(_reason(name, result.lines) or result.complaint)
    for line in [line for line in result.lines if not line.startswith("migrate: known")][-100:]:
        host.say(line)
    return result.lines


def _reason(name: str, lines: Sequence[str]) -> str:
    """From the first line that begins with the task's name and is no warning: whatever is before it is of others."""
    prefix = name.partition("-")[0]
    said = [line for line in lines if line.strip() and not line.startswith(f"{prefix}: warning")]
    first = next((index for index, line in enumerate(said) if line.startswith(prefix)), None)
    return "" if first is None else "\n".join(said[first : first + 6])
