"""gunicorn's worker behind nginx: several threads, each of which accepts, serves, accepts again.

gunicorn's own threaded worker accepts in one thread and passes each connection on to another: made
for connections that are kept, which nginx doesn't do here (one a request makes the hand-over
exact). Passing on costs a fifth to a third of the requests per second. Here a connection stays in
the kernel's queue, the only one there is, until a thread of any worker is free for it.
"""

import errno
import os
import select
import socket
import struct
import threading
import time
from pathlib import Path

from deployment_liveness import ProcessLimit, SignOfLife, end_master
from deployment_overload import PATIENCE as OVERLOAD_PATIENCE, Overload
from gunicorn.workers.sync import SyncWorker

# Seconds that a thread waits for a connection before it looks whether it must stop.
PATIENCE = 1

# What accept() says when nobody came, or who came has gone.
NOBODY = (errno.EAGAIN, errno.ECONNABORTED, errno.EINTR)


class Worker(SyncWorker):
    """The main thread keeps in touch with gunicorn's master, the others serve."""

    stopping = False

    def handle_exit(self, sig, frame):
        self.stopping = True
        super().handle_exit(sig, frame)

    def load_wsgi(self):
        super().load_wsgi()
        application = self.wsgi

        def threaded(environ, start_response):
            environ["wsgi.multithread"] = True
            # On a Unix socket the peer has no address; nginx tells the client's. It always sets the
            # header itself, and nobody else can open the socket.
            environ["REMOTE_ADDR"] = environ.get("HTTP_X_REAL_IP", "")
            return application(environ, start_response)

        self.wsgi = threaded

    def run(self):
        self.sign_of_life = SignOfLife(Path(os.environ.get("WEB_LIVE_DIR") or "/dev/shm"), self.cfg.timeout)
        self.process_limit = ProcessLimit()
        self.overload = Overload(self.cfg.threads)
        listener = self.sockets[0]
        # The kernel wakes exactly one of the threads that wait in accept(). (One that waits for
        # readiness first would wake with all others, of all workers.)
        listener.setblocking(True)
        patience = struct.pack("@ll", PATIENCE, 0)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)
        threads = [
            threading.Thread(target=self.serve, args=(listener,), daemon=True)
            for _ in range(self.cfg.threads)
        ]
        for thread in threads:
            thread.start()

        while self.alive and self.is_parent_alive():
            self.pause()
        self.alive = False
        end = time.monotonic() + self.cfg.graceful_timeout
        while any(thread.is_alive() for thread in threads) and time.monotonic() < end:
            self.pause()

    def pause(self):
        """Says that the worker is well; waits for a second, a signal or a thread that ends."""
        self.notify()
        self.sign_of_life.give()
        if self.process_limit.check():
            self.log.error("The container can make no further process; gunicorn is ended and starts again")
            end_master()
        if self.alive and self.overload.is_full():
            self.turn_away()
            return
        if select.select([self.PIPE[0]], [], [], 1)[0]:
            os.read(self.PIPE[0], 64)

    def turn_away(self):
        before = self.overload.turned_away
        self.overload.turn_away(self.sockets[0], seconds=1)
        if self.overload.turned_away > before:
            self.log.warning(
                "All %d threads have been at the same requests for %d s or more; %d visitors were answered 503 "
                "within the last second. See what these requests wait for; `web.threads` allows more of them",
                self.cfg.threads, OVERLOAD_PATIENCE, self.overload.turned_away - before)

    def serve(self, listener):
        """What each thread does.

        When gunicorn stops, the master has unlinked the socket, so nobody new comes; but who came
        before sits in the kernel's queue and would be reset when the socket closes, so they are
        served too. (A worker that ends after max_requests leaves the queue to its brothers.)
        """
        while self.alive or (self.stopping and select.select([listener], [], [], 0)[0]):
            try:
                client, address = listener.accept()
            except OSError as error:
                if error.errno in NOBODY:
                    continue
                self.log.exception("No connection can be accepted; the worker is replaced")
                self.alive = False
                break
            with self.overload.at_work():
                self.handle(listener, client, address)
        os.write(self.PIPE[1], b".")
