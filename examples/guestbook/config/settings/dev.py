"""Development: MariaDB when DATABASE_HOST is set (as in the container), else SQLite."""

import os

from config.environment import mariadb, names

from .base import *  # noqa: F403
from .base import BASE_DIR

DEBUG = True
SECRET_KEY = os.environ.get("SECRET_KEY", "only-for-development")
# With DEBUG an empty list means localhost.
ALLOWED_HOSTS = names("ALLOWED_HOSTS")

if os.environ.get("DATABASE_HOST"):
    DATABASES = {"default": mariadb()}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": BASE_DIR / "db.sqlite3",
        }
    }
