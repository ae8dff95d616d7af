"""Issued documents read back: what was sold under which name, grouped, in few queries."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Account
from billing.documents.pdf import invoice_pdf
from billing.documents.reading import read
from billing.invoicing import draft_page
from billing.models import Bill, Invoice, Product
from billing.subscribing import open_subscription
from tests.billing.paper import issue, words_of
from tests.factories import AccountFactory, PriceFactory, SellerFactory, instant

pytestmark = pytest.mark.django_db


def test_a_document_reads_back_what_was_issued():
    payer = AccountFactory(transfer=True, language="cs")
    invoice = issue(
        payer,
        {"amount": "19.00", "quantity": 1, "unit_amount": "19.00"},
        {
            "amount": "-22.75",
            "kind": "credit",
            "quantity": 1000,
            "share_days": 13,
            "cycle_days": 28,
            "tiers": {"model": "volume", "tiers": [{"up_to": None, "unit": "0", "flat": "49"}]},
        },
        total="-3.75",
        taxes=[{"rate": "21", "base": "19.00", "amount": "3.99", "category": "S", "reason": ""}],
    )

    facts = read(invoice.pk, language="it")

    seat, credit = facts.groups[0].charges
    assert (facts.language, facts.currency, facts.total) == ("it", "EUR", Decimal("-3.75"))
    assert (seat.name, seat.unit, seat.unit_amount) == (
        "seat postazione",
        "postazione|postazioni",
        Decimal("19.00"),
    )
    assert (credit.model, credit.share, credit.tiers[0].flat) == ("volume", (13, 28), Decimal(49))
    assert facts.taxes[0].rate == Decimal(21)
    assert facts.period == (date(2026, 2, 28), date(2026, 3, 31))


def test_a_document_in_a_language_nobody_wrote_is_read_in_english():  # ALL-2
    invoice = issue(AccountFactory(), {"amount": "19.00"}, total="19.00", language="xx")

    assert read(invoice.pk).language == "en"
    assert "Invoice" in words_of(invoice_pdf(invoice.pk))


@pytest.mark.parametrize("lines", [1, 50])
def test_reading_costs_three_queries(lines, django_assert_num_queries):
    invoice = issue(AccountFactory(), *[{"amount": "1.00"}] * lines)

    # the invoice with its seller, its bills with their accounts, their lines with their prices
    with django_assert_num_queries(3):
        read(invoice.pk)


def test_lines_of_several_accounts_stand_under_their_names():  # RSL-2
    reseller = AccountFactory(reseller=True, name="Mid Ltd")
    zoe = AccountFactory(client=True, paid_by=reseller, name="Zoe")
    anna = AccountFactory(client=True, paid_by=reseller, name="Anna")
    invoice = issue(reseller, {"amount": "1.00"}, account=zoe)
    issue(reseller, {"amount": "2.00"}, account=anna, into=invoice)
    issue(reseller, {"amount": "4.00"}, into=invoice)
    issue(reseller, {"amount": "8.00"}, account=anna, into=invoice)

    groups = read(invoice.pk).groups

    found = [(group.name, int(group.subtotal), len(group.charges)) for group in groups]
    assert found == [("Mid Ltd", 4, 1), ("Anna", 10, 2), ("Zoe", 1, 1)]


def test_a_client_keeps_the_name_that_it_had_when_the_document_was_issued():  # decision 14
    reseller = AccountFactory(reseller=True)
    client = AccountFactory(client=True, paid_by=reseller, name="Afterwards")
    named = {"name": reseller.name, "country": "CZ", "accounts": {str(client.pk): "Before"}}
    invoice = issue(reseller, {"amount": "1.00"}, account=client, customer=named)

    assert [group.name for group in read(invoice.pk).groups] == ["Before"]


def test_a_run_keeps_the_names_of_clients_on_the_document():  # RSL-2
    SellerFactory()
    reseller = AccountFactory(reseller=True, name="Mid Ltd")
    client = AccountFactory(client=True, paid_by=reseller, name="Anna")
    PriceFactory(code="seat")
    open_subscription(account_id=client.pk, starts_on=date(2026, 1, 1), items={"seat": 2})

    at = instant("2026-01-01 05:00")
    (draft,) = draft_page(payer_ids=[reseller.pk], at=at).payers[0].documents

    assert draft.customer["name"] == "Mid Ltd"
    assert draft.customer["accounts"] == {str(client.pk): "Anna"}
    assert draft.bills[0].lines[0].names["unit_en"] == "unit|units"


def test_a_payers_own_lines_need_no_name():
    invoice = issue(AccountFactory(), {"amount": "1.00"})

    assert [group.name for group in read(invoice.pk).groups] == [""]


def test_discounts_are_added_up_by_percent():
    invoice = issue(AccountFactory(), {"amount": "10.00"}, total="24.00")
    first = Bill.objects.get()
    for number, percent in enumerate(["20", "20", "5"], 1):
        bill = Bill.objects.get(pk=first.pk)
        bill.pk, bill._state.adding, bill.starts_on = None, True, date(2027, number, 1)
        bill.discount_percent, bill.discount = Decimal(percent), Decimal(percent) / 10
        bill.save()

    assert read(invoice.pk).discounts == (
        (Decimal(5), Decimal("10.000"), Decimal("0.5")),
        (Decimal(20), Decimal("20.000"), Decimal(4)),
    )


def test_what_changes_later_leaves_an_issued_document_as_it_was():  # decision 14
    payer = AccountFactory(name="Before Ltd")
    invoice = issue(payer, {"amount": "1.00", "quantity": 2, "unit_amount": "0.50"})
    before = invoice_pdf(invoice.pk)

    Product.objects.update(name_en="After", unit_en="after|afters")
    Account.objects.filter(pk=payer.pk).update(name="After Ltd", language="it")

    assert invoice_pdf(invoice.pk) == before
    assert "Before Ltd" in words_of(before)


def test_a_document_can_be_read_in_another_language():  # ALL-2
    invoice = issue(AccountFactory(), {"amount": "1.00", "quantity": 5}, language="cs")

    assert "5 míst" in words_of(invoice_pdf(invoice.pk))
    assert "5 seats" in words_of(invoice_pdf(invoice.pk, language="en"))


def test_an_unknown_document_is_an_error():
    with pytest.raises(Invoice.DoesNotExist):
        invoice_pdf(1)
