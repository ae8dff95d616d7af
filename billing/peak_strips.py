"""Month strips in words: a bar a day, who set the peak, and what is billed for it. LIC-5."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.access import Standing
from billing.core.display import format_day, format_number
from billing.documents.wording import quantity_of
from billing.models import Product
from billing.peaks import PeakCycle, PeakDay, changes_behind
from billing.why import Change
from billing.why_people import People, people_behind


class Bar(TypedDict):
    """A day as the strip draws it; None while it is to come, ``said`` is who set what on it.

    ``number`` is never above what is billed: of two price versions in a month the dearer peak is.
    """

    day: date
    number: int | None
    said: str


@dataclass(frozen=True, slots=True)
class PeakStrip:
    """The running cycle of one product: its ``days``, and what is ``billed`` in words."""

    code: str
    caption: str
    billed: str
    days: list[Bar]


def strips(
    cycles: Iterable[PeakCycle],
    *,
    products: Mapping[str, Product],
    here: Standing,
    language: str,
    wanted: Mapping[str, int] | None = None,
) -> list[PeakStrip]:
    """The strips of these cycles for who stands here. A fixed number of queries.

    ``wanted`` are the numbers that a cart holds, by product code: today's bar and what is billed
    are shown as they would be with them.
    """
    found = list(cycles)
    changes = changes_behind(found)
    people = people_behind(changes, here=here)
    return [
        _Words(one, products[one.code], people, language, (wanted or {}).get(one.code)).strip(
            changes
        )
        for one in found
    ]


class _Words:
    """One cycle in one language, for one reader."""

    def __init__(
        self,
        cycle: PeakCycle,
        product: Product,
        people: People,
        language: str,
        wanted: int | None,
    ) -> None:
        self._cycle, self._names, self._people = cycle, product.names, people
        self._language, self._wanted = language, wanted

    def strip(self, changes: Iterable[Change]) -> PeakStrip:
        days = self._cycle.days(changes)
        today = max(one.on for one in days if one.number is not None)
        return PeakStrip(
            code=self._cycle.code,
            caption=self._caption(),
            billed=self._billed(today),
            days=[self._bar(one, is_today=one.on == today) for one in days],
        )

    def _caption(self) -> str:
        period = self._cycle.period
        said = {"name": self._names[self._language]}
        if period.start.day == 1:
            return _("%(name)s in %(month)s") % {**said, "month": date_format(period.start, "F Y")}
        said["day"] = format_day(period.start, self._language)
        return _("%(name)s since %(day)s") % said

    def _billed(self, today: date) -> str:
        highest = self._cycle.peak
        number, on = highest.quantity, highest.on
        if self._wanted is not None and self._wanted > number:
            number, on = self._wanted, today
        if not number:
            return _("Nothing billed")
        unit = self._names[f"unit_{self._language}"]
        said = {
            "number": quantity_of(number, unit, self._language),
            "day": format_day(on, self._language),
        }
        return _("%(number)s billed, peak on %(day)s") % said

    def _bar(self, one: PeakDay, *, is_today: bool) -> Bar:
        number, said = one.number, [self._said(change) for change in one.changes]
        most = self._cycle.peak.quantity
        if number is not None and number > most:
            # Bought at another version, for less than the peak costs (decision 32).
            owned = format_number(number, self._language)
            said.append(
                _("%(number)s owned, which cost less than the peak does") % {"number": owned}
            )
            number = most
        if is_today and number is not None and self._wanted is not None:
            number = max(number, self._wanted)
            if self._wanted != self._cycle.number:
                said.append(_("your cart: %(change)s") % {"change": self._step(self._wanted)})
        return Bar(day=one.on, number=number, said="; ".join(said))

    def _said(self, change: Change) -> str:
        numbers = self._numbers(change.was, change.becomes)
        who = self._people.who(change)
        return f"{who}: {numbers}" if who else numbers

    def _step(self, wanted: int) -> str:
        return self._numbers(self._cycle.number, wanted)

    def _numbers(self, was: int, becomes: int) -> str:
        return f"{format_number(was, self._language)} → {format_number(becomes, self._language)}"
