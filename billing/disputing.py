"""Disputes: a bank takes the money of a card payment back, and gives it again or keeps it.

What is so the provider is asked, each time it rings: a message that is late, comes twice or comes
before its time ends the same. The books follow what the provider has taken (decision 60).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from djmoney.money import Money

from accounts.locks import lock_payers
from accounts.models import Account
from billing import dispute_letters
from billing.attempts import call_off_waiting
from billing.gateways.base import Disputed, Gateway, Unknown
from billing.models import (
    Deposit,
    Dispute,
    DisputeMove,
    Payment,
    PaymentAttempt,
    Receivable,
)
from billing.ordering import refuse_reserved
from billing.receivables import dispute as moved
from billing.refunding import need_support, resolve
from billing.refusals import ChangeRefused

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
State: Final = Dispute.State


def hear(reference: str, *, gateway: Gateway, clock: Clock) -> bool:
    """Ask how the dispute of this number stands, and write it down with the money that it moved.

    False: not yet. The provider has no answer, its charge is not written down, somebody else has
    just written a word down, or a refund out of the same credit is on its way. What is about no
    charge of ours is done with. ValueError for a dispute in another currency than its payment.
    Call it outside any transaction.

    Worked example: 183.92 of an invoice were charged and are disputed. The ledger gets 183.92 and
    the invoice is open again; won, −183.92, and it is paid; lost, it stays open.
    """
    heard = _heard(gateway.name, reference)
    answer = gateway.look_up_dispute(reference)
    if isinstance(answer, Unknown):
        return False
    if not isinstance(answer, Disputed):
        return True
    charged = Payment.objects.filter(gateway=gateway.name, attempt__isnull=False)
    payment = charged.filter(reference=answer.charge).first()
    if payment is None:
        return False
    return _write_down(payment, reference, answer, heard=heard, at=clock())


def _heard(gateway: str, reference: str) -> int:
    """How many words of it are written down."""
    found = Dispute.objects.filter(gateway=gateway, reference=reference)
    return found.values_list("heard", flat=True).first() or 0


def _write_down(
    payment: Payment, reference: str, answer: Disputed, *, heard: int, at: datetime
) -> bool:
    if answer.money.currency != payment.amount.currency:
        raise ValueError(f"{reference} is in {answer.money.currency}, {payment} is not.")
    with transaction.atomic():
        lock_payers([payment.payer_id])
        if _heard(payment.gateway, reference) != heard:
            return False  # a later word, perhaps: ask once more
        dispute = _as_told(payment, reference, answer, at=at)
        takes = _to_take(dispute, payment, answer)
        move = _moved(dispute, payment, takes, at=at) if takes else None
        dispute.save()
        if move is not None:
            move.dispute = dispute
            move.save()
        _count_no_more(dispute, payment)
        dispute_letters.owe(dispute, at=at)
    logger.info("dispute heard number=%s %s taken=%s", reference, dispute.state, dispute.taken)
    return takes is not None


def _as_told(payment: Payment, reference: str, answer: Disputed, *, at: datetime) -> Dispute:
    """The dispute as the provider has it, not saved yet; its money is not moved."""
    dispute = Dispute.objects.filter(gateway=payment.gateway, reference=reference).first()
    dispute = dispute or Dispute(
        gateway=payment.gateway,
        reference=reference,
        payment=payment,
        payer_id=payment.payer_id,
        invoice_id=payment.invoice_id,
        opened_at=at,
    )
    dispute.amount = answer.money
    dispute.state = State(answer.state)
    dispute.reason = answer.reason[: Dispute.REASON_LENGTH]
    dispute.url, dispute.evidence_by = answer.url, answer.evidence_by
    dispute.heard, dispute.heard_at = dispute.heard + 1, at
    return dispute


def _to_take(dispute: Dispute, payment: Payment, answer: Disputed) -> Decimal | None:
    """What the books have to take off the payment now, below zero: give again; None: not yet.

    No more than the payment brought. Of money on account no more than is left of it: what has gone
    back before is open on no document, so it is the seller's loss.
    """
    gone = answer.money.amount - answer.came_again if answer.taken else Decimal(0)
    takes = min(gone, payment.amount.amount) - dispute.taken
    if takes <= 0:
        return takes
    of = _stands_on(payment)
    in_credit = max(-of.open.amount, Decimal(0))
    if of.held and in_credit - takes < of.held:
        return None  # a refund is on its way: what becomes of it is known soon
    if isinstance(of, Deposit):
        return min(takes, in_credit)
    return None if _is_reserved(payment, min(takes, in_credit)) else takes


def _is_reserved(payment: Payment, credit: Decimal) -> bool:
    """Whether an order that is being paid takes this credit of the payer's (decision 49)."""
    if not credit:
        return False
    try:
        refuse_reserved(payment.payer_id, payment.amount.currency.code, without=credit)
    except ChangeRefused:
        return True
    return False


def _moved(dispute: Dispute, payment: Payment, takes: Decimal, *, at: datetime) -> DisputeMove:
    """Move the money in the books; the row that says so is not saved yet."""
    number = dispute.moves.count() + 1 if dispute.pk else 1
    reference = dispute.reference if number == 1 else f"{dispute.reference} {number}"
    of = _stands_on(payment)
    back = Payment(
        payer_id=payment.payer_id,
        invoice_id=payment.invoice_id,
        amount=Money(-takes, payment.amount.currency),
        at=at,
        gateway=payment.gateway,
        reference=reference,
    )
    credit = moved(back, of)
    dispute.taken += takes
    if isinstance(of, Deposit):
        resolve(payment, of, at=at, because="The payer's bank took back what was charged.")
        need_support(
            payment,
            of,
            because="Its order was called off, and its dispute was decided "
            "for us: it is to be given back.",
        )
    elif takes < 0:
        payer = Account.objects.get(pk=payment.payer_id)
        call_off_waiting(invoice_id=of.invoice_id, payer=payer, at=at)
    return DisputeMove(number=number, payment=back, credit=credit)


def _count_no_more(dispute: Dispute, payment: Payment) -> None:
    """What is lost was charged in vain: what is open by it can be charged to another card."""
    attempt = payment.attempt
    if attempt is None or dispute.state != State.LOST or not dispute.taken:
        return
    if attempt.state == PaymentAttempt.State.CHARGED:
        attempt.state = PaymentAttempt.State.TAKEN
        attempt.reason = "The cardholder's bank took it back, and decided for them."
        attempt.save(update_fields=["state", "reason"])


def _stands_on(payment: Payment) -> Receivable | Deposit:
    if payment.invoice_id is None:
        return Deposit.objects.get(payment=payment)
    return Receivable.objects.get(invoice=payment.invoice_id)
