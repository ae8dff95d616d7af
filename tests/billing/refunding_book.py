"""Payments to be given back in tests: a card that was charged, and credit that came of a note."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from billing import collecting, refund_sweep, refunding
from billing.gateways.base import Gateway
from billing.models import Deposit, Invoice, Payment, Receivable, RefundAttempt
from tests.billing.buying import GATEWAY
from tests.billing.crediting_book import JANUARY, MARCH, invoice_of, raised
from tests.billing.running import clock
from tests.factories import PriceFactory, UserFactory


def paid_and_credited(amount: str = "50.00", **account: object) -> Invoice:
    """A credit note over all of an invoice that was charged to a card, without tax."""
    code = "seat" if not Invoice.objects.exists() else f"seat-{Invoice.objects.count()}"
    PriceFactory(code=code, amount=Decimal(amount))
    invoice = invoice_of({code: 1}, tax_exempt=True, **account)
    collecting.collect(clock=clock(JANUARY), gateway=GATEWAY)
    return raised(invoice)


def payment_of(note: Invoice) -> Payment:
    return Payment.objects.get(invoice=note.corrects, amount__gt=0)


def asked(
    note: Invoice, amount: str, *, at: datetime = MARCH, payment: Payment | None = None
) -> RefundAttempt:
    return refunding.ask(
        payment_id=(payment or payment_of(note)).pk,
        amount=Decimal(amount),
        invoice_id=note.pk,
        note="Sold by mistake",
        number=refunding.next_number(payment or payment_of(note)),
        by=UserFactory(name="Ines of billing"),
        at=at,
    )


def refunded(
    note: Invoice, amount: str, *, at: datetime = MARCH, gateway: Gateway = GATEWAY
) -> RefundAttempt:
    """Ask for it and send it, as the desk does."""
    refund = asked(note, amount, at=at)
    return refund_sweep.send(refund.pk, clock=clock(at), gateway=gateway)


def credit(note: Invoice) -> tuple[str, str]:
    """What is open of the note, and what of it is on its way back."""
    found = Receivable.objects.get(invoice=note)
    return f"{found.open.amount:.2f}", f"{found.held:.2f}"


def deposit() -> tuple[str, str, bool]:
    found = Deposit.objects.get()
    return f"{found.open.amount:.2f}", f"{found.held:.2f}", found.kept_back
