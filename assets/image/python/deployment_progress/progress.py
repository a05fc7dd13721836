"""One migration under way: what it has done is passed over, what it asked then is answered as then, the rest is noted."""

from __future__ import annotations

import contextlib
import json
from collections import deque
from collections.abc import Callable
from typing import Any

from . import messages, statements, tables
from .notes import Note, Notes
from .operations import file_of, fingerprint
from .start import Unclear

# Kinds of notes beside those of statements: of a migration's attempt, of an operation that begins, of what it asks of the
# schema, of Python that has stored something, and of Python that is done.
ATTEMPT, OPERATION, QUESTION, PARTLY, CODE = "attempt", "operation", "question", "partly", "code"
EFFECTS = (statements.CHANGE, statements.ROWS, statements.OPAQUE, PARTLY, CODE)
# Where the schema editor runs what it has put off to the end.
DEFERRED = "deferred"

# Errors of MariaDB that say of a change that it is done: tables, columns, indexes, foreign keys.
DONE = (1050, 1051, 1060, 1061, 1091, 1146, 1054, 1826, 1005, 1068)


class Progress:
    """What is noted of one migration, ahead of it or behind."""

    def __init__(self, notes: Notes, migration: Any) -> None:
        self._notes = notes
        self._key = (migration.app_label, migration.name)
        self.name = ".".join(self._key)
        self.operation = DEFERRED
        self.together = notes.together
        # By number, until the next statement has an effect.
        self._unwritten: dict[int, Note] = {}
        self._looks: tables.Looks = {}
        # Whether a change may have happened at which the attempt before ended.
        self._is_unsure = False
        attempt = {"file": file_of(migration), "server": notes.query("SELECT VERSION()")[0][0]}
        before = notes.read(*self._key)
        self._has_same_file = bool(before) and before[0].content["file"] == attempt["file"] != ""
        same_server = bool(before) and before[0].content["server"] == attempt["server"]
        self._ahead = deque(self._settled(before[1:], same_server))
        self._number = 1 + (self._ahead[-1].number if self._ahead else 0)
        self._total = len(self._ahead)
        notes.forget(*self._key, since=self._number)
        self._unwritten[0] = Note(0, "", ATTEMPT, attempt)
        if same_server:
            self._require_unchanged()

    # -- What was noted before

    def _settled(self, noted: list[Note], same_server: bool) -> list[Note]:
        """The notes up to the last effect that is certain."""
        last = noted[-1] if noted else None
        if last and last.kind == statements.CHANGE and "after" not in last.content:
            sql, before = last.content["sql"], last.content["before"]
            if not same_server:
                # Another version may show an unchanged table in other words.
                self._is_unsure = True
                noted.pop()
            elif tables.named(self._notes, sql) == before:
                noted.pop()
            else:
                now = tables.named(self._notes, sql)
                if others := tables.foreign_columns(before, now, sql):
                    raise Unclear(messages.table_changed(self.name, ", ".join(sorted(others))))
                known = {table for note in noted for table in note.content.get("after", ())}
                last.content["after"] = tables.changed(self._notes, sql, known)
                self._unwritten[last.number] = last
        while noted and noted[-1].kind not in EFFECTS:
            noted.pop()
        return noted

    def _require_unchanged(self) -> None:
        """Raises Unclear when a table is not as the migration left it."""
        for note in self._ahead:
            self._remember(note)
        if self._ahead and self._ahead[-1].kind == PARTLY:
            # Python may have changed them.
            return
        now = tables.of(self._notes, [name for name in self._looks if " " not in name])
        others = [name for name, look in self._looks.items() if " " not in name and now.get(name, "") != look]
        if others:
            raise Unclear(messages.table_changed(self.name, ", ".join(sorted(others))))

    def _remember(self, note: Note) -> None:
        after = note.content.get("after")
        if after is not None:
            gone = {name: "" for name in note.content.get("before", ()) if name not in after}
            self._looks.update({**gone, **after})

    @property
    def is_resumed(self) -> bool:
        """Whether anything of it was done before."""
        return self._total > 0

    def said(self) -> str:
        """For people: where it goes on."""
        done = sum(note.kind in EFFECTS for note in self._ahead)
        last = self._ahead[-1].operation
        where = "with what comes at its end" if last == DEFERRED else f"in or after operation {last}"
        return messages.goes_on(self.name, done, where)

    # -- What operations do

    def begin(self, place: str, operation: Any) -> None:
        """An operation begins."""
        self.operation = place
        content = {"hash": fingerprint(operation), "what": operation.describe()}
        if not self._ahead:
            self._note(OPERATION, content)
            return
        before = self._take(OPERATION, content)
        if before.content["hash"] == content["hash"] or self._has_same_file:
            return
        if any(note.kind in EFFECTS for note in self._ahead if note.operation == place):
            raise Unclear(messages.changed(self.name, place, before.content["what"], content["what"]))
        # What it had asked for.
        self.pass_operation()

    def statement(self, sql: str, execute: Callable[[], None]) -> None:
        """The schema editor runs a statement."""
        kind = statements.kind_of(sql)
        sql = statements.kept(sql)
        if kind == statements.SESSION:
            execute()
        elif self._ahead:
            note = self._take(kind, {"sql": sql})
            if kind == statements.OPAQUE and (not note.content.get("done") or statements.is_temporary(sql)):
                raise Unclear(messages.opaque(self.name, statements.shown(sql)))
        elif kind == statements.CHANGE:
            self._change(sql, execute)
        elif kind == statements.ROWS:
            self._rows(sql, execute)
        else:
            note = self._note(kind, {"sql": sql})
            self.write()
            execute()
            note.content["done"] = True
            self._unwritten[note.number] = note

    def question(self, method: str, about: str, ask: Callable[[], Any]) -> Any:
        """An operation asks how the schema is, and gets the answer that it got the first time."""
        if self._ahead:
            return self._take(QUESTION, {"method": method, "about": about}).content["answer"]
        answer = ask()
        content = {"method": method, "about": about, "answer": json.loads(json.dumps(answer, default=list))}
        self._note(QUESTION, content)
        return answer

    def _change(self, sql: str, execute: Callable[[], None]) -> None:
        note = self._note(statements.CHANGE, {"sql": sql, "before": tables.named(self._notes, sql)})
        self.write()
        try:
            execute()
        except Exception as error:
            if not self._is_unsure or not error.args or error.args[0] not in DONE:
                # MariaDB has refused it as a whole. Without a connection nobody knows, and the note stays.
                with contextlib.suppress(Exception):
                    self._notes.forget(*self._key, since=note.number)
                raise
        self._is_unsure = False
        # Written with the next note: until then the look before tells the same.
        note.content["after"] = tables.changed(self._notes, sql, self._looks)
        self._unwritten[note.number] = note
        self._remember(note)

    def _rows(self, sql: str, execute: Callable[[], None]) -> None:
        def run() -> None:
            execute()
            self._note(statements.ROWS, {"sql": sql})
            self.write()

        self.together(run)

    # -- Python

    def past_code(self) -> Note | None:
        """Of an operation that was run as Python: its end if it is done, or what it had begun; None for all others."""
        own = [note for note in self._ahead if note.operation == self.operation and note.kind in (PARTLY, CODE)]
        return own[-1] if own else None

    def pass_operation(self) -> None:
        """Goes on after all that is noted of the operation under way."""
        while self._ahead and self._ahead[0].operation == self.operation:
            self._ahead.popleft()

    def begin_code_anew(self) -> None:
        """Runs an operation again that was cut off: it is the last that is noted."""
        self._number = self._ahead[0].number
        self._ahead.clear()
        self._notes.forget(*self._key, since=self._number)

    def partly(self) -> None:
        """Python stores something that can't be taken back with its note."""
        self._note(PARTLY, {})
        self.write()

    def code_done(self, deferred: list[str], has_changed_schema: bool) -> None:
        """Python has ended; `deferred` is what it leaves to the end of the migration."""
        content: dict[str, Any] = {"deferred": deferred}
        if has_changed_schema:
            content["before"], content["after"] = self._looks, tables.of(self._notes, self._looks)
        self._remember(self._note(CODE, content))
        self.write()

    def end(self) -> None:
        """All is done: nothing that was noted may be left over."""
        if self._ahead:
            note = self._ahead[0]
            raise Unclear(messages.differs(self.name, _described(note.kind, note.content), "nothing"))
        self._notes.forget(*self._key)

    # -- Notes

    def write(self) -> None:
        """Has all notes in the table."""
        if self._unwritten:
            self._notes.write(*self._key, self._unwritten.values())
            self._unwritten = {}

    def _note(self, kind: str, content: dict[str, Any]) -> Note:
        note = Note(self._number, self.operation, kind, content)
        self._unwritten[note.number] = note
        self._number += 1
        return note

    def _take(self, kind: str, content: dict[str, Any]) -> Note:
        """The next note, which must be of the same. Raises Unclear when it is not."""
        note = self._ahead.popleft()
        same = note.kind == kind and note.operation == self.operation
        if not same or any(note.content.get(key) != content.get(key) for key in ("sql", "method", "about")):
            raise Unclear(
                messages.differs(self.name, _described(note.kind, note.content), _described(kind, content))
            )
        return note


def _described(kind: str, content: dict[str, Any]) -> str:
    if kind == QUESTION:
        return f"ask for {content['method']} of {content['about']}"
    if kind == OPERATION:
        return f"begin \"{content['what']}\""
    return f"run {statements.shown(content['sql'])}" if "sql" in content else "run Python"
