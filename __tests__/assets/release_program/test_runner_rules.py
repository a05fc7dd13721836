"""Rules of the firewall that killed runners have left, and AWS as the machine's role sees it."""

import json
import os
import threading
import unittest
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch
from urllib.parse import parse_qsl
from xml.etree import ElementTree

from release_program import cli
from release_program.clock import stamp
from release_program.commands.day import status
from release_program.host import Host
from release_program.machine.aws import AwsError, RoleAws
from release_program.machine.signature import Credentials, Scope, signed_headers
from release_program.runner_rules.note import Note, read_note
from support import FIRST, SECOND, SETTINGS, HostCase

LIMIT = 4500
GROUP, OTHER = "sg-0123456789abcdef0", "sg-0fedcba9876543210"
SPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"


@dataclass
class Given:
    """A rule of the fake. It is a runner's as it stands."""

    description: str
    protocol: str = "tcp"
    ports: tuple[int, int] = (22, 22)
    network: str = "198.51.100.7/32"
    egress: bool = False
    group: str = GROUP

    def xml(self, rule: str) -> str:
        source = f"<cidrIpv4>{self.network}</cidrIpv4>" if ":" not in self.network else ""
        return (
            f"<item><securityGroupRuleId>{rule}</securityGroupRuleId><groupId>{self.group}</groupId>"
            f"<isEgress>{str(self.egress).lower()}</isEgress><ipProtocol>{self.protocol}</ipProtocol>"
            f"<fromPort>{self.ports[0]}</fromPort><toPort>{self.ports[1]}</toPort>{source}"
            f"<description>{self.description}</description><tagSet/></item>"
        )


class FakeAws:
    """The rules of one machine's security groups."""

    def __init__(self) -> None:
        self.rules: dict[str, Given] = {}
        self.own = [GROUP]
        self.failure: AwsError | None = None
        # What it fails at; empty: at everything.
        self.fails_at = ""
        self.asked: list[str] = []

    def groups(self) -> list[str]:
        self._fail("groups")
        return self.own

    def ask(self, action: str, parameters: Mapping[str, str]) -> ElementTree.Element:
        self._fail(action)
        if action == "DescribeSecurityGroupRules":
            assert parameters["Filter.1.Name"] == "group-id"
            group = parameters["Filter.1.Value.1"]
            items = "".join(rule.xml(name) for name, rule in self.rules.items() if rule.group == group)
            return ElementTree.fromstring(
                f'<Answer xmlns="{SPACE}"><securityGroupRuleSet>{items}</securityGroupRuleSet></Answer>'
            )
        assert action == "RevokeSecurityGroupIngress"
        rule = self.rules.pop(parameters["SecurityGroupRuleId.1"])
        assert rule.group == parameters["GroupId"]
        return ElementTree.fromstring(f'<Answer xmlns="{SPACE}"><return>true</return></Answer>')

    def _fail(self, what: str) -> None:
        self.asked.append(what)
        if self.failure and self.fails_at in ("", what):
            raise self.failure


class RulesCase(HostCase):
    settings = replace(SETTINGS, runner_rule_limit=LIMIT)

    def setUp(self) -> None:
        super().setUp()
        self.aws = FakeAws()
        self.must_release(FIRST)

    def host_of(self, release: str = FIRST) -> Host:
        return replace(self.upload(release), aws=lambda: self.aws)

    def look(self) -> int:
        """What cron asks for; ten minutes pass then."""
        host = self.host_of()
        exit_status = cli.main(["stale-rules"], lambda: host)
        self.engine.clock.sleep(600)
        return exit_status

    def ago(self, seconds: float) -> str:
        return stamp(self.engine.clock.wall() - timedelta(seconds=seconds))

    def told(self) -> list[str]:
        """The lines of status about it, for people and for programs."""
        self.said.lines.clear()
        status(self.host_of(), as_json=False)
        people = [line.removeprefix("! ") for line in self.said.lines if "killed runners" in line]
        self.said.lines.clear()
        status(self.host_of(), as_json=True)
        programs = [line for line in json.loads(self.said.text)["problems"] if "killed runners" in line]
        self.assertEqual(people, programs)
        return people


