"""Judges the migrations of a release for older code; no server is asked.

The standard input is JSON: the operations that made the older code's tables, and lists of operations to judge, all of
them Python. Prints for each list the verdict, the reasons, and what a host says of it. PyMySQL plays mysqlclient.
"""

import json
import sys

import pymysql

pymysql.version_info = (2, 2, 9, "final", 0)
pymysql.install_as_MySQLdb()

import django  # noqa: E402
from django.conf import settings  # noqa: E402

settings.configure(
    INSTALLED_APPS=[],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.mysql", "NAME": "django"}},
)
django.setup()

from django.db import connection, migrations, models  # noqa: E402
from django.db.migrations.state import ProjectState  # noqa: E402
from django.db.models import F, Q  # noqa: E402, F401

from deployment_fit.findings import BLOCKS, verdict_of  # noqa: E402
from deployment_fit.operations import Judge  # noqa: E402
from deployment_fit.pending import kept_by, refusal  # noqa: E402
from deployment_fit.states import Verdict  # noqa: E402
from deployment_fit.tables import tables_of  # noqa: E402

# What Django asks a server.
connection.mysql_server_data = {
    "version": "11.8.3-MariaDB",
    "sql_mode": "STRICT_TRANS_TABLES",
    "default_storage_engine": "InnoDB",
    "sql_auto_is_null": False,
    "lower_case_table_names": 0,
    "has_zoneinfo_database": False,
}


class Own(migrations.operations.base.Operation):
    """An operation of a package."""

    def state_forwards(self, app_label, state): ...

    def describe(self):
        return "Own"


def judged(old, operations):
    """A verdict on operations that follow each other in one migration."""
    state = ProjectState()
    for operation in old:
        operation.state_forwards("shop", state)
    used = tables_of(state, connection, changed_only=False)
    made = type("Migration", (migrations.Migration,), {"operations": operations})("0002_next", "shop")
    return Verdict("shop.0002_next", Judge(used, connection, kept_by(connection)).migration(made, state))


found = []
asked = json.load(sys.stdin)
for text in asked["operations"]:
    verdict = judged(eval(asked["old"]), eval(text))
    worst = verdict_of(verdict.findings)
    found.append({
        "verdict": worst,
        "reasons": [f"{one.place}: {one.why}" for one in verdict.findings if one.verdict == worst],
        "said": refusal([verdict] if worst == BLOCKS else [], on_host=True),
    })
json.dump(found, sys.stdout)
