"""The files of the secrets volume: their owners, their neighbours, and how one is put there in one step.

Beside a secret NAME there may lie NAME.next, a new value that MariaDB has not taken yet, and NAME.old, the value
before. Both have the owner and the mode of NAME.
"""

from __future__ import annotations

import json
import os
import secrets
import string
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Secret:
    """One secret: its file's name, owner, group and mode."""

    name: str
    owner: int
    group: int
    mode: int
    # The names under which a .env may give the value; the first that is there wins.
    given_as: tuple[str, ...] = ()
    # Variable of the container that tells the name under which the project's settings read the value.
    their_name: str = ""
    # MariaDB keeps the value too, in its own tables: a file alone changes nothing.
    is_of_database: bool = False
    # A lost one is not made anew while there is a database.
    is_lasting: bool = False
    # It is the user's .env, as it is.
    is_env_file: bool = False


# No secret: whose data the deployment's volumes hold.
DEPLOYMENT_ID = Secret("deployment_id", 0, 0, 0o444)


def read_secrets(text: str) -> tuple[Secret, ...]:
    """The secrets, as application/tasks/secrets-input.ts writes them."""
    return tuple(
        Secret(
            found["name"],
            *(int(number) for number in found["owner"].split(":")),
            int(found["mode"], 8),
            tuple(found["givenAs"]),
            found["theirName"],
            is_of_database=found["kept"],
            is_lasting=found["lasting"],
            is_env_file=found["isEnvFile"],
        )
        for found in json.loads(text)
    )


@dataclass(frozen=True)
class Owner:
    """Whose a volume is: its folder's owner, group and mode."""

    volume: str
    owner: int
    group: int
    mode: int
    # Its service sets owner and mode itself: only a new volume, which is root's, is given to it.
    is_kept: bool


def read_owners(text: str) -> tuple[Owner, ...]:
    """The owners of the volumes, as application/tasks/secrets-input.ts writes them."""
    return tuple(
        Owner(
            found["volume"],
            *(int(number) for number in found["owner"].split(":")),
            int(found["mode"], 8),
            found["keepsOwner"],
        )
        for found in json.loads(text)
    )


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
