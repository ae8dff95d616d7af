"""The pages on which a plan is cancelled, and kept after all. PLAN-13."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import Standing
from accounts.models import AccountEvent
from billing.cancelling import ending
from billing.models import Subscription
from tests.billing.requesting import customer_of_today
from tests.factories import MemberFactory
from tests.lasting import lasting

pytestmark = pytest.mark.django_db


@lasting
def here() -> Standing:
    """A plan that has begun ten days ago."""
    return customer_of_today()


def signed_in(here: Standing) -> Client:
    client = Client()
    client.force_login(here.person)
    return client


def read(answer: Any) -> str:
    return str(answer.content.decode().replace("\N{NO-BREAK SPACE}", " "))


def at(name: str, here: Standing) -> str:
    return reverse(f"billing:{name}", args=[here.account.pk])


def the_end(here: Standing) -> str:
    found = ending(here, at=timezone.now())
    assert found is not None
    return found.on.isoformat()


def test_it_says_what_ends_in_amounts_and_that_nothing_is_credited(here):  # PLAN-13
    shown = read(signed_in(here).get(at("cancel", here)))

    assert "Marketing Pro" in shown
    assert '<span class="currency">€</span>348.00' in shown
    assert "Nothing is credited for the days until" in shown
    assert "Last invoice" in shown


def test_a_reason_is_asked_for(here):  # PLAN-13, ALL-4
    answer = signed_in(here).post(at("cancel", here), {"seen": the_end(here), "text": "Too slow"})

    assert answer.status_code == 422
    assert "Choose the reason that comes nearest." in read(answer)
    assert "Too slow" in read(answer)
    assert Subscription.objects.get().ends_on is None


def test_it_is_cancelled_and_kept(here):  # PLAN-13
    client, ends_on = signed_in(here), the_end(here)
    assert "Cancel plan" in read(client.get(at("overview", here)))

    answer = client.post(
        at("cancel", here), {"seen": ends_on, "why": "price", "text": "A lot"}, follow=True
    )
    assert "Until then you can keep it after all." in read(answer)
    assert "Keep plan" in read(answer)
    assert Subscription.objects.get().ends_on is not None
    assert AccountEvent.objects.latest("pk").reason == "It costs too much. A lot"

    answer = client.post(at("keep", here), follow=True)
    assert "The plan goes on, and is billed as before." in read(answer)
    assert Subscription.objects.get().ends_on is None


def test_another_day_than_was_shown_is_shown_again(here):
    answer = signed_in(here).post(
        at("cancel", here), {"seen": "2026-01-01", "why": "price", "text": "Kept"}
    )

    assert answer.status_code == 409
    assert "A new cycle has begun meanwhile" in read(answer)
    assert "Kept" in read(answer)
    assert f'value="{the_end(here)}"' in read(answer)


def test_a_second_click_says_that_it_ends_already(here):
    client, ends_on = signed_in(here), the_end(here)
    client.post(at("cancel", here), {"seen": ends_on, "why": "price"})

    answer = client.post(at("cancel", here), {"seen": ends_on, "why": "price"}, follow=True)

    assert "The plan ends already" in read(answer)
    assert AccountEvent.objects.filter(kind="plan_cancelled").count() == 1


def test_keeping_what_does_not_end_says_so(here):
    answer = signed_in(here).post(at("keep", here), follow=True)

    assert "The plan does not end, or has ended already." in read(answer)


def test_others_read_who_cancels(here):  # PLAN-13
    buyer = MemberFactory(account=here.account, signs_in=True, purchase_permission=True)
    client = Client()
    client.force_login(buyer.user)

    answer = client.get(at("cancel", here))

    assert answer.status_code == 403
    assert "Jana" in read(answer)
    assert client.post(at("keep", here)).status_code == 403
    assert "Cancel plan" not in read(client.get(at("overview", here)))
