"""Ends the wait for a request that takes longer than `web.timeout`.

Python can't end a thread from outside. So the visitor is told, the log says where the thread is, and the worker is
replaced (retirement.py).
"""

from __future__ import annotations

import sys
import time
import traceback
from logging import Logger
from types import FrameType

from deployment_requests.conversation import Conversation


class Deadline:
    """Knows the requests that a worker's threads are at, and since when."""

    def __init__(self, seconds: int, log: Logger) -> None:
        self._seconds = seconds
        self._log = log
        self._conversations: set[Conversation] = set()

    def begin(self, conversation: Conversation) -> None:
        """A thread begins to serve somebody."""
        conversation.begin()
        self._conversations.add(conversation)

    def end(self, conversation: Conversation) -> None:
        """It has ended."""
        self._conversations.discard(conversation)

    def hung(self) -> int:
        """How many threads are still at a request whose visitor was answered 504."""
        return sum(one.expired for one in tuple(self._conversations))

    def enforce(self) -> None:
        """Ends the wait for each request whose time is over; called once a second."""
        if not self._seconds:
            return
        latest = time.monotonic() - self._seconds
        for one in tuple(self._conversations):
            if one.began > latest or one.expired:
                continue
            # Taken first: the thread may go on as soon as the visitor is answered.
            frame = sys._current_frames().get(one.thread)
            if one.expire():
                self._log.error(
                    "%s has taken %d s (`web.timeout`), and its visitor was answered 504. The worker is replaced if the "
                    "request does not end. Its thread is at:\n%s",
                    one.asked, self._seconds, _stack(frame))


def _stack(frame: FrameType | None) -> str:
    """Where a thread is, without the frames of gunicorn that each request has."""
    if frame is None:
        return "  (it has ended)"
    stack = traceback.extract_stack(frame)
    ours = [place for place, entry in enumerate(stack) if entry.name == "deployed_application"]
    return "".join(traceback.format_list(stack[ours[0] + 1:] if ours else stack)).rstrip()
