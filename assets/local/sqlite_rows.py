"""usage: sqlite_rows.py FILE: prints, as JSON, how many tables of a sqlite database hold rows, and how many rows.

What Django makes by itself (migrations, content types, permissions, sessions) doesn't count. The file is only read.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path

OURS = ("django_migrations", "django_content_type", "auth_permission", "django_session", "django_site")
SECONDS = 5


def main(file: str) -> None:
    connection = sqlite3.connect(f"{Path(file).resolve().as_uri()}?mode=ro", uri=True, timeout=SECONDS)
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'")
    counts: list[int] = []
    for (name,) in names.fetchall():
        if name in OURS:
            continue
        quoted = name.replace('"', '""')
        counts.extend(connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone())
    print(json.dumps({"tables": sum(1 for count in counts if count), "rows": sum(counts)}))


main(sys.argv[1])
