"""gunicorn's threaded worker, with two things that a web server behind nginx needs."""

from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):
    """Serves what waits in the accept queue when it is told to stop, and knows the client's address."""

    stopping = False

    def handle_exit(self, sig, frame):
        self.stopping = True
        super().handle_exit(sig, frame)

    def set_accept_enabled(self, enabled):
        """gunicorn calls this with False once it stops.

        By then the master has unlinked the socket, so nobody new comes; but who came before sits in
        the kernel's queue and would be reset when the socket closes. They are taken in, and served
        within the graceful timeout. (A worker that ends after max_requests leaves the queue to its
        brothers.)
        """
        super().set_accept_enabled(enabled)
        if not enabled and self.stopping:
            waiting = -1
            while waiting != self.nr_conns:
                waiting = self.nr_conns
                for listener in self.sockets:
                    self.accept(listener)

    def handle_request(self, req, conn):
        """On a Unix socket the peer has no address; nginx tells the client's in X-Real-IP.

        nginx always sets the header itself, and nobody else can open the socket.
        """
        if not isinstance(conn.client, tuple):
            for name, value in req.headers:
                if name == "X-REAL-IP":
                    conn.client = (value, 0)
        return super().handle_request(req, conn)
