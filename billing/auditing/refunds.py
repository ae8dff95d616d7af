"""Refunds: what is held for them, and whether more went back than had come in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from billing.auditing.findings import Finding, differs
from billing.models import Deposit, Payment, Receivable, RefundAttempt

Key = tuple[int, int | None, int | None]
"""A credit: its payer, and its document or the payment of its deposit."""


def refund_findings(payer_ids: list[int], using: str) -> Iterator[Finding]:
    """What is wrong with the refunds of these payers, and with what is held for them."""
    rows = RefundAttempt.objects.using(using).filter(payer__in=payer_ids).order_by("pk")
    refunds = list(rows.select_related("payment"))
    yield from _held(payer_ids, refunds, using)
    yield from _too_much(refunds)
    settled = {one.paid_back_id for one in refunds}
    back = Payment.objects.using(using).filter(payer__in=payer_ids, amount__lt=0)
    unexplained = back.filter(undoes=None, dispute_move=None).exclude(pk__in=settled)
    for payment in unexplained.order_by("pk"):
        yield Finding(payment.payer_id, f"{payment}", "went back without a refund")


def _held(payer_ids: list[int], refunds: list[RefundAttempt], using: str) -> Iterator[Finding]:
    """Exactly what is on its way back is held of each credit."""
    expected: dict[Key, Decimal] = defaultdict(Decimal)
    for refund in refunds:
        if refund.state in RefundAttempt.UNSETTLED:
            expected[refund.payer_id, refund.invoice_id, _deposit(refund)] += refund.amount.amount
    held: dict[Key, Decimal] = defaultdict(Decimal)
    documents = Receivable.objects.using(using).filter(payer__in=payer_ids).exclude(held=0)
    for document in documents:
        held[document.payer_id, document.invoice_id, None] = document.held
    for deposit in Deposit.objects.using(using).filter(payer__in=payer_ids).exclude(held=0):
        held[deposit.payer_id, None, deposit.payment_id] = deposit.held
    for key in sorted(expected.keys() | held.keys(), key=str):
        if held[key] != expected[key]:
            what = f"payment {key[2]}" if key[1] is None else f"document {key[1]}"
            yield Finding(key[0], f"held of {what}", differs(held[key], expected[key]))


def _deposit(refund: RefundAttempt) -> int | None:
    """The payment whose deposit it is taken from; None: from a document."""
    return refund.payment_id if refund.invoice_id is None else None


def _too_much(refunds: list[RefundAttempt]) -> Iterator[Finding]:
    """No more went back of a payment than had come in by it."""
    back: dict[int, Decimal] = defaultdict(Decimal)
    payments = {one.payment_id: one.payment for one in refunds}
    for refund in refunds:
        if refund.state not in RefundAttempt.NOT_GONE:
            back[refund.payment_id] += refund.amount.amount
    for key, amount in back.items():
        payment = payments[key]
        if amount > payment.amount.amount:
            said = f"{amount} went back of {payment.amount.amount}"
            yield Finding(payment.payer_id, f"{payment}", said)
