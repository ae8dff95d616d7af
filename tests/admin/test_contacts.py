"""The desk about contacts: support counts them, and reads why a step is refused."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Role
from accounts.models import Account
from billing.contacts import contacts_of
from billing.models import ContactEntry
from tests.admin.conftest import Seat
from tests.billing.contact_book import a_customer

pytestmark = pytest.mark.django_db


def stored(account: Account) -> int:
    return contacts_of(account.pk).stored


def record(client: Client, account: Account, **fields: object):
    data = {"account": account.pk, "note": "", **fields}
    return client.post(reverse("admin:billing_contactentry_add"), data, follow=True)


def test_support_counts_contacts_at_the_desk(seat: Seat):  # PLAN-10
    account, eva = a_customer(), seat(Role.SUPPORT)

    answer = record(eva, account, source="import", count=400, note="Request 7")

    assert f"{account} has 400 of 1,000 contacts (40 %)." in answer.content.decode()
    assert ContactEntry.objects.get().actor is not None
    record(eva, account, source="removed", count=100)
    record(eva, account, source="counted", count=1200)
    assert stored(account) == 1200


def test_what_is_refused_at_the_desk_says_why(seat: Seat):
    account, eva = a_customer(), seat(Role.SUPPORT)

    answer = record(eva, account, source="manual", count=1001)

    assert answer.status_code == HTTPStatus.OK
    assert "1,001 more do not fit" in answer.content.decode()
    assert stored(account) == 0


def test_a_step_of_nothing_is_refused_beside_its_field(seat: Seat):
    answer = record(seat(Role.SUPPORT), a_customer(), source="manual", count=0)

    assert "Write 1 or more." in answer.content.decode()
