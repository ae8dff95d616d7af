"""Programs that ask at once: contacts are counted once for each key, and members are added once."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from accounts.models import Member, MemberEvent
from billing import contacts
from billing.models import ContactCall
from tests.api.programs import Program
from tests.billing.contact_book import a_customer
from tests.concurrency.threads import together
from tests.factories import AccountFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]


def test_contacts_sent_at_once_with_one_key_are_counted_once():  # PLAN-10
    customer = a_customer(1000)
    program, path = Program(customer), f"/accounts/{customer.pk}/contacts"
    said = {"key": "import 7", "change": 30}

    answers = together(*[partial(program.post, path, said)] * 8)

    assert sorted(one.status_code for one in answers) == [*[200] * 7, 201]
    assert contacts.stored_by(customer.pk) == 30
    assert ContactCall.objects.count() == 1


def test_contacts_added_at_once_never_exceed_110_percent():  # PLAN-10
    customer = a_customer(1000)
    program, path = Program(customer), f"/accounts/{customer.pk}/contacts"

    answers = together(
        *(partial(program.post, path, {"key": str(one), "change": 200}) for one in range(8))
    )

    assert sorted(one.status_code for one in answers) == [*[201] * 5, *[409] * 3]
    assert contacts.stored_by(customer.pk) == 1000


def test_a_member_who_is_written_at_once_is_added_once():  # API-3
    account: Any = AccountFactory()
    program, path = Program(account), f"/accounts/{account.pk}/members/u-7"

    answers = together(*[partial(program.put, path, {"name": "Jana"})] * 8)

    assert sorted(one.status_code for one in answers) == [*[200] * 7, 201]
    assert Member.objects.count() == MemberEvent.objects.count() == 1
