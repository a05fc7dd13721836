"""Models that have changed without a migration: `makemigrations --check`, told apart by whose models they are.

A page that asks for a column that no migration makes fails in the new release, and nothing else shows it before.
"""

from __future__ import annotations

import contextlib
import os
import site
import sysconfig
from collections.abc import Iterable
from typing import Any, Dict, List, NamedTuple

# What MariaDB never learns of a field: a difference in these alone does no harm.
NOT_STORED = {
    *("auto_created", "auto_now", "auto_now_add", "blank", "choices", "default", "editable", "error_messages", "help_text"),
    *("limit_choices_to", "on_delete", "related_name", "related_query_name", "storage", "upload_to", "validators"),
    *("verbose_name", "path", "match", "recursive", "allow_files", "allow_folders", "serialize"),
}
# Operations that change nothing in the database.
OF_THE_STATE = ("AlterModelOptions", "AlterModelManagers")


# Model → what its migrations lack.
Lacks = Dict[str, List[str]]


class Forgotten(NamedTuple):
    """What the models have and their migrations lack."""

    # Of the project's own apps: pages fail. And the apps.
    harmful: Lacks
    apps: list[str]
    # Of the project's own apps: the database would not change.
    harmless: Lacks
    # Of apps of installed packages.
    foreign: Lacks


def changes() -> Forgotten:
    """Compares each model with what all migrations make of it. No database is asked."""
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.questioner import MigrationQuestioner
    from django.db.migrations.state import ProjectState

    loader = MigrationLoader(None, ignore_no_migrations=True)
    state = loader.project_state()
    # The questioner answers every question with "no": nobody is there to be asked.
    detector = MigrationAutodetector(
        state, ProjectState.from_apps(apps), MigrationQuestioner(specified_apps=set(), dry_run=True)
    )
    found = Forgotten({}, [], {}, {})
    for label, migrations in detector.changes(graph=loader.graph).items():
        operations = [operation for migration in migrations for operation in migration.operations]
        stored = [operation for operation in operations if _is_stored(state, label, operation)]
        if not _is_own(apps.get_app_config(label).path):
            found.foreign.update(_described(label, operations))
        elif stored:
            found.apps.append(label)
            found.harmful.update(_described(label, stored))
        else:
            found.harmless.update(_described(label, operations))
    return found


def _is_own(folder: str) -> bool:
    """Whether an app is the project's own, and not one of an installed package."""
    packages = {*site.getsitepackages(), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    real = os.path.realpath(folder)
    return not any(real.startswith(os.path.realpath(path) + os.sep) for path in packages)


def _is_stored(state: Any, label: str, operation: Any) -> bool:
    """Whether an operation changes the database."""
    kind = type(operation).__name__
    if kind in OF_THE_STATE:
        return False
    if kind in ("CreateModel", "DeleteModel"):
        options = operation.options if kind == "CreateModel" else state.models[label, operation.name.lower()].options
        return bool(options.get("managed", True)) and not options.get("proxy", False)
    if kind != "AlterField":
        return True
    # Before Django 3.1 it is a list of pairs.
    before = dict(state.models[label, operation.model_name.lower()].fields).get(operation.name)
    return before is None or _stored(before) != _stored(operation.field)


def _stored(field: Any) -> tuple[Any, ...]:
    _, path, arguments, options = field.deconstruct()
    return path, arguments, {name: value for name, value in options.items() if name not in NOT_STORED}


def _described(label: str, operations: Iterable[Any]) -> dict[str, list[str]]:
    """`entries.Entry` → what is to be done for it, in Django's words."""
    from django.apps import apps

    described: dict[str, list[str]] = {}
    for operation in operations:
        name = getattr(operation, "model_name", None) or operation.name
        # A model that is gone keeps the name of its operation.
        with contextlib.suppress(LookupError):
            name = apps.get_model(label, name)._meta.object_name
        described.setdefault(f"{label}.{name}", []).append(operation.describe())
    return described
