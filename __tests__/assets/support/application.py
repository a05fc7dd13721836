"""A WSGI application for the tests of the gunicorn configuration."""

import json
import time
from urllib.parse import parse_qs


def application(environ, start_response):
    """Waits as long as it is asked to, and tells what it was given."""
    query = parse_qs(environ["QUERY_STRING"])
    time.sleep(float(query.get("seconds", ["0"])[0]))
    body = json.dumps({"address": environ["REMOTE_ADDR"], "scheme": environ["wsgi.url_scheme"]}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
