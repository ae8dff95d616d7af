"""Exchanges: from what is paid to another quantity, each at its own price. PRICE-9, decision 7."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from billing.core.charges import charge
from billing.core.held import joined, split
from billing.core.lines import Kind, Line, Ref
from billing.core.periods import Cycle
from billing.core.pricing import Model, Price
from billing.core.state import Paid


@dataclass(frozen=True, slots=True)
class Exchange:
    """The lines of an exchange, and what is paid after it."""

    lines: list[Line]
    paid_at: tuple[Paid, ...]


def exchange(
    product: str,
    *,
    paid_at: tuple[Paid, ...],
    prices: Mapping[str | None, Price],
    new: int,
    price: Price,
    cycle: Cycle,
    currency: str,
    day: date,
    ref: Ref,
) -> Exchange:
    """The lines of going from what is paid to `new` units from `day` to the end of the cycle.

    More units are charged at `price`, that in force; what is given back is credited at the price it
    was paid at (`prices`, by version), the last bought first. Per unit there are lines for the
    difference alone, otherwise the credit of all that was paid and the charge of the new quantity:
    of fewer units at the price they were paid at, because they are paid already. PRICE-9.
    """
    paid = sum(part.quantity for part in paid_at)
    at = price if new >= paid else prices[paid_at[-1].price_version]
    models = {at.model, *(prices[part.price_version].model for part in paid_at)}
    kept, back = split(paid_at, new if models == _PER_UNIT else 0)
    added = new - sum(part.quantity for part in kept)
    wanted = [
        *((Kind.CREDIT, part.quantity, prices[part.price_version]) for part in back),
        (Kind.PRORATION, added, at),
    ]
    lines = (
        charge(
            kind=kind,
            product=product,
            price=priced,
            quantity=quantity,
            cycle=cycle,
            currency=currency,
            because=(ref,),
            from_on=day,
        )
        for kind, quantity, priced in wanted
    )
    found = [line for line in lines if line is not None]
    return Exchange(found, joined(kept, Paid(added, at.version)))


_PER_UNIT: Final = frozenset({Model.PER_UNIT})
