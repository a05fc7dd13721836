"""What was released, and what became of it."""

import json
from collections.abc import Mapping

from ..failure import Refusal
from ..host import Host
from ..parts.lock import ReleaseLock
from ..record import Record, read_fields, read_record


def releases(host: Host, *, as_json: bool) -> int:
    """Lists the releases that are kept, the newest first."""
    names = host.folders.by_age()
    if as_json:
        records = [record for name in names if (record := read_fields(host.folders.record(name))) is not None]
        host.say(json.dumps(records, indent=2, ensure_ascii=False))
        return 0
    if not names:
        host.say("nothing was released yet")
    for name in names:
        host.say(_line(host, name))
    return 0


def summary(host: Host, name: str) -> int:
    """Describes one release in Markdown, for the page of a run. Raises Refusal when there is none."""
    record = read_record(host.folders.record(name))
    if record is None:
        raise Refusal(f'there is no release "{name}"')
    host.say("\n".join(_markdown(record)))
    return 0


def _line(host: Host, name: str) -> str:
    record = read_record(host.folders.record(name))
    if name == host.folders.current():
        outcome = "serves"
    elif record is None:
        outcome = "never begun"
    elif record.outcome == "running" and ReleaseLock(host.folders).is_free():
        outcome = f"cut off at {record.step}"
    else:
        outcome = record.outcome
    known = record or Record(name)
    probes = f"{known.probes_sent} probes, {known.probes_failed} failed"
    reason = " ".join(known.reason.split())[:100]
    return f"{name:<26} {outcome:<20} {known.milliseconds // 1000:>4} s  {probes}  {reason}"


def _markdown(record: Record) -> list[str]:
    failure = (
        [f"| failed at the step {record.step} | {' '.join(record.reason.split()).replace('|', '/')} |"]
        if record.reason
        else []
    )
    closed = (
        [f"| ports closed, because nginx was replaced | {record.milliseconds_closed} ms |"]
        if record.milliseconds_closed is not None
        else []
    )
    changed = (
        ["", "| packages that have changed |", "|---|", *[f"| {line} |" for line in record.packages_changed]]
        if record.packages_changed
        else []
    )
    return [
        f"### Release `{record.release}`: {record.outcome}",
        "",
        "| | |",
        "|---|---|",
        f"| commit | `{record.commit}` |",
        f"| serves after | {record.milliseconds} ms |",
        f"| probes of the public page meanwhile | {record.probes_sent} sent, {record.probes_failed} failed |",
        f"| migrations applied | {' '.join(record.migrations_applied) or 'none'} |",
        *_reasons("migration accepted that did not fit", record.migrations_accepted),
        *_reasons("migration that nobody could judge", record.migrations_not_judged),
        *([f"| the same code as | {record.refreshes} |"] if record.refreshes else []),
        *closed,
        *failure,
        "",
        "| step | ms |",
        "|---|---|",
        *[f"| {name} | {milliseconds} |" for name, milliseconds in record.steps],
        *changed,
    ]


def _reasons(title: str, reasons: Mapping[str, str]) -> list[str]:
    return [f"| {title} | {name}: {reason.replace('|', '/')} |" for name, reason in reasons.items()]
