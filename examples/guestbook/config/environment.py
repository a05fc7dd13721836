"""What the settings read from the environment."""

import os

from django.core.exceptions import ImproperlyConfigured


def required(name: str) -> str:
    """The variable's value, or a clear error when it is missing or empty."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"The environment variable {name} is not set.")
    return value


def flag(name: str) -> bool:
    """True for 1, true, yes and on; anything else, and nothing at all, is False."""
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def names(name: str) -> list[str]:
    """The comma-separated values, without blanks."""
    return [
        part for part in os.environ.get(name, "").replace(" ", "").split(",") if part
    ]


def mariadb() -> dict[str, object]:
    """The database that DATABASE_NAME, _USER, _PASSWORD, _HOST and _PORT name."""
    return {
        "ENGINE": "django.db.backends.mysql",
        "NAME": required("DATABASE_NAME"),
        "USER": required("DATABASE_USER"),
        "PASSWORD": required("DATABASE_PASSWORD"),
        "HOST": required("DATABASE_HOST"),
        "PORT": os.environ.get("DATABASE_PORT", "3306"),
        # Far below MariaDB's wait_timeout (8 hours). The check covers a server
        # that restarted between two requests.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "charset": "utf8mb4",
            # Refuse a value that doesn't fit rather than cut it short.
            "init_command": "SET sql_mode='STRICT_TRANS_TABLES'",
            # Seconds. Without it a request waits for minutes when the server's
            # machine is gone: nobody refuses the connection.
            "connect_timeout": 5,
        },
    }
