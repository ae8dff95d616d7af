"""Refunding: money of a payment goes back, out of credit that the payer has (STAFF-2).

It is asked for in a transaction of its own, sent outside of any (`refund_sweep`), and settled here
by what the gateway answered: decision 21 holds for what goes back as for what comes in.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Max, Q
from djmoney.money import Money

from accounts import mail
from accounts.locks import lock_payers
from accounts.models import Account, User
from billing import transfers
from billing.answering import brief
from billing.core.money import minor_digits, to_minor_unit
from billing.disputes import is_disputed, taken_of
from billing.gateways.base import Refunded, RefundRefused
from billing.models import Deposit, Payment, PaymentAttempt, Receivable, RefundAttempt
from billing.ordering import refuse_reserved
from billing.receivables import give_back, hold, let_go
from billing.refusals import ChangeRefused, QuoteChanged

logger = logging.getLogger(__name__)

State: Final = RefundAttempt.State


def ask(
    *,
    payment_id: int,
    amount: Decimal,
    invoice_id: int | None,
    note: str,
    number: int,
    by: User,
    at: datetime,
) -> RefundAttempt:
    """Ask for money of a payment to go back through the gateway that took it; then send it.

    ``number`` is the one that was shown (`next_number`): asking again for the same page asks once.
    The money is taken from the credit of a document (``invoice_id``: a credit note, or an invoice
    that was paid twice), None: from the payment's own deposit, and held until the gateway has
    answered. Never more than came in by the payment and has not gone back, nor than the credit.
    `ChangeRefused` for more, without a note, while it is disputed, and for a bank transfer, which
    `record` writes down;
    `QuoteChanged` for a page that was sent before.
    """
    with transaction.atomic():
        payment, credit = _locked(payment_id, invoice_id)
        if number != next_number(payment):
            raise QuoteChanged("This refund was asked for already. Look at what became of it.")
        if payment.gateway == transfers.GATEWAY:
            raise ChangeRefused(
                "This came by bank transfer. Transfer the amount back, then write it down with the "
                "bank's number."
            )
        refund = _asked(payment, credit, amount, note=note, by=by, at=at)
        refund.save()
        hold(credit, amount)
    logger.info("refund asked key=%s amount=%s by=%s", refund.key, refund.amount, by.pk)
    return refund


@transaction.atomic
def record(
    *,
    payment_id: int,
    amount: Decimal,
    invoice_id: int | None,
    note: str,
    reference: str,
    by: User,
    at: datetime,
) -> RefundAttempt:
    """Write down that money was transferred back, under the bank's own number of the transfer.

    Refuses what `ask` refuses, but for the way back: any payment can be given back by transfer. The
    same number twice records nothing more.
    """
    reference = reference.strip()
    if not reference:
        raise ChangeRefused("A transfer has the bank's own number. Write it.")
    payment, credit = _locked(payment_id, invoice_id)
    known = Payment.objects.filter(gateway=transfers.GATEWAY, reference=reference).first()
    if known is not None:
        return _recorded(known, payment, amount)
    refund = _asked(payment, credit, amount, note=note, by=by, at=at)
    hold(credit, amount)
    _refunded(refund, credit, gateway=transfers.GATEWAY, reference=reference, at=at)
    return refund


def left_of(payment: Payment) -> Decimal:
    """What came in by a payment and has not gone back, nor is on its way, nor was taken back."""
    gone = [one for one in payment.refunds.all() if one.state not in RefundAttempt.NOT_GONE]
    back = sum((one.amount.amount for one in gone), Decimal(0))
    left = payment.amount.amount - back - taken_of(payment)
    return to_minor_unit(max(left, Decimal(0)), payment.amount.currency.code)


def credit_of_refund(refund: RefundAttempt) -> Receivable | Deposit:
    """The credit that a refund is taken from, the payer's lock held."""
    return _credit(refund.payment, refund.invoice_id)


def next_number(payment: Payment) -> int:
    """The number that the next refund of a payment has."""
    return (payment.refunds.aggregate(last=Max("number"))["last"] or 0) + 1


def refundable(credit: Receivable | Deposit) -> Decimal:
    """What of a credit can go back: what is left of it, less what is on its way."""
    money = credit.open
    return to_minor_unit(max(-money.amount - credit.held, Decimal(0)), money.currency.code)


