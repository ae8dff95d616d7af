"""Frozen: what an order keeps of the quote that was confirmed, as JSON that says its version."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from billing import agreements, conditions
from billing.conditions import Conditions
from billing.drafts import Json
from billing.invoicing import tax_json
from billing.models import Order
from billing.quoting import Quoted
from billing.settling import frozen_lines

# The first version said none, had no conditions, and less of the foot and of the lines.
VERSION: Final = 2


def frozen(quoted: Quoted) -> Json:
    """What an order keeps of its quote: the lines due now, their document's foot, its conditions.

    Amounts are strings with the decimals of the currency, percents exact strings.
    """
    return {
        "version": VERSION,
        "lines": frozen_lines(quoted.lines_now),
        **foot(quoted),
        "conditions": quoted.conditions.to_json(),
        "instead_of": instead_of(quoted),
    }


def instead_of(quoted: Quoted) -> Json:
    """By product code, the scheduled numbers whose place it takes, or that go over with it."""
    every = [*quoted.steps, *quoted.carried]
    steps = {step.product.code: step.instead_of for step in every}
    return {code: number for code, number in steps.items() if number is not None}


def foot(quoted: Quoted) -> Json:
    """The foot of the document that charges what is due now, as it is kept and compared."""
    due = quoted.due_now
    amounts = agreements.foot(
        quoted.currency,
        subtotal=due.subtotal,
        discount=due.discount,
        tax=due.total - due.subtotal + due.discount,
        total=due.total,
        credit=quoted.credit,
        to_pay=quoted.to_pay,
    )
    return {**amounts, "taxes": [tax_json(tax) for tax in due.taxes]}


def foot_of(order: Order) -> Json:
    """The foot that an order has kept, in whichever version; ValueError for one not known here."""
    kept, currency = order.quote, order.total.currency.code
    version = kept.get("version", 1)
    if version > VERSION:
        raise ValueError(
            f"The quote of {order} has version {version}, and this release reads up to {VERSION}. "
            "Settle it with the release that wrote it, or a later one."
        )
    amounts = {name: Decimal(kept[name]) for name in agreements.AMOUNTS if name in kept}
    found = agreements.foot(currency, **{**amounts, "credit": order.credit})
    return {**found, "taxes": kept["taxes"]} if "taxes" in kept else found


def conditions_of(order: Order) -> Conditions | None:
    """The conditions that an order has kept; None for one that was confirmed before they were."""
    kept = order.quote.get("conditions")
    return None if kept is None else conditions.from_json(kept)
