"""What somebody types into addresses and forms by hand: a page or a refusal, never a failure."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import AccountFactory, MemberFactory, QueueFactory
from tests.isolation.addresses import Address
from tests.isolation.test_methods import OURS

pytestmark = pytest.mark.django_db

NAMES = (
    "q", "sort", "tab", "page", "idle", "ticked", "type", "status", "member", "account", "product",
    "next", "seen", "aware", "access", "rights", "reason", "name", "email", "gives", "granted",
    "quantity", "amount", "time_zone", "language", "country", "tax_id", "emails", "number",
    "channel", "key", "from", "until", "at", "on", "month", "year", "interval", "plan", "steps",
    "currency", "password", "theme", "group", "licence", "subject", "text", "kind",
)  # fmt: skip
ODD = ("\0", "²", "٣", "-1", "9" * 40, "é" * 5000, "NaN", "\r\n")
# Over what each field takes; an address of fifty such fields would be a megabyte and a half.
MOST = {"get": 1000, "post": 5000}
HUGE = (2**63 - 1, 2**63, 10**30)


@pytest.fixture
def boss(client: Client) -> dict[str, int]:
    """The primary account admin of an account with everything, signed in; what it has, by name."""
    account = AccountFactory(agency=True, licensing_enabled=True)
    member = MemberFactory(account=account, primary_admin=True, signs_in=True)
    other = MemberFactory(account=account, status="suspended")
    assert member.user is not None
    client.force_login(member.user)
    client.raise_request_exception = False
    queue = QueueFactory(account=account)
    return {"account_id": account.pk, "member_id": other.pk, "queue_id": queue.pk}


def _failures(client: Client, path: str, method: str, data: dict[str, str]) -> list[str]:
    answer = getattr(client, method)(path, data)
    return [f"{method} {path} {data.get('q', '')[:9]!r}"] if answer.status_code >= 500 else []


@pytest.mark.once  # PostgreSQL takes less of it
@pytest.mark.parametrize("address", OURS, ids=str)
def test_a_page_takes_whatever_is_typed(client, boss, address: Address):  # ALL-4
    values = dict.fromkeys(address.arguments, 1) | {
        name: value for name, value in boss.items() if name in address.arguments
    }
    path = address.path(values)
    found = [
        failure
        for method in ("get", "post")
        for odd in ODD
        for failure in _failures(client, path, method, dict.fromkeys(NAMES, odd[: MOST[method]]))
    ]

    assert not found


@pytest.mark.parametrize("address", [one for one in OURS if one.arguments], ids=str)
def test_a_number_that_no_row_can_have_is_no_failure(client, boss, address: Address):  # ALL-1
    found = []
    for name in address.arguments:
        for huge in HUGE:
            path = address.path(dict.fromkeys(address.arguments, 1) | boss | {name: huge})
            found += _failures(client, path, "get", {}) + _failures(client, path, "post", {})

    assert not found


def test_what_has_such_a_number_is_not_found(client, boss):
    for huge in HUGE:
        assert client.get(f"/accounts/{huge}/").status_code == 404
        assert client.get(f"/accounts/{boss['account_id']}/team/{huge}/").status_code == 404
