"""The files of the secrets volume: their owners, their neighbours, and how one is put there in one step.

Beside a secret NAME there may lie NAME.next, a new value that MariaDB has not taken yet, and NAME.old, the value
before. Both have the owner and the mode of NAME.
"""

import os
import secrets
import string
from dataclasses import dataclass
from pathlib import Path

APPLICATION = 10001
DATABASE = 999


@dataclass(frozen=True)
class Secret:
    """One secret: its file's name, owner, group and mode."""

    name: str
    owner: int
    group: int
    mode: int
    # The names under which a .env may give the value; the first that is there wins.
    given_as: tuple[str, ...]
    # Variable of the container that tells the name under which the project's settings read the value.
    their_name: str = ""

    @property
    def is_of_database(self) -> bool:
        """MariaDB keeps the value too, in its own tables: a file alone changes nothing."""
        return self.name.startswith("database_")


# The application's group reads its own password; root's is for MariaDB alone.
SECRETS = (
    Secret(
        "database_root_password", DATABASE, DATABASE, 0o400, ("MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD")
    ),
    Secret(
        "database_password",
        DATABASE,
        APPLICATION,
        0o440,
        ("DATABASE_PASSWORD", "MYSQL_PASSWORD", "MARIADB_PASSWORD"),
        "DATABASE_PASSWORD_VARIABLE",
    ),
    Secret(
        "django_secret_key",
        APPLICATION,
        APPLICATION,
        0o400,
        ("SECRET_KEY", "DJANGO_SECRET_KEY"),
        "SECRET_KEY_VARIABLE",
    ),
)

# The user's .env, as it is.
ENV = Secret("env", APPLICATION, APPLICATION, 0o400, ())

# No secret: whose data the deployment's volumes hold.
DEPLOYMENT_ID = Secret("deployment_id", 0, 0, 0o444, ())


class Folder:
    """The folder of the secrets volume."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, name: str) -> bytes | None:
        """A file's content; None when it is missing or empty: an empty secret is none."""
        try:
            return (self.path / name).read_bytes() or None
        except FileNotFoundError:
            return None

    def place(self, secret: Secret, data: bytes, suffix: str = "") -> None:
        """Puts a file there in one step: nobody ever sees half of it, or sees it with the wrong owner."""
        name = secret.name + suffix
        temporary = self.path / f".{name}"
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), secret.mode)
            os.fchown(file.fileno(), secret.owner, secret.group)
        os.replace(temporary, self.path / name)
        self._sync()

    def replace(self, secret: Secret, data: bytes) -> None:
        """Gives a secret another value, and keeps the value before beside it."""
        before = self.read(secret.name)
        if before is not None and before != data:
            self.place(secret, before, ".old")
        self.place(secret, data)

    def adopt(self, secret: Secret) -> bool:
        """Makes NAME.next the secret, if it is there. Done again after an interruption, it carries on."""
        data = self.read(f"{secret.name}.next")
        if data is None:
            return False
        self.replace(secret, data)
        self.drop(f"{secret.name}.next")
        return True

    def drop(self, name: str) -> None:
        """Removes a file; one that is missing is fine."""
        (self.path / name).unlink(missing_ok=True)

    def _sync(self) -> None:
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def make() -> bytes:
    """50 letters and digits, about 297 bits: nothing in it needs quoting anywhere."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(50)).encode()
