"""Ends the wait for a request that takes longer than `web.timeout`.

Python can't end a thread from outside. So the visitor is told, the log says where the thread is, and the worker is
replaced (retirement.py).
"""

from __future__ import annotations

import contextlib
import errno
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from logging import Logger
from types import FrameType

BODY = b"<!doctype html><title>Too slow</title><h1>Too slow</h1><p>The site took too long to answer.</p>\n"

# nginx adds Retry-After.
ANSWER = (
    b"HTTP/1.1 504 Gateway Timeout\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n"
    b"Cache-Control: no-store\r\n"
    b"Connection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
)


class Conversation(socket.socket):
    """A connection with a visitor, and the thread that serves it."""

    def __init__(self, client: socket.socket) -> None:
        super().__init__(client.family, client.type, client.proto, client.detach())
        self.asked = "A request"
        self.expired = False
        self.began = time.monotonic()
        self.thread = threading.get_ident()
        self._answered = False
        self._lock = threading.Lock()

    def sendall(self, data, flags=0, /):
        """The thread answers. From its first byte on there is no limit; after our answer the visitor is gone."""
        if not self._answered:
            with self._lock:
                if self.expired:
                    raise BrokenPipeError(errno.EPIPE, "The visitor was answered 504")
                self._answered = True
        return super().sendall(data, flags)

    def close(self) -> None:
        """Not while somebody answers: the number of this connection would be another visitor's by then."""
        with self._lock:
            super().close()

    def expire(self) -> bool:
        """Answers in the place of the thread, unless the thread has begun to, or has ended."""
        with self._lock:
            if self._answered or self.fileno() < 0:
                return False
            self.expired = True
            # The visitor may have gone. Whoever waits takes so few bytes at once.
            with contextlib.suppress(OSError):
                super().sendall(ANSWER)
                self.shutdown(socket.SHUT_WR)
        return True


class Deadline:
    """Knows the requests that a worker's threads are at, and since when."""

    def __init__(self, seconds: int, log: Logger) -> None:
        self._seconds = seconds
        self._log = log
        self._conversations: set[Conversation] = set()

    @contextlib.contextmanager
    def over(self, client: socket.socket) -> Iterator[Conversation]:
        """Around each request."""
        conversation = Conversation(client)
        self._conversations.add(conversation)
        try:
            yield conversation
        finally:
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
