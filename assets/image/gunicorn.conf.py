"""gunicorn behind nginx, on a Unix socket.

Every value can be set from the environment; the defaults are those of gunicorn's own documentation.
"""

import gc
import os
import sys


def _number(name, default):
    value = os.environ.get(name) or default
    try:
        return int(value)
    except ValueError:
        sys.exit(f"gunicorn: {name} is {value!r}; expected a whole number")


bind = os.environ["WEB_BIND"]
# The socket is for the owner and the group: nginx runs with the application's group.
umask = 0o117

workers = _number("WEB_CONCURRENCY", 2 * (os.cpu_count() or 1) + 1)
threads = _number("WEB_THREADS", 2)
worker_class = "deployment_worker.Worker"

# Seconds for which a worker may be silent. Its main thread speaks each second or two, and requests have a limit of
# their own: see deployment_requests/deadline.py.
timeout = max(_number("WEB_TIMEOUT", 30), 10)
graceful_timeout = _number("WEB_GRACEFUL_TIMEOUT", 30)
max_requests = _number("WEB_MAX_REQUESTS", 10_000)
max_requests_jitter = _number("WEB_MAX_REQUESTS_JITTER", 2000)

# Loaded once, then forked: the start takes one import and not one a worker, the workers share
# memory, and a project that can't be imported fails at once.
preload_app = os.environ.get("WEB_PRELOAD", "true").lower() not in ("0", "false", "no")

# A worker's heartbeat is a file: in memory, since a slow disk would look like a hung worker.
worker_tmp_dir = "/dev/shm"
control_socket_disable = True

# The only peer is nginx, which always sets this one header itself. (A peer on a Unix socket is
# trusted by gunicorn whatever forwarded_allow_ips says.) The other two of gunicorn's default would
# be an outsider's.
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}

# nginx keeps the limits of a request's first line and of its headers (large_client_header_buffers), so that one
# program says what is too long. These here lie beyond whatever nginx lets through; 0 is none.
limit_request_line = 0
limit_request_fields = 32768
limit_request_field_size = 65535

errorlog = "-"
# nginx keeps the access log.
accesslog = None


def when_ready(server):
    """Before the first fork: what each worker would load by itself is loaded once, for all."""
    if not preload_app:
        return
    if "django.contrib.staticfiles" in sys.modules:
        _load_static_names(server.log)
    if "django.urls" in sys.modules:
        # Imports the views; a new worker would let its first clients wait for that.
        _ = sys.modules["django.urls"].get_resolver().url_patterns
    # Left alone by the workers' collections from now on, which would copy each page they look at.
    gc.collect()
    gc.freeze()


def _load_static_names(log):
    """Reads the manifest of hashed static names.

    The next release writes its own over it while this one still serves; a worker that is replaced
    then would give out names that this release doesn't know.
    """
    from django.contrib.staticfiles.storage import staticfiles_storage

    try:
        staticfiles_storage.url  # noqa: B018 (any attribute makes the storage)
    except Exception:
        log.exception("The static files' storage can't be made; pages that use it will fail")


def pre_fork(server, worker):
    """A database connection that the project opened while loading must not be shared by forks."""
    if preload_app and "django.db" in sys.modules:
        sys.modules["django.db"].connections.close_all()


def child_exit(server, worker):
    """As many workers as configured are enough again when one that was replaced has gone.

    It had asked for one more: see deployment_requests/retirement.py.
    """
    if not any(one.is_retiring() for one in server.WORKERS.values()):
        server.num_workers = server.cfg.workers
