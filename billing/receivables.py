"""What is open of a document: this file says how it stands, and takes payments off it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from billing import ledger
from billing.models import Payment, Receivable


def standing(
    left: Decimal, *, closed_by: Receivable.State, at: datetime
) -> tuple[Receivable.State, datetime | None]:
    """How a document stands of which ``left`` is open, and since when nothing is.

    Whatever is not zero is open: above, it is owed; below, it is the payer's credit, on a credit
    note as on an invoice paid twice, and pays for the next invoices. Decision 14.
    """
    if left:
        return Receivable.State.OPEN, None
    return closed_by, at


def take_off(payment: Payment) -> None:
    """Write a payment down, enter it in the ledger, and take it off what its invoice leaves open.

    Belongs into a transaction that has locked the payer. More than is open leaves a credit.
    """
    payment.save()
    ledger.enter_payment(payment)
    receivable = Receivable.objects.get(invoice=payment.invoice)
    receivable.open -= payment.amount
    receivable.state, receivable.settled_at = standing(
        receivable.open.amount, closed_by=Receivable.State.PAID, at=payment.at
    )
    receivable.save(update_fields=["open", "state", "settled_at"])
