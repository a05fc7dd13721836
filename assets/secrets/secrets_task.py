"""Fills the secrets volume and gives every volume its owner. Run once before the database starts,
and again on each deployment: it changes nothing that is there, and can be interrupted anywhere.

MariaDB keeps its passwords in its own tables, so that a new file is no new password. While the data directory holds a
database, nothing here makes or replaces a password of it: a missing one is refused, and another value of the .env is
laid beside the stored one (NAME.next) until MariaDB has taken it (assets/access/access.sh).

SECRETS_DO says what else is to be done:
  adopt   make each NAME.next the secret, now that MariaDB has taken it
  renew   for repair-access: lay a NAME.next for each password of the database; values that are known come on standard
          input, a line each: NAME and the value in base64

VOLUME_FILES and VOLUME_OWNERS say which secrets and volumes there are, in JSON (application/tasks/secrets-input.ts).

Runs as root in a container of the Python image, without a network. Its capabilities are CHOWN, and
DAC_READ_SEARCH to compare what it has handed over. Beside it lie its modules, env_file.py (the parser that the
application image uses too) and, when the user has one, `env`: the .env.
"""

from __future__ import annotations

import base64
import os
import stat
import sys
from pathlib import Path

UPLOAD = Path(os.environ.get("SECRETS_UPLOAD") or os.path.dirname(os.path.abspath(__file__)))
VOLUMES = Path(os.environ.get("SECRETS_VOLUMES") or "/volumes")

sys.path.insert(0, str(UPLOAD))

from database_files import holds_database  # noqa: E402 (needs the path above)
from env_file import EnvFileError, parse  # noqa: E402
from secret_files import DEPLOYMENT_ID, Folder, Secret, make, read_owners, read_secrets  # noqa: E402

# What there is, as the application's definitions say it.
FILES = read_secrets(os.environ["VOLUME_FILES"])
OWNERS = read_owners(os.environ["VOLUME_OWNERS"])

# Those that are made, and the user's .env.
SECRETS = tuple(secret for secret in FILES if not secret.is_env_file)
ENV = next(secret for secret in FILES if secret.is_env_file)


def main() -> None:
    os.umask(0o077)
    if not (VOLUMES / "secrets").is_dir():
        sys.exit(f"secrets: no volume is mounted at {VOLUMES / 'secrets'}")
    folder = Folder(VOLUMES / "secrets")
    refuse_other_deployment(folder)
    action = os.environ.get("SECRETS_DO") or "provide"
    if action == "adopt":
        adopt(folder)
        return
    env = UPLOAD / "env"
    data = env.read_bytes() if env.exists() else None
    given = values_of(data or b"")
    if action == "renew":
        renew(folder, given, known_values())
    elif action == "provide":
        provide(folder, given, data)
    else:
        sys.exit(f"secrets: SECRETS_DO is {action!r}; expected adopt, renew or nothing")
    own_volumes()


def provide(folder: Folder, given: dict[str, bytes], data: bytes | None) -> None:
    """What each deployment does."""
    database = holds_database(VOLUMES / "dbdata")
    if database:
        refuse_loss(folder, given)
    pending = False
    for secret in SECRETS:
        if not database:
            folder.drop(f"{secret.name}.next")
        stored, value = folder.read(secret.name), given.get(secret.name)
        if database and secret.is_of_database:
            pending = lay_beside(folder, secret, stored, value) or pending
        elif value is not None:
            folder.replace(secret, value)
            print(f"secrets: {secret.name}: from .env")
        elif stored is not None:
            print(f"secrets: {secret.name}: kept")
        else:
            folder.place(secret, make())
            print(f"secrets: {secret.name}: made")
    take_env(folder, data, pending)
    keep_deployment_id(folder)


def refuse_loss(folder: Folder, given: dict[str, bytes]) -> None:
    """Ends the program, with nothing written, when a secret is missing that belongs to a database that is there."""
    lost = [
        secret.name
        for secret in SECRETS
        if folder.read(secret.name) is None
        and (secret.is_of_database or (secret.is_lasting and secret.name not in given))
    ]
    if lost:
        sys.exit(
            f"secrets: the database is there (volume dbdata), and secrets that belong to it are lost: {', '.join(lost)}.\n"
            "  Expected: the secrets volume as the database was made with it. New passwords would not open the database.\n"
            "  Nothing was made or changed, and no data is lost. To get access again: make repair-access\n"
            "  (on the host: release repair-access)."
        )


def lay_beside(folder: Folder, secret: Secret, stored: bytes | None, value: bytes | None) -> bool:
    """Leaves a password of the database as it is; another value of the .env waits beside it."""
    if value is None or value == stored:
        folder.drop(f"{secret.name}.next")
        print(f"secrets: {secret.name}: kept")
        return False
    if folder.read(f"{secret.name}.next") != value:
        folder.place(secret, value, ".next")
    print(f"secrets: {secret.name}: .env has another value, which waits for MariaDB")
    return True


