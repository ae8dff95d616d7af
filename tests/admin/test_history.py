"""The audit log: who changed what, before and after, on every page that keeps one."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.admin.desk import AuditedAdmin
from accounts.models import Account
from billing.models import Price, Product, TaxRate
from tests.admin import book
from tests.factories import AccountFactory, PriceFactory, TierFactory

pytestmark = pytest.mark.django_db

AUDITED = [model for model, page in admin.site._registry.items() if isinstance(page, AuditedAdmin)]


def log(client: Client, row: Model) -> str:
    label = row._meta.label_lower.replace(".", "_")
    return client.get(reverse(f"admin:{label}_history", args=[row.pk])).content.decode()


def test_the_log_is_kept_of_these_pages():  # STAFF-4
    assert {Account, Price, Product, TaxRate} <= set(AUDITED)


@pytest.mark.parametrize("model", AUDITED, ids=lambda model: model.__name__)
def test_every_entry_of_the_log_can_be_read(root, model):  # STAFF-4
    book.told()
    unused = PriceFactory(product__code="later", model="tiered", amount=None)
    TierFactory(price=unused, up_to=None, unit=Decimal("0.5"), flat=Decimal(5))
    label = model._meta.label_lower.replace(".", "_")

    for row in model.objects.all():
        for entry in row.history.all():
            row_page = reverse(f"admin:{label}_simple_history", args=[row.pk, entry.pk])
            assert root.get(row_page).status_code == 200, row_page


def test_the_log_names_the_system_where_nobody_signed_in(root):  # STAFF-4
    account = AccountFactory()

    page = log(root, account)

    assert "The system" in page
    assert "None" not in page


def test_the_log_says_the_zone_of_its_clock(root):  # STAFF-4
    account = AccountFactory()
    at = account.history.get().history_date

    assert f"{at:%H:%M} UTC" in log(root, account)


def test_the_log_of_a_price_has_headers_that_are_words(root):  # STAFF-4
    price = PriceFactory(amount=Decimal(10))

    page = log(root, price)

    assert ">Tiers<" in "".join(page.split())


def test_the_first_page_says_the_words_of_the_menu(root):
    page = root.get(reverse("admin:index")).content.decode()
    shown = page[page.index('class="desk-index"') :]

    for words in ("Open amounts", "People", "Roles", "Seller&#x27;s details"):
        assert re.search(rf">{words}\s*</a>", shown)
    for words in ("Receivables", "Groups", "Authentication and Authorization"):
        assert words not in page
