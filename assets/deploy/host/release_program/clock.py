"""Time. Whoever waits asks this clock, so that a test need not wait."""

import time
from datetime import datetime, timezone
from typing import Protocol


class Clock(Protocol):
    """What waiting needs."""

    def now(self) -> float:
        """Seconds since some moment; never goes back."""

    def sleep(self, seconds: float) -> None:
        """Waits."""

    def wall(self) -> datetime:
        """The time of day, UTC, in whole seconds."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Seconds since some moment; never goes back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Waits."""
        time.sleep(seconds)

    def wall(self) -> datetime:
        """The time of day, UTC, in whole seconds."""
        return datetime.now(timezone.utc).replace(microsecond=0)


def timestamp() -> str:
    """The time in UTC, for example 2026-11-24T19:05:33Z."""
    return stamp(datetime.now(timezone.utc))


def stamp(moment: datetime) -> str:
    """A time of day in UTC as a text, for example 2026-11-24T19:05:33Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_of(text: str) -> datetime:
    """The time of day of such a text. Raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
