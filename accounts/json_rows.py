"""Rows of several querysets as PostgreSQL writes them in JSON, and how their values come back.

Side by side, a row is as wide as all querysets together, and most of it is empty: the database and
the driver look at each column of each row. In JSON there is one row, with a list for each queryset.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
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


def backs_of(expressions: Sequence[Any]) -> list[tuple[int, Back]] | None:
    """What has to be made of which values of a row; None where JSON cannot say one of them."""
    if len(expressions) > _WIDEST:
        return None
    found = []
    for place, expression in enumerate(expressions):
        kind = _kind(expression)
        if kind in _MADE:
            found.append((place, _MADE[kind]))
        elif kind not in _SAID:
            return None
    return found


def _kind(expression: Any) -> str:
    try:
        field = expression.output_field
    except FieldError:
        return ""
    while (target := getattr(field, "target_field", None)) is not None:
        field = target
    kind: str = field.get_internal_type()
    return kind


def statement(parts: Iterable[tuple[str, int]]) -> str:
    """One row with a text for each of these statements (with their widths): a list of its rows."""
    columns = []
    for number, (sql, width) in enumerate(parts):
        names = ", ".join(f"c{place}" for place in range(width))
        rows = f"SELECT json_agg(json_build_array({names}))::text"
        columns.append(f"({rows} FROM ({sql}) AS part_{number} ({names}))")
    return f"SELECT {', '.join(columns)}"


def rows_of(text: str | None, backs: Sequence[tuple[int, Back]]) -> list[list[Any]]:
    """The rows that such a text holds; nothing at all for none."""
    if text is None:
        return []
    rows: list[list[Any]] = _READ.decode(text)
    for place, back in backs:
        for row in rows:
            if row[place] is not None:
                row[place] = back(row[place])
    return rows
