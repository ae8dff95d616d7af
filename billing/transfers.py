"""Money that came by bank transfer: recorded once, and taken off what its invoice leaves open."""

from __future__ import annotations

import logging
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from djmoney.money import Money

from accounts.locks import lock_payers
from billing import ledger
from billing.models import Invoice, Payment, Receivable

logger = logging.getLogger(__name__)

GATEWAY: Final = "bank"


@transaction.atomic
def receive(*, invoice_id: int, amount: Decimal, at: datetime, reference: str) -> Payment:
    """Write down that ``amount`` of an invoice's currency came in, under the bank's own number.

    The same number twice records nothing more. More than is open leaves a credit balance (what is
    open turns negative). ValueError for an amount of zero or less, or a number that has named
    another payment.
    """
    if amount <= 0:
        raise ValueError(f"A transfer brings more than zero, got {amount}.")
    invoice = Invoice.objects.get(pk=invoice_id)
    lock_payers([invoice.payer_id])
    money = Money(amount, invoice.total.currency)
    known = Payment.objects.filter(gateway=GATEWAY, reference=reference).first()
    if known is not None:
        if (known.invoice_id, known.amount) != (invoice_id, money):
            raise ValueError(f"{reference} names another payment already. Use its own number.")
        return known
    payment = Payment(
        payer_id=invoice.payer_id,
        invoice=invoice,
        amount=money,
        at=at,
        gateway=GATEWAY,
        reference=reference,
    )
    payment.save()
    ledger.enter_payment(payment)
    receivable = Receivable.objects.get(invoice=invoice)
    receivable.open -= money
    if not receivable.open.amount:
        receivable.state, receivable.settled_at = Receivable.State.PAID, at
    receivable.save(update_fields=["open", "state", "settled_at"])
    logger.info("transfer received invoice=%s amount=%s", invoice.number, money)
    return payment
