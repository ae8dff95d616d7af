"""What the members of an account use as what, as the desk shows it beside each. CONV-8."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.access import Role, Standing
from tests.factories import MemberFactory
from tests.licensing.seat_book import NOW, agents, owner
from tests.licensing.test_assigning import lowered

pytestmark = pytest.mark.django_db(databases=["default", "readonly"])


def members(client: Client, here: Standing) -> str:
    address = reverse("admin:accounts_account_members", args=[here.account.pk])
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        return " ".join(client.get(address).content.decode().split())


def beside(shown: str, name: str) -> str:
    """The row of this member."""
    return next(row for row in shown.split("<tr") if f"> {name}" in row)


def test_the_desk_shows_who_is_an_agent_and_who_views(seat):
    """Also who is given as viewer, because more are agents than seats are owned."""
    here = owner(seats=2)
    agents(here, "Ann", "Ben")
    agents(here, "Cid", level="viewer")
    lowered(here, 1)
    MemberFactory(account=here.account, name="Dan")

    shown = members(seat(Role.READ_ONLY), here)

    assert "<small>agent of Conversations</small>" in beside(shown, "Ann")
    assert "given as viewer: no seat is left" in beside(shown, "Ben")
    assert "viewer of Conversations" in beside(shown, "Cid")
    assert "Conversations" not in beside(shown, "Dan")


def test_it_costs_the_same_for_one_and_for_fifty(seat):
    client, here = seat(Role.READ_ONLY), owner(seats=9)
    agents(here, "Ann")
    members(client, here)
    counts = []
    for names in ([], [f"Agent {number}" for number in range(8)]):
        agents(here, *names)
        agents(here, *[f"{name} looks" for name in names * 5], level="viewer")
        with CaptureQueriesContext(connection) as queries:
            members(client, here)
        counts.append(len(queries))

    assert counts[0] == counts[1]
