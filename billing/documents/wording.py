"""What a line of a bill says in words: the one wording of PDF, letters and pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, override

from billing.core.display import (
    format_amount,
    format_number,
    format_period,
    format_unit_price,
    plural_form,
)
from billing.core.pricing import Tier

_BETWEEN: Final = " × "
# Why a quantity stands on a bill, by the kind of its line.
_REASONS: Final = {
    "members": gettext_noop("billable members at the start"),
    "proration": gettext_noop("added within the period"),
    "credit": gettext_noop("credit for the days left"),
    "peak": gettext_noop("highest number in the period"),
    "metered": gettext_noop("used in the period"),
    "once": gettext_noop("charged once"),
}
# The forms in which a unit's word may be given, by how many there are: "seat|seats" in English,
# "místo|místa|míst" in Czech.
_PLURALS: Final = {
    1: ("other",),
    2: ("one", "other"),
    3: ("one", "few", "other"),
    4: ("one", "few", "many", "other"),
}


@dataclass(frozen=True, slots=True)
class Charge:
    """A line of a bill or quote, as far as words need it.

    ``starts_on`` to ``ends_on`` is half-open. ``units`` is given where one of the quantity counts
    as more or less than one. ``unit_amount`` stands on per-unit lines only; of the others the price
    is described by ``model``, ``price_amount`` (per package of ``size``) and ``tiers``. ``part_of``
    is the amount of an issued line of which a credit note gives back a part.
    """

    name: str
    unit: str
    kind: str
    starts_on: date
    ends_on: date
    quantity: int
    amount: Decimal
    units: Decimal | None = None
    unit_amount: Decimal | None = None
    share: tuple[int, int] | None = None
    months: int | None = None
    model: str = "per_unit"
    price_amount: Decimal | None = None
    size: int | None = None
    allowance: int = 0
    part_of: Decimal | None = None
    tiers: tuple[Tier, ...] = ()

    @property
    def counted(self) -> Decimal | int:
        """The number that the price is asked for."""
        return self.quantity if self.units is None else self.units.normalize()


@dataclass(frozen=True, slots=True)
class LineWords:
    """A line as a reader sees it; amounts are without their currency, which stands above them."""

    name: str
    notes: tuple[str, ...]
    quantity: str
    unit_price: str
    amount: str


def line_words(
    charge: Charge, *, currency: str, language: str, in_favour: bool = False
) -> LineWords:
    """The line in the reader's language; ``in_favour`` turns the sign, as a credit note does.

    The notes say from when to when, why this quantity, and how the amount multiplies out.
    """
    with override(language):
        words = _Words(charge, currency, language)
        return LineWords(
            name=charge.name,
            notes=tuple(words.notes()),
            quantity=words.counted(),
            unit_price=words.unit_price(),
            amount=format_amount(
                -charge.amount if in_favour else charge.amount, currency, language
            ),
        )


def quantity_words(charge: Charge, *, language: str) -> str:
    """The number that the price is asked for, with the word of its unit: 5 seats."""
    with override(language):
        return _Words(charge, "", language).counted()


def quantity_of(number: Decimal | int, unit: str, language: str) -> str:
    """A number with the word of its unit: 5 seats; the number alone where the unit has no word."""
    text = format_number(number, language)
    return f"{text}\N{NO-BREAK SPACE}{unit_word(number, unit, language)}" if unit else text


def price_words(charge: Charge, *, currency: str, language: str) -> str:
    """The price of a unit; where there is none, what decided about the price and its sums."""
    with override(language):
        words = _Words(charge, currency, language)
        if charge.unit_amount is not None:
            return words.unit_price()
        tier, parts = words.price_parts()
        price = " + ".join(parts)
        return f"{tier}: {price}" if tier else price


def unit_word(number: Decimal | int, forms: str, language: str) -> str:
    """The word of a unit for this number: ``seat|seats`` gives seat for 1 and seats for 5.

    The forms are parted by ``|``: one, other; or one, few, other; or one, few, many, other. A
    fraction without a form of its own takes the form of few.
    """
    words = [word.strip() for word in forms.split("|")]
    by_plural = dict(zip(_PLURALS.get(len(words), ("other",)), words, strict=False))
    plural = plural_form(number, language)
    if plural == "many" and "many" not in by_plural:
        plural = "few"
    return by_plural.get(plural) or words[-1]


@dataclass(frozen=True, slots=True)
class _Words:
    """The parts of a line in the language that is switched on."""

    charge: Charge
    currency: str
    language: str

    def number(self, number: Decimal | int) -> str:
        return format_number(number, self.language)

    def price(self, amount: Decimal) -> str:
        return format_unit_price(amount, self.currency, self.language)

    def counted(self) -> str:
        return quantity_of(self.charge.counted, self.charge.unit, self.language)

    def unit_price(self) -> str:
        return "" if self.charge.unit_amount is None else self.price(self.charge.unit_amount)

    def notes(self) -> Iterator[str]:
        period, reason = self.period(), self.reason()
        yield f"{period} · {reason}" if reason else period
        if self.charge.units is not None:
            yield _("%(quantity)s, counted as %(units)s") % {
                "quantity": self.number(self.charge.quantity),
                "units": self.counted(),
            }
        formula = self.formula() if self.charge.part_of is None else self.part()
        if formula:
            yield formula

    def part(self) -> str:
        """How much of the line it gives back."""
        return _("%(part)s of the %(whole)s billed") % {
            "part": format_amount(abs(self.charge.amount), self.currency, self.language),
            "whole": format_amount(
                abs(self.charge.part_of or Decimal(0)), self.currency, self.language
            ),
        }

    def period(self) -> str:
        last = max(self.charge.ends_on - timedelta(days=1), self.charge.starts_on)
        return format_period(self.charge.starts_on, last, self.language)

    def reason(self) -> str:
        """Why this quantity stands on this bill."""
        if self.charge.kind == "metered" and self.charge.allowance:
            return _("above the %(allowance)s included") % {
                "allowance": self.number(self.charge.allowance)
            }
        reason = _REASONS.get(self.charge.kind)
        return _(reason) if reason else ""

    def formula(self) -> str:
        """How the amount multiplies out, where quantity × unit price does not say it all."""
        factors = list(self.factors())
        if self.charge.unit_amount is not None:
            if not factors:
                return ""
            return _BETWEEN.join((self.counted(), self.unit_price(), *factors))
        tier, parts = self.price_parts()
        price = " + ".join(parts)
        if factors and len(parts) > 1:
            price = f"({price})"
        multiplied = _BETWEEN.join((price, *factors))
        return f"{tier}: {multiplied}" if tier else multiplied

    def factors(self) -> Iterator[str]:
        if self.charge.months:
            yield ngettext("%(number)s month", "%(number)s months", self.charge.months) % {
                "number": self.charge.months
            }
        if self.charge.share:
            part, whole = self.charge.share
            yield _("%(part)s of %(whole)s days") % {"part": part, "whole": whole}

    def price_parts(self) -> tuple[str, list[str]]:
        """What decided about the price, and the sums that it is made of."""
        charge = self.charge
        match charge.model:
            case "volume":
                return self.volume()
            case "tiered":
                return _("Price by tier"), [part for tier in self.reached() for part in tier]
            case "package" if charge.size:
                packages = int(-(-charge.counted // charge.size))
                words = ngettext(
                    "%(number)s package of %(size)s", "%(number)s packages of %(size)s", packages
                ) % {"number": self.number(packages), "size": self.number(charge.size)}
                return "", [_BETWEEN.join((words, self.price(charge.price_amount or Decimal(0))))]
        if charge.price_amount is None:
            return "", [self.price(abs(charge.amount))]
        return _("Fixed price"), [self.price(charge.price_amount)]

    def volume(self) -> tuple[str, list[str]]:
        above = 0
        for tier in self.charge.tiers:
            if tier.up_to is None:
                name = _("Price for more than %(bound)s") % {"bound": self.number(above)}
                return name, self.parts(tier, self.charge.counted)
            if self.charge.counted <= tier.up_to:
                name = _("Price for up to %(bound)s") % {"bound": self.number(tier.up_to)}
                return name, self.parts(tier, self.charge.counted)
            above = tier.up_to
        return "", [self.price(abs(self.charge.amount))]

    def reached(self) -> Iterator[list[str]]:
        above: Decimal | int = 0
        for tier in self.charge.tiers:
            if self.charge.counted <= above:
                return
            bound = self.charge.counted if tier.up_to is None else tier.up_to
            within = min(self.charge.counted, bound) - above
            yield self.parts(tier, within)
            above = bound

    def parts(self, tier: Tier, number: Decimal | int) -> list[str]:
        found = []
        if tier.unit:
            found.append(_BETWEEN.join((self.number(number), self.price(tier.unit))))
        if tier.flat or not found:
            found.append(self.price(tier.flat))
        return found
