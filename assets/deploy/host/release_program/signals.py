"""Signals and time limits: the first of them ends what is under way by an exception, wherever the program is."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from .failure import Stopped, TooLate

STOPS = (signal.SIGINT, signal.SIGTERM)


def stop_by_signal() -> None:
    """From now on Ctrl-C and SIGTERM raise `Stopped`, wherever the program is."""
    for number in STOPS:
        signal.signal(number, _stop)


def outlive_connection() -> None:
    """From now on the end of a connection ends neither this program nor what it starts."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def finish_undisturbed() -> None:
    """From now on nothing interrupts: what puts things right is not itself cut off."""
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def time_limit(seconds: float, what: str) -> Iterator[None]:
    """Raises `TooLate` in the body when it takes longer. One limit at a time; in the main thread only."""

    def expire(_number: int, _frame: FrameType | None) -> None:
        # What follows the first end is not interrupted by a second one.
        finish_undisturbed()
        raise TooLate(f"{what} did not end within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def stop_afterwards(tell: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C and SIGTERM in the body raise `Stopped` after it: what runs there can't be cut off. `tell` says so."""
    is_asked = False

    def remember(_number: int, _frame: FrameType | None) -> None:
        nonlocal is_asked
        if not is_asked:
            is_asked = True
            tell()

    before = {number: signal.signal(number, remember) for number in STOPS}
    try:
        yield
    finally:
        for number, handler in before.items():
            # A time limit that is over has seen to it that nothing interrupts any more.
            if signal.getsignal(number) is remember:
                signal.signal(number, handler)
    if is_asked:
        finish_undisturbed()
        raise Stopped


def _stop(_number: int, _frame: FrameType | None) -> None:
    finish_undisturbed()
    signal.setitimer(signal.ITIMER_REAL, 0)
    raise Stopped
