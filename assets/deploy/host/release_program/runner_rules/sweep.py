"""Removes rules of the firewall that killed runners have left."""

from dataclasses import replace
from datetime import timedelta

from ..clock import moment_of, stamp
from ..host import Host
from ..machine.aws import Aws, AwsError
from .note import Note, read_note, write_note
from .rules import Rule, runner_rules

# What AWS says of a rule that a runner has removed meanwhile.
GONE = "InvalidSecurityGroupRuleId.NotFound"

CRON_MISSING = "this host has no cron, which looks for them: sudo apt-get install cron"


def sweep_rules(host: Host) -> list[str]:
    """Removes what no run can need any more; what each rule was called. Raises AwsError.

    A rule is as old as it says. One that says no time, or a time to come, is as old as it has been seen here.
    """
    limit, now = host.settings.runner_rule_limit, host.clock.wall()
    if limit is None:
        return []
    before, seen, removed = read_note(host.folders), {}, []
    aws = host.aws()
    for group in aws.groups():
        wanted = {"Filter.1.Name": "group-id", "Filter.1.Value.1": group}
        for rule in runner_rules(aws.ask("DescribeSecurityGroupRules", wanted)):
            first = rule.opened
            if first is None or first > now:
                seen[rule.id] = before.seen.get(rule.id) or stamp(now)
                first = moment_of(seen[rule.id])
            if now - first > timedelta(seconds=limit):
                _remove(aws, group, rule)
                seen.pop(rule.id, None)
                removed.append(rule.description)
    write_note(host.folders, Note(seen))
    return removed


def note_problem(host: Host, problem: str) -> None:
    """Notes why the rules can't be looked after, and since when that is so. Raises Failure."""
    before = read_note(host.folders)
    since = before.since if before.problem else stamp(host.clock.wall())
    write_note(host.folders, replace(before, problem=problem, since=since))


def rule_problems(host: Host) -> list[str]:
    """What is wrong with it, as one line; nothing where no runner opens the firewall."""
    note = read_note(host.folders)
    if host.settings.runner_rule_limit is None:
        return []
    if not host.cron.is_there():
        return [f"rules that killed runners have left in the firewall are not removed: {CRON_MISSING}"]
    if not note.problem:
        return []
    return [f"rules that killed runners have left in the firewall are not removed since {note.since}: {note.problem}"]


def _remove(aws: Aws, group: str, rule: Rule) -> None:
    try:
        aws.ask("RevokeSecurityGroupIngress", {"GroupId": group, "SecurityGroupRuleId.1": rule.id})
    except AwsError as error:
        if error.code != GONE:
            raise