class ARule(RulesCase):
    def test_is_removed_when_no_run_can_need_it_any_more_and_not_a_second_before(self) -> None:
        self.aws.rules = {
            "sgr-old": Given(f"django-deployment runner 7 {self.ago(LIMIT + 1)}"),
            "sgr-edge": Given(f"django-deployment runner 8 {self.ago(LIMIT)}"),
            "sgr-new": Given(f"django-deployment runner 9 {self.ago(0)}"),
        }
        self.said.lines.clear()
        self.assertEqual(self.look(), 0)
        self.assertEqual(set(self.aws.rules), {"sgr-edge", "sgr-new"})
        self.assertRegex(self.said.text, r"^closed: django-deployment runner 7 \S+$")
        self.assertEqual(self.look(), 0)
        self.assertEqual(set(self.aws.rules), {"sgr-new"})

    def test_is_nobodys_but_a_runners(self) -> None:
        name = f"django-deployment runner 7 {self.ago(10**6)}"
        others = {
            "by hand": Given("my office"),
            "of Terraform": Given("ssh-198-51-100-7-32 from 198.51.100.7/32"),
            "without a description": Given(""),
            "with a name like it": Given("django-deployment runner of Anna"),
            "with more behind": Given(f"{name} keep"),
            "with more before": Given(f"keep {name}"),
            "another port": Given(name, ports=(80, 80)),
            "more ports": Given(name, ports=(22, 443)),
            "another protocol": Given(name, protocol="udp"),
            "a network": Given(name, network="198.51.100.0/24"),
            "everybody": Given(name, network="0.0.0.0/0"),
            "an IPv6 address": Given(name, network="2001:db8::1/128"),
            "outwards": Given(name, egress=True),
            "another group": Given(name, group=OTHER),
        }
        self.aws.rules = dict(others)
        for _ in range(20):
            self.assertEqual(self.look(), 0)
        self.assertEqual(self.aws.rules, others)
        self.assertNotIn("RevokeSecurityGroupIngress", self.aws.asked)

    def test_that_says_no_time_is_as_old_as_it_was_seen(self) -> None:
        for name in ("django-deployment runner 7", "django-deployment runner 7 yesterday"):
            self.aws.rules = {"sgr-1": Given(name)}
            looks = 0
            while self.aws.rules and looks < 20:
                self.assertEqual(self.look(), 0)
                looks += 1
            # Seen at 0 s, and gone at the first look after the limit.
            self.assertEqual(looks, 1 + LIMIT // 600 + 1, name)
        self.assertEqual(read_note(self.host_of().folders), Note())

    def test_of_a_time_to_come_is_as_old_as_it_was_seen(self) -> None:
        self.aws.rules = {"sgr-1": Given(f"django-deployment runner 7 {self.ago(-86400)}")}
        self.look()
        self.assertEqual(set(self.aws.rules), {"sgr-1"})
        self.engine.clock.sleep(LIMIT)
        self.look()
        self.assertEqual(self.aws.rules, {})

    def test_that_is_gone_is_forgotten(self) -> None:
        self.aws.rules = {"sgr-1": Given("django-deployment runner 7")}
        self.look()
        self.assertEqual(list(read_note(self.host_of().folders).seen), ["sgr-1"])
        self.aws.rules = {}
        self.look()
        self.assertEqual(read_note(self.host_of().folders).seen, {})

    def test_that_its_runner_removes_meanwhile_is_no_error(self) -> None:
        self.aws.rules = {"sgr-1": Given(f"django-deployment runner 7 {self.ago(LIMIT + 1)}")}
        self.aws.failure = AwsError("gone", "InvalidSecurityGroupRuleId.NotFound")
        self.aws.fails_at = "RevokeSecurityGroupIngress"
        self.assertEqual((self.look(), self.told()), (0, []))

    def test_of_each_group_of_the_machine_is_looked_at(self) -> None:
        self.aws.own = [OTHER, GROUP]
        name = f"django-deployment runner 7 {self.ago(LIMIT + 1)}"
        self.aws.rules = {"sgr-1": Given(name), "sgr-2": Given(name, group=OTHER)}
        self.look()
        self.assertEqual(self.aws.rules, {})


class AFailure(RulesCase):
    def test_is_told_once_in_status_with_its_beginning_until_it_is_over(self) -> None:
        self.aws.failure = AwsError("https://ec2 does not answer: timed out")
        began = self.ago(0)
        for _ in range(3):
            self.assertEqual(self.look(), 1)
        self.assertEqual(
            self.told(),
            [
                "rules that killed runners have left in the firewall are not removed "
                f"since {began}: https://ec2 does not answer: timed out"
            ],
        )
        self.aws.failure = None
        self.assertEqual((self.look(), self.told()), (0, []))

    def test_for_want_of_a_right_says_what_to_do(self) -> None:
        self.aws.failure = AwsError("AWS refuses X: UnauthorizedOperation no", "UnauthorizedOperation")
        self.look()
        self.assertRegex(self.told()[0], '; "make host" gives this machine the right to$')

    def test_forgets_no_rule_that_was_seen(self) -> None:
        self.aws.rules = {"sgr-1": Given("django-deployment runner 7")}
        self.look()
        self.aws.failure = AwsError("no")
        self.look()
        self.assertEqual(list(read_note(self.host_of().folders).seen), ["sgr-1"])

    def test_changes_neither_the_release_nor_its_jobs(self) -> None:
        self.aws.failure = AwsError("no")
        before = sorted(path for path in self.base.rglob("*") if path.is_file())
        self.look()
        after = sorted(path for path in self.base.rglob("*") if path.is_file())
        self.assertEqual([path.name for path in after if path not in before], ["runner-rules.json"])
        self.must_release(SECOND)

    def test_of_the_note_is_no_obstacle(self) -> None:
        for text in ("", "{", "[]", '{"seen": {"sgr-1": "soon"}, "problem": "", "since": ""}', '{"seen": 3}'):
            (self.base / "runner-rules.json").write_text(text)
            self.aws.rules = {"sgr-1": Given("django-deployment runner 7")}
            self.assertEqual((self.look(), list(self.aws.rules)), (0, ["sgr-1"]))

    def test_of_cron_is_told(self) -> None:
        self.cron.here = False
        self.assertRegex(self.told()[0], "this host has no cron, which looks for them: sudo apt-get install cron")


class NobodyAsks(RulesCase):
    def test_where_no_runner_opens_the_firewall(self) -> None:
        self.use(SETTINGS)
        self.cron.here = False
        self.assertEqual((self.look(), self.told(), self.aws.asked), (0, [], []))

    def test_of_a_release_that_does_not_serve(self) -> None:
        host = self.host_of(SECOND)
        self.assertEqual(cli.main(["stale-rules"], lambda: host), 0)
        self.assertEqual(self.aws.asked, [])


class Amazon(BaseHTTPRequestHandler):
    """The instance's metadata and EC2, as far as they are asked."""

    server: "Servers"

    def do_PUT(self) -> None:
        self._answer(200, "token-1" if self.path == "/latest/api/token" else "")

    def do_GET(self) -> None:
        known = self.headers.get("X-aws-ec2-metadata-token") == "token-1"
        text = self.server.metadata.get(self.path.removeprefix("/latest/meta-data/"))
        self._answer(200 if known and text is not None else 404 if known else 401, text or "")

    def do_POST(self) -> None:
        self.server.body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received = {name.lower(): value for name, value in self.headers.items()}
        self._answer(*self.server.answer)

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, code: int, text: str) -> None:
        self.send_response(code)
        self.end_headers()
        self.wfile.write(text.encode())


