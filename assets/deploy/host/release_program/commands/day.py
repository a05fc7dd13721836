"""What is done from day to day: status, logs, manage.py, a shell, maintenance."""

import json
import sys
from collections.abc import Sequence
from typing import NoReturn

from ..docker.containers import Container
from ..failure import Refusal
from ..host import Host
from ..jobs.removed import removed_jobs
from ..jobs.report import lines, problems, reports
from ..jobs.runs import container_name, runs_of
from ..parts.disk import disk_lines, look_at_disk
from ..parts.services import containers, newest, running
from ..refresh.age import too_old
from ..runner_rules.sweep import rule_problems

# A file on the volume that nginx and web share; nginx looks for it at each request.
MAINTENANCE = "/run/web/maintenance"

# What web has found after the last boot (assets/image/lib/after-boot.sh), and the last words when all is well.
MISSING_FILES = "/run/web/missing-files"
NONE_MISSING = "every row was looked at"

# In it MariaDB ends no idle transaction of Python's (assets/image/unlimited).
SHELL = "PYTHONPATH=/opt/deployment/unlimited${PYTHONPATH:+:$PYTHONPATH} exec bash"


def status(host: Host, *, as_json: bool) -> int:
    """Says what runs, and which release serves."""
    names = [service.name for service in host.settings.services]
    found = {name: _state(containers(host, name, "status=running")) for name in names}
    serving, maintenance = host.folders.current(), _in_maintenance(host)
    disk = look_at_disk(host)
    more_problems = [*_missing_files(host), *too_old(host), *rule_problems(host)]
    if as_json:
        services = [{"role": role, "state": state} for role, state in found.items()]
        answer = {
            "name": host.settings.name,
            "release": serving,
            "maintenance": maintenance,
            "services": services,
            "jobs": reports(host),
            "problems": [*problems(host), *more_problems],
            "disk": {
                "free": disk.free,
                "percent": disk.percent,
                "problems": disk.problems,
                "filledBy": [{"bytes": size, "name": name} for size, name in disk.filled_by],
            },
        }
        host.say(json.dumps(answer, indent=2, ensure_ascii=False))
        return 0
    host.say(f"{host.settings.name}: {serving or 'no release yet'} serves{', in maintenance' if maintenance else ''}")
    width = max(10, *(len(name) for name in names))
    for role, state in found.items():
        host.say(f"  {role:<{width}} {state}")
    for line in lines(host):
        host.say(line)
    for problem in more_problems:
        host.say(f"! {problem}")
    free, *more = disk_lines(disk)
    host.say(f"  {'free':<{width}} {free}")
    for line in more:
        host.say(line)
    return 0


def logs(host: Host, words: Sequence[str]) -> NoReturn:
    """Shows what a service or the last run of a job has written: [NAME] and options of docker logs."""
    jobs = [*host.settings.jobs, *removed_jobs(host)]
    names = [*(service.name for service in host.settings.services), *jobs]
    role, options = (words[0], words[1:]) if words and words[0] in names else (host.settings.serving, words)
    if role in jobs:
        found = runs_of(host).find(container_name(host, role))
        container = found.id if found else ""
    else:
        container = newest(host, role)
    if not container:
        raise Refusal(f"there is no container of {role}; see: release status")
    host.docker.become("logs", *options, container)


def manage(host: Host, words: Sequence[str]) -> NoReturn:
    """Runs the project's manage.py beside the release that serves."""
    _in_web(host, "/opt/deployment/bin/manage", *words)


def shell(host: Host) -> NoReturn:
    """Opens a shell there."""
    _in_web(host, "/opt/deployment/bin/entrypoint", "sh", "-c", SHELL)


def maintenance(host: Host, *, on: bool) -> int:
    """Has every visitor answered "back soon", or no longer."""
    container = running(host, host.settings.proxy)
    if not container:
        raise Refusal(f"{host.settings.proxy} does not run")
    command = ("sh", "-c", f": >{MAINTENANCE}") if on else ("rm", "-f", MAINTENANCE)
    result = host.containers.execute(container, *command)
    if not result.ok:
        raise Refusal(f"nginx's container refuses: {result.complaint}")
    host.say(
        'every visitor is answered "back soon" now; uploads and static files are served'
        if on
        else "visitors are served again"
    )
    return 0


def _state(found: Sequence[Container]) -> str:
    return found[0].status if found else "does not run"


def _in_maintenance(host: Host) -> bool:
    container = running(host, host.settings.proxy)
    return container != "" and host.containers.execute(container, "test", "-e", MAINTENANCE).ok


def _missing_files(host: Host) -> list[str]:
    """What is wrong with uploaded files since the last boot, as one line."""
    container = running(host, host.settings.serving)
    found = host.containers.execute(container, "tail", "-n", "1", MISSING_FILES) if container else None
    words = found.text.strip() if found and found.ok else ""
    if not words or (words.startswith("missing-files: 0 of ") and words.endswith(NONE_MISSING)):
        return []
    return [f"after the last boot, {words.removeprefix('missing-files: ')}; see: release logs {host.settings.serving}"]


def _in_web(host: Host, *command: str) -> NoReturn:
    container = running(host, host.settings.serving)
    if not container:
        raise Refusal(f"no container of {host.settings.serving} runs; see why: release logs")
    # With our own terminal, if there is one.
    terminal = ["--tty"] if sys.stdin.isatty() and sys.stdout.isatty() else []
    host.docker.become("exec", "--interactive", *terminal, container, *command)
