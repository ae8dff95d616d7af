"""Money that goes back in the demo: credit notes, refunds, disputes, and more than was billed.

Where few months are told, who pays by the year may have paid nothing yet that could go back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from django.db.models import QuerySet
from djmoney.money import Money

from accounts.locks import lock_payers
from accounts.models import Account, User
from billing import crediting, disputing, receivables, refunding, transfers
from billing.creditable import Creditable, creditable, part_of
from billing.gateways import gateway, sandbox_disputes
from billing.models import (
    Invoice,
    Payment,
    PaymentAttempt,
    Receivable,
    SandboxCharge,
    SandboxDispute,
)

_BILLING: Final = "billing@demo.example"
# A payer by card, whose money goes back to it, and one by transfer, who sends too much.
BY_CARD: Final = "C-101"
BY_TRANSFER: Final = "C-102"
# One whose dispute waits for evidence, and one whose bank has decided.
DISPUTES: Final = "C-103"
DISPUTED: Final = "C-109"


@dataclass(frozen=True, slots=True)
class Credits:
    """Billing gives back a share of the largest line of the payer's latest invoice."""

    reference: str
    share: Fraction
    reason: str

    def do(self, at: datetime) -> None:
        of = _creditable(self.reference)
        if of is None:
            return
        invoice = of.invoice
        line = max(of.lines, key=lambda one: of.left[one.pk])
        amounts = {line.pk: part_of(line, share=self.share, currency=str(invoice.total.currency))}
        planned = crediting.plan(invoice_id=invoice.pk, amounts=amounts)
        crediting.credit(
            invoice_id=invoice.pk,
            amounts=amounts,
            seen=planned.seen,
            reason=self.reason,
            by=_billing(),
            clock=lambda: at,
        )


@dataclass(frozen=True, slots=True)
class GivesBack:
    """Billing gives the credit of the payer's latest credit note back to their card."""

    reference: str
    note: str

    def do(self, at: datetime) -> None:
        notes = Receivable.objects.filter(payer__reference=self.reference, open__lt=0)
        credit = notes.select_related("invoice").latest("pk")
        payment = refunding.payments_to_refund(credit)[0]
        refunding.ask(
            payment_id=payment.pk,
            amount=min(refunding.refundable(credit), refunding.left_of(payment)),
            invoice_id=credit.invoice_id,
            note=self.note,
            number=refunding.next_number(payment),
            by=_billing(),
            at=at,
        )


@dataclass(frozen=True, slots=True)
class PaysAgain:
    """The payer transfers money for an invoice that is paid already: it is credit."""

    reference: str
    amount: Decimal

    def do(self, at: datetime) -> None:
        invoice = _paid(self.reference).order_by("-pk").first()
        if invoice is None:
            return
        number = f"DEMO-{invoice.number}-AGAIN"
        transfers.receive(invoice_id=invoice.pk, amount=self.amount, at=at, reference=number)


@dataclass(frozen=True, slots=True)
class PaysAhead:
    """The payer transfers money that names no invoice: it is on account."""

    reference: str
    amount: Decimal

    def do(self, at: datetime) -> None:
        account = Account.objects.only("pk", "currency").get(reference=self.reference)
        lock_payers([account.pk])
        payment = Payment(
            payer=account,
            amount=Money(self.amount, account.currency),
            at=at,
            gateway=transfers.GATEWAY,
            reference=f"DEMO-AHEAD-{at:%Y-%m-%d}",
        )
        receivables.keep(payment)


@dataclass(frozen=True, slots=True)
class IsDisputed:
    """The holder of the payer's card disputes their latest charge at their bank."""

    reference: str
    evidence_within: timedelta

    def do(self, at: datetime) -> None:
        charged = PaymentAttempt.objects.filter(
            payer__reference=self.reference, state=PaymentAttempt.State.CHARGED
        )
        charge = SandboxCharge.objects.get(key=charged.latest("pk").key)
        sandbox_disputes.begin(charge, state=SandboxDispute.State.OPEN)
        charge.disputes.update(evidence_by=at + self.evidence_within)
        _hear(self.reference, at)


@dataclass(frozen=True, slots=True)
class IsLost:
    """Their bank decides for them."""

    reference: str

    def do(self, at: datetime) -> None:
        sandbox_disputes.becomes(_at_bank(self.reference), SandboxDispute.State.LOST)
        _hear(self.reference, at)


Back = Credits | GivesBack | PaysAgain | PaysAhead | IsDisputed | IsLost


def steps(reference: str, *, on: date) -> Iterator[tuple[date, Back]]:
    """What goes back and forth for one account, on which day; ``on`` is the demo's last day."""
    if reference == BY_CARD:
        idle = "Seats stood idle while the office moved"
        yield on - timedelta(days=75), Credits(reference, Fraction(1, 2), idle)
        yield on - timedelta(days=41), Credits(reference, Fraction(1, 4), "Goodwill for the outage")
        yield on - timedelta(days=40), GivesBack(reference, "Asked for on the telephone")
    elif reference == BY_TRANSFER:
        wrong = "Billed for a plan that was not agreed"
        yield on - timedelta(days=70), Credits(reference, Fraction(1, 4), wrong)
        yield on - timedelta(days=50), PaysAgain(reference, Decimal("120.00"))
        yield on - timedelta(days=9), PaysAhead(reference, Decimal("250.00"))
    elif reference == DISPUTES:
        yield on - timedelta(days=4), IsDisputed(reference, timedelta(days=12))
    elif reference == DISPUTED:
        yield on - timedelta(days=48), IsDisputed(reference, timedelta(days=12))
        yield on - timedelta(days=20), IsLost(reference)


def _creditable(reference: str) -> Creditable | None:
    """The payer's latest paid invoice that credits nothing by itself, if they have paid one."""
    for invoice in _paid(reference).select_related("receivable").order_by("-pk"):
        of = creditable(invoice)
        if min(of.left.values()) > 0:
            return of
    return None


def _paid(reference: str) -> QuerySet[Invoice]:
    return Invoice.objects.filter(
        payer__reference=reference,
        kind=Invoice.Kind.INVOICE,
        total__gt=0,
        receivable__state=Receivable.State.PAID,
    )


def _at_bank(reference: str) -> SandboxDispute:
    """The payer's latest dispute as the sandbox bank has it."""
    payer = Account.objects.only("pk").get(reference=reference)
    return SandboxDispute.objects.filter(charge__payer=str(payer.pk)).latest("pk")


def _hear(reference: str, at: datetime) -> None:
    disputing.hear(_at_bank(reference).reference, gateway=gateway(), clock=lambda: at)


def _billing() -> User:
    return User.objects.get(email=_BILLING)
