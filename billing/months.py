"""The months behind a payer and those ahead, as a chart by product and its table show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from djmoney.money import Money

from accounts.models import Account
from billing.core.periods import local_day
from billing.forecast import forecast, month_after
from billing.models import Product
from billing.spending import Charges, charged

BEHIND: Final = 11
AHEAD: Final = 3
# More products than that are one layer and one column together.
_MOST_NAMED: Final = 5
_COLOURS: Final = 8
_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Column:
    """A product, or all further ones together (``colour`` 0): an amount for each month.

    ``values`` are billed, ``ahead`` is what is still to come.
    """

    name: str
    colour: int
    values: tuple[Decimal, ...]
    ahead: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One month; ``amounts`` stand in the order of the columns. ``ahead``: nothing of it is billed
    yet; ``partly``: some of it is."""

    label: str
    amounts: tuple[Money, ...]
    discount: Money
    tax: Money
    total: Money
    ahead: bool
    partly: bool


@dataclass(frozen=True, slots=True)
class Months:
    """Twelve months up to this one, and three more."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    labels: tuple[str, ...]
    estimated: bool
    known: bool


def months(*, payer: Account, at: datetime, language: str) -> Months:
    """What the payer was charged in the last twelve months, and will be in this and the next three.

    The number of queries does not grow with the documents. PLAN-1.
    """
    today = local_day(at, payer.time_zone)
    firsts = [month_after(today, number) for number in range(-BEHIND, AHEAD + 1)]
    behind = charged(payer=payer, since=firsts[0])
    expected = forecast(payer=payer, at=at, months=AHEAD)
    past = [behind.get(first, Charges()) for first in firsts]
    next_ = [expected.months.get(first, Charges()) for first in firsts]
    columns = tuple(_columns(past, next_, language))
    return Months(
        columns=columns,
        rows=tuple(_rows(firsts, past, next_, columns, payer.currency)),
        labels=tuple(_label(first) for first in firsts),
        estimated=expected.estimated,
        known=expected.known,
    )


def _columns(past: Sequence[Charges], next_: Sequence[Charges], language: str) -> list[Column]:
    weights: dict[str, Decimal] = defaultdict(Decimal)
    for month in (*past, *next_):
        for code, amount in month.by_product.items():
            weights[code] += abs(amount)
    heaviest = sorted(weights, key=lambda code: -weights[code])[:_MOST_NAMED]
    places = {code: place for place, code in enumerate(_catalogue())}
    named = sorted(heaviest, key=lambda code: places.get(code, 0))
    names = {one.code: one.names[language] for one in Product.objects.filter(code__in=named)}
    colours = _colours([places.get(code, 0) for code in named])
    found = [
        Column(names.get(code, code), colour, _of([code], past), _of([code], next_))
        for code, colour in zip(named, colours, strict=True)
    ]
    if rest := weights.keys() - set(named):
        found.append(Column(_("Other products"), 0, _of(rest, past), _of(rest, next_)))
    return found


def _catalogue() -> list[str]:
    return list(Product.objects.order_by("position", "pk").values_list("code", flat=True))


def _colours(places: Sequence[int]) -> list[int]:
    """A colour by the place in the catalogue, the next free one where it is taken."""
    taken: list[int] = []
    for place in places:
        colour = place % _COLOURS + 1
        while colour in taken:
            colour = colour % _COLOURS + 1
        taken.append(colour)
    return taken


def _of(codes: Collection[str], charges: Sequence[Charges]) -> tuple[Decimal, ...]:
    return tuple(
        sum((one.by_product.get(code, _NOTHING) for code in codes), _NOTHING) for one in charges
    )


def _rows(
    firsts: Sequence[date],
    past: Sequence[Charges],
    next_: Sequence[Charges],
    columns: Sequence[Column],
    currency: str,
) -> list[Row]:
    return [
        Row(
            label=_label(first),
            amounts=tuple(
                Money(column.values[place] + column.ahead[place], currency) for column in columns
            ),
            discount=Money(-(was.discount + will.discount), currency),
            tax=Money(was.tax + will.tax, currency),
            total=Money(was.total + will.total, currency),
            ahead=bool(will.by_product) and not was.by_product,
            partly=bool(will.by_product) and bool(was.by_product),
        )
        for place, (first, was, will) in enumerate(zip(firsts, past, next_, strict=True))
    ]


def _label(first: date) -> str:
    return date_format(first, "M Y")
