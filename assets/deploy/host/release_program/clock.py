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


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Seconds since some moment; never goes back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Waits."""
        time.sleep(seconds)


def timestamp() -> str:
    """The time in UTC, for example 2026-11-24T19:05:33Z."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
