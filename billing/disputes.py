"""What is disputed: of a payment, read with its ``disputes`` prefetched, and of invoices."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.db.models import Exists, OuterRef

from billing.models import Dispute, Payment

State: Final = Dispute.State


# Whether a bank has taken the money of an invoice back and has not decided yet. Until it has, no
# card is charged for it again (`paying.payable`).
OF_INVOICE: Final = Exists(
    Dispute.objects.filter(invoice=OuterRef("pk"), state=State.OPEN, taken__gt=0)
)


def is_disputed(payment: Payment) -> bool:
    """Whether a bank has taken back money of it, and has not decided yet."""
    return any(one.state == State.OPEN for one in payment.disputes.all())


def taken_of(payment: Payment) -> Decimal:
    """What banks have taken back of it by now."""
    return sum((one.taken for one in payment.disputes.all()), Decimal(0))
