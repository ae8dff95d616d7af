"""A bank line at the desk: split over several invoices, and undone in view of what follows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Role
from billing import transfers
from billing.models import BankLine, BankMatch, Invoice, Payment
from tests.admin.book import RENEWAL
from tests.admin.test_bank import deed, undo
from tests.billing.test_bank_import import line_of, open_of, take_in
from tests.billing.test_splitting import still_open, three

pytestmark = pytest.mark.django_db
__all__ = ["three"]  # a fixture


def split(line: BankLine, invoice: Invoice) -> str:
    return reverse("admin:billing_bankline_split", args=[line.pk, invoice.payer_id])


def typed(parts: dict[Invoice, str], **more: str) -> dict[str, str]:
    return {f"invoice-{one.pk}": part for one, part in parts.items()} | more


def came(amount: str, text: str = "") -> BankLine:
    take_in(line_of(amount, text, payer="Alfa Telefon"))
    return BankLine.objects.get()


def page(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def shown(client: Client, line: BankLine) -> str:
    return page(client.get(reverse("admin:billing_bankline_change", args=[line.pk])))


def test_a_line_is_split_over_the_oldest_invoices(seat, three):
    client, line = seat(Role.BILLING), came("120.00")
    address = split(line, three[0])
    assert f'href="{address}">Split it over open invoices' in shown(client, line)

    form = page(client.get(address))

    assert 'value="50.00"' in form
    assert 'value="20.00"' in form
    assert "Invoices get all of it." in form
    answer = client.post(
        address, typed(dict(zip(three, ("50.00", "30.00", ""), strict=True)), deed="show")
    )
    assert "Invoices get €80.00. €40.00 are left, and become credit on account" in page(answer)
    assert not Payment.objects.exists()

    client.post(address, typed({three[0]: "50.00", three[1]: "30.00"}, deed="match"))

    assert still_open() == ["0.00", "20.00", "50.00"]
    assert "€40.00, on account of" in shown(client, line)


@pytest.mark.parametrize(
    ("part", "status", "words"),
    [
        ("x", 422, "Write an amount, for example 50.00, or nothing."),
        ("50.01", 422, "€50.00 are open of"),
        ("-1", 422, "zero or more"),
        ("", 409, "No invoice is paid by this"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(seat, three, part, status, words):
    client, line = seat(Role.BILLING), came("120.00")

    answer = client.post(split(line, three[0]), typed({three[0]: part}, deed="match"))

    assert answer.status_code == status
    assert words in page(answer)
    assert f'value="{part}"' in page(answer)
    assert not Payment.objects.exists()


def test_more_than_came_in_is_said(seat, three):
    client, line = seat(Role.BILLING), came("60.00")
    parts = typed({three[0]: "50.00", three[1]: "50.00"})

    told = page(client.post(split(line, three[0]), {**parts, "deed": "show"}))
    assert "The parts come to €100.00: €40.00 more than came in." in told
    assert client.post(split(line, three[0]), {**parts, "deed": "match"}).status_code == 409


@pytest.mark.parametrize("deed", ["show", "match"])
def test_what_was_written_for_an_invoice_that_was_paid_meanwhile_is_said(seat, three, deed):
    """Left out without a word, its 50.00 would become credit that nobody was shown."""
    client, line = seat(Role.BILLING), came("120.00")
    parts = typed({three[0]: "50.00", three[1]: "50.00", three[2]: "20.00"}, deed=deed)
    transfers.receive(
        invoice_id=three[0].pk, amount=Decimal("50.00"), at=RENEWAL, reference="By hand"
    )

    answer = client.post(split(line, three[0]), parts)

    assert answer.status_code == 422
    assert f"50.00 were written for {three[0].number}, of which nothing is open" in page(answer)
    assert 'value="20.00"' in page(answer)
    assert not BankMatch.objects.exists()


@pytest.mark.parametrize("wanted", ["{0.number}", "{0.payer.reference}"])
def test_the_payer_of_a_split_is_typed(seat, three, wanted):
    client, line = seat(Role.BILLING), came("120.00")

    answer = deed(client, wanted=wanted.format(three[0]), deed="split")

    assert answer.redirect_chain[-1][0] == split(line, three[0])


def test_nothing_open_is_said(seat, three):
    client, line = seat(Role.BILLING), came("150.00")
    parts = dict.fromkeys(three, "50.00")
    client.post(split(line, three[0]), typed(parts, deed="match"))

    assert "is open in this currency" in page(client.get(split(line, three[0])))


def test_undoing_says_what_follows_before_it_is_done(seat, three):
    client, line = seat(Role.BILLING), came("120.00")
    client.post(split(line, three[0]), typed({three[0]: "50.00", three[1]: "50.00"}, deed="match"))
    assert "Undo all of it: see what follows first" in shown(client, line)

    told = page(client.get(undo()))

    for words in (
        *(three[0].number, three[1].number, "On account", "<strong>€50.00 open</strong>"),
        *("€20.00 in credit", "<strong>nothing open</strong>", "has €20.00 less in credit then"),
    ):
        assert words in told, words
    assert open_of(three[0]) == 0
    client.post(undo())
    assert still_open() == ["50.00", "50.00", "50.00"]


def test_what_cannot_be_undone_says_why_and_has_no_button(seat, three):
    client, line = seat(Role.BILLING), came("50.00")
    client.post(split(line, three[0]), typed({three[0]: "50.00"}, deed="match"))
    client.post(undo())

    assert "It cannot be undone. This match was undone already." in page(client.get(undo()))
    again = client.post(undo())
    assert again.status_code == 409
    assert "Undo it</button>" not in page(again)


def test_who_only_reads_neither_splits_nor_undoes(seat, three):
    line = came("50.00")
    matched = BankMatch.objects.exists()
    client = seat(Role.READ_ONLY)

    assert client.get(split(line, three[0])).status_code == 403
    assert not matched
    assert "Split" not in shown(client, line)


def test_what_there_is_not_is_not_found(seat, three):
    client, line = seat(Role.BILLING), came("50.00")

    assert client.get(reverse("admin:billing_bankline_split", args=[line.pk, 0])).status_code == 404
    assert client.get(reverse("admin:billing_bankline_undo", args=[line.pk, 0])).status_code == 404
