"""What a worker does whose threads are all taken: it answers that the site is busy.

Without that, requests would wait in the kernel's queue until nginx gives them up, and be worked on although nobody
waits for their answers any more.

Two look after it. A thread that takes a request from the queue turns it away when it has waited for too long. While
no thread ends anything, the main thread takes the first request out of the queue, holds it until it has waited for
too long, turns it away and takes the next one; a thread that becomes free takes the one that is held.
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import threading
import time

from deployment_requests.conversation import Conversation, accept

# Seconds that a request waits for a thread. A visitor is answered within five seconds.
PATIENCE = 3.0

# Seconds without any movement from which the main thread looks after the queue.
STUCK = 0.5

# A thread that has waited for so many seconds was free. Less may be the wait for the other threads of a busy Python.
IDLE = 0.1

# Seconds for which somebody must have been in the queue: a thread of another worker takes them sooner.
LEFT_ALONE = 1.0

# Seconds between two looks at the queue.
LOOK = 0.1

# Seconds for nginx to take the answer and close.
FAREWELL = 0.5

# When nginx has sent the request, by the clock.
SENT = re.compile(rb"\r\nX-Request-Start: t=([0-9]+\.[0-9]+)\r\n")

# Where an answer of that clock ends to be believed: somebody has set the clock, and nginx waits no longer than that.
CREDIBLE = 3600

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
    """Knows how many threads of a worker are free, and turns visitors away who have waited for too long."""

    def __init__(self, threads: int) -> None:
        self._moved = threading.Condition()
        self._free = threads
        self._changed = self._idle = time.monotonic()
        self._held: Conversation | None = None
        self._held_until = 0.0
        self._queue_since: float | None = None
        self.turned_away = 0

    def begin(self) -> None:
        """A thread is taken."""
        with self._moved:
            self._free -= 1
            self._changed = time.monotonic()

    def end(self) -> None:
        """It is free again."""
        with self._moved:
            self._free += 1
            self._changed = time.monotonic()
            self._queue_since = None
            self._moved.notify()

    def was_free(self) -> None:
        """A thread has waited for a request."""
        self._idle = time.monotonic()

    def is_full(self) -> bool:
        """Whether each thread is at a request."""
        return self._free <= 0

    def is_abandoned(self, client: socket.socket) -> bool:
        """Whether nobody waits any more for the answer to a request that a thread has just taken out of a queue."""
        return time.monotonic() - self._idle >= STUCK and has_hung_up(client)

    def is_late(self, client: socket.socket) -> bool:
        """Whether a request that a thread has just taken has waited for too long, because no thread was free."""
        if time.monotonic() - self._idle < PATIENCE:
            # A machine that has slept has requests of a long time ago, and free threads.
            return False
        waited = seconds_waited(client)
        return waited is not None and waited >= PATIENCE

    def holds(self) -> bool:
        """Whether a request is taken out of the queue and waits for a thread."""
        return self._held is not None

    def take(self) -> Conversation | None:
        """The request that is held, for a thread that is free."""
        with self._moved:
            held, self._held = self._held, None
        return held

    def is_stuck(self) -> bool:
        """Whether no thread is free, nor has been for a while."""
        return self._free <= 0 and time.monotonic() - self._changed >= STUCK

    def look_after(self, listener: socket.socket, seconds: float) -> None:
        """Looks after the queue for so many seconds, as long as no thread moves."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and (self._held or self.is_stuck()):
            if self._held:
                self._wait_with_held(left)
            elif not select.select([listener], [], [], 0)[0]:
                self._queue_since = None
                select.select([listener], [], [], left)
            elif self._has_stood():
                self._hold(listener)
            else:
                time.sleep(LOOK)

    def _has_stood(self) -> bool:
        """Whether there has been a queue at each look for a while: then no other worker has a free thread either."""
        now = time.monotonic()
        since = self._queue_since
        if since is None:
            self._queue_since = since = now
        return now - since >= LEFT_ALONE

    def _hold(self, listener: socket.socket) -> None:
        try:
            client = accept(listener)
        except OSError:
            return
        waited = seconds_waited(client)
        now = time.monotonic()
        self._held_until = self._changed + PATIENCE if waited is None else now + PATIENCE - waited
        self._held = client

    def _wait_with_held(self, seconds: float) -> None:
        """Waits until the held request is too late, and turns it away then; or until a thread moves."""
        with self._moved:
            left = self._held_until - time.monotonic()
            if left > 0:
                self._moved.wait(min(left, seconds))
        if time.monotonic() >= self._held_until:
            self.turn_held_away()

    def turn_held_away(self) -> None:
        """Turns the held request away, if no thread has taken it."""
        held = self.take()
        if held is not None:
            self.turn_away(held)

    def turn_queue_away(self, listener: socket.socket) -> None:
        """Turns everybody away who is in the queue."""
        with contextlib.suppress(OSError):
            while select.select([listener], [], [], 0)[0]:
                self.turn_away(accept(listener))

    def turn_away(self, client: socket.socket) -> None:
        """Answers a visitor that the site is busy."""
        self.turned_away += 1
        farewell(client)


def has_hung_up(client: socket.socket) -> bool:
    """Whether the other end is closed; nginx closes it when its visitor goes."""
    look = select.poll()
    # A hang-up is always told.
    look.register(client, 0)
    return bool(look.poll(0))


def seconds_waited(client: socket.socket) -> float | None:
    """How long ago nginx has sent the request; None where nobody says so. The request stays to be read."""
    try:
        sent = SENT.search(client.recv(16384, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except OSError:
        return None
    if sent is None:
        return None
    waited = time.time() - float(sent[1])
    return waited if 0 <= waited <= CREDIBLE else None


def farewell(client: socket.socket) -> None:
    """Answers and closes. What was sent is read first: the kernel would take the answer back with a reset."""
    with contextlib.suppress(OSError), client:
        client.settimeout(FAREWELL)
        client.sendall(ANSWER)
        client.shutdown(socket.SHUT_WR)
        end = time.monotonic() + FAREWELL
        while time.monotonic() < end and client.recv(65536):
            pass
