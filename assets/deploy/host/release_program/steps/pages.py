"""The pages that are known, as visitors get them before a release and after it.

The engine and nginx have said that the release serves; now visitors say it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..failure import Failure, TooLate
from ..host import Host
from ..process import follow
from ..visitor import Visitor
from .release import Release

# Seconds that the release before waits for the lock; and for its whole way back.
LOCK, BACK = 60, 7200

# Redirects that are followed.
HOPS = 10

# A page that has never been asked for may be slow once.
ATTEMPTS = 3


class Unserved(Failure):
    """The release runs, and visitors are not served; it is not taken back."""


def require_pages(release: Release) -> None:
    """Raises Unserved, or a Failure when a page worked before that is an error now."""
    verdict = judge_pages(release.host, release.pages)
    if not verdict.unserved:
        return
    if verdict.worse and release.before and release.record.kind != "rollback":
        release.serves = False
        raise Failure(f"visitors are not served: {verdict.unserved}")
    raise Unserved(verdict.unserved)


def take_back(release: Release) -> None:
    """Has the release before serve again: its own program brings back all that belongs to it."""
    host, before = release.host, release.before
    host.say(f"{before} serves again in a moment")
    # The program of the release before needs it now.
    release.lock.release()
    command = [
        str(host.folders.program(before)),
        *("run", before, "--rollback", "--by", release.record.by),
        *("--address", host.address, "--wait", str(LOCK)),
    ]
    try:
        is_back = follow(command, host.say, {}, BACK) == 0
    except TooLate as late:
        host.say(str(late))
        is_back = False
    if not is_back:
        host.output.alarm(f"! {before} could not be brought back; type: release rollback {before}")


@dataclass(frozen=True)
class Page:
    """What a visitor ends at."""

    # 0 without an answer.
    status: int
    # An address on this host over https, where nobody answers; empty when it ends elsewhere.
    https: str = ""
    # It leads from page to page without an end, as far as anybody follows.
    endless: bool = False

    @property
    def error(self) -> str:
        """Why a visitor is not served, in words; empty when he is."""
        if self.https:
            return f"redirects to {self.https}, and nothing answers https here"
        if self.endless:
            return "redirects without an end, which browsers give up on"
        if self.status == 0:
            return "does not answer"
        if self.status == 400:
            return "answers 400, as Django does to a host name that ALLOWED_HOSTS does not have"
        return f"answers {self.status}" if 500 <= self.status < 600 else ""


@dataclass(frozen=True)
class Verdict:
    """What visitors get now."""

    # The pages that are an error, in words; empty when none is.
    unserved: str
    # Whether one of them was none before.
    worse: bool


def note_pages(host: Host) -> Mapping[str, int]:
    """Status of each known page before anything is changed; of none before the first release."""
    if not host.folders.current():
        return {}
    visitor = host.new_visitor()
    found = {path: visit(host, visitor, path) for path in _known(host)}
    return {path: 0 if page.https or page.endless else page.status for path, page in found.items()}


def judge_pages(host: Host, before: Mapping[str, int]) -> Verdict:
    """Asks for each known page, and says aloud which of them visitors miss that was there before."""
    visitor = host.new_visitor()
    unserved: list[str] = []
    worse = False
    for path in _known(host):
        page = _visit_patiently(host, visitor, path)
        compared = f", and it answered {before[path]:03} before" if path in before else ""
        was_good = 200 <= before.get(path, 0) < 400
        if page.error:
            unserved.append(f"{path} {page.error}{compared}")
            worse = worse or was_good
        elif was_good and 400 <= page.status < 500:
            host.output.alarm(f"! {path} answers {page.status}{compared}")
        elif not before and page.status == 404:
            host.output.alarm(f"! {path} answers 404: the project has no page there")
    return Verdict("; ".join(unserved), worse)


def visit(host: Host, visitor: Visitor, path: str) -> Page:
    """Asks for a page, and follows redirects on the same host."""
    name = host.settings.health.host.text(host.values())
    for _ in range(HOPS + 1):
        answer = visitor.ask(path)
        if answer.location.startswith(f"https://{name}"):
            return Page(answer.status, answer.location)
        if not answer.location.startswith(f"http://{name}/"):
            return Page(answer.status)
        path = answer.location.removeprefix(f"http://{name}")
    return Page(answer.status, endless=True)


def _visit_patiently(host: Host, visitor: Visitor, path: str) -> Page:
    for _ in range(ATTEMPTS - 1):
        page = visit(host, visitor, path)
        if not page.error:
            return page
        host.clock.sleep(1)
    return visit(host, visitor, path)


def _known(host: Host) -> list[str]:
    return sorted({"/", host.settings.health.path})