class Servers(ThreadingHTTPServer):
    metadata: dict[str, str]
    answer: tuple[int, str]
    body = b""
    received: Mapping[str, str] = {}


class TheRole(unittest.TestCase):
    def setUp(self) -> None:
        self.server = Servers(("127.0.0.1", 0), Amazon)
        self.server.metadata = {
            "mac": "02:00",
            "network/interfaces/macs/02:00/security-group-ids": f"{GROUP}\n{OTHER}",
            "placement/region": "eu-central-1",
            "iam/security-credentials/": "shop-host",
            "iam/security-credentials/shop-host": json.dumps(
                {"AccessKeyId": "ASIA1", "SecretAccessKey": "secret-1", "Token": "session-1"}
            ),
        }
        self.server.answer = (200, f'<A xmlns="{SPACE}"><return>true</return></A>')
        thread = threading.Thread(target=self.server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.aws = RoleAws(self.url, self.url)

    def refused(self, message: str, code: str = "") -> None:
        with self.assertRaisesRegex(AwsError, message) as caught:
            self.aws.ask("DescribeSecurityGroupRules", {})
        self.assertEqual(caught.exception.code, code)

    def test_knows_the_groups_of_its_machine(self) -> None:
        self.assertEqual(self.aws.groups(), [GROUP, OTHER])

    def test_asks_for_its_metadata_without_a_proxy(self) -> None:
        with patch.dict(os.environ, {"http_proxy": "http://127.0.0.1:1"}):
            self.assertEqual(RoleAws(self.url, self.url).groups(), [GROUP, OTHER])

    def test_signs_what_it_asks_for(self) -> None:
        self.aws.ask("RevokeSecurityGroupIngress", {"GroupId": GROUP, "SecurityGroupRuleId.1": "sgr-1"})
        asked = {"Action": "RevokeSecurityGroupIngress", "GroupId": GROUP, "SecurityGroupRuleId.1": "sgr-1"}
        self.assertEqual(dict(parse_qsl(self.server.body.decode())), {**asked, "Version": "2016-11-15"})
        received = self.server.received
        moment = datetime.strptime(received["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        self.assertLess(abs((datetime.now(timezone.utc) - moment).total_seconds()), 60)
        self.assertEqual(received["x-amz-security-token"], "session-1")
        credentials = Credentials("ASIA1", "secret-1", "session-1")
        wanted = signed_headers(f"{self.url}/", self.server.body, credentials, Scope("eu-central-1", "ec2"), moment)
        self.assertEqual({name: received[name] for name in wanted}, wanted)

    def test_gives_aws_own_words_for_a_refusal_and_not_all_of_them(self) -> None:
        code = "UnauthorizedOperation"
        error = f"<Error><Code>{code}</Code><Message>You are not authorized. {'x' * 900}</Message></Error>"
        self.server.answer = (403, f"<Response><Errors>{error}</Errors></Response>")
        self.refused("^AWS refuses DescribeSecurityGroupRules: UnauthorizedOperation You are not .{,150}$", code)

    def test_that_is_not_answered_says_what_it_asked(self) -> None:
        self.server.answer = (502, "<html>")
        self.refused("^AWS answers DescribeSecurityGroupRules with HTTP 502$")
        self.server.answer = (200, "")
        self.refused("does not answer DescribeSecurityGroupRules: no element found")
        self.aws = RoleAws(self.url, "http://127.0.0.1:1")
        self.refused("^http://127.0.0.1:1 does not answer DescribeSecurityGroupRules: .*refused")
        self.aws = RoleAws("http://127.0.0.1:1", self.url)
        self.refused("^the instance's metadata have no placement/region: .*refused")

    def test_that_the_machine_does_not_have_is_told(self) -> None:
        del self.server.metadata["iam/security-credentials/"]
        self.refused("^the instance's metadata have no iam/security-credentials: Not Found$")
        self.server.metadata["iam/security-credentials/"] = "shop-host"
        self.server.metadata["iam/security-credentials/shop-host"] = '{"Code": "Failed"}'
        self.refused("^the instance's metadata have no credentials of this machine's role$")


class Signature(unittest.TestCase):
    def test_is_the_one_that_botocore_makes(self) -> None:
        """Made with botocore 1.44: `SigV4Auth(Credentials(…), "ec2", "eu-central-1").add_auth(request)`."""
        body = b"Action=DescribeSecurityGroupRules&Version=2016-11-15&Filter.1.Name=group-id"
        moment = datetime(2026, 11, 28, 16, 5, 33, tzinfo=timezone.utc)
        credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "session/+=")
        scope = Scope("eu-central-1", "ec2")
        found = signed_headers("https://ec2.eu-central-1.amazonaws.com/", body, credentials, scope, moment)
        self.assertEqual(
            found["authorization"].rpartition("Signature=")[2],
            "68c6afb0b38b9788814dd5f8ab75dd38e17b6153a1d73f37ed55b19b24192d92",
        )


if __name__ == "__main__":
    unittest.main()