def payments_to_refund(credit: Receivable | Deposit) -> Sequence[Payment]:
    """Payments by which this credit can go back: those of its own invoice first, then the latest.

    A deposit goes back by its own payment.
    """
    if isinstance(credit, Deposit):
        return [credit.payment]
    rows = Payment.objects.filter(
        payer=credit.payer_id, amount__gt=0, amount_currency=credit.open.currency.code
    )
    # Money that came again is left of the payment that it went back of.
    rows = rows.filter(puts_back=None, dispute_move=None)
    rows = rows.filter(bank_match__undone_at=None).prefetch_related("refunds", "disputes")
    own = Q(invoice=credit.invoice_id) | Q(invoice=credit.invoice.corrects_id)
    if credit.invoice.corrects_id is None:
        own = Q(invoice=credit.invoice_id)
    first = list(rows.filter(own).order_by("-pk")[:_OFFERED])
    others = rows.exclude(pk__in=[one.pk for one in first]).order_by("-pk")
    return [one for one in [*first, *others[:_OFFERED]] if left_of(one)]


_OFFERED: Final = 8


def settle(refund_id: int, answer: Refunded | RefundRefused, *, gateway: str, at: datetime) -> bool:
    """Write down what the gateway answered: the money that went back, its entry, the letter.

    Returns False when somebody had done so before: a refund is settled once.
    """
    payer_id = RefundAttempt.objects.values_list("payer_id", flat=True).get(pk=refund_id)
    with transaction.atomic():
        lock_payers([payer_id])
        refund = RefundAttempt.objects.select_related("payment").get(pk=refund_id)
        if refund.state not in RefundAttempt.UNSETTLED:
            return False
        credit = _credit(refund.payment, refund.invoice_id)
        if isinstance(answer, Refunded):
            _refunded(refund, credit, gateway=gateway, reference=answer.reference, at=at)
        else:
            let_go(credit, refund.amount.amount)
            refund.state, refund.reason = State.REFUSED, brief(answer.reason)
            refund.settled_at = at
            refund.save(update_fields=["state", "reason", "settled_at"])
    logger.info("refund settled key=%s state=%s", refund.key, refund.state)
    return True


# ---- what is asked ----


def _locked(payment_id: int, invoice_id: int | None) -> tuple[Payment, Receivable | Deposit]:
    """The payment and the credit, the payer's lock held."""
    payer_id = Payment.objects.values_list("payer_id", flat=True).get(pk=payment_id)
    lock_payers([payer_id])
    payment = Payment.objects.select_related("attempt").get(pk=payment_id)
    return payment, _credit(payment, invoice_id)


def _credit(payment: Payment, invoice_id: int | None) -> Receivable | Deposit:
    if invoice_id is None:
        found: Deposit | None = Deposit.objects.filter(payment=payment).first()
        if found is None:
            raise ChangeRefused(f"{payment} stands on a document. Refund it from there.")
        return found
    document = Receivable.objects.filter(invoice=invoice_id, payer=payment.payer_id).first()
    if document is None:
        raise ChangeRefused("That document is of another payer. Choose one of theirs.")
    return document


def _asked(
    payment: Payment,
    credit: Receivable | Deposit,
    amount: Decimal,
    *,
    note: str,
    by: User,
    at: datetime,
) -> RefundAttempt:
    """The refund, not saved yet; `ChangeRefused` for one that must not be."""
    if not note.strip():
        raise ChangeRefused("A refund has a reason that the customer may read. Write it.")
    refuse_disputed(payment)
    refuse_amount(payment, credit, amount=amount)
    refuse_now(payment, credit, amount=amount)
    return RefundAttempt(
        payment=payment,
        invoice_id=credit.invoice_id if isinstance(credit, Receivable) else None,
        payer_id=payment.payer_id,
        number=next_number(payment),
        amount=Money(amount, payment.amount.currency.code),
        note=note.strip(),
        person=by,
        queued_at=at,
        next_try_at=at,
    )


