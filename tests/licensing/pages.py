"""Somebody signed in who looks at pages of their account."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from tests.factories import AccessFactory, MemberFactory


def signed_in(account: Account, *rights, **details) -> Client:
    """The browser of a member with these rights, or of the primary account admin without any."""
    if rights:
        details["access"] = AccessFactory(account=account, rights=rights)
    else:
        details.setdefault("primary_admin", True)
    member = MemberFactory(account=account, signs_in=True, **details)
    client = Client()
    client.force_login(member.user)
    return client


def queries_of(browser: Client, address: str) -> int:
    """How many queries the page costs, what is read once for all being read already."""
    browser.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(address).status_code == 200
    return len(seen)
