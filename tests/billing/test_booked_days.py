"""Invoices and payments in one list: all its days are those of the seller's time zone."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse
from djmoney.money import Money

from accounts.models import Account, Letter
from billing import collecting, receivables
from billing.documents import refund_letters
from billing.models import Invoice, Payment
from tests.billing.buying import GATEWAY
from tests.billing.crediting_book import raised
from tests.billing.refunding_book import refunded
from tests.billing.running import bill, clock
from tests.billing.test_document_pages import read
from tests.billing.test_overview_pages import signed_in
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    instant,
)

pytestmark = [pytest.mark.django_db]

# 1 January for the seller in Prague, still the last evening of 2025 for the payer in New York.
EVENING = instant("2025-12-31 23:30")


@pytest.fixture
def payer() -> Account:
    """50.00 invoiced and paid in that moment, credited and partly given back."""
    SellerFactory()
    PriceFactory(code="seat", amount=50)
    payer = AccountFactory(time_zone="America/New_York", tax_exempt=True)
    SubscriptionFactory(account=payer, starts_on=date(2025, 12, 31), items={"seat": 1})
    bill(at=EVENING)
    collecting.collect(clock=clock(EVENING), gateway=GATEWAY)
    note = raised(Invoice.objects.get(), at=EVENING)
    refunded(note, "30.00", at=EVENING)
    return payer


@pytest.fixture
def client(payer: Account) -> Client:
    return signed_in(payer, paying=True)


def rows(client: Client, name: str, payer: Account, **query: str) -> list[dict[str, str]]:
    answer = client.get(reverse(f"billing:{name}", args=[payer.pk]), query)
    text = answer.getvalue().decode().removeprefix("\ufeff")
    return list(csv.DictReader(StringIO(text)))


def test_a_payment_is_no_day_older_than_its_invoice(payer, client):  # PLAN-12
    invoice = Invoice.objects.get(kind="invoice")
    assert invoice.issued_on == date(2026, 1, 1)

    document = read(client, "billing:document", payer.pk, invoice.pk)
    for page in (
        read(client, "billing:papers", payer.pk),
        document[document.index("Credit notes, payments and refunds") :],
        read(client, "billing:credit", payer.pk),
    ):
        assert "1 January 2026" in page
        assert "31 December 2025" not in page


def test_the_files_have_the_same_days(payer, client):  # PLAN-12
    papers, moves = rows(client, "papers_csv", payer), rows(client, "credit_csv", payer)

    assert [row["Kind"] for row in papers] == ["Refund", "Payment", "Credit note", "Invoice"]
    assert {row["Date"] for row in [*papers, *moves]} == {"2026-01-01"}


def test_the_letter_about_a_refund_has_the_day_of_the_list(payer):  # PLAN-12
    message = refund_letters.refund(Letter.objects.get(name="refund"))

    assert "1 January 2026" in message.text
    assert "31 December 2025" not in message.text


def test_before_anybody_sells_the_file_has_the_days_of_the_page():  # PLAN-12
    payer = AccountFactory(time_zone="Europe/Prague")
    came = Payment(payer=payer, amount=Money(5, "EUR"), at=EVENING, gateway="bank", reference="7")
    receivables.keep(came)
    client = signed_in(payer, paying=True)

    assert "1 January 2026" in read(client, "billing:papers", payer.pk)
    assert [row["Date"] for row in rows(client, "papers_csv", payer)] == ["2026-01-01"]


@pytest.mark.parametrize(("year", "count"), [("2025", 0), ("2026", 4)])
def test_a_year_finds_what_its_days_say(payer, client, year, count):  # PLAN-12
    assert len(rows(client, "papers_csv", payer, year=year)) == count
    years = client.get(reverse("billing:papers", args=[payer.pk])).context["years"]
    assert years == [2026]


@pytest.mark.parametrize("year", ["0000", "9999"])
def test_a_year_that_no_calendar_has_narrows_nothing(payer, client, year):  # PLAN-12
    assert len(rows(client, "papers_csv", payer, year=year)) == 4
