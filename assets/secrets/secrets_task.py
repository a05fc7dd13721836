"""Fills the secrets volume and gives every volume its owner. Run once before the database starts,
and again on each deployment: it changes nothing that is there, and can be interrupted anywhere.

Runs as root in a one-shot container of the Python image, without a network, with the capability
CHOWN only (so it can't read what it has handed over, and needs not to). Beside it lie env_file.py
(the parser that the application image uses too) and, when the user has one, `env`: the .env.
"""

import os
import secrets
import stat
import string
import sys
from pathlib import Path

UPLOAD = Path(os.environ.get("SECRETS_UPLOAD") or os.path.dirname(os.path.abspath(__file__)))
VOLUMES = Path(os.environ.get("SECRETS_VOLUMES") or "/volumes")

sys.path.insert(0, str(UPLOAD))

from env_file import EnvFileError, parse  # noqa: E402 (needs the path above)

APPLICATION = 10001
DATABASE = 999

# File, owner, group, mode. The application's group reads its own password; root's is for MariaDB alone.
SECRETS = (
    ("database_root_password", DATABASE, DATABASE, 0o400),
    ("database_password", DATABASE, APPLICATION, 0o440),
    ("django_secret_key", APPLICATION, APPLICATION, 0o400),
)

# The names under which a .env may give the value; the first that is there wins. Before them the one
# that the project's settings read, which the engine tells, so that database and project agree.
GIVEN_AS = {
    "database_root_password": ("MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD"),
    "database_password": ("DATABASE_PASSWORD", "MYSQL_PASSWORD", "MARIADB_PASSWORD"),
    "django_secret_key": ("SECRET_KEY", "DJANGO_SECRET_KEY"),
}
THEIR_NAMES = {"database_password": "DATABASE_PASSWORD_VARIABLE", "django_secret_key": "SECRET_KEY_VARIABLE"}


def main():
    os.umask(0o077)
    if not (VOLUMES / "secrets").is_dir():
        sys.exit(f"secrets: no volume is mounted at {VOLUMES / 'secrets'}")
    env = UPLOAD / "env"
    data = env.read_bytes() if env.exists() else None
    try:
        given = parse(data or b"")
    except EnvFileError as error:
        sys.exit(f"secrets: the .env file can't be read: {error}")

    for name, owner, group, mode in SECRETS:
        path = VOLUMES / "secrets" / name
        names = (os.environ.get(THEIR_NAMES.get(name, ""), ""), *GIVEN_AS[name])
        value = next((given[variable] for variable in names if given.get(variable)), None)
        if value is not None:
            place(path, value.encode("utf-8", "surrogateescape"), owner, group, mode)
            print(f"secrets: {name}: from .env")
        elif path.exists() and path.stat().st_size > 0:
            print(f"secrets: {name}: kept")
        else:
            place(path, make().encode(), owner, group, mode)
            print(f"secrets: {name}: made")

    copy = VOLUMES / "secrets" / "env"
    if data is not None:
        place(copy, data, APPLICATION, APPLICATION, 0o400)
    else:
        copy.unlink(missing_ok=True)
    # Root's folder, open to those who may read one of the files in it.
    own(VOLUMES / "secrets", 0, 0, 0o755)

    own(VOLUMES / "run", APPLICATION, APPLICATION, 0o2770)
    own(VOLUMES / "static", APPLICATION, APPLICATION, 0o755)
    own(VOLUMES / "media", APPLICATION, APPLICATION, 0o755)
    database = VOLUMES / "dbdata"
    if database.is_dir() and database.stat().st_uid == 0:
        own(database, DATABASE, DATABASE, 0o755)


def make():
    """50 letters and digits, about 297 bits: nothing in it needs quoting anywhere."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(50))


def place(path, data, owner, group, mode):
    """Puts a file there in one step: nobody ever sees half of it, or sees it with the wrong owner."""
    temporary = path.with_name("." + path.name)
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        os.fchmod(file.fileno(), mode)
        os.fchown(file.fileno(), owner, group)
    os.replace(temporary, path)


def own(directory, owner, group, mode):
    """Owner and mode of a volume's root, not of what is in it. The mode first, while it is ours."""
    if not directory.is_dir():
        return
    now = directory.stat()
    if stat.S_IMODE(now.st_mode) != mode:
        if now.st_uid != os.geteuid():
            print(f"secrets: {directory} belongs to {now.st_uid} with mode {stat.S_IMODE(now.st_mode):o}; left as it is")
            return
        os.chmod(directory, mode)
    if (now.st_uid, now.st_gid) != (owner, group):
        os.chown(directory, owner, group)


main()
