"""What code that knows a column in one form meets when the column has another form."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

# Types of whole numbers, the narrowest first.
WHOLE = ("tinyint", "smallint", "mediumint", "integer", "bigint")
# Types of texts without a length, the shortest first.
TEXTS = ("tinytext", "text", "mediumtext", "longtext")


class Column(NamedTuple):
    """A column as Django makes it."""

    field: Any
    # In small letters, for example `varchar(80)`; empty when nobody knows.
    type: str
    null: bool
    # Whether the database gives a value by `db_default`, or works it out from other columns.
    has_default: bool
    generated: bool
    # Table and column that a foreign key names.
    reference: tuple[str, str] | None

    @property
    def needs_value(self) -> bool:
        """Whether a row is refused that gives none, as far as Django tells."""
        counts = self.type.endswith("auto_increment")
        return not (self.null or self.has_default or self.generated or counts)

    def is_as(self, other: Column | None) -> bool:
        """Whether the database has both in one form. Fields are made anew for each state of the models."""
        return other is not None and self[1:] == other[1:]


def column_of(field: Any, connection: Any) -> Column:
    """The column of a field."""
    from django.db.models.fields import NOT_PROVIDED

    reference = None
    if field.remote_field and getattr(field, "db_constraint", False):
        target = field.target_field
        reference = (target.model._meta.db_table, target.column)
    return Column(
        field,
        (field.db_type(connection) or "").lower(),
        field.null,
        getattr(field, "db_default", NOT_PROVIDED) is not NOT_PROVIDED,
        getattr(field, "generated", False),
        reference,
    )


def unfitness(known: Column, now: Column) -> tuple[str, str] | None:
    """Why code that knows the column as `known` can't work with `now`, after the kind of the reason; None when it can."""
    if known.type and now.type and not holds(now.type, known.type):
        return "column changed", f"the type is no longer {known.type} but {now.type}"
    if known.null and not now.null:
        return "rule", "the column must have a value, and the older code may leave it empty"
    if known.has_default and not now.has_default and not now.null:
        return "default", "the column loses the default of the database, which the older code relies on"
    if known.generated != now.generated:
        return "column changed", "the value is no longer given by the same side"
    if now.reference is not None and now.reference != known.reference:
        return "rule", f"each value must be in {'.'.join(now.reference)}, and the older code does not see to that"
    return None


def holds(wide: str, narrow: str) -> bool:
    """Whether each value of the type `narrow` can be stored as `wide`, and is read as the same kind of value."""
    if wide == narrow:
        return True
    (wider, wide_size, wide_rest), (narrower, narrow_size, narrow_rest) = _parts(wide), _parts(narrow)
    if wider in WHOLE and narrower in WHOLE:
        return _holds_whole(wider, wide_rest, narrower, narrow_rest)
    if narrower == "varchar" and wider in TEXTS:
        return wider != "tinytext"
    if wide_rest != narrow_rest:
        return False
    if wider in TEXTS and narrower in TEXTS:
        return TEXTS.index(wider) >= TEXTS.index(narrower)
    if wider == narrower and wider in ("varchar", "varbinary"):
        return wide_size[0] >= narrow_size[0]
    if wider == narrower == "numeric":
        return wide_size[1] >= narrow_size[1] and wide_size[0] - wide_size[1] >= narrow_size[0] - narrow_size[1]
    return False


def _holds_whole(wider: str, wide_rest: str, narrower: str, narrow_rest: str) -> bool:
    # What counts by itself must go on to do so, and nothing else notices that it does.
    if ("auto_increment" in narrow_rest) != ("auto_increment" in wide_rest):
        return False
    by = WHOLE.index(wider) - WHOLE.index(narrower)
    wide_positive, narrow_positive = "unsigned" in wide_rest, "unsigned" in narrow_rest
    if wide_positive == narrow_positive:
        return by >= 0
    return narrow_positive and by > 0


def _parts(text: str) -> tuple[str, list[int], str]:
    match = re.fullmatch(r"(\w+)(?: ?\(([\d, ]+)\))?(.*)", text)
    if match is None:
        return text, [], ""
    sizes = [int(size) for size in re.findall(r"\d+", match[2] or "")]
    name = {"int": "integer"}.get(match[1], match[1])
    return name, sizes or [0], " ".join(sorted(set(match[3].split())))
