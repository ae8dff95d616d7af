"""The ledger: one entry for each document and payment, and its sum is what is owed."""

from decimal import Decimal

import pytest
from djmoney.money import Money

from billing import ledger
from billing.models import Invoice, LedgerEntry, Payment, Receivable
from tests.billing.running import bill
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    instant,
)
from tests.lasting import lasting

pytestmark = pytest.mark.django_db


@lasting
def invoice() -> Invoice:
    SellerFactory()
    TaxRateFactory()
    PriceFactory(code="seat")
    account = AccountFactory(transfer=True)
    SubscriptionFactory(account=account, items={"seat": 1})
    bill(at=instant("2026-01-01"))
    return Invoice.objects.get()


def paid(invoice: Invoice, amount: str, reference: str) -> Payment:
    return Payment.objects.create(
        payer=invoice.payer, invoice=invoice, amount=Money(amount, "EUR"),
        at=instant("2026-01-10"), gateway="bank", reference=reference,
    )  # fmt: skip


def test_an_invoice_is_owed_from_its_issue_on(invoice):
    entry = LedgerEntry.objects.get()

    assert (entry.kind, entry.invoice, entry.at) == ("invoice", invoice, invoice.issued_at)
    assert ledger.balance(invoice.payer_id) == {"EUR": Decimal("12.10")}
    assert Receivable.objects.get().open == Money("12.10", "EUR")


def test_payments_and_refunds_move_what_is_owed(invoice):
    payment = ledger.enter_payment(paid(invoice, "12.10", "in"))
    assert (payment.kind, payment.amount) == ("payment", Money("-12.10", "EUR"))

    refund = ledger.enter_payment(paid(invoice, "-2.10", "out"))
    assert (refund.kind, refund.amount) == ("refund", Money("2.10", "EUR"))

    assert ledger.balance(invoice.payer_id) == {"EUR": Decimal("2.10")}


def test_the_balance_is_added_up_to_the_cent(invoice):
    """A sum of a thousand times 0.1 in floats is not 100."""
    ledger.enter_documents(
        ledger.IssuedDocument(key, invoice.payer_id, "invoice", "EUR", Decimal("0.1"), instant(day))
        for key, day in copies(invoice)
    )

    assert ledger.balance(invoice.payer_id) == {"EUR": Decimal("12.10") + Decimal("100.0")}


def copies(invoice: Invoice) -> list[tuple[int, str]]:
    """A thousand documents like this one."""
    values = {
        field.attname: getattr(invoice, field.attname)
        for field in Invoice._meta.concrete_fields
        if field.attname not in {"id", "number", "sequence", "part"}
    }
    made = Invoice.objects.bulk_create(
        Invoice(**values, number=f"X-{n}", sequence=n, part=n) for n in range(2, 1002)
    )
    return [(one.pk, "2026-01-10") for one in made]


def test_a_payer_without_entries_owes_nothing():
    assert ledger.balance(AccountFactory().pk) == {}
