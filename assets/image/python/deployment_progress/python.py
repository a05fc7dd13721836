"""Operations as they run: Python of the project is done once, and its note is in its transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import messages, statements
from .operations import is_code, may_run_again
from .progress import CODE, DEFERRED, Progress
from .start import Unclear


def run_operation(
    connection: Any,
    progress: Progress,
    operation: Any,
    its_places: list[str],
    forwards: Callable[..., None],
    app: str,
    editor: Any,
    *states: Any,
) -> None:
    """Stands for an operation's `database_forwards`."""
    place = its_places.pop(0)
    progress.begin(place, operation)
    try:
        noted = progress.past_code()
        if noted is not None and noted.kind == CODE:
            editor.deferred_sql.extend(noted.content["deferred"])
            progress.pass_operation()
            return
        if noted is not None:
            if not may_run_again(operation):
                raise Unclear(messages.partly_done(progress.name, place, operation.describe()))
            progress.begin_code_anew()
        _run(connection, progress, is_code(operation), editor, lambda: forwards(app, editor, *states))
    finally:
        progress.operation = DEFERRED


def _run(connection: Any, progress: Progress, code: bool, editor: Any, forwards: Callable[[], None]) -> None:
    watch = connection.deployment_watch
    stores = _Stores(connection, progress)
    deferred = list(editor.deferred_sql)
    watch.is_code = code
    if code and not connection.in_atomic_block:
        # A transaction of the project's own may be taken back.
        progress.write()
    try:
        with connection.execute_wrapper(stores):
            forwards()
    finally:
        watch.is_code = False
    if code or stores.is_partly:
        added = [str(sql) for sql in editor.deferred_sql if not any(sql is known for known in deferred)]
        progress.code_done(added, stores.has_changed_schema)


class _Stores:
    """A wrapper of Django's `execute` that sees what Python stores by itself, past the schema editor."""

    def __init__(self, connection: Any, progress: Progress) -> None:
        self._connection, self._progress = connection, progress
        # Django has begun a transaction around the operation: its note will be in it.
        self._is_atomic = connection.in_atomic_block
        self.is_partly = self.has_changed_schema = self._is_kept = False

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        def run() -> Any:
            return execute(sql, params, many, context)

        if self._connection.deployment_watch.is_noted:
            return run()
        kind = statements.kind_of(str(sql))
        if kind == statements.SESSION or (kind == statements.ROWS and self._is_atomic):
            return run()
        self.is_partly = True
        self.has_changed_schema = self.has_changed_schema or kind != statements.ROWS
        if self._is_kept or self._is_waiting():
            return run()
        return self._note_and(run, kind)

    def _note_and(self, run: Callable[[], Any], kind: str) -> Any:
        def noted() -> Any:
            self._progress.partly()
            return run()

        if self._connection.in_atomic_block and not self._is_atomic:
            # A transaction of the project's own, which may be taken back together with the note.
            self._connection.on_commit(self._keep)
            return noted()
        result = self._progress.together(noted) if kind == statements.ROWS else noted()
        self._is_kept = True
        return result

    def _keep(self) -> None:
        self._is_kept = True

    def _is_waiting(self) -> bool:
        return any(self._keep in entry for entry in self._connection.run_on_commit)
