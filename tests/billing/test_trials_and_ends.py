"""Trials whose price is charged once by their end, and trials beside a plan that ends."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.access import Standing
from billing import cancelling, trial_ends, trials
from billing.auditing import audit
from billing.models import Invoice, Product, Subscription, Trial
from billing.refusals import ChangeRefused
from billing.subscribing import open_subscription
from tests.billing.running import bill
from tests.billing.test_trials import ENDS, GRANTED, OVER, ended, held, keep, told, trying
from tests.factories import PriceFactory, instant

pytestmark = pytest.mark.django_db(databases=["default", "readonly"])

# The cycle of the plan, 31 January to 28 February.
PLAN_ENDS = date(2026, 2, 28)
AFTER = date(2026, 3, 10)


def cancel(here: Standing) -> None:
    ending = cancelling.ending(here, at=GRANTED)
    assert ending is not None
    assert ending.on == PLAN_ENDS
    cancelling.cancel(here=here, why="price", text="", seen=ending.on, at=GRANTED)


def cancel_page(here: Standing) -> str:
    client = Client()
    client.force_login(here.person)
    with time_machine.travel(GRANTED, tick=False):
        shown = client.get(reverse("billing:cancel", args=[here.account.pk]))
    return " ".join(shown.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


# ---- charged once ----


def once_from(day: date) -> None:
    agents = Product.objects.get(code="agents")
    PriceFactory(product=agents, once=True, amount=999, valid_from=day)


def test_what_is_charged_once_by_then_cannot_be_kept():  # PRICE-2, JOBS-4
    here = trying()
    once_from(ENDS - timedelta(days=5))

    with pytest.raises(ChangeRefused, match="charged once by then"):
        keep(here, 5)
    assert Trial.objects.get().keeps == 0


def test_what_was_kept_is_not_bought_at_a_price_that_is_charged_once():  # RSL-5, JOBS-4
    """5 were kept for 140.00 a cycle. 5 × 999.00 at once was never agreed to."""
    here = trying()
    keep(here, 5)
    once_from(ENDS - timedelta(days=5))

    trial_ends.end_due(at=OVER)
    bill(at=OVER)

    assert (held(here), ended()) == (0, Trial.Ended.AGAINST)
    assert not Invoice.objects.filter(reason="change").exists()
    assert "was not bought: It is charged once by then" in told("trial_ended")[0]


# ---- the plan ends ----


def test_what_was_kept_is_bought_until_the_plan_ends_and_the_page_says_so():  # PLAN-13, JOBS-4
    """5 × 28.00 × 8/28 = 40.00, and 21 % of tax; nothing from 28 February on."""
    here = trying()
    keep(here, 5)

    page = cancel_page(here)
    cancel(here)
    trial_ends.end_due(at=OVER)
    bill(at=OVER)
    bill(at=instant("2026-02-28 08:00"))

    assert (
        "Your trial of Agents ends on 20 February 2026, before the plan: as you wanted, 5 units "
        "are bought then, €48.40 until 28 February 2026, and end with the plan." in page
    )
    assert reverse("billing:trial", args=[here.account.pk, "agents"]) in page
    assert Invoice.objects.get(reason="change").total.amount == Decimal("48.40")
    assert held(here) == 0
    assert not Invoice.objects.filter(reason="cycle", cycle_date=PLAN_ENDS).exists()
    assert list(audit()) == []


@pytest.mark.parametrize("ends_on", [PLAN_ENDS, AFTER])
def test_nothing_is_bought_from_the_plans_end_on_and_the_page_says_so(ends_on):  # PLAN-13
    here = trying(ends_on=ends_on)
    keep(here, 5)

    page = cancel_page(here)
    cancel(here)
    trial_ends.end_due(at=trials.ends_at(Trial.objects.get()))

    assert "The 5 units that you wanted to keep are not bought then." in page
    assert (held(here), ended()) == (0, Trial.Ended.AGAINST)
    assert "The subscription ends on 28 February 2026, and nothing" in told("trial_ended")[0]
    with translation.override("it"):
        assert "28 febbraio 2026" in told("trial_ended")[0]


def test_another_plan_that_has_begun_meanwhile_buys_nothing_of_it():  # PLAN-13, decision 53
    here = trying(ends_on=AFTER)
    keep(here, 5)
    cancel(here)
    bill(at=instant("2026-02-28 08:00"))
    code = Subscription.objects.get().code
    open_subscription(
        account_id=here.account.pk,
        starts_on=date(2026, 3, 2),
        zone="Europe/Prague",
        code=code,
        interval="month",
    )
    bill(at=instant("2026-03-02 08:00"))

    trial_ends.end_due(at=trials.ends_at(Trial.objects.get()))

    assert (held(here), ended()) == (0, Trial.Ended.AGAINST)


def test_a_trial_that_outlasts_a_cancelled_plan_is_not_kept():  # PLAN-13
    here = trying(ends_on=AFTER)
    cancel(here)

    with pytest.raises(ChangeRefused, match="The subscription ends on 28"):
        keep(here, 5)


def test_a_plan_that_is_kept_after_all_buys_what_was_kept():  # PLAN-13
    here = trying()
    keep(here, 5)
    cancel(here)
    cancelling.keep(here=here, at=GRANTED + timedelta(hours=1))

    trial_ends.end_due(at=OVER)

    assert (held(here), ended()) == (5, Trial.Ended.BOUGHT)


def test_the_page_names_a_trial_of_which_nothing_was_kept():  # PLAN-13
    here = trying()

    page = cancel_page(here)

    assert "Agents is free until 20 February 2026, and nothing is bought then." in page
