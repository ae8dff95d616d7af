"""Bank transfers: recorded once, in the ledger, and taken off what is open."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from billing import transfers
from billing.auditing import audit
from billing.models import Invoice, LedgerEntry, Payment, Receivable
from tests.billing.books import Book, small_catalogue, take_over
from tests.billing.running import bill
from tests.factories import SellerFactory, TaxRateFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 4, 10, 9, tzinfo=UTC)


@pytest.fixture
def invoice(tmp_path):
    """5 seats at 10.00 and 1,000 contacts for 49.00 in April, with 21 % tax: 119.79."""
    small_catalogue()
    SellerFactory()
    TaxRateFactory()
    book = Book().set("accounts", 0, pays_by="transfer", terms_days="30")
    take_over(book.write(tmp_path))
    bill(at=datetime(2026, 4, 1, tzinfo=UTC))
    return Invoice.objects.get(payer__reference="A-1", cycle_date="2026-04-01", reason="cycle")


def received(invoice, amount, reference="B-1"):
    return transfers.receive(
        invoice_id=invoice.pk, amount=Decimal(amount), at=AT, reference=reference
    )


def test_a_transfer_settles_its_invoice(invoice):
    received(invoice, "119.79")

    invoice.receivable.refresh_from_db()
    assert invoice.total.amount == Decimal("119.79")
    assert (invoice.receivable.open.amount, invoice.receivable.state) == (0, "paid")
    assert invoice.receivable.settled_at == AT
    assert list(audit()) == []


def test_part_of_it_leaves_the_rest_open(invoice):
    received(invoice, "100.00")

    assert invoice.receivable.open.amount == Decimal("19.79")
    assert invoice.receivable.state == "open"
    assert list(audit()) == []


def test_the_same_transfer_counts_once(invoice):
    first, again = received(invoice, "100.00"), received(invoice, "100.00")

    assert first == again
    assert Payment.objects.count() == 1
    assert LedgerEntry.objects.filter(kind="payment").count() == 1


def test_a_number_that_named_another_payment_is_refused(invoice):
    received(invoice, "100.00")

    with pytest.raises(ValueError, match="names another payment"):
        received(invoice, "19.79")


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_a_transfer_brings_money(invoice, amount):
    with pytest.raises(ValueError, match="more than zero"):
        received(invoice, amount)


@pytest.mark.parametrize("amount", ["119.7896", "119.789", "0.001", "NaN", "Infinity"])
def test_a_transfer_has_no_more_decimals_than_its_currency(invoice, amount):  # PRICE-9
    with pytest.raises(ValueError, match=r"2 decimals|finite number"):
        received(invoice, amount)

    assert not Payment.objects.exists()


def test_a_transfer_fits_the_books(invoice):
    with pytest.raises(ValueError, match="less than"):
        received(invoice, "1000000000000")


def test_zeros_behind_the_cents_are_no_decimals(invoice):
    received(invoice, "119.7900")

    assert Receivable.objects.get(invoice=invoice).state == "paid"
