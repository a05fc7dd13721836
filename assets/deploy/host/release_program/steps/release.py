"""A release on its way: what its steps have found out, its record, and what a step is."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

from ..clock import timestamp
from ..docker.swarm import Service
from ..host import Host
from ..parts.lock import ReleaseLock
from ..parts.stored_secrets import Published
from ..parts.visitors.hold import Hold
from ..parts.visitors.probes import Probes
from ..record import Outcome, Record
from ..signals import stop_afterwards, time_limit


@dataclass
class Release:
    """What the steps share."""

    host: Host
    record: Record
    hold: Hold
    probes: Probes
    lock: ReleaseLock
    # By the host's clock.
    began: float
    # The release that served before; empty for the first.
    before: str
    # Status of each known page before anything was changed.
    pages: Mapping[str, int] = field(default_factory=dict)
    secrets: Published = field(default_factory=Published)
    # Variables of the Swarm stack's file.
    variables: dict[str, str] = field(default_factory=dict)
    # Whether MariaDB takes the passwords before, too.
    takes_both: bool = False
    # Each service, and None for one that there was not, before the engine was asked to change one; None until then.
    services_before: Mapping[str, Service | None] | None = None
    # Whether it serves, whatever comes after.
    serves: bool = False

    @property
    def id(self) -> str:
        """Its name."""
        return self.record.release

    @property
    def image(self) -> str:
        """Id of its image; empty until it is there."""
        return self.record.image

    def milliseconds(self) -> int:
        """For how long it has been made."""
        return int((self.host.clock.now() - self.began) * 1000)

    def values(self) -> Mapping[str, str]:
        """What is known for the words of the settings."""
        return {**self.host.values(), "image.application": self.image}

    def write(self, outcome: Outcome) -> None:
        """Writes the record."""
        record = self.record
        record.outcome = outcome
        record.ended = timestamp()
        record.milliseconds = self.milliseconds()
        record.probes_sent, record.probes_failed = self.probes.sent, self.probes.failed
        record.write(self.host.folders.record(self.id))


@dataclass(frozen=True)
class Step:
    """A step: it can be cut off anywhere, and run again."""

    name: str
    # Seconds in which it must end.
    limit: float
    do: Callable[[Release], None]
    # Puts right what a failure leaves while the release does not serve: of this step, or of one after it that has no
    # undo. It knows what the steps before it have changed.
    undo: Callable[[Release], None] | None = None
    # Whether it is also done on the way back to an earlier release.
    on_rollback: bool = True
    # Whether a signal waits for its end: half of what it changes can't be taken back. Its limit ends it.
    must_end: bool = False


def run_step(release: Release, step: Step) -> None:
    """Does a step, and notes how long it took. Raises Failure."""
    release.record.step = step.name
    release.host.say(f"==> {step.name}")
    release.write("served" if release.serves else "running")
    began = release.host.clock.now()

    def tell() -> None:
        release.host.say(f"stopped by hand: the step {step.name} is brought to its end first")

    with stop_afterwards(tell) if step.must_end else nullcontext():
        with time_limit(step.limit, f"the step {step.name}"):
            step.do(release)
        release.record.steps.append((step.name, int((release.host.clock.now() - began) * 1000)))


def undo_steps(release: Release, steps: Sequence[Step]) -> None:
    """Undoes the steps that were begun, unless the release serves. What goes wrong is said, and changes no more."""
    step = next((step for step in reversed(steps) if step.undo is not None), None)
    if release.serves or step is None or step.undo is None:
        return
    try:
        step.undo(release)
    except Exception as error:  # noqa: BLE001 (the end of the release is told in any case)
        release.host.output.alarm(f"! the step {step.name} could not be undone: {error}")
