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
import sys
import threading
import time
from pathlib import Path

from deployment_liveness import ProcessLimit, SignOfLife, end_master
from deployment_overload import IDLE, PATIENCE as OVERLOAD_PATIENCE, Overload
from deployment_requests.conversation import accept
from deployment_requests.deadline import Deadline
from deployment_requests.retirement import Retirement, shared_flag
from gunicorn.workers.sync import SyncWorker

# Seconds that a thread waits for a connection before it looks whether it must stop.
PATIENCE = 1

# What accept() says when nobody came, or who came has gone.
NOBODY = (errno.EAGAIN, errno.ECONNABORTED, errno.EINTR)


class Worker(SyncWorker):
    """The main thread keeps in touch with gunicorn's master, the others serve."""

    stopping = False

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        # Made by the master, before it forks.
        self.retiring = shared_flag()

    def is_retiring(self):
        """Whether the worker has asked for a replacement; the master asks, too."""
        return bool(self.retiring[0])

    def handle_exit(self, sig, frame):
        self.stopping = True
        super().handle_exit(sig, frame)

    def load_wsgi(self):
        super().load_wsgi()
        application = self.wsgi

        def deployed_application(environ, start_response):
            # Without the query, which may hold secrets; as it was sent, so that it is one line.
            environ["gunicorn.socket"].asked = f"{environ['REQUEST_METHOD']} {environ['RAW_URI'].split('?')[0]}"
            environ["wsgi.multithread"] = True
            # On a Unix socket the peer has no address; nginx tells the client's. It always sets the
            # header itself, and nobody else can open the socket.
            environ["REMOTE_ADDR"] = environ.get("HTTP_X_REAL_IP", "")
            return application(environ, start_response)

        self.wsgi = deployed_application

    def run(self):
        folder = Path(os.environ.get("WEB_LIVE_DIR") or "/dev/shm")
        self.sign_of_life = SignOfLife(folder, self.cfg.timeout)
        self.process_limit = ProcessLimit()
        self.overload = Overload(self.cfg.threads)
        self.told = (0, time.monotonic())
        # gunicorn's own limit, of a silent worker, is not less than 10 s.
        limit = int(os.environ.get("WEB_TIMEOUT") or self.cfg.timeout)
        self.deadline = Deadline(limit, self.log)
        # A worker that has served its share is replaced as one that hangs is; gunicorn would end it before it has another.
        share, self.max_requests = self.max_requests, sys.maxsize
        listener = self.sockets[0]
        # The kernel wakes exactly one of the threads that wait in accept(). (One that waits for
        # readiness first would wake with all others, of all workers.)
        listener.setblocking(True)
        patience = struct.pack("@ll", PATIENCE, 0)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)
        threads = [self.start_thread(listener) for _ in range(self.cfg.threads)]
        retirement = Retirement(folder, self.age, self.retiring)

        while self.alive and self.is_parent_alive():
            self.pause()
            if retirement.is_due(self.deadline.hung() > 0 or self.nr >= share):
                self.log.info("A new worker has started: this one (pid: %s) ends its other requests and goes", self.pid)
                self.alive = False
        self.alive = False
        if self.overload.holds() and self.deadline.hung():
            # No other thread may become free for the request that is held.
            threads.append(self.start_thread(listener))
        # The other requests of a worker that hangs end by the deadline; answers that have begun get no more than that.
        grace = self.cfg.graceful_timeout
        if self.is_retiring() and not self.stopping:
            grace = max(grace, limit)
        end = time.monotonic() + grace
        while self.is_at_work(threads) and time.monotonic() < end:
            self.pause()
        self.overload.turn_held_away()
        if self.stopping:
            # No thread is left for them, and the queue ends with the last worker.
            self.overload.turn_queue_away(listener)
        if self.deadline.hung():
            # Python would wait for what the threads that hang have begun, a pool of threads for example.
            self.log.info("Worker exiting (pid: %s)", self.pid)
            os._exit(0)

    def start_thread(self, listener):
        thread = threading.Thread(target=self.serve, args=(listener,), daemon=True)
        thread.start()
        return thread

    def is_at_work(self, threads):
        """Whether a thread may still serve somebody. A thread whose visitor was answered does not count."""
        return sum(thread.is_alive() for thread in threads) > self.deadline.hung()

    def pause(self):
        """Says that the worker is well; waits for a second, a signal or a thread that ends."""
        self.notify()
        self.sign_of_life.give()
        if self.process_limit.check():
            self.log.error("The container can make no further process; gunicorn is ended and starts again")
            end_master()
        self.deadline.enforce()
        if self.has_to_look_after_queue():
            self.overload.look_after(self.sockets[0], seconds=1)
        self.tell_overload()
        if select.select([self.PIPE[0]], [], [], self.next_look())[0]:
            os.read(self.PIPE[0], 64)

    def next_look(self):
        """Seconds until the main thread looks again: at once while it looks after the queue."""
        if self.has_to_look_after_queue():
            return 0
        return 0.5 if self.overload.is_full() else 1

    def has_to_look_after_queue(self):
        """Whether nobody else does: a worker that was replaced leaves the queue to the others, and stops with them."""
        return self.overload.holds() or ((self.alive or self.stopping) and self.overload.is_stuck())

    def tell_overload(self):
        """One line a second at most, of those who were turned away."""
        before, when = self.told
        if self.overload.turned_away == before or time.monotonic() - when < 1:
            return
        self.told = (self.overload.turned_away, time.monotonic())
        self.log.warning(
            "All %d threads are taken; %d visitors who had waited for %d s were answered 503 within the last %d s. See "
            "what the requests wait for; `web.threads` allows more of them",
            self.cfg.threads, self.overload.turned_away - before, OVERLOAD_PATIENCE, self.told[1] - when + 1)

    def serve(self, listener):
        """What each thread does.

        When gunicorn stops, the master has unlinked the socket, so nobody new comes; but who came
        before sits in the kernel's queue and would be reset when the socket closes, so they are
        served too. (A worker that was replaced leaves the queue to its brothers.)
        """
        while self.alive or self.overload.holds() or (self.stopping and select.select([listener], [], [], 0)[0]):
            client = self.overload.take()
            if client is None:
                try:
                    client = self.accept(listener)
                except OSError as error:
                    if error.errno in NOBODY:
                        continue
                    self.log.exception("No connection can be accepted; the worker is replaced")
                    self.alive = False
                    break
            if self.overload.is_abandoned(client):
                client.close()
                continue
            if self.overload.is_late(client):
                self.overload.turn_away(client)
                continue
            self.overload.begin()
            self.deadline.begin(client)
            try:
                self.handle(listener, client, "")
            except BaseException:
                # gunicorn before 22 lets sys.exit() of a view pass: the thread would be gone.
                self.log.exception("A request has ended with an exception")
            finally:
                self.deadline.end(client)
                self.overload.end()
        os.write(self.PIPE[1], b".")

    def accept(self, listener):
        """The next connection of the queue."""
        began = time.monotonic()
        try:
            return accept(listener)
        finally:
            if time.monotonic() - began > IDLE:
                self.overload.was_free()