def refuse_disputed(payment: Payment) -> None:
    """`ChangeRefused` while the bank of a payment decides to whom it belongs.

    Ask it before the amount: what the bank has taken meanwhile is not left, until it has decided.
    """
    if is_disputed(payment):
        raise ChangeRefused(
            f"{payment} is disputed: its bank decides to whom it belongs. Wait until it has; what "
            "was given back now would be paid back twice."
        )


def refuse_now(payment: Payment, credit: Receivable | Deposit, *, amount: Decimal) -> None:
    """`ChangeRefused` where money of this payment cannot go back yet, or not out of this credit."""
    currency = payment.amount.currency.code
    if not (isinstance(credit, Deposit) and credit.kept_back):
        refuse_reserved(payment.payer_id, currency, without=amount)
    if payment.refunds.filter(state__in=RefundAttempt.UNSETTLED).exists():
        raise ChangeRefused(
            f"A refund of {payment} is on its way already. Wait until it is settled."
        )


def refuse_amount(payment: Payment, credit: Receivable | Deposit, *, amount: Decimal) -> None:
    """`ChangeRefused` for an amount that cannot be: none, finer than a cent, or more than is left.

    It says what could be.
    """
    currency = payment.amount.currency.code
    if credit.open.currency.code != currency:
        raise ChangeRefused(f"The payment is in {currency}, the credit is not.")
    if to_minor_unit(amount, currency) != amount:
        raise ChangeRefused(
            f"{currency} has {minor_digits(currency)} decimals. Write another amount than {amount}."
        )
    if amount <= 0:
        raise ChangeRefused("A refund gives more than nothing. Write the amount that goes back.")
    if amount > left_of(payment):
        raise ChangeRefused(
            f"{left_of(payment)} {currency} of this payment have not gone back yet, {amount} were "
            "asked for."
        )
    if amount > refundable(credit):
        raise ChangeRefused(
            f"{refundable(credit)} {currency} are left in credit here, {amount} were asked for. "
            "Raise a credit note first."
        )


# ---- what came of it ----


def _refunded(
    refund: RefundAttempt,
    credit: Receivable | Deposit,
    *,
    gateway: str,
    reference: str,
    at: datetime,
) -> None:
    payment = Payment(
        payer_id=refund.payer_id,
        invoice_id=refund.invoice_id,
        amount=-refund.amount,
        at=at,
        gateway=gateway,
        reference=reference,
    )
    give_back(payment, credit)
    refund.paid_back, refund.state, refund.reason = payment, State.REFUNDED, ""
    refund.settled_at = at
    refund.save()
    if isinstance(credit, Deposit):
        resolve(refund.payment, credit, at=at, because="What was charged was given back.")
    payer = Account.objects.get(pk=refund.payer_id)
    mail.owe(
        name="refund",
        key=f"refund:{refund.pk}",
        account_id=payer.pk,
        subject_id=refund.pk,
        to=payer.invoice_emails,
        language=payer.language,
        at=at,
    )


def resolve(payment: Payment, deposit: Deposit, *, at: datetime, because: str) -> None:
    """What was charged for an order that was called off needs support no more once all is back."""
    attempt = payment.attempt
    if attempt is None or deposit.open.amount or attempt.state != PaymentAttempt.State.STUCK:
        return
    attempt.state, attempt.settled_at = PaymentAttempt.State.CANCELLED, at
    attempt.reason = f"Its order was called off. {because}"
    attempt.save(update_fields=["state", "settled_at", "reason"])


def need_support(payment: Payment, deposit: Deposit, *, because: str) -> None:
    """What was to be given back, and had gone back, came again: support has to look once more."""
    attempt = payment.attempt
    if attempt is None or not (deposit.kept_back and deposit.open.amount):
        return
    if attempt.state == PaymentAttempt.State.CANCELLED:
        attempt.state, attempt.reason = PaymentAttempt.State.STUCK, because
        attempt.save(update_fields=["state", "reason"])


def _recorded(known: Payment, payment: Payment, amount: Decimal) -> RefundAttempt:
    """The refund that was written down under a bank's number before, if it is the same one."""
    refund = RefundAttempt.objects.filter(paid_back=known, payment=payment).first()
    if refund is None or refund.amount.amount != amount:
        raise ChangeRefused(f"{known.reference} names another payment already. Use its own number.")
    return refund
