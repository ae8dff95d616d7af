"""Bank lines at the desk: a file is taken in, lines are matched by one click, a match is undone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.access import Role
from accounts.models import Account
from billing.models import BankLine, BankMatch, Invoice
from tests.billing.test_bank_import import HEAD, invoiced, line_of, open_of, take_in
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

LIST = "admin:billing_bankline_changelist"


@lasting
def invoice() -> Invoice:
    return invoiced()


def send(client: Client, *lines: str, **more: str) -> Any:
    file = SimpleUploadedFile("march.csv", (HEAD + "\n".join(lines)).encode())
    return client.post(reverse("admin:billing_bankline_add"), {"file": file, **more}, follow=True)


def undo() -> str:
    """Where what the line paid is undone."""
    match = BankMatch.objects.latest("pk")
    return reverse("admin:billing_bankline_undo", args=[match.line_id, match.pk])


def deed(client: Client, **values: str) -> Any:
    address = reverse("admin:billing_bankline_deed", args=[BankLine.objects.get().pk])
    return client.post(address, values, follow=True)


@pytest.mark.parametrize("role", [Role.BILLING, Role.SUPPORT, Role.READ_ONLY])
def test_the_way_to_a_new_file_is_shown_to_who_may_take_one_in(seat, role):
    client = seat(role)
    way = reverse("admin:billing_bankline_add")

    may = client.get(way).status_code == 200

    assert may == (role == Role.BILLING)
    assert (f'href="{way}"' in client.get(reverse(LIST)).content.decode()) == may


def test_an_empty_file_says_which_one_to_choose(seat):  # ALL-4
    file = SimpleUploadedFile("march.csv", b"")

    answer = seat(Role.BILLING).post(reverse("admin:billing_bankline_add"), {"file": file})

    assert "This file is empty. Choose the file as the bank sent it." in answer.content.decode()


def test_a_file_is_taken_in_and_the_rest_matched_by_one_click(seat, invoice):
    client = seat(Role.BILLING)

    listing = send(client, line_of("30.00", invoice.number)).content.decode()

    assert "1 new lines" in listing
    button = f'value="invoice {invoice.pk}"'
    assert button in listing
    assert (
        button
        in client.get(
            reverse("admin:billing_bankline_change", args=[BankLine.objects.get().pk])
        ).content.decode()
    )
    said = deed(client, target=f"invoice {invoice.pk}").content.decode()
    assert "€30.00 is written down as B-1" in said
    assert open_of(invoice) == 20
    assert "B-1" not in client.get(reverse(LIST)).content.decode()
    assert "B-1" in client.get(reverse(LIST), {"state": "matched"}).content.decode()

    again = deed(client, target=f"invoice {invoice.pk}")
    assert again.status_code == 409
    assert "matched already" in again.content.decode()

    assert "It is undone" in client.post(undo(), follow=True).content.decode()
    assert open_of(invoice) == 50


def test_mistakes_are_said_with_their_lines(seat):
    client = seat(Role.BILLING)

    answer = send(client, line_of("x"), line_of("1.00"))

    assert (answer.status_code, BankLine.objects.count()) == (422, 0)
    assert "Line 2: amount" in answer.content.decode()
    assert client.post(reverse("admin:billing_bankline_add")).status_code == 422


@pytest.mark.parametrize("wanted", ["{0.number}", "{0.payer.reference}", "nothing", "", "ORD-1"])
def test_what_a_line_is_for_is_typed(seat, invoice, wanted):
    client = seat(Role.BILLING)
    take_in(line_of("30.00"))

    answer = deed(client, wanted=wanted.format(invoice), deed="match")

    matched = wanted.startswith("{")
    assert answer.status_code == (200 if matched else 422)
    assert BankMatch.objects.exists() is matched
    if not wanted:
        told = "Write what it is for: an invoice, an order or an account."
        assert told in answer.content.decode()


def test_a_line_is_set_aside_and_taken_back(seat):
    client = seat(Role.BILLING)
    take_in(line_of("0.05", "Interest"))

    assert "set aside" in deed(client, deed="aside").content.decode()
    assert deed(client, deed="aside").status_code == 409
    assert "matched again" in deed(client, deed="back").content.decode()


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.READ_ONLY])
def test_others_look_and_change_nothing(seat, role, invoice):  # STAFF-4
    client = seat(role)
    take_in(line_of("30.00", invoice.number))

    assert "B-1" in client.get(reverse(LIST)).content.decode()
    assert deed(client, target=f"invoice {invoice.pk}").status_code == 403
    assert send(client, line_of("1.00")).status_code == 403
    assert BankLine.objects.get().state == "open"


def test_the_catalogues_people_see_none(seat):
    assert seat(Role.CATALOGUE).get(reverse(LIST)).status_code == 403


def test_the_list_costs_the_same_with_one_line_and_with_fifty(
    seat, invoice, django_assert_max_num_queries
):
    client = seat(Role.BILLING)
    take_in(line_of("30.00", invoice.number, payer="Alfa"))
    client.get(reverse(LIST))
    with django_assert_max_num_queries(40) as few:
        client.get(reverse(LIST))
    take_in(*(line_of("50.00", invoice.number + "x", f"C-{n}", "Alfa") for n in range(49)))

    with django_assert_max_num_queries(len(few)):
        assert "C-48" in client.get(reverse(LIST)).content.decode()


def test_what_a_line_paid_is_said_without_two_stops_behind_a_name(seat, invoice):
    Account.objects.filter(pk=invoice.payer_id).update(name="Alfa s.r.o.")
    take_in(line_of("50.00", text=invoice.number))

    page = seat(Role.BILLING).get(
        reverse("admin:billing_bankline_change", args=[BankLine.objects.get().pk])
    )

    said = " ".join(re.sub(r"<[^>]+>", "", page.content.decode()).split())
    assert "of Alfa s.r.o. " in said
    assert "s.r.o.." not in said