def take_env(folder: Folder, data: bytes | None, pending: bool) -> None:
    """The .env goes with the passwords in it: a container that starts again before MariaDB has them needs the old one."""
    if pending and data is not None:
        folder.place(ENV, data, ".next")
        return
    folder.drop(f"{ENV.name}.next")
    if data is not None:
        folder.place(ENV, data)
    else:
        folder.drop(ENV.name)


def adopt(folder: Folder) -> None:
    """MariaDB has taken the new values: they are the secrets now. The ones before stay beside them."""
    for secret in SECRETS:
        if folder.adopt(secret):
            print(f"secrets: {secret.name}: the new value counts now; the one before is {secret.name}.old")
    env = folder.read(f"{ENV.name}.next")
    if env is not None:
        folder.place(ENV, env)
        folder.drop(f"{ENV.name}.next")


def renew(folder: Folder, given: dict[str, bytes], known: dict[str, bytes]) -> None:
    """Lays a new value beside each password of the database; Django's secret key is made only when it is lost."""
    for secret in SECRETS:
        # What an interrupted repair has laid down, MariaDB may have taken already.
        waiting = folder.read(f"{secret.name}.next") if secret.is_of_database else None
        value, origin = next(
            (value, origin)
            for value, origin in (
                (waiting, "as an earlier run left it"),
                (folder.read(secret.name), "kept"),
                (known.get(secret.name), "as a running container has it"),
                (given.get(secret.name), "from .env"),
                (make(), "made anew"),
            )
            if value is not None
        )
        if secret.is_of_database:
            if waiting is None:
                folder.place(secret, value, ".next")
        elif folder.read(secret.name) is None:
            folder.place(secret, value)
        print(f"secrets: {secret.name}: {origin}")


def values_of(data: bytes) -> dict[str, bytes]:
    """The values that the .env gives, by the secret's name."""
    try:
        variables = parse(data)
    except EnvFileError as error:
        sys.exit(f"secrets: the .env file can't be read: {error}")
    values = {}
    for secret in SECRETS:
        # First the name that the project's settings read, so that database and project agree.
        names = (os.environ.get(secret.their_name, "") if secret.their_name else "", *secret.given_as)
        value = next((variables[name] for name in names if variables.get(name)), None)
        if value is not None and secret.is_of_database and value.endswith(("\n", "\r")):
            sys.exit(f"secrets: the .env file gives a {secret.name} that ends with a line break; write it without that")
        if value is not None:
            values[secret.name] = value.encode("utf-8", "surrogateescape")
    return values


def known_values() -> dict[str, bytes]:
    """The values on standard input, by the secret's name."""
    pairs = (line.split() for line in sys.stdin)
    return {pair[0]: base64.b64decode(pair[1]) for pair in pairs if len(pair) == 2 and pair[1]}


def own_volumes() -> None:
    """Gives each volume to the user that writes it."""
    for found in OWNERS:
        folder = VOLUMES / found.volume
        if not found.is_kept or (folder.is_dir() and folder.stat().st_uid == 0):
            own(folder, found.owner, found.group, found.mode)


def refuse_other_deployment(folder: Folder) -> None:
    """Ends the program, with nothing written, when the volumes hold the data of another deployment."""
    there = (folder.read(DEPLOYMENT_ID.name) or b"").decode().strip()
    wanted = os.environ.get("DEPLOYMENT_ID") or there
    if there and wanted != there:
        sys.exit(
            f"secrets: the volumes belong to the deployment {there}, and deployment.id says {wanted}; "
            "nothing was changed"
        )


def keep_deployment_id(folder: Folder) -> None:
    """Keeps the deployment's id beside its secrets: volumes of before have no label that says it."""
    wanted = os.environ.get("DEPLOYMENT_ID")
    if wanted and folder.read(DEPLOYMENT_ID.name) is None:
        folder.place(DEPLOYMENT_ID, f"{wanted}\n".encode())
        print("secrets: deployment_id: written")


def own(directory: Path, owner: int, group: int, mode: int) -> None:
    """Owner and mode of a volume's root, not of what is in it. The mode first, while it is ours."""
    if not directory.is_dir():
        return
    now = directory.stat()
    if stat.S_IMODE(now.st_mode) != mode:
        if now.st_uid != os.geteuid():
            print(
                f"secrets: {directory} belongs to {now.st_uid} with mode {stat.S_IMODE(now.st_mode):o}; left as it is"
            )
            return
        os.chmod(directory, mode)
    if (now.st_uid, now.st_gid) != (owner, group):
        os.chown(directory, owner, group)


main()
