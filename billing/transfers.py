"""Money that came by bank transfer: recorded once, and taken off what its invoice leaves open."""

from __future__ import annotations

import logging
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from djmoney.money import Money

from accounts.locks import lock_payers
from billing.attempts import call_off_waiting
from billing.core.money import minor_digits, to_minor_unit
from billing.models import Invoice, Payment
from billing.receivables import take_off

logger = logging.getLogger(__name__)

GATEWAY: Final = "bank"
# What the columns of amounts hold: 15 digits, three of them decimals.
_TOO_MUCH: Final = Decimal(10) ** 12


@transaction.atomic
def receive(*, invoice_id: int, amount: Decimal, at: datetime, reference: str) -> Payment:
    """Write down that ``amount`` of an invoice's currency came in, under the bank's own number.

    The same number twice records nothing more. More than is open leaves a credit balance (what is
    open turns negative). A charge that waits is called off, but for what is left of it. ValueError
    for an amount that the currency cannot pay (zero or less, or with more decimals than it has), or
    a number that has named another payment.
    """
    invoice = Invoice.objects.get(pk=invoice_id)
    money = _money(amount, invoice.total.currency.code)
    payer = lock_payers([invoice.payer_id])[invoice.payer_id]
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
    take_off(payment)
    call_off_waiting(invoice_id=invoice_id, payer=payer, at=at)
    logger.info("transfer received invoice=%s amount=%s", invoice.number, money)
    return payment


def _money(amount: Decimal, currency: str) -> Money:
    """An amount that a bank can have transferred; ValueError for any other."""
    payable = to_minor_unit(amount, currency)
    if payable != amount:
        raise ValueError(
            f"{currency} has {minor_digits(currency)} decimals, got {amount}. Enter what came in."
        )
    if payable <= 0:
        raise ValueError(f"A transfer brings more than zero, got {amount}.")
    if payable >= _TOO_MUCH:
        raise ValueError(f"A transfer brings less than {_TOO_MUCH}, got {amount}.")
    return Money(payable, currency)
