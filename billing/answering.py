"""Answers of a gateway about a charge, written down once: paid, declined, and what follows."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.locks import lock_payers
from billing import ordering
from billing.attempts import owe_letter, owe_receipt
from billing.gateways.base import Charged, Declined
from billing.models import Payment, PaymentAttempt
from billing.receivables import take_off

logger = logging.getLogger(__name__)

_UNSETTLED: Final = (
    PaymentAttempt.State.QUEUED,
    PaymentAttempt.State.SENT,
    PaymentAttempt.State.UNKNOWN,
    PaymentAttempt.State.ACTION,
    PaymentAttempt.State.STUCK,
)


def settle(attempt_id: int, answer: Charged | Declined, *, gateway: str, at: datetime) -> bool:
    """Write down what the gateway answered: payment, ledger entry, receivable, letter; at once.

    Returns False when somebody had done so before: an attempt is settled once. Money that was
    charged under a cancelled attempt is written down all the same.
    """
    payer_id = PaymentAttempt.objects.values_list("payer_id", flat=True).get(pk=attempt_id)
    with transaction.atomic():
        payer = lock_payers([payer_id])[payer_id]
        attempt = PaymentAttempt.objects.select_related("invoice", "order__payer").get(
            pk=attempt_id
        )
        if not _is_open(attempt, answer):
            return False
        if isinstance(answer, Declined):
            attempt.state, attempt.reason = PaymentAttempt.State.DECLINED, brief(answer.reason)
            attempt.cause = answer.cause
        if attempt.order is not None:
            _settle_order(attempt, answer, gateway=gateway, at=at)
        elif isinstance(answer, Charged):
            _charge(attempt, answer, gateway=gateway, at=at)
        attempt.settled_at, attempt.action_url = at, ""
        attempt.save(
            update_fields=["state", "settled_at", "reason", "cause", "action_url", "invoice"]
        )
        if attempt.invoice is not None:
            owe_letter(attempt.invoice, payer=payer, at=at)
            owe_receipt(attempt, payer=payer, at=at)
    logger.info(
        "attempt settled key=%s state=%s amount=%s", attempt.key, attempt.state, attempt.amount
    )
    return True


def _settle_order(
    attempt: PaymentAttempt, answer: Charged | Declined, *, gateway: str, at: datetime
) -> None:
    if isinstance(answer, Charged):
        reference = answer.reference
        ordering.settle_charged(attempt, gateway=gateway, reference=reference, at=at)
    else:
        ordering.declined(attempt, at=at)


def _is_open(attempt: PaymentAttempt, answer: Charged | Declined) -> bool:
    """Whether the answer is to be written down: also money that comes after a cancellation."""
    if attempt.state in (PaymentAttempt.State.CANCELLED, PaymentAttempt.State.STUCK):
        charged = isinstance(answer, Charged)
        stuck = attempt.state == PaymentAttempt.State.STUCK
        return (charged or stuck) and not Payment.objects.filter(attempt=attempt).exists()
    return attempt.state in _UNSETTLED


def _charge(attempt: PaymentAttempt, answer: Charged, *, gateway: str, at: datetime) -> None:
    """The money is ours. More than is open (a transfer came first) leaves a credit balance."""
    take_off(
        Payment(
            payer_id=attempt.payer_id,
            attempt=attempt,
            invoice_id=attempt.invoice_id,
            amount=attempt.amount,
            at=at,
            gateway=gateway,
            reference=answer.reference,
        )
    )
    if attempt.state == PaymentAttempt.State.CANCELLED:
        # It keeps its state: the attempt that took its place is the one that counts.
        attempt.reason = "It was charged after it was cancelled: the amount is the payer's credit."
        logger.error("attempt charged late key=%s", attempt.key)
    else:
        attempt.state, attempt.reason = PaymentAttempt.State.CHARGED, ""


def brief(words: str) -> str:
    """The words of a stranger as one line that every database can keep."""
    line = " ".join(words.encode(errors="replace").decode().replace("\0", " ").split())
    longest = PaymentAttempt.REASON_LENGTH
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
