"""The page about contacts: what is used of the limit, and each step of it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.deeds import Doer
from accounts.models import Member
from billing import contacts
from billing.models import ContactEntry
from tests.billing.contact_book import a_customer
from tests.factories import instant

pytestmark = pytest.mark.django_db

Source = ContactEntry.Source
AT = instant("2026-03-10 12:00")


def test_the_page_says_what_is_used_and_how_it_came(client: Client):  # PLAN-1, PLAN-10
    account = a_customer()
    jana = Member.objects.get(name="Jana").user
    contacts.add(
        account_id=account.pk, count=920, source=Source.IMPORT, at=AT, by=Doer(jana), note="Fair"
    )
    assert jana is not None
    client.force_login(jana)

    text = client.get(reverse("billing:contacts", args=[account.pk])).content.decode()

    assert "920 of 1,000 contacts are stored: 92 %." in text
    assert "<meter" in text
    assert "+920" in text
    assert "Fair" in text
    assert reverse("billing:change", args=[account.pk, "plus"]) in text


@pytest.mark.parametrize("rows", [1, 50])
def test_the_list_costs_as_much_for_one_step_as_for_fifty(client: Client, rows):
    account = a_customer(limit=5000)
    jana = Member.objects.get(name="Jana").user
    for _ in range(rows):
        contacts.add(account_id=account.pk, count=1, source=Source.API, at=AT, by=Doer(jana))
    assert jana is not None
    client.force_login(jana)
    page = reverse("billing:contacts", args=[account.pk])
    client.get(page)

    with CaptureQueriesContext(connection) as asked:
        assert client.get(page).content.decode().count("+1<") == rows

    assert len(asked) <= 14
