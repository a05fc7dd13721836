"""Rules of the firewall by which GitHub's runner lets itself in (assets/deploy/runner/firewall)."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

from ..clock import moment_of
from ..machine.aws import text_of, texts

# What a runner calls its rule: its run, and when it was opened. A runner of an older workflow says no time.
OURS = re.compile(r"django-deployment runner [0-9]+(?: (?P<opened>\S+))?")


@dataclass(frozen=True)
class Rule:
    """A rule that a runner has opened."""

    id: str
    description: str
    # None: it does not say when, or nobody can read it.
    opened: datetime | None


def runner_rules(answer: ElementTree.Element) -> Iterator[Rule]:
    """Those of an answer to DescribeSecurityGroupRules that only a runner makes.

    Ssh, for one IPv4 address, with the whole name: whatever differs is somebody else's, and stays.
    """
    for item in (item for part in texts(answer, "securityGroupRuleSet") for item in part):
        name = OURS.fullmatch(text_of(item, "description"))
        ssh = {text_of(item, key) for key in ("fromPort", "toPort")} == {"22"} and text_of(item, "ipProtocol") == "tcp"
        if name and ssh and text_of(item, "isEgress") == "false" and text_of(item, "cidrIpv4").endswith("/32"):
            yield Rule(text_of(item, "securityGroupRuleId"), name.string, _moment(name["opened"]))


def _moment(text: str | None) -> datetime | None:
    with suppress(ValueError):
        return moment_of(text or "")
    return None
