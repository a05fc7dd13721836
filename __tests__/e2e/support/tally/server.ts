/**
 * The program of the backing service "tally", in Python: a POST with the password adds one, and answers the new count; a
 * GET answers the count. The count is on the disk before the answer is sent.
 */
export const SERVER = `
import os
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

password = Path("/run/secrets/tally_password").read_text().strip()
file = Path("/data/count")
lock = threading.Lock()


def count():
    return int(file.read_text()) if file.exists() else 0


def add():
    with lock:
        number = count() + 1
        new = file.with_suffix(".new")
        with new.open("w") as stream:
            stream.write(str(number))
            stream.flush()
            os.fsync(stream.fileno())
        new.rename(file)
        folder = os.open("/data", os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        return number


class Handler(BaseHTTPRequestHandler):
    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(200, str(count()).encode())

    def do_POST(self):
        if self.headers["Authorization"] == password:
            self.answer(200, str(add()).encode())
        else:
            self.answer(403, b"no")

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("", int(os.environ["PORT"])), Handler)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
print("the tally counts from", count(), flush=True)
server.serve_forever()
`;
