"""What a worker does whose threads are all taken: it answers that the site is busy.

Without that, requests would wait in the kernel's queue until nginx gives them up, and be worked on although nobody
waits for their answers any more.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time

# Seconds for which every thread must be at the same request. A visitor is answered within five seconds.
PATIENCE = 3.0

# Seconds that a connection must stay in the queue: a free thread of another worker takes it sooner.
LEFT_ALONE = 0.1

# Seconds for nginx to take the answer and close.
FAREWELL = 0.5

BODY = b"<!doctype html><title>Busy</title><h1>Busy</h1><p>Too many visitors at the moment. Please try again soon.</p>\n"

# nginx adds Retry-After. The health check tells this answer from one of the application by the first header.
ANSWER = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"Deployment-Busy: 1\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n"
    b"Cache-Control: no-store\r\n"
    b"Connection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
)


class Overload:
    """Knows how many threads of a worker are free, and turns visitors away when none has been for a while."""

    def __init__(self, threads: int) -> None:
        self._lock = threading.Lock()
        self._free = threads
        self._changed = time.monotonic()
        self.turned_away = 0

    @contextlib.contextmanager
    def at_work(self):
        """Around each request: its thread is taken meanwhile."""
        self._move(-1)
        try:
            yield
        finally:
            self._move(1)

    def _move(self, step: int) -> None:
        with self._lock:
            self._free += step
            self._changed = time.monotonic()

    def is_full(self) -> bool:
        """Whether no thread has been free, or has ended a request, for a while."""
        with self._lock:
            return self._free <= 0 and time.monotonic() - self._changed >= PATIENCE

    def turn_away(self, listener: socket.socket, seconds: float) -> None:
        """Answers whoever waits in the queue, for so many seconds, as long as the worker is full."""
        end = time.monotonic() + seconds
        while self.is_full() and (left := end - time.monotonic()) > 0:
            if not select.select([listener], [], [], left)[0]:
                return
            time.sleep(LEFT_ALONE)
            if not select.select([listener], [], [], 0)[0]:
                continue
            try:
                client, _ = listener.accept()
            except OSError:
                continue
            self.turned_away += 1
            farewell(client)


def farewell(client: socket.socket) -> None:
    """Answers and closes. What was sent is read first: the kernel would take the answer back with a reset."""
    with contextlib.suppress(OSError), client:
        client.settimeout(FAREWELL)
        client.sendall(ANSWER)
        client.shutdown(socket.SHUT_WR)
        end = time.monotonic() + FAREWELL
        while time.monotonic() < end and client.recv(65536):
            pass
