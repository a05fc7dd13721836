"""Tells one run of the Docker engine from the next: a job's container that was cut off ran under another one."""

from contextlib import suppress
from pathlib import Path


def engine_mark(root: Path = Path("/")) -> str:
    """A word that changes when the machine boots, and when the engine is started again.

    A container that plays a machine has its kernel's boot id for ever: there the first process tells boots apart.
    """
    boot = _text(root / "proc/sys/kernel/random/boot_id")
    process = _text(root / "run/docker.pid")
    return ".".join([boot[:8], _started(root, "1"), process, _started(root, process)])


def _started(root: Path, process: str) -> str:
    """When a process was started, in the kernel's count; empty when there is none."""
    if not process.isdigit():
        return ""
    # Its name, in parentheses, may hold anything.
    fields = _text(root / f"proc/{process}/stat").rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 else ""


def _text(path: Path) -> str:
    with suppress(OSError):
        return path.read_text(errors="replace").strip()
    return ""
