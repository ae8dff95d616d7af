"""The lines of an e-invoice: a quantity and a price that multiply out to the net amount."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from billing.core.money import to_minor_unit
from billing.core.totals import line_net
from billing.documents.plain import printable
from billing.documents.reading import Facts, Group
from billing.documents.wording import Charge, LineWords, line_words

# UN/ECE Recommendation 20.
_ONE: Final = "C62"
_DAY: Final = "DAY"


@dataclass(frozen=True, slots=True)
class Priced:
    """A quantity, and the price of ``per`` of it, which is never below zero."""

    quantity: Decimal
    price: Decimal
    per: int = 1
    unit: str = _ONE


def priced(charge: Charge, *, net: Decimal, currency: str) -> Priced:
    """How a line multiplies out to its net amount, as EN 16931 multiplies: quantity × price / per.

    A share of days is a number of days at the price of the whole cycle: 2 users at 24.00 for 25 of
    28 days are 50 days at 24.00 for 28. Below zero is the quantity, never the price. What is not
    priced per unit, or does not come to the net amount, is one at the net amount; the line's note
    says how that came about.
    """
    if charge.unit_amount is not None:
        quantity = Decimal(charge.counted)
        price = charge.unit_amount * (charge.months or 1)
        part, whole = charge.share or (1, 1)
        unit = _DAY if charge.share else _ONE
        for signed in (quantity * part, -quantity * part):
            found = Priced(signed, price, whole, unit)
            if price >= 0 and _net(found, currency) == net:
                return found
    return Priced(Decimal(-1 if net < 0 else 1), abs(net))


def _net(of: Priced, currency: str) -> Decimal:
    return line_net(
        quantity=of.quantity, price=of.price, base_quantity=Decimal(of.per), currency=currency
    )


def lines(facts: Facts, *, taxed: dict[str, str]) -> list[dict[str, Any]]:
    """The lines in the document's order, numbered from 1, in the language that is switched on.

    ``taxed``: category and rate, the same for each.
    """
    charges = [(group, charge) for group in facts.groups for charge in group.charges]
    return [
        {"BT-126": str(place)} | _line(facts, group, charge) | taxed
        for place, (group, charge) in enumerate(charges, 1)
    ]


def _line(facts: Facts, group: Group, charge: Charge) -> dict[str, Any]:
    net = -charge.amount if facts.in_favour else charge.amount
    found = priced(charge, net=net, currency=facts.currency)
    words = line_words(
        charge, currency=facts.currency, language=facts.language, in_favour=facts.in_favour
    )
    line = {
        "BT-127-00": [{"BT-127": _note(charge, words)}],
        "BT-129": plain(found.quantity),
        "BT-130": found.unit,
        "BT-131": plain_amount(to_minor_unit(net, facts.currency)),
        "BT-134": charge.starts_on,
        "BT-135": max(charge.ends_on - timedelta(days=1), charge.starts_on),
        "BT-146": plain(found.price),
        "BT-153": named(charge.name),
    }
    if found.per != 1:
        line["BT-149"] = str(found.per)
    if group.name:
        line["BG-32"] = [{"BT-160": _("Account"), "BT-161": named(group.name)}]
    return line


def _note(charge: Charge, words: LineWords) -> str:
    """What the line says on paper: when, why this quantity, how many, and the arithmetic."""
    return printable(" · ".join(dict.fromkeys((words.quantity, *words.notes))))


def named(text: str) -> str:
    """A name that is never empty, as the standard wants it."""
    return printable(text).strip() or "–"


def plain(number: Decimal) -> str:
    """A number without an exponent and without zeros at its end: 1000, 0.005."""
    return f"{number.normalize():f}"


def plain_amount(amount: Decimal) -> str:
    """Money with the decimals that it was rounded to: 19.00; of yen 1200."""
    return f"{amount:f}"
