"""The project's own settings, with what the deployment decides laid over them.

Used when deployment.ts says `project.overlay`: a project that was written for sqlite and runserver
comes up with no change to its code. DEPLOYMENT_SETTINGS_BASE names the project's settings module.
Works for Django 3.2 and later.
"""

import importlib
import os

import django

_base = importlib.import_module(os.environ["DEPLOYMENT_SETTINGS_BASE"])
globals().update({name: getattr(_base, name) for name in dir(_base) if name.isupper()})


def _given(name):
    """What the project's settings say, or None. (A function can't see what update() added.)"""
    return globals().get(name)


DEBUG = os.environ.get("DEPLOYMENT_DEBUG", "").lower() in ("1", "true", "yes")
ALLOWED_HOSTS = [host.strip() for host in os.environ["ALLOWED_HOSTS"].split(",") if host.strip()]
if os.environ.get("SECRET_KEY"):
    SECRET_KEY = os.environ["SECRET_KEY"]

# nginx sets this header itself, and nobody else reaches gunicorn's socket.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Without a certificate a redirect to https would lead nowhere; whoever has one redirects before us.
SECURE_SSL_REDIRECT = False

DATABASES = {
    **(_given("DATABASES") or {}),
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "HOST": os.environ["DATABASE_HOST"],
        "PORT": os.environ["DATABASE_PORT"],
        "NAME": os.environ["DATABASE_NAME"],
        "USER": os.environ["DATABASE_USER"],
        "PASSWORD": os.environ["DATABASE_PASSWORD"],
        "OPTIONS": {
            "charset": "utf8mb4",
            # Django's own warning mysql.W002: without it MariaDB cuts a value that is too long.
            "init_command": "SET sql_mode='STRICT_TRANS_TABLES'",
            # Seconds. Where MariaDB's container is gone nobody refuses a connection: without it a request would wait for
            # two minutes, and its container could not end in time.
            "connect_timeout": 5,
        },
        # Kept below MariaDB's wait_timeout (8 h); a connection that died is noticed before it is used.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"CHARSET": "utf8mb4"},
    },
}

for _name in ("STATIC_ROOT", "STATIC_URL", "MEDIA_ROOT", "MEDIA_URL"):
    if os.environ.get("DEPLOYMENT_" + _name):
        globals()[_name] = os.environ["DEPLOYMENT_" + _name]

# Hashed names let nginx have browsers keep a file for good. Only where the project has Django's
# default: one with whitenoise, S3 or its own storage has decided.
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
_HASHED = "deployment_static.HashedStorage"
if "django.contrib.staticfiles" in (_given("INSTALLED_APPS") or []):
    if django.VERSION < (4, 2):
        if (_given("STATICFILES_STORAGE") or _PLAIN) == _PLAIN:
            STATICFILES_STORAGE = _HASHED
    elif _given("STATICFILES_STORAGE") and django.VERSION < (5, 1):
        # 4.2 and 5.0 know both ways of saying it and refuse to be told both.
        if _given("STATICFILES_STORAGE") == _PLAIN:
            STATICFILES_STORAGE = _HASHED
    else:
        STORAGES = {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": _PLAIN},
            **(_given("STORAGES") or {}),
        }
        if STORAGES["staticfiles"].get("BACKEND") == _PLAIN:
            STORAGES = {**STORAGES, "staticfiles": {"BACKEND": _HASHED}}

# With DEBUG off Django logs an exception to nobody unless told so; here it goes where
# `docker logs` finds it.
if not _given("LOGGING"):
    LOGGING = {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "loggers": {"django": {"handlers": ["console"], "level": "INFO"}},
    }
