"""Rows of several querysets as PostgreSQL writes them in JSON, and how their values come back.

Side by side, a row is as wide as all querysets together, and most of it is empty: the database and
the driver look at each column of each row. In JSON there is one row, with a list for each queryset.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import FieldError

Back = Callable[[Any], Any]

# What no function of PostgreSQL takes more arguments than.
_WIDEST: Final = 100
_READ: Final = json.JSONDecoder(parse_float=Decimal)
# What each kind of column becomes in Python, as the driver would have made it; of what JSON says
# by itself nothing has to be made. Columns of other kinds are not sent in JSON.
_SAID: Final = frozenset(
    {
        "AutoField", "BigAutoField", "BigIntegerField", "BooleanField", "CharField",
        "IntegerField", "PositiveBigIntegerField", "PositiveIntegerField",
        "PositiveSmallIntegerField", "SlugField", "SmallIntegerField", "TextField",
    }
)  # fmt: skip
_MADE: Final[dict[str, Back]] = {
    "DateField": date.fromisoformat,
    "DateTimeField": datetime.fromisoformat,
    "DecimalField": Decimal,
}
# A document stays the text that its field reads: JSON within JSON would have been read already.
_TEXT: Final = "JSONField"


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a queryset: how each is said, and what has to be made of which of them."""

    said: tuple[str, ...]
    backs: tuple[tuple[int, Back], ...]

    @property
    def names(self) -> str:
        return ", ".join(f"c{place}" for place in range(len(self.said)))


def columns_of(expressions: Sequence[Any]) -> Columns | None:
    """How these are sent in JSON; None where it cannot say one of them."""
    if len(expressions) > _WIDEST:
        return None
    kinds = [_kind(expression) for expression in expressions]
    if not _SAID.union(_MADE, {_TEXT}).issuperset(kinds):
        return None
    return Columns(
        said=tuple(
            f"c{place}::text" if kind == _TEXT else f"c{place}" for place, kind in enumerate(kinds)
        ),
        backs=tuple((place, _MADE[kind]) for place, kind in enumerate(kinds) if kind in _MADE),
    )


def _kind(expression: Any) -> str:
    try:
        field = expression.output_field
    except FieldError:
        return ""
    while (target := getattr(field, "target_field", None)) is not None:
        field = target
    kind: str = field.get_internal_type()
    return kind


def statement(parts: Iterable[tuple[str, Columns]]) -> str:
    """One row with a text for each of these statements: a list of its rows."""
    columns = []
    for number, (sql, its) in enumerate(parts):
        rows = f"SELECT json_agg(json_build_array({', '.join(its.said)}))::text"
        columns.append(f"({rows} FROM ({sql}) AS part_{number} ({its.names}))")
    return f"SELECT {', '.join(columns)}"


def rows_of(text: str | None, columns: Columns) -> list[list[Any]]:
    """The rows that such a text holds; nothing at all for none."""
    if text is None:
        return []
    rows: list[list[Any]] = _READ.decode(text)
    for place, back in columns.backs:
        for row in rows:
            if row[place] is not None:
                row[place] = back(row[place])
    return rows
