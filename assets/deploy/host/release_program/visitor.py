"""Asks for a page of the application as its visitors do, through nginx."""

import http.client
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, urljoin

# Seconds for a whole answer.
LIMIT = 10.0


@dataclass(frozen=True)
class Answer:
    """What came back."""

    # 0 without an answer.
    status: int
    # Where it redirects to, absolute; empty when it does not.
    location: str = ""


class Visitor(Protocol):
    """Somebody with a browser."""

    def ask(self, path: str) -> Answer:
        """Asks for a page; follows no redirect."""


class HttpVisitor:
    """Connects to this host itself, by plain HTTP, under the application's host name.

    Sends back the cookies that it was given, those for https too: a site that begins a session with each visitor would
    else keep one for each question.
    """

    def __init__(self, host: str, address: tuple[str, int] = ("127.0.0.1", 80)) -> None:
        self._host = host
        self._address = address
        self._cookies: dict[str, str] = {}

    def ask(self, path: str) -> Answer:
        """Asks for a page; follows no redirect."""
        end = time.monotonic() + LIMIT
        connection = http.client.HTTPConnection(*self._address, timeout=LIMIT)
        try:
            connection.putrequest("GET", _on_the_wire(path), skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", self._host)
            connection.putheader("User-Agent", "release-program")
            connection.putheader("Accept", "*/*")
            if self._cookies:
                connection.putheader("Cookie", "; ".join(self._cookies.values()))
            connection.endheaders()
            response = connection.getresponse()
            self._keep(response.headers.get_all("Set-Cookie") or [])
            location = self._absolute(path, response)
            _read(connection, response, end)
        except (OSError, http.client.HTTPException, ValueError):
            return Answer(0)
        finally:
            connection.close()
        return Answer(response.status, location)

    def _absolute(self, path: str, response: http.client.HTTPResponse) -> str:
        """Where an answer redirects to; empty when it does not, or to nothing that is an address."""
        location = response.headers.get("Location", "")
        if not 300 <= response.status < 400 or location == "":
            return ""
        # The library reads each byte as a character of its own.
        text = location.encode("latin-1", "replace").decode(errors="replace")
        try:
            return urljoin(f"http://{self._host}{path}", text)
        except ValueError:
            return ""

    def _keep(self, headers: Iterable[str]) -> None:
        for header in headers:
            cookie = header.partition(";")[0].strip()
            if cookie:
                self._cookies[cookie.partition("=")[0]] = cookie


def _on_the_wire(path: str) -> str:
    """A path as browsers send it: what is no ASCII, and a space, is percent-encoded; the fragment stays here."""
    return "".join(quote(sign) if sign == " " or not sign.isascii() else sign for sign in path.partition("#")[0])


def _read(connection: http.client.HTTPConnection, response: http.client.HTTPResponse, end: float) -> None:
    """Takes the page, as long as there is time for it: its status is known already."""
    try:
        while (left := end - time.monotonic()) > 0:
            if connection.sock is not None:
                connection.sock.settimeout(left)
            if not response.read1(65536):
                return
    except (OSError, http.client.HTTPException):
        return
