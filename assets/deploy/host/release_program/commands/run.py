"""Makes the release of which this program is a part serve. The one before serves until then, and on if it fails."""

import re
import traceback
from collections.abc import Sequence
from dataclasses import dataclass

from ..base_images import take_over_base_images
from ..clock import stamp, timestamp
from ..failure import Ended, Failure, Refusal
from ..folders import Folders, write_file
from ..host import Host
from ..jobs.schedule_file import require_cron
from ..parts.lock import ReleaseLock
from ..parts.visitors.hold import Hold
from ..parts.visitors.probes import Probes
from ..parts.visitors.proxy import tell_plan
from ..record import Kind, Outcome, Record, read_record
from ..signals import finish_undisturbed, outlive_connection, stop_by_signal
from ..steps.pages import Unserved, note_pages
from ..steps.plan import steps_of
from ..steps.release import Release, Step, run_step, undo_steps


@dataclass(frozen=True)
class RunOptions:
    """How a release was asked for."""

    id: str
    # The host's address or name; empty: as it was at the release before.
    address: str = ""
    commit: str = ""
    by: str = ""
    # Seconds to wait for a release that is at work.
    wait: float = 0
    kind: Kind = "release"
    # The release that is made once more, when that is asked for.
    refreshes: str = ""


def run(host: Host, options: RunOptions) -> int:
    """Makes the release, and gives the exit status. Raises Refusal when it was not begun."""
    folders = host.folders
    if options.id != folders.id:
        raise Refusal(
            f'this folder holds the release {folders.id}, not "{options.id}"; '
            "call the program in the folder of that release"
        )
    address = options.address or host.address
    if not re.fullmatch(r"[A-Za-z0-9.:-]+", address):
        raise Refusal(f'--address is "{address}", expected the host\'s address or name')
    host.require_engine()
    # On the way back nothing stands in the way: a release that served before serves again first.
    if options.kind != "rollback":
        require_cron(host)
    stop_by_signal()
    folders.records.mkdir(exist_ok=True)
    began = host.clock.now()
    with ReleaseLock(folders) as lock:
        lock.take(options.wait, host.clock, host.output)
        if options.kind == "refresh":
            _require_serving(folders, options.refreshes)
        # A release goes on to its end when nobody listens any more.
        outlive_connection()
        host = host.at(address).with_base_images(take_over_base_images(folders, stamp(host.clock.wall())))
        record = _record(host, options)
        release = Release(host, record, Hold(host), Probes(host), lock, began=began, before=folders.current())
        try:
            return _make(release)
        finally:
            release.probes.end()


def _make(release: Release) -> int:
    host, folders = release.host, release.host.folders
    begun: list[Step] = []
    try:
        host.output.keep(folders.log(folders.id))
        folders.number_releases()
        host.swarm.outlast_hangs()
        write_file(folders.base / "address", f"{host.address}\n")
        release.pages = note_pages(host)
        tell_plan(host)
        release.probes.begin()
        for step in steps_of(host.settings):
            if step.on_rollback or release.record.kind != "rollback":
                begun.append(step)
                run_step(release, step)
        finish_undisturbed()
    except Exception as error:  # noqa: BLE001 (whatever it is, the record says what happened)
        finish_undisturbed()
        return _fail(release, begun, _reason(host, error), unserved=isinstance(error, Unserved))
    return _succeed(release)


def _require_serving(folders: Folders, refreshes: str) -> None:
    """Raises Refusal when another release has come to serve since: the older code must not come back."""
    serving = folders.current()
    if serving not in (refreshes, folders.id):
        raise Refusal(f"{serving} serves by now, and no longer {refreshes}: refresh again")


def _record(host: Host, options: RunOptions) -> Record:
    """The record, with what an earlier run of the same release has found out."""
    before = read_record(host.folders.record(options.id))
    return Record(
        options.id,
        options.kind,
        commit=options.commit or (before.commit if before else ""),
        by=options.by,
        refreshes=options.refreshes,
        began=timestamp(),
        migrations_known=before.migrations_known if before else [],
        migrations_accepted=before.migrations_accepted if before else {},
        migrations_not_judged=before.migrations_not_judged if before else {},
    )


def _reason(host: Host, error: Exception) -> str:
    if isinstance(error, Ended):
        return str(error)
    # Of an error that nobody foresaw, the lines that say where it is.
    host.say("".join(traceback.format_exception(error)).rstrip("\n"))
    return f"{type(error).__name__}: {error}; the lines above say where"


def _succeed(release: Release) -> int:
    release.probes.end()
    release.record.step = "end"
    _write_in_any_case(release, "served")
    record = release.record
    words = f"{release.id} serves, after {record.milliseconds // 1000} s; {record.probes_sent} probes meanwhile"
    if record.probes_failed == 0:
        release.host.say(f"✓ {words}, none failed")
    else:
        release.host.output.alarm(f"! {words}, {record.probes_failed} FAILED: so often a visitor was not served")
    return 0


def _fail(release: Release, begun: Sequence[Step], reason: str, *, unserved: bool) -> int:
    say = release.host.say
    release.probes.end()
    if unserved:
        release.record.reason = f"visitors are not served: {reason}"
        _write_in_any_case(release, "failed")
        say(f"✗ {release.id} runs, and visitors are not served: {reason}")
        say('  Nothing is lost. See why with "release logs", mend it, then release again.')
        return 1
    release.record.reason = reason
    _write_in_any_case(release, "served" if release.serves else "failed")
    undo_steps(release, begun)
    say(f"✗ step {release.record.step}: {reason}")
    if not release.serves:
        serving = release.host.folders.current()
        rest = f"{serving} still does" if serving else "nothing did before"
        say(f"  {release.id} does not serve, {rest}, and nothing is lost. Mend it, then release again.")
    return 1


def _write_in_any_case(release: Release, outcome: Outcome) -> None:
    try:
        release.write(outcome)
    except Failure as failure:
        release.host.output.alarm(f"! {failure}")
