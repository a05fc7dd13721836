"""The schema editor of Django's backend, each statement of which is noted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from .progress import Progress

# What Django's operations ask of the schema, and decide by.
QUESTIONS = ("get_constraints", "get_storage_engine")


class KeepsNotes:
    """Laid over the schema editor."""

    connection: Any
    collect_sql: bool

    def execute(self, sql: Any, params: Any = ()) -> None:
        execute = super().execute  # type: ignore[misc]
        watch: Watch | None = getattr(self.connection, "deployment_watch", None)
        if watch is None or self.collect_sql or watch.is_code:
            execute(sql, params)
            return
        # A statement may still change until then: names of what was renamed.
        text = str(sql)

        def run() -> None:
            assert watch is not None
            watch.is_noted = True
            try:
                execute(text, params)
            finally:
                watch.is_noted = False

        watch.progress.statement(text, run)


class Watch:
    """What is under way on a connection."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        # Whether the project's own Python runs, which nobody can lead through notes.
        self.is_code = False
        # Whether the statement under way has its note.
        self.is_noted = False
        # Whether an operation waits for an answer.
        self.is_asked = False


@contextlib.contextmanager
def keeping_notes(connection: Any, progress: Progress) -> Iterator[None]:
    """In the body, the connection's schema editor and its questions go by the notes."""
    editor = connection.SchemaEditorClass
    if not issubclass(editor, KeepsNotes):
        connection.SchemaEditorClass = type("SchemaEditor", (KeepsNotes, editor), {})
    watch = connection.deployment_watch = Watch(progress)
    asked = connection.introspection
    for method in QUESTIONS:
        setattr(asked, method, _question(watch, method, getattr(asked, method)))
    try:
        yield
    finally:
        connection.deployment_watch = None
        for method in QUESTIONS:
            delattr(asked, method)


def _question(watch: Watch, method: str, ask: Any) -> Any:
    def question(cursor: Any, table: Any, *rest: Any) -> Any:
        # An answer may need other answers.
        if watch.is_code or watch.is_asked:
            return ask(cursor, table, *rest)
        watch.is_asked = True
        try:
            return watch.progress.question(method, str(table), lambda: ask(cursor, table, *rest))
        finally:
            watch.is_asked = False

    return question
