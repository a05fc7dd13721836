"""Tells whether a MariaDB data directory holds a database. Needs nothing but the standard library."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# The entrypoint of our own MariaDB image (tools/offline/images/mariadb) keeps this file until a new data directory
# is complete. Until then the directory holds nothing of anybody, and the entrypoint starts again from nothing.
UNFINISHED = ".initialisation-unfinished"


def holds_database(folder: Path) -> bool:
    """Whether `folder` is a data directory with a database in it. A folder that is missing holds none."""
    if not folder.is_dir():
        return False
    names = os.listdir(folder)
    return UNFINISHED not in names and any(name == "mysql" or name.startswith("ib") for name in names)


# For a volume that can be looked at before anything else: python3 - FOLDER <database_files.py
if __name__ == "__main__":
    print("database" if holds_database(Path(sys.argv[1])) else "empty")
