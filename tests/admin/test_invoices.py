"""The page of an invoice: read only, each line with its why, the PDF, the money, the letter."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from djmoney.money import Money

from billing.admin import document
from billing.documents.einvoice import invoice_xml
from billing.models import Invoice, Line, Receivable
from tests.admin import book
from tests.billing.running import bill
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    instant,
)
from tests.lasting import lasting

pytestmark = pytest.mark.django_db


@lasting
def invoice() -> Invoice:
    book.told()
    return Invoice.objects.get(cycle_date="2026-02-28")


def page_of(invoice: Invoice) -> str:
    return reverse("admin:billing_invoice_change", args=[invoice.pk])


def test_the_page_shows_every_line_and_the_sums_of_the_document(root, invoice):
    page = root.get(page_of(invoice)).content.decode()

    assert f"€{invoice.total.amount:,.2f}" in page
    assert page.count("Why this amount?") == Line.objects.filter(bill__invoice=invoice).count()
    assert "Tax 21 %" in page
    assert "/pdf/" in page


def test_quantities_and_prices_are_said_as_on_the_document(root, invoice):
    opening = Invoice.objects.get(cycle_date="2026-01-31")

    page = root.get(page_of(opening)).content.decode().replace("\N{NO-BREAK SPACE}", " ")

    for words in (
        "3 units",
        "Price by tier: 100 × €1.00 + 20 × €0.50 + €5.00",
        "Price for up to 1,000: €49.00",
        "3 packages of 1,000 × €7.50",
        "Fixed price: €99.00",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("tax", "label"),
    [
        ({"rate": "21", "reason": ""}, "Tax 21 %, on €10.00"),
        ({"rate": "0", "reason": "zero_rate"}, "Tax 0 %, on €10.00"),
        ({"rate": None, "reason": "exempt"}, "Exempt from tax, on €10.00"),
        (
            {"rate": "0", "reason": "reverse_charge"},
            "Reverse charge: the customer accounts for the tax, on €10.00",
        ),
    ],
    ids=lambda given: str(given)[:20],
)
def test_why_there_is_no_tax_is_said_in_words(tax, label):  # ALL-5
    shown = document.shown_tax({**tax, "base": "10.00", "amount": "0.00"}, "EUR")

    assert shown["label"] == label


def test_each_line_opens_its_why_as_a_part_of_the_page_and_as_a_page(root, invoice):  # PLAN-12
    line = Line.objects.get(bill__invoice=invoice, kind="peak")
    address = reverse("admin:billing_invoice_why", args=[invoice.pk, line.pk])

    part = root.get(address, headers={"HX-Request": "true"}).content.decode()
    whole = root.get(address).content.decode()

    assert "<html" not in part
    assert "<html" in whole
    for text in ("9 was the highest number of Voice", "9 units × €30.00", "Anna Nováková", "2 → 9"):
        assert text in part
        assert text in whole


def test_a_line_of_another_invoice_is_not_found(root, invoice):
    other = Line.objects.exclude(bill__invoice=invoice)[0]

    address = reverse("admin:billing_invoice_why", args=[invoice.pk, other.pk])

    assert root.get(address).status_code == 404


def test_nothing_issued_is_edited(root, invoice):
    assert root.post(page_of(invoice), {"total_0": "1"}).status_code == 403
    assert root.get(reverse("admin:billing_invoice_add")).status_code == 403
    delete = reverse("admin:billing_invoice_delete", args=[invoice.pk])
    assert root.post(delete, {"post": "yes"}).status_code == 403
    assert Invoice.objects.get(pk=invoice.pk).total == invoice.total


def test_the_pdf_is_the_one_that_the_customer_gets(root, invoice):
    answer = root.get(reverse("admin:billing_invoice_pdf", args=[invoice.pk]))

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert invoice.number in answer["Content-Disposition"]


def test_the_e_invoice_is_downloaded_beside_the_pdf(root, invoice):
    address = reverse("admin:billing_invoice_xml", args=[invoice.pk])

    answer = root.get(address)

    assert answer["Content-Type"] == "application/xml"
    assert answer["Content-Disposition"] == f'attachment; filename="{invoice.number}.xml"'
    assert answer.content == invoice_xml(invoice.pk)
    assert address in root.get(page_of(invoice)).content.decode()


def test_a_document_that_cannot_be_an_e_invoice_says_why(root):
    SellerFactory()
    PriceFactory(code="dinars", currency="KWD")
    SubscriptionFactory(account=AccountFactory(currency="KWD"), items={"dinars": 1})
    bill(at=instant("2026-01-01 06:00"))
    dinars = Invoice.objects.get(total_currency="KWD")
    reason = "KWD has 3 decimals; an e-invoice (EN 16931) takes two."

    shown = root.get(page_of(dinars)).content.decode()
    refused = root.get(reverse("admin:billing_invoice_xml", args=[dinars.pk]), follow=True)

    assert f"PDF only: {reason}" in shown
    assert reverse("admin:billing_invoice_xml", args=[dinars.pk]) not in shown
    assert f"{dinars.number} is PDF only: {reason}" in refused.content.decode()


def test_a_credit_note_and_its_invoice_name_each_other(root):
    (payer,) = book.customers(1)
    invoice = payer.invoices.get()
    columns = {
        field.attname: getattr(invoice, field.attname)
        for field in Invoice._meta.concrete_fields
        if not field.primary_key
    }
    note = Invoice.objects.create(
        **columns
        | {
            "kind": Invoice.Kind.CREDIT_NOTE,
            "reason": Invoice.Reason.CORRECTION,
            "series": "CN",
            "number": "CN-2026-000001",
            "total": Money("-10.00", "EUR"),
            "corrects_id": invoice.pk,
        }
    )
    payer.receivables.create(invoice=note, open=Money(0, "EUR"), due_on=note.due_on)

    assert note.number in root.get(page_of(invoice)).content.decode()
    assert invoice.number in root.get(page_of(note)).content.decode()


def test_an_invoice_of_many_lines_comes_a_hundred_a_page(root):
    payer, _ = book.customers(2)
    book.paid_for(payer, 101)
    bill(at=instant("2026-02-01 06:00"))
    invoice = payer.invoices.latest("cycle_date")

    first = root.get(page_of(invoice)).content.decode()
    second = root.get(page_of(invoice), {"page": "2"}).content.decode()

    assert (first.count("Why this amount?"), second.count("Why this amount?")) == (100, 2)


def listed(root: Client, **query: str) -> list[Invoice]:
    address = reverse("admin:billing_invoice_changelist")
    return list(root.get(address, query).context["cl"].result_list)


def test_an_invoice_is_found_by_its_plain_number(root, invoice):
    plain = str(invoice.sequence)

    assert listed(root, q=plain) == [invoice]
    assert listed(root, q="9" * 40) == listed(root, q="999") == []


def test_invoices_are_filtered_by_document_and_by_what_is_open(root):
    payer, other = (payer.invoices.get() for payer in book.customers(2))
    Receivable.objects.filter(invoice=other).update(
        open=Money("10.00", "EUR"), state=Receivable.State.OPEN, due_on="2026-01-02"
    )

    assert listed(root, state="open") == listed(root, state="overdue") == [other]
    assert set(listed(root, document="invoice")) == {payer, other}
    assert listed(root, document="credit_note") == []
    assert set(listed(root, document="x", state="y")) == {payer, other}


def test_what_is_in_credit_is_not_due(root, invoice):
    receivable = Receivable.objects.filter(invoice=invoice)
    receivable.update(open=Money("-10.00", "EUR"), state=Receivable.State.OPEN)

    page = root.get(page_of(invoice)).content.decode()
    pages = [
        root.get(reverse("admin:billing_invoice_changelist")),
        root.get(reverse("admin:billing_receivable_changelist"), {"state": "all"}),
        root.get(reverse("admin:accounts_account_invoices", args=[invoice.payer_id])),
    ]

    assert "<small>In credit</small>" in page
    assert all("In credit" in one.content.decode() for one in pages)
    receivable.update(open=Money("10.00", "EUR"))
    assert "<small>Open, due " in root.get(page_of(invoice)).content.decode()
    receivable.update(open=Money(0, "EUR"), state=Receivable.State.PAID)
    assert "<small>Paid</small>" in root.get(page_of(invoice)).content.decode()
