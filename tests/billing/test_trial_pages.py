"""The pages of a trial: what is kept is chosen in view of its price, and the desk grants one."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import Standing
from accounts.deeds import NOBODY
from billing import trials
from billing.models import Product, Trial
from tests.billing.buying import customer
from tests.billing.running import bill
from tests.billing.test_overview_pages import QUERIES
from tests.factories import PriceFactory

pytestmark = pytest.mark.django_db(databases=["default", "readonly"])


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode().replace("\N{NO-BREAK SPACE}", " "))


def now_trying() -> tuple[Standing, Client]:
    here = customer()
    bill(at=timezone.now())
    PriceFactory(code="agents", amount=28)
    trials.grant(
        account_id=here.account.pk,
        product=Product.objects.get(code="agents"),
        quantity=20,
        ends_on=(timezone.now() + timedelta(days=9)).date(),
        at=timezone.now(),
        by=NOBODY,
    )
    client = Client()
    client.force_login(here.person)
    return here, client


def test_the_page_shows_the_price_from_the_end_on_and_keeps_it():  # PRICE-10
    here, client = now_trying()
    page = reverse("billing:trial", args=[here.account.pk, "agents"])

    shown = text_of(client.get(page, {"number": "5"}))
    seen = re.search(r'name="seen" value="(\w+)"', shown)
    assert seen is not None
    assert "when the trial ends" in shown
    assert "Due today" not in shown
    answer = client.post(page, {"number": "5", "seen": seen[1]}, follow=True)

    assert "charged from the end of the trial on" in text_of(answer)
    assert Trial.objects.get().keeps == 5
    assert "Nothing is kept" in text_of(client.post(page, {"none": "1"}, follow=True))
    assert Trial.objects.get().keeps == 0


@pytest.mark.parametrize("number", ["", "many", "-1", "9" * 20])
def test_nonsense_keeps_nothing(number):
    here, client = now_trying()
    page = reverse("billing:trial", args=[here.account.pk, "agents"])

    assert client.post(page, {"number": number, "seen": "x"}).status_code == 409
    assert Trial.objects.get().keeps == 0


def test_billing_and_upgrade_names_the_trial():  # PLAN-1
    here, client = now_trying()

    shown = text_of(client.get(reverse("billing:overview", args=[here.account.pk])))

    assert "It ends, and nothing is charged" in shown
    assert "Kept, it costs €560.00 a month" in shown
    assert reverse("billing:trial", args=[here.account.pk, "agents"]) in shown
    assert client.get(reverse("billing:trial", args=[here.account.pk, "seat"])).status_code == 404


def test_what_is_tried_is_not_added_to_the_plan_besides(django_assert_num_queries):  # PLAN-7
    here, client = now_trying()
    agents = Product.objects.get(code="agents")
    agents.requires.add(Product.objects.get(code="seat"))
    Trial.objects.update(keeps=5)
    overview = reverse("billing:overview", args=[here.account.pk])
    client.get(overview)

    with django_assert_num_queries(QUERIES):
        shown = text_of(client.get(overview))

    section = shown[shown.index('id="add-ons"') :]
    assert "On trial, free until" in section
    assert reverse("billing:trial", args=[here.account.pk, "agents"]) in section
    assert reverse("billing:change", args=[here.account.pk, "agents"]) not in shown
    assert "€140.00 a month, before discount and taxes" in shown


def test_the_desk_grants_and_calls_off(admin_client: Client):  # STAFF-1
    here = customer()
    product = PriceFactory(code="agents", amount=28).product
    ends = timezone.now().date() + timedelta(days=20)
    page = reverse("admin:billing_trial_add")
    sent = {"account": here.account.pk, "product": product.pk, "quantity": 20, "note": "7"}

    admin_client.post(page, {**sent, "ends_on": ends.isoformat()})
    again = admin_client.post(page, {**sent, "ends_on": ends.isoformat()})

    assert "tries" in text_of(again)
    assert again.context["adminform"].form["note"].value() == "7"  # ALL-4: what was typed stays
    trial = Trial.objects.get()
    assert (trial.quantity, trial.ends_on) == (20, ends)
    admin_client.post(
        reverse("admin:billing_trial_changelist"),
        {"action": "call_off", "_selected_action": [trial.pk]},
    )
    assert Trial.objects.get().ended_because == Trial.Ended.CALLED_OFF
