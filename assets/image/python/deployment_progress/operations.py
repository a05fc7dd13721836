"""The operations of a migration: the place of each, whether it is Python, and whether its file has changed since."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from .statements import digest

# A RunPython says by `hints={"run_again": True}` that it may be run again from its beginning after it was cut off.
RUN_AGAIN = "run_again"


def places(operations: Sequence[Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Each operation that does something, with its place: counted from 1, `2/1` inside of another one."""
    from django.db.migrations.operations import SeparateDatabaseAndState

    for number, operation in enumerate(operations, start=1):
        place = f"{above}{number}"
        if isinstance(operation, SeparateDatabaseAndState):
            yield from places(operation.database_operations, f"{place}/")
        else:
            yield place, operation


def is_code(operation: Any) -> bool:
    """Whether it runs a function of the project."""
    from django.db.migrations.operations import RunPython

    return isinstance(operation, RunPython) and operation.code is not RunPython.noop


def may_run_again(operation: Any) -> bool:
    """Whether its author says so."""
    return bool((getattr(operation, "hints", None) or {}).get(RUN_AGAIN))


def fingerprint(operation: Any) -> str:
    """The same for an operation that does the same."""
    if is_code(operation):
        return digest(_source(operation.code))
    from django.db.migrations.writer import OperationWriter

    try:
        text = OperationWriter(operation, indentation=0).serialize()[0]
    except Exception:
        # A value that Django can't write down.
        text = f"{type(operation).__name__}: {operation.describe()}"
    return digest(text)


def file_of(migration: Any) -> str:
    """The same for a file in which nothing has changed."""
    module = sys.modules.get(type(migration).__module__)
    return digest(_source(module)) if module else ""


def _source(code: Any) -> str:
    try:
        return inspect.getsource(code)
    except (OSError, TypeError):
        # Without its file, or callable in another way.
        inner = getattr(code, "__code__", None)
        return repr((inner.co_code, inner.co_names)) if inner else type(code).__qualname__
