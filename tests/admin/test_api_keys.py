"""API keys at the desk: superusers make the vendor's, support revokes any. API-4."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import api_keys
from accounts.access import Role
from accounts.callers import caller_with
from accounts.models import ApiKey
from accounts.scopes import Scope
from tests.factories import AccountFactory
from tests.standing import chief

pytestmark = pytest.mark.django_db

LIST = "admin:accounts_apikey_changelist"
ADD = "admin:accounts_apikey_add"


def test_a_superuser_makes_a_key_of_the_vendor_and_reads_it_once(root):  # API-4
    said = {"name": "Product", "allows": ["entitlements:read", "usage:write"]}

    answer = root.post(reverse(ADD), said)
    token = answer.context["made"].token
    again = root.post(reverse(ADD), said)

    assert token in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    caller = caller_with(token, at=timezone.now())
    assert caller is not None
    assert caller.key.account is None
    assert caller.key.created_by_name == "Rita"
    assert caller.key.history.get().history_user.name == "Rita"
    assert "There is a key called Product already" in again.content.decode()
    assert token not in root.get(reverse(LIST)).content.decode()


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.BILLING])
def test_no_role_makes_a_key_of_the_vendor(seat, role):  # STAFF-4
    assert seat(role).get(reverse(ADD)).status_code == 403


@pytest.mark.parametrize(("role", "left"), [(Role.SUPPORT, 0), (Role.READ_ONLY, 1)])
def test_support_revokes_the_key_of_a_customer(seat, role, left):  # API-4, STAFF-2
    key = api_keys.create(
        here=chief(AccountFactory()),
        name="Sync",
        allows=[Scope.USAGE_WRITE],
        at=timezone.now(),
    ).key

    data = {"action": "revoke", "_selected_action": [key.pk]}
    seat(role).post(reverse(LIST), data)

    assert ApiKey.objects.filter(revoked_at=None).count() == left
