"""nginx: when it is replaced, what is said of it, and what becomes of visitors meanwhile."""

import os
import signal
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine import Container
from release_program.commands.releases import summary
from release_program.docker.command import Result
from release_program.parts.visitors.proxy import CLOSED, DRAIN, HOLD_LIMIT, revision
from support import FIRST, SECOND, SETTINGS, THIRD, HostCase

SAME = {"nginx": "image: ${NGINX_IMAGE:-nginx:1}"}
OTHER = {"nginx": f"{SAME['nginx']}, memory: 99"}
BEGIN = ("sh", "hold-connections.sh", "begin", str(HOLD_LIMIT), "80", "443")
END = ("sh", "hold-connections.sh", "end", "80", "443")


class ProxyReplacement(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.must_release(FIRST, SAME)
        self.nginx = self.only()
        self.calls = len(self.engine.calls)
        self.said.lines.clear()

    def only(self) -> Container:
        (found,) = self.engine.running("nginx")
        return found

    def replace(self, release: str = SECOND, changes: Mapping[str, str] = OTHER) -> int:
        return self.release(release, changes)

    def deployed(self) -> list[str]:
        made = self.engine.calls[self.calls :]
        return [call[-2].rpartition("/")[2] for call in made if call[:3] == ("stack", "deploy", "--detach=true")]

    def test_a_release_of_code_alone_does_not_touch_it(self) -> None:
        self.must_release(SECOND, SAME)
        self.assertIs(self.only(), self.nginx)
        self.assertEqual(self.deployed(), ["roll.yaml"])
        self.assertEqual((self.commands, self.record(SECOND).milliseconds_closed), ([], None))
        self.assertIn("nginx stays as it is", self.said.lines)
        self.assertFalse([line for line in self.said.lines if line.startswith("plan:")])

    def test_it_is_replaced_after_the_cutover_and_that_is_told_before_anything_is_changed(self) -> None:
        served: list[str] = []

        def look(call: tuple[str, ...]) -> None:
            if call[:2] == ("stack", "deploy") and call[-2].endswith("nginx.yaml"):
                served.append(self.serving())

        self.engine.before_call = look
        self.assertEqual(self.replace(), 0, self.said.text)
        self.assertEqual(served, [SECOND])
        self.assertEqual(self.deployed(), ["roll.yaml", "nginx.yaml"])
        self.assertIsNot(self.only(), self.nginx)
        self.assertEqual(
            self.said.lines[0],
            "plan: nginx is replaced when the release serves, for its memory, its ports or its volumes change: "
            f"ports 80 and 443 will be closed for about {CLOSED} s, for longer while an answer is under way. "
            f"New visitors wait meanwhile, {HOLD_LIMIT} s at most",
        )
        closed = self.record(SECOND).milliseconds_closed
        assert closed is not None
        self.assertTrue(0 < closed < 5000, closed)
        self.assertRegex(self.said.text, r"ports 80 and 443 were closed for \d\.\d s, and new visitors waited")
        self.assertEqual(self.commands, [BEGIN, END])
        self.said.lines.clear()
        summary(self.upload(SECOND, changes=OTHER), SECOND)
        self.assertIn(f"| ports closed, because nginx was replaced | {closed} ms |", self.said.lines)
        steps = [name for name, _ in self.record(SECOND).steps]
        self.assertEqual(steps[steps.index("roll") :], ["roll", "proxy", "nginx-config", "pages", "jobs", "prune"])

        self.must_not_replace(THIRD, OTHER)

    def test_a_later_release_that_fails_leaves_the_new_one(self) -> None:
        self.assertEqual(self.replace(), 0, self.said.text)
        new = self.only()
        self.engine.verdict = "crashes"
        self.assertEqual(self.replace(THIRD), 1)
        self.assertEqual((self.current(), self.serving()), (SECOND, SECOND))
        self.assertIs(self.only(), new)

    def must_not_replace(self, release: str, changes: Mapping[str, str]) -> None:
        now = self.only()
        self.assertEqual(self.replace(release, changes), 0, self.said.text)
        self.assertIs(self.only(), now)
        self.assertEqual(len(self.commands), 2)

    def test_another_image_is_told_by_its_name(self) -> None:
        self.use(replace(SETTINGS, images={**SETTINGS.images, "nginx": "nginx:2"}))
        self.assertEqual(self.replace(changes=SAME), 0, self.said.text)
        self.assertIn("for its image changes from nginx:1 to nginx:2: ports 80", self.said.lines[0])
        self.assertEqual(self.only().image, "nginx:2")

    def test_one_that_was_made_before_there_were_revisions_is_replaced_once(self) -> None:
        self.engine.services["shop_nginx"].spec["Revision"] = ""
        self.engine.services["shop_nginx"].spec["File"] = "of before"
        self.assertEqual(self.replace(changes=SAME), 0, self.said.text)
        self.assertIsNot(self.only(), self.nginx)
        self.must_not_replace(THIRD, SAME)

    def test_what_the_engine_takes_for_the_same_closes_no_port(self) -> None:
        self.engine.services["shop_nginx"].spec["Revision"] = "another"
        self.engine.before_call = self.leave_nginx
        self.assertEqual(self.replace(changes=SAME), 0, self.said.text)
        self.assertIs(self.only(), self.nginx)
        self.assertIn("nginx is started as before: its container stays", self.said.lines)
        self.assertEqual((self.commands, self.record(SECOND).milliseconds_closed), ([BEGIN, END], None))

    def leave_nginx(self, call: tuple[str, ...]) -> Result | None:
        """The engine does what it is asked for, and sees no reason for another container of nginx."""
        if call[:2] != ("stack", "deploy") or not call[-2].endswith("nginx.yaml"):
            return None
        self.engine.services["shop_nginx"].spec["Revision"] = revision(self.upload(SECOND, changes=SAME))
        return Result(0)

    def test_visitors_who_can_not_be_held_are_refused_and_it_is_said(self) -> None:
        self.root_failure = "sudo: a password is required"
        self.assertEqual(self.replace(), 0, self.said.text)
        self.assertIn("new visitors can't be held on this host (sudo: a password is required): they", self.said.text)
        self.assertRegex(self.said.text, r"closed for \d\.\d s, and new visitors were refused")
        self.assertIsNot(self.only(), self.nginx)

    def test_a_hold_that_can_not_be_ended_is_told(self) -> None:
        self.root_failure, self.root_fails_at = "iptables: no lock", "end"
        self.assertEqual(self.replace(), 0, self.said.text)
        self.assertIn("new visitors wait on, for 30 s at most in all: iptables: no lock", self.said.lines)
        self.assertNotIn("can't be held", self.said.text)

    def test_answers_that_take_too_long_are_cut_off_for_the_sake_of_all_others(self) -> None:
        began: list[float] = []

        def busy(call: tuple[str, ...]) -> Result | None:
            if call[:2] == ("stack", "deploy") and call[-2].endswith("nginx.yaml"):
                began.append(self.engine.clock.now())
            # Until it is told to end, the new one does not come.
            if began and call[0] == "kill":
                self.assertEqual(call, ("kill", "--signal=TERM", self.nginx.id))
                self.assertGreaterEqual(self.engine.clock.now() - began[0], DRAIN)
                began.clear()
                return Result(0)
            wanted = "label=com.docker.swarm.service.name=shop_nginx"
            if began and call[0] == "ps" and any(wanted in word for word in call):
                return Result(0, f"{self.nginx.id}\tshop_nginx.1\tUp\n".encode())
            return None

        self.engine.before_call = busy
        self.assertEqual(self.replace(), 0, self.said.text)
        self.assertGreaterEqual(self.record(SECOND).milliseconds_closed or 0, DRAIN * 1000)

    def check_failure(self, reason: str) -> None:
        record = self.record(SECOND)
        self.assertEqual((record.outcome, record.step), ("served", "proxy"))
        self.assertRegex(record.reason, reason)
        self.assertEqual((self.current(), self.serving()), (SECOND, SECOND))
        self.assertEqual(self.commands, [BEGIN, END])

    def test_one_that_the_engine_takes_back_is_told(self) -> None:
        def take_back(call: tuple[str, ...]) -> None:
            if call[0] == "exec" and "/tmp/nginx.pid" in call:
                self.engine.services["shop_nginx"].state = "rollback_completed"

        self.engine.before_call = take_back
        self.engine.inside["ls"] = Result(1)
        self.assertEqual(self.replace(), 1)
        self.check_failure(r"^the new nginx did not come up, and the engine went back .*\. The release serves\. ")

    def test_one_that_never_listens_is_taken_back(self) -> None:
        self.engine.inside["ls"] = Result(1)
        self.assertEqual(self.replace(), 1)
        self.check_failure(r"^the new nginx did not come up within 60 s, and the engine goes back to the one before")
        self.assertTrue(self.engine.made("service", "rollback"))

    def test_one_that_is_never_healthy_is_taken_back(self) -> None:
        def ill(call: tuple[str, ...]) -> Result | None:
            return Result(0) if call[0] == "ps" and "--filter=health=healthy" in call and self.commands else None

        self.engine.before_call = ill
        self.assertEqual(self.replace(), 1)
        self.check_failure(r"^the new nginx did not come up within 90 s")

    def test_a_program_that_is_ended_meanwhile_lets_visitors_in(self) -> None:
        def stop(call: tuple[str, ...]) -> Any:
            if call[:2] == ("stack", "deploy") and call[-2].endswith("nginx.yaml"):
                os.kill(os.getpid(), signal.SIGTERM)

        self.engine.before_call = stop
        self.assertEqual(self.replace(), 1)
        self.assertEqual(self.commands, [BEGIN, END])
        self.engine.before_call = lambda _call: None
        self.assertEqual(self.replace(THIRD), 0, self.said.text)
