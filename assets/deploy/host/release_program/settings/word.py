"""Texts in which a part may be known on the host alone: an image's id, a folder, the address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..failure import Failure


@dataclass(frozen=True)
class Value:
    """Stands for what the host knows by this name."""

    name: str


@dataclass(frozen=True)
class Word:
    """A text; everything but its values is literal."""

    parts: tuple[str | Value, ...]

    def text(self, values: Mapping[str, str]) -> str:
        """The text with the values in their places."""
        return "".join(part if isinstance(part, str) else _value(part, values) for part in self.parts)


def texts(words: Iterable[Word], values: Mapping[str, str]) -> list[str]:
    """Several words."""
    return [word.text(values) for word in words]


def _value(value: Value, values: Mapping[str, str]) -> str:
    if value.name not in values:
        raise Failure(f'settings.json asks for "{value.name}", which is not known here; known: {", ".join(values)}')
    return values[value.name]
