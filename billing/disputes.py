"""What is disputed: of a payment, read with its ``disputes`` prefetched, and of invoices."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.db.models import Exists, OuterRef

from billing.models import Dispute, Payment, PaymentMethod

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


def taken_back(invoice_id: int) -> list[Dispute]:
    """The disputes for which a bank has taken money of an invoice back, with what was charged."""
    rows = Dispute.objects.filter(invoice=invoice_id, taken__gt=0)
    return list(rows.select_related("payment__attempt__method"))


def is_of_card(dispute: Dispute, method: PaymentMethod) -> bool:
    """Whether this card's payment was disputed: also where it was added once more."""
    attempt = dispute.payment.attempt
    charged = attempt.method if attempt is not None else None
    return charged is not None and _face(charged) == _face(method)


def _face(method: PaymentMethod) -> tuple[str, str, int, int]:
    """What tells a card from another one."""
    return method.brand, method.last4, method.expires_year, method.expires_month
