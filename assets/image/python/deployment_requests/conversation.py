"""A connection with a visitor."""

from __future__ import annotations

import contextlib
import errno
import socket
import threading
import time

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

    asked = "A request"
    expired = False
    began = 0.0
    thread = 0
    _answered = False

    def __init__(self, descriptor: int) -> None:
        super().__init__(socket.AF_UNIX, socket.SOCK_STREAM, 0, descriptor)
        self._lock = threading.Lock()

    def begin(self) -> None:
        """This thread serves it from now on."""
        self.thread = threading.get_ident()
        self.began = time.monotonic()

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


def accept(listener: socket.socket) -> Conversation:
    """The next connection of a queue. socket.accept() would make another object first, at each request."""
    return Conversation(listener._accept()[0])
