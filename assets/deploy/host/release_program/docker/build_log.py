"""What the builder says of an image that can't be built. Pure."""

import re
from collections.abc import Sequence

# A block of pip's that is shown whole, and how much of a longer one: its head and its end.
WHOLE, HEAD, END = 60, 12, 48

# Lines that are shown where there is no such block.
TAIL = 30

LEFT_OUT = "… lines are left out here …"


def is_heading(line: str) -> bool:
    """Whether a line tells a step of the build, or its error."""
    return re.match(r"#\d+ (\[|ERROR)", line) is not None


def failed_step(log: Sequence[str]) -> list[str]:
    """What the step that failed said, without its clock: pip's last block where there is one, else the end."""
    numbers = [match[1] for line in log if (match := re.match(r"#(\d+) ERROR: ", line))]
    if not numbers:
        return list(log[-TAIL:])
    prefix = re.compile(rf"#{numbers[-1]} \d*\.\d* ?")
    lines = [line[match.end() :] for line in log if (match := prefix.match(line))]
    return _block(lines)


def build_cause(log: Sequence[str]) -> str:
    """The last error in one line: the program's, which says more than the builder's."""
    own = [line for line in log if re.match(r"#\d+ [\d.]+ *(ERROR|error|E): ", line)]
    errors = own or [line for line in log if re.match(r"(#\d+ )?ERROR", line)]
    return re.sub(r"^#\d* ([\d.]* *)?", "", errors[-1]) if errors else ""


def _block(lines: list[str]) -> list[str]:
    found = next(
        (index for index, line in enumerate(lines) if re.match(r" *error: subprocess-exited-with-error", line)), None
    )
    if found is None:
        return lines[-TAIL:]
    packages = [line for line in lines[:found] if re.match(r" *(Collecting|Building wheel for) ", line)]
    block = lines[found:]
    if len(block) > WHOLE:
        block = [*block[:HEAD], LEFT_OUT, *block[-END:]]
    return [*packages[-1:], *block]
