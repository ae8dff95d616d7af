"""Dealing with refunds that need a person: what was done about one is written down, once.

A refund that was refused has let its credit go. One that came again stays a payment that went back,
unless the desk has the money and puts it into credit again (decision 58).
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import mail
from accounts.locks import lock_payers
from accounts.models import Account, User
from billing.models import DealtWith, Payment, RefundAttempt
from billing.receivables import reverse
from billing.refunding import credit_of_refund
from billing.refusals import ChangeRefused

logger = logging.getLogger(__name__)

State: Final = RefundAttempt.State
_CAME_AGAIN: Final = Q(state=State.REFUNDED, reason__gt="")
_UNSAID: Final = Q(state__in=[State.UNKNOWN, State.STUCK, State.REFUSED])


def for_support(refunds: QuerySet[RefundAttempt]) -> QuerySet[RefundAttempt]:
    """Those that need a person, and that nobody has dealt with."""
    return refunds.filter(_UNSAID | _CAME_AGAIN, dealt_with=None)


def came_again(refund: RefundAttempt) -> bool:
    """Whether its money went back, and the provider has it again."""
    return refund.state == State.REFUNDED and bool(refund.reason)


def is_open(refund: RefundAttempt) -> bool:
    """Whether it is known what became of it, and somebody has to do something about that yet."""
    known = refund.state == State.REFUSED or came_again(refund)
    return known and not hasattr(refund, "dealt_with")


@transaction.atomic
def deal_with(*, refund_id: int, reason: str, puts_back: bool, by: User, at: datetime) -> DealtWith:
    """Write down that a refund was dealt with, and how: it is listed as open no more.

    ``puts_back``: its money came again and is the payer's credit once more, by a payment and a
    ledger entry; so it can be given back another way, and the payer is told. Without it the books
    stay as they are. `ChangeRefused` without a reason, for one that was dealt with already or needs
    nobody, for one of which nobody has said yet what became, and for ``puts_back`` of what did not
    go back: its amount is in credit already.

    Worked example: 30.00 of 50.00 in credit went back and came again. Put back: 20.00 in credit
    become 50.00, and 50.00 can go back. Transferred to the customer instead: 20.00 stay.
    """
    payer_id = RefundAttempt.objects.values_list("payer_id", flat=True).get(pk=refund_id)
    lock_payers([payer_id])
    rows = RefundAttempt.objects.select_related("payment", "paid_back", "dealt_with__person")
    refund = rows.get(pk=refund_id)
    _refuse(refund, reason=reason, puts_back=puts_back)
    payment = _put_back(refund, at=at) if puts_back else None
    dealt: DealtWith = DealtWith.objects.create(
        refund=refund, reason=reason.strip(), person=by, at=at, put_back=payment
    )
    if puts_back:
        _owe_letter(refund, at=at)
    logger.info("refund dealt with key=%s by=%s put_back=%s", refund.key, by.pk, puts_back)
    return dealt


def _refuse(refund: RefundAttempt, *, reason: str, puts_back: bool) -> None:
    if not reason.strip():
        raise ChangeRefused("Write what was done about it: nobody else knows.")
    if hasattr(refund, "dealt_with"):
        dealt = refund.dealt_with
        raise ChangeRefused(f"{dealt.person} has dealt with it already: {dealt.reason}")
    if refund.state in RefundAttempt.UNSETTLED:
        raise ChangeRefused("Nobody knows yet what became of it. Wait, or write down what is so.")
    if not is_open(refund):
        raise ChangeRefused("It went back. There is nothing to deal with.")
    if puts_back and not came_again(refund):
        raise ChangeRefused("It did not go back: its amount is in credit already.")


def _put_back(refund: RefundAttempt, *, at: datetime) -> Payment:
    """The money that came again, written down as credit where it was taken from."""
    went = refund.paid_back
    if went is None:
        raise ValueError(f"{refund} did not go back.")
    payment = Payment(
        payer_id=refund.payer_id,
        invoice_id=refund.invoice_id,
        amount=refund.amount,
        at=at,
        gateway=went.gateway,
        reference=f"{went.reference} came again",
    )
    reverse(payment, credit_of_refund(refund))
    refund.state = State.AGAIN
    refund.save(update_fields=["state"])
    return payment


def _owe_letter(refund: RefundAttempt, *, at: datetime) -> None:
    """The customer was told that it goes back to them: now that it is their credit again."""
    payer = Account.objects.get(pk=refund.payer_id)
    mail.owe(
        name="credit_again",
        key=f"credit_again:{refund.pk}",
        account_id=payer.pk,
        subject_id=refund.pk,
        to=payer.invoice_emails,
        language=payer.language,
        at=at,
    )
