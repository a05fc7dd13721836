"""Programs that this one starts: each in a session of its own, and none without a limit."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from .failure import TooLate

# How the user of a host's releases becomes root.
SUDO = ("sudo", "--non-interactive")

# Its last lines that say why a program has failed.
REASON = 3

# Seconds for a program that was told to end.
GRACE = 10.0

# Runs a program as root within so many seconds, and gives why it failed; nothing when it did well.
AsRoot = Callable[[Sequence[str], float], str]


def start(
    command: Sequence[str], environment: Mapping[str, str], *, reads: bool = False, merged: bool = True
) -> subprocess.Popen[bytes]:
    """Starts a program whose output is ours to read. A terminal's Ctrl-C does not reach it: we tell it what to do."""
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE if reads else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if merged else subprocess.PIPE,
        env={**os.environ, **environment},
        start_new_session=True,
    )


def follow(command: Sequence[str], hear: Callable[[str], None], environment: Mapping[str, str], limit: float) -> int:
    """Runs a program, hands each line that it says to `hear`, and gives its exit status.

    It is killed at its limit; then TooLate is raised.
    """
    process = start(command, environment)
    is_late = threading.Event()

    def expire() -> None:
        is_late.set()
        _signal(process, signal.SIGKILL)

    timer = threading.Timer(limit, expire)
    timer.daemon = True
    timer.start()
    try:
        for line in process.stdout or ():
            hear(line.decode(errors="replace").rstrip("\r\n"))
        status = process.wait(GRACE)
    except BaseException:
        end(process)
        raise
    finally:
        timer.cancel()
        _close(process)
    if is_late.is_set():
        raise TooLate(f"{Path(command[0]).name} {command[1]} did not end within {limit:g} s")
    return status


def run_as_root(command: Sequence[str], limit: float, sudo: Sequence[str] = SUDO) -> str:
    """Runs a program as root; why it failed, in one line, and nothing when it did well. It is killed at its limit."""
    said: list[str] = []
    try:
        status = follow([*sudo, *command], said.append, {}, limit)
    except OSError as error:
        return str(error)
    except TooLate:
        return f"{command[0]} did not end within {limit:g} s"
    if status == 0:
        return ""
    return "; ".join(filter(None, said[-REASON:])) or f"{command[0]} ended with status {status}"


def become(command: list[str]) -> NoReturn:
    """Makes this process another program, with our own terminal."""
    # Python ignores it, which the other program would inherit: a shell script can't change that any more.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execvp(command[0], command)


def end(process: subprocess.Popen[bytes]) -> None:
    """Has a program end, and waits until it has."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        _signal(process, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
            break
    _close(process)


def _close(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # Its helpers are of its session.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
