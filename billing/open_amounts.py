"""What is open of new documents once a payer's credit balance has been used, oldest first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from billing.core.balance import apply_credit


@dataclass(slots=True)
class OpenAmount:
    """What is open of one document of a payer; below zero: a credit not used yet.

    ``payment_id`` names a deposit, money that stands on no document. ``held`` of a credit is on its
    way back and is not in ``open``.
    """

    payer_id: int
    invoice_id: int
    currency: str
    open: Decimal
    held: Decimal = Decimal(0)
    payment_id: int | None = None


def use_credit(*, before: Iterable[OpenAmount], new: Sequence[OpenAmount]) -> list[OpenAmount]:
    """Use the credits of ``before`` and of ``new`` documents on the new ones that follow them.

    Both come oldest first; the amounts of ``new`` are brought to what is open after. Returns those
    of ``before`` that were used, brought to what is left. A credit pays in its own currency alone.
    """
    credits: dict[tuple[int, str], deque[OpenAmount]] = {}
    used: dict[int, OpenAmount] = {}
    old = set()
    for credit in before:
        old.add(id(credit))
        credits.setdefault((credit.payer_id, credit.currency), deque()).append(credit)
    for document in new:
        held = credits.setdefault((document.payer_id, document.currency), deque())
        if document.open < 0:
            held.append(document)
        for credit in _drawn_on(document, held):
            if id(credit) in old:
                used[id(credit)] = credit
    return list(used.values())


def up_to(credits: Iterable[OpenAmount], most: Decimal) -> list[OpenAmount]:
    """So much of these credits and no more, the oldest first: the rest of one is held meanwhile.

    Of 50.00 up to 20.00: −20.00 open and 30.00 held.
    """
    found = []
    for credit in credits:
        taken = min(-credit.open, most)
        if taken <= 0:
            break
        most -= taken
        found.append(replace(credit, open=-taken, held=credit.held - credit.open - taken))
    return found


def _drawn_on(document: OpenAmount, held: deque[OpenAmount]) -> list[OpenAmount]:
    """Take from the oldest credits until the document is covered or none is left."""
    drawn = []
    while document.open > 0 and held:
        oldest = held[0]
        applied = apply_credit(document.open, -oldest.open)
        document.open, oldest.open = applied.to_pay, -applied.left
        drawn.append(oldest)
        if not oldest.open:
            held.popleft()
    return drawn
