"""Load probes: the public page is asked for ten times a second while a release is made, as a visitor does."""

import threading

from ...host import Host

# Seconds between an answer and the next question.
PAUSE = 0.1


class Probes:
    """Asks in the background, and counts."""

    def __init__(self, host: Host) -> None:
        self._visitor = host.new_visitor()
        self._health = host.settings.health
        # Before the first release there is nobody to answer.
        self._served = host.folders.current() != ""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self.sent = 0
        self.failed = 0

    def begin(self) -> None:
        """Begins to ask."""
        self._thread.start()

    def end(self) -> None:
        """Asks no more. What is under way counts no more."""
        self._ended.set()

    def _ask(self) -> None:
        while not self._ended.is_set():
            self._note(self._visitor.ask(self._health.path).status)
            self._ended.wait(PAUSE)

    def _note(self, status: int) -> None:
        if self._ended.is_set():
            return
        if 200 <= status < 400 or (400 <= status < 500 and self._health.any_answer):
            self._served = True
            self.sent += 1
        elif self._served:
            self.sent += 1
            self.failed += 1
