"""Tells of what version a MariaDB data directory is, and which databases are in it, as JSON.

Needs nothing but the standard library, and no server: python3 - FOLDER <database_identity.py
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

# Where MariaDB notes by which version the directory was last opened; the second name is older.
VERSION_FILES = ("mariadb_upgrade_info", "mysql_upgrade_info")

# MariaDB's own.
OWN = ("mysql", "performance_schema", "sys")


def version_of(folder: Path) -> str:
    """The version, for example 11.8; empty when nothing was ever finished there."""
    for name in VERSION_FILES:
        file = folder / name
        found = re.match(r"\d+\.\d+", file.read_text(errors="replace")) if file.is_file() else None
        if found:
            return found.group()
    return ""


def databases_in(folder: Path) -> list[str]:
    """Names of the databases, MariaDB's own left out: each is a folder in which MariaDB keeps db.opt."""
    if not folder.is_dir():
        return []
    return sorted(file.parent.name for file in folder.glob("*/db.opt") if file.parent.name not in OWN)


if __name__ == "__main__":
    given = Path(sys.argv[1])
    print(json.dumps({"version": version_of(given), "databases": databases_in(given)}))
