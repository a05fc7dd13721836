"""Migrations as a release sees them: which it knows, and what stands in the way of the code before them."""

from deployment_schema import defaults

FITS, BLOCKS, UNKNOWN = "fits", "in the way", "nobody can tell"

# What older code never notices.
ADDS = ("CreateModel", "AddIndex", "RemoveIndex", "RenameIndex", "AlterModelOptions", "AlterModelManagers",
        "AlterModelTableComment", "AlterOrderWithRespectTo")
# What it still asks for, or asks for by the old name.
TAKES = ("DeleteModel", "RemoveField", "RenameField", "RenameModel", "AlterModelTable")


def name_of(app, name):
    return f"{app}.{name}"


def known():
    """Names of all migrations that the code has, sorted."""
    return sorted(name_of(*key) for key in _loader().disk_migrations)


def report():
    """For the release program: what this release knows, on one line."""
    print("migrate: known", *known(), flush=True)


def between(others):
    """Prints every applied migration that is not among `others`, in the order in which they were applied."""
    loader = _loader()
    for app, name in loader.applied_migrations:
        if name_of(app, name) in others:
            continue
        migration = loader.disk_migrations.get((app, name))
        if migration is None:
            verdict, why = UNKNOWN, "this release does not have its file"
        else:
            verdict, why = judge(migration.operations, _Columns(loader, app, name).have_default)
        print(f"{name_of(app, name)}: {verdict}" + (f": {why}" if why else ""))


class _Columns:
    """The columns that a migration has added, as they are in the database now."""

    def __init__(self, loader, app, name):
        self._state = loader.project_state((app, name))
        self._app = app

    def have_default(self, operation):
        from django.db import connection

        try:
            model = self._state.apps.get_model(self._app, operation.model_name)
            column = model._meta.get_field(operation.name).column
        except Exception:
            # A later operation of the same migration has renamed it: nobody can tell what it is now.
            return False
        return connection.vendor == "mysql" and defaults.has_default(connection, model._meta.db_table, column)


def judge(operations, has_default=lambda operation: False):
    """The worst that is true of any of them: whether older code goes with what they have made, and why not.

    has_default: whether the database gives the column of an AddField a value by itself.
    """
    verdicts = [_judge(operation, has_default) for operation in operations]
    for wanted in (BLOCKS, UNKNOWN):
        found = [why for verdict, why in verdicts if verdict == wanted]
        if found:
            return wanted, "; ".join(found)
    return FITS, ""


def _judge(operation, has_default):
    kind = type(operation).__name__
    described = operation.describe()
    if kind == "SeparateDatabaseAndState":
        return judge(operation.database_operations, has_default)
    if kind in ADDS:
        return FITS, ""
    if kind in TAKES:
        return BLOCKS, f"{described} (the older code still asks for it)"
    if kind == "AddField":
        return _judge_field(operation.field, described, has_default(operation))
    return UNKNOWN, described


def _judge_field(field, described, has_default):
    from django.db.models.fields import NOT_PROVIDED

    if field.many_to_many or field.null or getattr(field, "db_default", NOT_PROVIDED) is not NOT_PROVIDED:
        return FITS, ""
    # A second row with the same value is refused where each must have its own.
    if has_default and not field.unique:
        return FITS, ""
    # Added by hand, or by a release of before the migrate step kept defaults: rows of older code have no value.
    return BLOCKS, f"{described} (neither null nor a default in the database: the older code can't write rows)"


def _loader():
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    return MigrationLoader(connection)
