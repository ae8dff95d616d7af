"""Raising a credit note at the desk: choose lines, look at the note, confirm it once. STAFF-2."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Role
from billing import transfers
from billing.models import Correction, Invoice
from tests.billing.crediting_book import JANUARY, line_of, raised, two_products

pytestmark = pytest.mark.django_db


def address(invoice: Invoice) -> str:
    return f"{reverse('admin:billing_correction_add')}?invoice={invoice.pk}"


def typed(invoice: Invoice, **parts: str) -> dict[str, str]:
    """What is written into the fields of these products."""
    return {f"line_{line_of(invoice, code).pk}": text for code, text in parts.items()}


def send(client: Client, invoice: Invoice, deed: str, **values: str):
    return client.post(address(invoice), {"deed": deed, "reason": "Sold by mistake", **values})


def test_lines_are_chosen_looked_at_and_given_back(seat):
    client, invoice = seat(Role.BILLING), two_products()
    assert (
        "Credit note"
        in client.get(reverse("admin:billing_invoice_change", args=[invoice.pk])).content.decode()
    )

    shown = send(client, invoice, "show", **typed(invoice, seat="2 ×", plan="25%"))

    words = shown.content.decode()
    assert not Correction.objects.exists()
    for amount in ("€20.00", "€12.25", "€32.25", "€6.77", "€39.02"):
        assert amount in words
    assert f"€39.02 covers what {invoice.number} leaves open" in words

    seen = shown.context["note"]["seen"]
    answer = send(client, invoice, "raise", seen=seen, **typed(invoice, seat="2 ×", plan="25%"))

    correction = Correction.objects.get()
    note = correction.note
    assert answer.url == reverse("admin:billing_invoice_change", args=[note.pk])
    assert (note.total.amount, correction.reason) == (Decimal("-39.02"), "Sold by mistake")
    page = client.get(answer.url).content.decode()
    assert invoice.number in page
    assert "Sold by mistake" in page
    assert str(correction.person) in page


def test_confirming_twice_issues_one_note(seat):
    client, invoice = seat(Role.BILLING), two_products()
    seen = send(client, invoice, "show", **typed(invoice, seat="10")).context["note"]["seen"]

    for _ in range(2):
        last = send(client, invoice, "raise", seen=seen, **typed(invoice, seat="10"))

    assert last.status_code == 409
    assert "has changed since this was shown" in last.content.decode()
    assert Correction.objects.count() == 1


def test_all_that_is_left_is_given_back_at_once(seat):
    client, invoice = seat(Role.BILLING), two_products()
    raised(invoice, seat="10.00")

    shown = send(client, invoice, "all")
    send(client, invoice, "raise", seen=shown.context["note"]["seen"], everything="all")

    totals = [note.total.amount for note in invoice.corrections.all()]
    assert sum(totals) == -invoice.total.amount
    assert "given back" in client.get(address(invoice)).content.decode()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ten", "Write an amount like 12.50"),
        ("1.234", "EUR has 2 decimals"),
        ("1.2.3", "is no number"),
        ("30.01", "€30.00 are left to give back of Seat, and €30.01 was asked for"),
        ("200 %", "€30.00 are left to give back of Seat, and €60.00 was asked for"),
        ("-5", "Write an amount above 0: €30.00 are left to give back of Seat."),
        ("-25 %", "Write an amount above 0: €30.00 are left to give back of Seat."),
        ("9" * 40, "Write an amount like 12.50"),
    ],
)
def test_wrong_input_is_said_and_kept(seat, text, problem):  # ALL-4
    client, invoice = seat(Role.BILLING), two_products()

    answer = send(client, invoice, "show", **typed(invoice, seat=text, plan="1"))

    words = answer.content.decode()
    assert answer.status_code in {409, 422}
    assert problem in words
    assert f'value="{text}"' in words
    assert 'value="Sold by mistake"' in words


@pytest.mark.parametrize("text", ["-5", "30.01"])
def test_an_amount_that_is_not_left_is_told_beside_its_field(seat, text):  # ALL-4
    client, invoice = seat(Role.BILLING), two_products()

    answer = send(client, invoice, "show", **typed(invoice, seat=text, plan="1"))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(typed(invoice, seat=text))


@pytest.mark.parametrize("text", ["-5", "30.01", "ten"])
def test_all_that_is_left_asks_for_no_amount(seat, text):
    client, invoice = seat(Role.BILLING), two_products()

    shown = send(client, invoice, "all", **typed(invoice, seat=text))

    assert shown.status_code == 200
    assert "€95.59" in shown.content.decode()


def test_a_line_that_was_given_back_meanwhile_is_told(seat):  # ALL-4
    client, invoice = seat(Role.BILLING), two_products()
    raised(invoice, seat="30.00")

    answer = send(client, invoice, "show", **typed(invoice, seat="5"))

    assert answer.status_code == 409
    assert "Nothing is left to give back of Seat." in answer.content.decode()


def test_nothing_is_nothing(seat):  # ALL-4
    client, invoice = seat(Role.BILLING), two_products()

    answer = send(client, invoice, "show", **typed(invoice, seat="0"))

    assert answer.status_code == 409
    assert "Nothing is chosen" in answer.content.decode()


def test_a_note_without_a_reason_is_not_shown(seat):  # ALL-4
    client, invoice = seat(Role.BILLING), two_products()

    answer = client.post(address(invoice), {"deed": "show", **typed(invoice, seat="all")})

    assert answer.status_code == 422
    assert "Write why it is given back" in answer.content.decode()


def test_a_payment_that_comes_meanwhile_is_shown_again(seat):
    client, invoice = seat(Role.BILLING), two_products(transfer=True)
    seen = send(client, invoice, "all").context["note"]["seen"]
    transfers.receive(invoice_id=invoice.pk, amount=Decimal(5), at=JANUARY, reference="B-1")

    answer = send(client, invoice, "raise", seen=seen, everything="all")

    assert answer.status_code == 409
    assert not Correction.objects.exists()


def test_an_invoice_is_named_by_its_number(seat):
    client, invoice = seat(Role.BILLING), two_products()
    add = reverse("admin:billing_correction_add")

    assert invoice.number in client.get(add, {"number": invoice.number.lower()}).content.decode()
    for query in ({}, {"number": "SL-1"}, {"invoice": "x"}, {"invoice": "9" * 30}):
        assert "write its number" in client.get(add, query).content.decode()


def test_where_nothing_is_left_nothing_is_asked_for(seat):
    client, invoice = seat(Role.BILLING), two_products()
    raised(invoice)

    page = client.get(address(invoice)).content.decode()

    assert "Nothing is left: all of it was given back." in page
    assert "Show the note" not in page
    assert 'name="reason"' not in page


def test_a_number_of_no_invoice_is_told_and_kept(seat):  # ALL-4
    client = seat(Role.BILLING)
    add = reverse("admin:billing_correction_add")

    answer = client.get(add, {"number": "SL-2026-99<b>"})

    page = answer.content.decode()
    assert "There is no invoice SL-2026-99&lt;b&gt;. Look at its number again." in page
    assert 'value="SL-2026-99&lt;b&gt;"' in page
    assert "There is no invoice" not in client.get(add).content.decode()
    credited = two_products()
    note = raised(credited, seat="1.00")
    page = client.get(add, {"number": note.number}).content.decode()
    assert f'value="{note.number}"' in page
    assert "There is no invoice" not in page


def test_a_credit_note_is_not_given_back(seat):
    client, note = seat(Role.BILLING), raised(two_products())

    assert "gives money already" in client.get(address(note)).content.decode()


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.READ_ONLY, Role.CATALOGUE])
def test_only_billing_raises_credit_notes(seat, role):  # STAFF-4
    client, invoice = seat(role), two_products()

    assert client.get(address(invoice)).status_code == 403
    assert send(client, invoice, "all").status_code == 403


def test_credit_notes_are_found_by_payer_and_number(seat):
    client, invoice = seat(Role.READ_ONLY), two_products(name="Alfa Telefon")
    note = raised(invoice)
    listing = reverse("admin:billing_correction_changelist")

    for term in ("Alfa", note.number, invoice.number.lower()):
        assert "Sold by mistake" in client.get(listing, {"q": term}).content.decode()
    assert "Sold by mistake" not in client.get(listing, {"q": "Beta"}).content.decode()


def test_a_line_given_back_says_by_whom_and_why_and_leads_to_what_was_billed(seat):  # PLAN-12
    client, invoice = seat(Role.READ_ONLY), two_products()
    note = raised(invoice, seat="10.00")
    [line] = note.bills.get().lines.all()

    why = client.get(reverse("admin:billing_invoice_why", args=[note.pk, line.pk]))

    words = why.content.decode()
    assert f"Seat, billed on {invoice.number}, given back." in words
    for told in ("€30.00", "€10.00", "−€10.00", "Ines of billing", "Sold by mistake"):
        assert told in words
    billed = reverse("admin:billing_invoice_why", args=[invoice.pk, line_of(invoice, "seat").pk])
    assert billed in words
    assert "do not lead to the amount" not in words
