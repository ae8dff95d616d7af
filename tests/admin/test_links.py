"""The links of the desk: what a page offers, its reader may open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import resolve, reverse
from pytest_django.asserts import assertContains, assertNotContains

from accounts.access import Role
from accounts.models import User
from billing.admin.panels import PANELS
from billing.models import BankLine, Correction, Invoice
from tests.admin import book
from tests.factories import AccountFactory
from tests.lasting import lasting

# Whom a role lets open a page does not hang on the database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

_HREF = re.compile(r'\bhref="([^"]+)"')


def rows() -> None:
    book.customers(1)
    book.beside(1)


_rows = lasting(rows, autouse=True)


def shown() -> Iterator[str]:
    """The desk's first page, each list and its latest row, each tab of an account."""
    yield reverse("admin:index")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        yield reverse(f"{name}_change", args=[model._default_manager.latest("pk").pk])
    corrected = Invoice.objects.exclude(corrections=None).latest("pk")
    yield reverse("admin:billing_invoice_change", args=[corrected.pk])
    for panel in PANELS:
        yield reverse(f"admin:accounts_account_{panel.slug}", args=[corrected.payer_id])


def offered(client: Client, address: str) -> set[str]:
    page = client.get(address)
    if page.status_code != 200:
        return set()
    links = (urljoin(address, unescape(one)) for one in _HREF.findall(page.content.decode()))
    found = {one.partition("#")[0] for one in links if one.startswith("/admin/")}
    return {address, *found} - {reverse("admin:logout")}


def kind(link: str) -> tuple[str, tuple[str, ...]]:
    """What it has in common with links that differ in their numbers alone."""
    parts = urlsplit(link)
    return resolve(parts.path).view_name, tuple(sorted(parse_qs(parts.query)))


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_what_a_page_offers_its_reader_may_open(role, seat):  # STAFF-4
    client = seat(role)
    read = {address: found for address in shown() if (found := offered(client, address))}
    opened = {kind(address) for address in read}
    links = {kind(link): link for link in sorted(set().union(*read.values()))}
    asked = [link for one, link in links.items() if one not in opened]

    assert len(asked) > 8
    assert {one: code for one in asked if (code := client.get(one).status_code) >= 400} == {}


def test_somebody_whose_page_one_may_not_open_is_named_without_a_link(seat, root):  # STAFF-4
    raised = Correction.objects.latest("pk")
    address = reverse("admin:billing_correction_change", args=[raised.pk])
    link = reverse("admin:accounts_user_change", args=[raised.person_id])

    read, opened = seat(Role.BILLING).get(address), root.get(address)

    assertContains(read, str(raised.person))
    assertNotContains(read, link)
    assertContains(opened, link)


def test_only_who_may_match_bank_lines_finds_a_button(seat):  # STAFF-4
    AccountFactory(name=BankLine.objects.latest("pk").payer_name)
    address = reverse("admin:billing_bankline_changelist")

    billing, reader = seat(Role.BILLING).get(address), seat(Role.READ_ONLY).get(address)

    assertContains(billing, "formaction")
    assertNotContains(reader, "formaction")
    assertNotContains(reader, "One click")
    assertContains(reader, "On account of")


def test_pages_left_out_between_two_numbers_are_no_page(root):
    User.objects.bulk_create(User(email=f"p-{number}@example.com") for number in range(600))

    page = root.get(reverse("admin:accounts_user_changelist"), {"p": 6})

    assertContains(page, "<span>…</span>", html=True)
