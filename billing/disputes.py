"""What is disputed of a payment; read it with its ``disputes`` prefetched."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from billing.models import Dispute, Payment

State: Final = Dispute.State


def is_disputed(payment: Payment) -> bool:
    """Whether a bank has taken back money of it, and has not decided yet."""
    return any(one.state == State.OPEN for one in payment.disputes.all())


def taken_of(payment: Payment) -> Decimal:
    """What banks have taken back of it by now."""
    return sum((one.taken for one in payment.disputes.all()), Decimal(0))
