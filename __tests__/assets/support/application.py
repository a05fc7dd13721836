"""A WSGI application for the tests of the gunicorn configuration."""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs


def application(environ, start_response):
    """Waits as long as it is asked to, and tells what it was given."""
    query = parse_qs(environ["QUERY_STRING"])
    seconds = float(query.get("seconds", ["0"])[0])
    if "stream" in query:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return stream(seconds)
    if "exit" in query:
        sys.exit("the view ends the program")
    if "fork" in query and os.fork() == 0:
        # A process that outlives its worker.
        time.sleep(30)
        os._exit(0)
    if "pool" in query:
        with ThreadPoolExecutor() as pool:
            pool.submit(wait_for_upstream, seconds).result()
    else:
        wait_for_upstream(seconds)
    told = {"address": environ["REMOTE_ADDR"], "scheme": environ["wsgi.url_scheme"]}
    if "lengths" in query:
        told = {name: len(value) for name, value in environ.items() if name.startswith("HTTP_X_")}
        told["query"] = len(environ["QUERY_STRING"])
    body = json.dumps(told).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def wait_for_upstream(seconds):
    """What the log must show of a request that hangs."""
    time.sleep(seconds)


def stream(seconds):
    """One line at once, and another one for each second."""
    for _ in range(int(seconds)):
        yield b"part\n"
        time.sleep(1)
    yield b"end\n"
