"""Visitors and load probes, on a server of plain HTTP."""

import threading
import time
import unittest
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from release_program.host import Host
from release_program.parts.visitors.probes import Probes
from release_program.settings.model import Health
from release_program.settings.word import Word
from release_program.visitor import Answer, HttpVisitor
from support import FIRST, HostCase


class Visitors(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.requests: list[tuple[str, str, str]] = []
        self.respond: Callable[[BaseHTTPRequestHandler], None] = lambda request: self.answer(request, 200)
        case = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                cookie = self.headers.get("Cookie", "")
                case.requests.append((self.path, self.headers.get("Host", ""), cookie))
                case.respond(self)

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.visitor = HttpVisitor("shop.example", ("127.0.0.1", self.server.server_address[1]))

    def answer(self, request: BaseHTTPRequestHandler, status: int, *headers: tuple[str, str]) -> None:
        request.send_response(status)
        for name, value in headers:
            request.send_header(name, value)
        request.end_headers()

    def test_the_host_name_is_the_applications(self) -> None:
        self.assertEqual(self.visitor.ask("/health/?a=b"), Answer(200))
        self.assertEqual(self.requests, [("/health/?a=b", "shop.example", "")])

    def test_redirects_are_absolute_and_not_followed(self) -> None:
        for location, expected in (
            ("/x", "http://shop.example/x"),
            ("x?y", "http://shop.example/a/x?y"),
            ("https://shop.example/", "https://shop.example/"),
            ("//other.example/", "http://other.example/"),
        ):
            self.respond = lambda request, location=location: self.answer(request, 302, ("Location", location))  # type: ignore[misc]
            self.assertEqual(self.visitor.ask("/a/b"), Answer(302, expected))
        self.respond = lambda request: self.answer(request, 201, ("Location", "/x"))
        self.assertEqual(self.visitor.ask("/"), Answer(201))

    def test_addresses_are_sent_as_browsers_send_them(self) -> None:
        # http.server writes Latin-1; servers write the bytes of UTF-8.
        location = "/grüße/ a#b".encode().decode("latin-1")
        self.respond = lambda request: self.answer(request, 302, ("Location", location))
        answer = self.visitor.ask("/a")
        self.assertEqual(answer, Answer(302, "http://shop.example/grüße/ a#b"))
        self.respond = lambda request: self.answer(request, 200)
        self.assertEqual(self.visitor.ask(answer.location.removeprefix("http://shop.example")), Answer(200))
        self.assertEqual(self.requests[-1][0], "/gr%C3%BC%C3%9Fe/%20a")
        self.assertEqual(self.visitor.ask("/a%20b?c=%C3%BC&d=+"), Answer(200))
        self.assertEqual(self.requests[-1][0], "/a%20b?c=%C3%BC&d=+")

    def test_a_redirect_to_what_is_no_address_is_an_answer(self) -> None:
        self.respond = lambda request: self.answer(request, 302, ("Location", "http://[x/"))
        self.assertEqual(self.visitor.ask("/"), Answer(302))

    def test_cookies_are_given_back_those_for_https_too(self) -> None:
        self.respond = lambda request: self.answer(
            request, 200, ("Set-Cookie", "session=a; Secure; Path=/"), ("set-cookie", "csrf=b"), ("Set-Cookie", "")
        )
        self.visitor.ask("/")
        self.respond = lambda request: self.answer(request, 200, ("Set-Cookie", "session=c"))
        self.visitor.ask("/")
        self.visitor.ask("/")
        self.assertEqual([cookie for _, _, cookie in self.requests], ["", "session=a; csrf=b", "session=c; csrf=b"])

    def test_no_answer_is_none(self) -> None:
        self.respond = lambda request: request.connection.close()
        self.assertEqual(self.visitor.ask("/"), Answer(0))
        self.respond = lambda request: request.wfile.writelines([b"nonsense\r\n\r\n"])
        self.assertEqual(self.visitor.ask("/"), Answer(0))
        self.assertEqual(HttpVisitor("shop.example", ("127.0.0.1", 1)).ask("/"), Answer(0))
        self.assertEqual(self.visitor.ask("/\n"), Answer(0))

    def test_a_page_without_an_end_takes_no_longer_than_a_visitor_waits(self) -> None:
        def trickle(request: BaseHTTPRequestHandler) -> None:
            self.answer(request, 200)
            with suppress(OSError):
                for _ in range(50):
                    request.wfile.write(b"x")
                    time.sleep(0.05)

        self.respond = trickle
        with patch("release_program.visitor.LIMIT", 0.3):
            began = time.monotonic()
            self.assertEqual(self.visitor.ask("/"), Answer(200))
        self.assertLess(time.monotonic() - began, 2)

    def test_one_that_never_answers_is_not_waited_for(self) -> None:
        ended = threading.Event()

        def wait(_request: BaseHTTPRequestHandler) -> None:
            ended.wait(5)

        self.respond = wait
        with patch("release_program.visitor.LIMIT", 0.2):
            self.assertEqual(self.visitor.ask("/"), Answer(0))
        ended.set()


class Asked:
    """Gets answers one after the other; the last one stays."""

    def __init__(self, *statuses: int) -> None:
        self._statuses = list(statuses)
        self.done = threading.Event()

    def ask(self, _path: str) -> Answer:
        if len(self._statuses) > 1:
            return Answer(self._statuses.pop(0))
        self.done.set()
        return Answer(self._statuses[0])


class LoadProbes(HostCase):
    def counted(self, *statuses: int, any_answer: bool = False, serves: bool = False) -> tuple[bool, int]:
        host = self.upload(FIRST)
        if serves:
            host.folders.make_current()
        asked = Asked(*statuses)
        settings = host.settings
        changed = Host(
            type(settings)(**{**vars(settings), "health": Health("/health/", Word(("x",)), any_answer)}),
            *(host.folders, host.docker, host.clock, host.output, host.address),
            lambda _name: asked,
        )
        with patch("release_program.parts.visitors.probes.PAUSE", 0.001):
            probes = Probes(changed)
            probes.begin()
            self.assertTrue(asked.done.wait(5))
            probes.end()
        after = (probes.sent, probes.failed)
        time.sleep(0.01)
        self.assertEqual((probes.sent, probes.failed), after, "it asks no more")
        return after[0] > 0, probes.failed

    def test_before_the_first_answer_nobody_has_failed(self) -> None:
        self.assertEqual(self.counted(0, 502, 0, 200), (True, 0))

    def test_where_a_release_serves_each_error_counts(self) -> None:
        self.assertEqual(self.counted(200, 302, 0, 502, 404, 200, serves=True), (True, 3))

    def test_any_answer_is_one_where_the_project_has_no_page_for_it(self) -> None:
        self.assertEqual(self.counted(404, 0, 404, 200, any_answer=True), (True, 1))


if __name__ == "__main__":
    unittest.main()
