"""Credit notes on paper and as e-invoices: each names its invoice, its reason and its parts."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from billing import crediting
from billing.auditing import audit
from billing.creditable import creditable
from billing.documents.einvoice import invoice_xml
from billing.documents.pdf import invoice_pdf
from billing.models import Invoice
from billing.refusals import ChangeRefused
from tests.billing import einvoice_book
from tests.billing.crediting_book import raised, two_products
from tests.billing.paper import words_of
from tests.billing.running import clock
from tests.billing.schematron import against_rules, against_schema
from tests.factories import UserFactory, instant

pytestmark = pytest.mark.django_db

SEPTEMBER = instant("2026-09-10 09:00")


def test_a_note_on_paper_names_its_invoice_and_why():  # PLAN-12
    invoice = two_products()

    note = raised(invoice, seat="10.00", plan="49.00", reason="Two seats were never used")

    words = words_of(invoice_pdf(note.pk))
    assert f"Corrects {invoice.number}" in words
    assert "Reason: Two seats were never used" in words
    assert "10.00 of the 30.00 billed" in words
    assert "of the 49.00 billed" not in words
    assert "Total in EUR 71.39" in words


def test_a_note_as_e_invoice_refers_to_its_invoice():
    invoice = two_products(discount_percent=Decimal("12.5"))

    note = raised(invoice, seat="10.00", reason="Two seats were never used")

    xml = invoice_xml(note.pk).decode()
    assert f"<ram:IssuerAssignedID>{invoice.number}</ram:IssuerAssignedID>" in xml
    assert "<ram:Content>Reason: Two seats were never used</ram:Content>" in xml
    assert judged(note) == ()


def judged(note: Invoice) -> tuple[str, ...]:
    xml = invoice_xml(note.pk)
    verdict = against_rules(xml)
    return (*against_schema(xml), *verdict.broken, *verdict.warnings)


@pytest.mark.once
def test_notes_of_all_kinds_of_invoices_break_no_rule():
    """Whole invoices and parts of any size, with discounts, lines below zero, and in yen."""
    einvoice_book.customers_billed(12)
    random = Random(381)
    wrong: dict[str, tuple[str, ...]] = {}
    notes = 0
    for invoice in Invoice.objects.filter(kind="invoice", total__gt=0).order_by("pk")[:60]:
        for _ in range(2):
            note = some_of(invoice, random)
            if note is not None:
                notes += 1
                broken = judged(note)
                wrong |= {note.number: broken} if broken else {}

    assert wrong == {}
    assert notes > 60
    assert list(map(str, audit())) == []


def some_of(invoice: Invoice, random: Random) -> Invoice | None:
    """A note of some lines, or parts of them; None where lines below zero do not allow it."""
    unit = Decimal(1) if invoice.total.currency.code == "JPY" else Decimal("0.01")
    amounts = {
        key: random.choice([left, int(left / unit * random.randint(1, 99) / 100) * unit])
        for key, left in creditable(invoice).left.items()
        if left and random.random() < 0.7
    }
    try:
        planned = crediting.plan(invoice_id=invoice.pk, amounts=amounts)
    except ChangeRefused:
        return None
    return crediting.credit(
        invoice_id=invoice.pk,
        amounts=amounts,
        seen=planned.seen,
        reason="Not <as> agreed",
        by=UserFactory(),
        clock=clock(SEPTEMBER),
    )
