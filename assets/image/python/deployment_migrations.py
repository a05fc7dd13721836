"""Migrations as a release sees them: which it knows, and what stands in the way of the code before them."""

from deployment_fit.findings import UNKNOWN, verdict_of
from deployment_fit.states import in_order, is_known, name_of, state_of, verdicts
from deployment_schema import defaults


def known():
    """Names of all migrations that the code has, sorted."""
    return sorted(name_of(key) for key in _loader().disk_migrations)


def report():
    """For the release program: what this release knows, on one line."""
    print("migrate: known", *known(), flush=True)


def between(others):
    """Prints every applied migration that is not among `others`, in the order of the migrations."""
    from django.db import connection

    loader = _loader()
    # Without its file, nobody knows its place.
    for key in loader.applied_migrations:
        if key not in loader.disk_migrations and name_of(key) not in others:
            print(f"{name_of(key)}: {UNKNOWN}: this release does not have its file")
    unknown = [
        migration for migration in in_order(connection)
        if (migration.app_label, migration.name) in loader.applied_migrations and not is_known(migration, others)
    ]
    if not unknown:
        return
    for verdict in verdicts(connection, others, unknown, state_of(connection, others), _has_default):
        worst, why = _worst(verdict.operations)
        print(f"{verdict.name}: {worst}" + (f": {why}" if why else ""))


def _has_default(table, column, *_):
    """The columns that a migration has added, as they are in the database now."""
    from django.db import connection

    return connection.vendor == "mysql" and defaults.has_default(connection, table, column)


def _worst(operations):
    """The worst that is true of any operation, and why."""
    worst = verdict_of(finding for judged in operations for finding in judged.findings)
    why = [
        f"{judged.described}: {finding.why}" for judged in operations for finding in judged.findings
        if finding.verdict == worst
    ]
    return worst, "; ".join(why)


def _loader():
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    return MigrationLoader(connection)
