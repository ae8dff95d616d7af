"""On account: whether what is ordered holds before its bank transfer has come (decision 13)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import Account
from billing.models import Receivable
from billing.reading import Payer


@dataclass(frozen=True, slots=True)
class Awaits:
    """Why an order waits for its money: no terms are agreed, or it would go above their limit.

    ``limit`` is what may be open at most, None without agreed terms; ``open`` is what is open
    already. Both in the payer's currency.
    """

    open: Decimal
    limit: Decimal | None

    @property
    def has_terms(self) -> bool:
        return self.limit is not None


def awaits(payer: Payer, *, to_pay: Decimal, currency: str) -> Awaits | None:
    """What keeps an order over so much from holding before it is paid; None where nothing does.

    Nothing where nothing is to be paid, and for cards, which are charged first. On agreed terms
    what is open and this come to the limit at most. One query where there is a limit, else none.

    Worked example: of a limit of 500.00, 480.00 are open. An order over 20.00 holds at once, one
    over 20.01 waits for its money.
    """
    if not to_pay or payer.pays_by != Account.PaysBy.TRANSFER:
        return None
    if not payer.agreed_terms:
        return Awaits(open=Decimal(0), limit=None)
    if payer.credit_limit is None:
        return None
    still_open = open_of(payer.id, currency)
    if still_open + to_pay <= payer.credit_limit:
        return None
    return Awaits(open=still_open, limit=payer.credit_limit)


def open_of(payer_id: int, currency: str) -> Decimal:
    """What the payer's documents leave open in a currency, credits not taken off. One query."""
    rows = Receivable.objects.filter(
        payer=payer_id, state=Receivable.State.OPEN, open__gt=0, open_currency=currency
    )
    # Added up in Python (decision 10); the stubs take the column for Money.
    amounts: Any = rows.order_by().values_list("open", flat=True)
    return sum(amounts, Decimal(0))
