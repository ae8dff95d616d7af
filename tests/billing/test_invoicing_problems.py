"""Drafts: a payer whose rows are broken is a problem of its own."""

from datetime import date

import pytest

from accounts.models import Account
from billing.invoicing import draft_page
from billing.models import Bill, Price, Subscription
from tests.factories import (
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    TierFactory,
    instant,
)
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))


@lasting(autouse=True)
def seller() -> None:
    SellerFactory()
    TaxRateFactory()


@lasting
def seat() -> Price:
    return PriceFactory(code="seat")


def broken_price() -> str:
    price = PriceFactory(code="mail")
    plan = SubscriptionFactory(items={"mail": 1})
    Price.objects.filter(pk=price.pk).update(model="volume")
    return f"{plan.payer_id}: Price {price.pk} of the catalogue cannot be charged"


def too_few_tiers() -> str:
    tier = TierFactory(price=PriceFactory(code="contacts", volume=True), up_to=5000)
    plan = SubscriptionFactory(items={"contacts": 2500})
    type(tier).objects.filter(pk=tier.pk).update(up_to=1000)
    return f"{plan.payer_id}: 2500 units of contacts are beyond the last tier"


def broken_state() -> str:
    PriceFactory(code="mail")
    plan = SubscriptionFactory(items={"mail": 1})
    plan.opening = Bill.objects.create(
        subscription=plan, reason="opening", number=0, starts_on=JANUARY, ends_on=FEBRUARY,
        at=instant("2026-01-01"), subtotal=0, state={"items": {"mail": "many"}},
    )  # fmt: skip
    plan.save()
    return f"{plan.payer_id}: The state stored with the last bill of subscription plan"


def no_such_zone() -> str:
    plan = SubscriptionFactory()
    Subscription.objects.filter(pk=plan.pk).update(time_zone="Mars/Phobos")
    return f"{plan.payer_id}: 'Mars/Phobos' is no time zone"


def no_such_currency() -> str:
    PriceFactory(code="mail")
    plan = SubscriptionFactory(items={"mail": 1})
    Subscription.objects.filter(pk=plan.pk).update(currency="XYZ")
    return f"{plan.payer_id}: 'XYZ' is no currency of ISO 4217"


BROKEN = [broken_price, too_few_tiers, broken_state, no_such_zone, no_such_currency]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_one_broken_payer_is_a_problem_of_its_own(seat, broken):  # JOBS-5
    good = SubscriptionFactory(items={"seat": 1})
    sentence = broken()

    payers = list(Account.objects.values_list("pk", flat=True))
    page = draft_page(payer_ids=payers, at=instant("2026-02-01"))

    assert [draft.payer_id for draft in page.payers] == [good.payer_id]
    [problem] = page.problems
    assert f"{problem.payer_id}: {problem.reason}".startswith(sentence)
    assert "Traceback" in problem.detail
