"""The words of *Why this amount?* in the reader's language: one sentence a step of the sum."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from billing.core.display import format_day, format_number, format_unit_price
from billing.core.money import round_half_up
from billing.documents.reading import charge_of
from billing.documents.wording import price_words, unit_word
from billing.models import Line, Price
from billing.why import Step, Sum, Why

_EXACT_DIGITS: Final = 8


def opening(why: Why, *, language: str) -> str:
    """What the line charges, in one sentence."""
    with override(language):
        return _Explaining(why, language).opening()


def sentences(why: Why, *, language: str) -> list[tuple[str, str]]:
    """Each step of the arithmetic: its words, and the amount after it."""
    with override(language):
        return list(_Explaining(why, language).sentences())


def price(why: Why, *, language: str) -> list[tuple[str, str]]:
    """The price version behind the line, and since when it is agreed, in names and words."""
    with override(language):
        return list(_Explaining(why, language).price())


@dataclass(frozen=True, slots=True)
class _Explaining:
    """The sentences about one line in the language that is switched on."""

    why: Why
    language: str

    # Figures.

    def number(self, value: Decimal | int) -> str:
        plain = value.normalize() if isinstance(value, Decimal) else value
        return format_number(plain, self.language)

    def money(self, amount: Decimal) -> str:
        return format_unit_price(amount, self.why.currency, self.language)

    def exact(self, value: Fraction) -> str:
        """An amount before rounding: all its decimals, or eight and a sign that more follow."""
        shown = round_half_up(value, _EXACT_DIGITS)
        text = self.money(shown)
        return text if Fraction(shown) == value else f"{text}…"

    def day(self, on: date) -> str:
        return format_day(on, self.language, "medium")

    def days(self, start: date, end: date) -> str:
        """A half-open period as people write it, the last day included."""
        last = end - timedelta(days=1)
        return self.day(start) if last <= start else f"{self.day(start)} – {self.day(last)}"

    def instant(self, at: datetime) -> str:
        local = at.astimezone(ZoneInfo(self.why.zone))
        return f"{self.day(local.date())}, {local:%H:%M} {self.why.zone}"

    def named(self) -> str:
        names = self.why.line.names
        return str(names.get(self.language) or names["en"])

    # What it charges.

    def opening(self) -> str:
        line = self.why.line
        if line.reverses is not None:
            return _("%(what)s, billed on %(invoice)s, given back.") % {
                "what": self.named(),
                "invoice": line.reverses.bill.invoice,
            }
        return _OPENINGS[Line.Kind(line.kind)]() % {
            "quantity": self.number(line.quantity),
            "what": self.named(),
            "when": self.days(line.starts_on, line.ends_on),
        }

    # The arithmetic.

    def sentences(self) -> Iterator[tuple[str, str]]:
        for step in self.why.steps:
            result = "" if step.what is Sum.ALLOWANCE else self.exact(step.result)
            yield _WORDS[step.what](self, step), result

    def per_unit(self, step: Step) -> str:
        return f"{self.counted(step)} × {self.money(step.price)}"

    def counted(self, step: Step) -> str:
        members = self.why.price.basis == Price.Basis.BILLABLE_MEMBERS
        forms = (
            pgettext("forms of number", "billable member|billable members")
            if members
            else self.unit_forms()
        )
        return f"{self.number(step.count)} {unit_word(step.count, forms, self.language)}"

    def unit_forms(self) -> str:
        own = self.why.line.names.get(f"unit_{self.language}")
        return str(own or pgettext("forms of number", "unit|units"))

    def share(self, step: Step) -> str:
        words = _(
            "Times %(part)s of the %(whole)s days of the cycle: from %(day)s on, that day included"
        )
        return words % {
            "part": self.number(step.count),
            "whole": self.number(step.of),
            "day": self.day(self.why.line.starts_on),
        }

    def tier(self, step: Step) -> str:
        parts = []
        if step.flat or not step.price:
            parts.append(self.money(step.flat))
        if step.price:
            parts.append(f"{self.number(step.count)} × {self.money(step.price)}")
        return f"{self.bounds(step)}: {' + '.join(parts)}"

    def bounds(self, step: Step) -> str:
        above = self.number(step.above)
        if step.up_to is None:
            words = _("Tier above %(above)s") if step.above else _("Tier from the first unit")
            return words % {"above": above}
        if step.above:
            words = _("Tier above %(above)s up to %(bound)s")
        else:
            words = _("Tier from the first unit up to %(bound)s")
        return words % {"above": above, "bound": self.number(step.up_to)}

    def allowance(self, step: Step) -> str:
        return _("Used %(used)s, %(included)s of them included: %(over)s to charge") % {
            "used": self.number(step.count),
            "included": self.number(step.of),
            "over": self.number(max(step.count - step.of, step.count * 0)),
        }

    def packages(self, step: Step) -> str:
        words = _(
            "%(number)s packages of %(size)s units, a part of one counts whole: "
            "%(number)s × %(price)s"
        )
        return words % {
            "number": self.number(step.count),
            "size": self.number(step.of),
            "price": self.money(step.price),
        }

    def rounded(self, step: Step) -> str:
        if not step.count:
            words = _("Rounded once, half up, to whole %(currency)s")
            return words % {"currency": self.why.currency}
        return _("Rounded once, half up, to the %(decimals)s decimals of %(currency)s") % {
            "decimals": self.number(step.count),
            "currency": self.why.currency,
        }

    # The price.

    def price(self) -> Iterator[tuple[str, str]]:
        terms, line = self.why.price, self.why.line
        yield _("Product"), self.named()
        yield _("Price"), self.priced()
        yield _("Price version"), _("listed from %(day)s") % {"day": self.day(terms.valid_from)}
        yield _("Counted by"), _BASES[Price.Basis(terms.basis)]()
        if line.share_days is None and line.reverses is None:
            yield _("Days"), self.days(line.starts_on, line.ends_on)
        yield _("Agreed"), self.agreed()

    def priced(self) -> str:
        terms = self.why.price
        charge = charge_of(self.why.line, self.language)
        amount = price_words(charge, currency=self.why.currency, language=self.language)
        words = _("%(price)s a year") if terms.interval == "year" else _("%(price)s a month")
        return words % {"price": amount}

    def agreed(self) -> str:
        pinned = self.why.pinned
        if pinned is None:
            return _("taken over with the subscription")
        if pinned.bought:
            return _("bought %(moment)s") % {"moment": self.instant(pinned.at)}
        day = self.day(pinned.holds_from)
        if pinned.noticed_on is None:
            return _("announced for %(day)s, no notice given") % {"day": day}
        return _("announced for %(day)s, notice given %(noticed)s") % {
            "day": day,
            "noticed": self.day(pinned.noticed_on),
        }


_WORDS: Final[dict[Sum, Callable[[_Explaining, Step], str]]] = {
    Sum.ALLOWANCE: _Explaining.allowance,
    Sum.PER_UNIT: _Explaining.per_unit,
    Sum.FLAT: lambda words, step: _("One price, whatever the number"),
    Sum.PACKAGES: _Explaining.packages,
    Sum.TIER: _Explaining.tier,
    Sum.ADD_TIERS: lambda words, step: _("The tiers together"),
    Sum.MONTHS: lambda words, step: (
        _("Times %(number)s months: a monthly price in a yearly cycle")
        % {"number": words.number(step.count)}
    ),
    Sum.SHARE: _Explaining.share,
    Sum.BILLED: lambda words, step: _("What the line was billed at"),
    Sum.PART: lambda words, step: _("The part of it that is given back"),
    Sum.CREDIT: lambda words, step: _("Given back, so it counts as a credit"),
    Sum.ROUND: _Explaining.rounded,
}

_OPENINGS: Final[dict[Line.Kind, Callable[[], str]]] = {
    Line.Kind.ADVANCE: lambda: _("%(quantity)s × %(what)s, charged in advance for %(when)s."),
    Line.Kind.MEMBERS: lambda: _(
        "%(what)s for the %(quantity)s members who were billable when %(when)s began."
    ),
    Line.Kind.PRORATION: lambda: _(
        "%(quantity)s × %(what)s from the day of the change, for %(when)s."
    ),
    Line.Kind.CREDIT: lambda: _(
        "%(quantity)s × %(what)s given back for the days not used, %(when)s."
    ),
    Line.Kind.PEAK: lambda: _(
        "%(quantity)s was the highest number of %(what)s at any moment of %(when)s."
    ),
    Line.Kind.METERED: lambda: _("%(quantity)s × %(what)s used above the allowance in %(when)s."),
    Line.Kind.ONCE: lambda: _("%(quantity)s × %(what)s, charged once when it was bought."),
}

_BASES: Final[dict[Price.Basis, Callable[[], str]]] = {
    Price.Basis.SET: lambda: _("the number that is chosen"),
    Price.Basis.PEAK: lambda: _("the highest number of the cycle"),
    Price.Basis.BILLABLE_MEMBERS: lambda: _("the billable members"),
    Price.Basis.METERED: lambda: _("what is used"),
}
