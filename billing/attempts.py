"""Attempts to charge: this file is where one is called off, and where its letter is owed."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import QuerySet

from accounts import mail
from accounts.models import Account
from billing.core.money import to_minor_unit
from billing.gateways.base import Cause
from billing.models import Invoice, PaymentAttempt, Receivable

logger = logging.getLogger(__name__)

# How long a bank may wait for the payer to confirm a payment.
ANSWERED_WITHIN: Final = timedelta(minutes=30)


def call_off_waiting(*, invoice_id: int, payer: Account, at: datetime) -> None:
    """Call off the attempt that waits to be charged, where that is more than is open.

    One that the gateway may have heard of goes on: what it has charged is looked up first. Belongs
    into the transaction that has locked the payer and recorded a payment. Decision 21.
    """
    waiting = PaymentAttempt.objects.select_for_update(of=("self",)).filter(
        invoice_id=invoice_id, state=PaymentAttempt.State.QUEUED
    )
    for attempt in waiting:
        call_off(attempt, payer=payer, at=at)


def call_off(attempt: PaymentAttempt, *, payer: Account, at: datetime) -> bool:
    """Cancel an attempt over more than is open, and queue what is left under the next number.

    Where nothing is left, its letter is owed at once. Returns False, and changes nothing, when all
    of it is still open. Belongs into a transaction that has locked the payer and the attempt, of
    which the gateway is known to have charged nothing.
    """
    left = Receivable.objects.get(invoice=attempt.billed).open
    if attempt.amount <= left:
        return False
    currency = left.currency.code
    rest = to_minor_unit(max(left.amount, Decimal(0)), currency)
    attempt.state, attempt.settled_at = PaymentAttempt.State.CANCELLED, at
    attempt.cause = Cause.OVERTAKEN
    attempt.reason = f"Another payment came in: {rest} {currency} is left to be charged."
    attempt.save(update_fields=["state", "settled_at", "cause", "reason"])
    if rest:
        PaymentAttempt.objects.create(
            invoice_id=attempt.invoice_id,
            payer_id=attempt.payer_id,
            number=attempt.number + 1,
            amount=left,
            method_id=attempt.method_id,
            queued_at=at,
            next_try_at=at,
        )
    else:
        owe_letter(attempt.billed, payer=payer, at=at)
    logger.info("attempt cancelled key=%s left=%s", attempt.key, left)
    return True


def wait_for_payer(
    mine: QuerySet[PaymentAttempt], attempt: PaymentAttempt, *, url: str, at: datetime
) -> None:
    """Leave an attempt to the payer, whose bank asks them on the page at ``url``.

    Half an hour after it was queued the bank has waited long enough: the sweep gives it up there
    (decision 17). ``mine`` is the attempt as long as it is this worker's.
    """
    mine.update(
        state=PaymentAttempt.State.ACTION,
        action_url=url,
        next_try_at=max(at, attempt.queued_at + ANSWERED_WITHIN),
    )
    logger.info("attempt waits for the payer key=%s", attempt.key)


def owe_letter(invoice: Invoice, *, payer: Account, at: datetime) -> None:
    """The invoice, with what became of its payment: a payer who is charged gets it only then."""
    _owe(invoice, key=f"invoice:{invoice.pk}", payer=payer, at=at)


def _owe(invoice: Invoice, *, key: str, payer: Account, at: datetime) -> None:
    mail.owe(
        name="invoice",
        key=key,
        account_id=invoice.payer_id,
        subject_id=invoice.pk,
        to=payer.invoice_emails,
        language=invoice.language,
        at=at,
    )


def owe_receipt(attempt: PaymentAttempt, *, payer: Account, at: datetime) -> None:
    """The invoice once more, now that it is paid, to who was told before that it is not."""
    if attempt.number == 1 or attempt.state != PaymentAttempt.State.CHARGED:
        return
    before = PaymentAttempt.objects.filter(invoice=attempt.invoice_id, number__lt=attempt.number)
    unpaid = (PaymentAttempt.State.DECLINED, PaymentAttempt.State.TAKEN)
    if before.filter(state__in=unpaid).exists():
        key = f"invoice:{attempt.invoice_id}:{attempt.number}"
        _owe(attempt.billed, key=key, payer=payer, at=at)
