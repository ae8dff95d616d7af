"""Automatic upgrades: agreed to with the prices in view, done once, told, and ended."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts import inbox
from accounts.deeds import NOBODY
from accounts.models import Letter, Member
from accounts.refusals import Lacking
from billing import auto_upgrades, carts, contacts
from billing.auditing import audit
from billing.contacts import LimitReached
from billing.models import (
    AutoUpgrade,
    Event,
    Order,
    SandboxCharge,
)
from billing.refusals import ChangeRefused, QuoteChanged
from tests.billing import plan_book
from tests.billing.agreeing import Source, agree, agreed, limit, store, sweep, told, upgrade
from tests.billing.buying import NOW, buy
from tests.billing.running import bill
from tests.factories import (
    AccountFactory,
    MemberFactory,
    UserFactory,
    instant,
)
from tests.lasting import lasting
from tests.standing import stands

HIGHEST: dict[str, Any] = {"marketing-plus": 25_000}
LOWER: dict[str, Any] = {"marketing-plus": 2500}
pytestmark = pytest.mark.django_db(databases=["default", "readonly"])

_catalogue = lasting(plan_book.catalogue, autouse=True)
here = lasting(plan_book.holder)

DAY = timedelta(days=1)
Ended = AutoUpgrade.Ended


# ---- agreeing ----


def test_what_is_offered_are_the_steps_above_with_what_each_costs(here):  # PLAN-10
    offer = auto_upgrades.offer(here.account, at=NOW)

    assert offer is not None
    assert (offer.held.limit, str(offer.held.each_cycle.amount)) == (2500, "56.00")
    assert [(one.limit, str(one.each_cycle.amount)) for one in offer.stops] == [
        (5000, "84.00"),
        (10_000, "140.00"),
        (25_000, "252.00"),
    ]


def test_a_year_is_offered_at_what_a_year_costs():
    here = plan_book.holder(interval="year")

    offer = auto_upgrades.offer(here.account, at=NOW)

    assert offer is not None
    assert (offer.interval, str(offer.stops[0].each_cycle.amount)) == ("year", "840.00")


def test_nothing_is_offered_without_a_plan_and_at_its_highest_limit():
    highest = plan_book.holder(**HIGHEST)

    assert auto_upgrades.offer(highest.account, at=NOW) is None
    assert auto_upgrades.offer(AccountFactory(), at=NOW) is None


def test_who_agreed_and_when_is_kept_with_the_prices(here):  # PLAN-10
    found = agree(here, 10_000)

    assert (found.agreed_by, found.agreed_by_name, found.agreed_at) == (
        here.person,
        str(here.person),
        NOW,
    )
    assert found.prices == [[5000, "84.00"], [10_000, "140.00"]]
    assert (found.up_to, found.currency, found.ended_at) == (10_000, "EUR", None)


def test_agreeing_anew_ends_what_was_agreed_before():
    here = agreed(5000)

    again = agree(here, 25_000, at=NOW + DAY)

    first = AutoUpgrade.objects.exclude(pk=again.pk).get()
    assert (first.ended_because, first.ended_at) == (Ended.AGREED_ANEW, NOW + DAY)
    assert auto_upgrades.active_of(here.account.pk) == again


def test_one_is_active_at_most():
    here = agreed()
    found = AutoUpgrade.objects.get()
    found.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        found.save()
    assert auto_upgrades.active_of(here.account.pk) is not None


@pytest.mark.parametrize("up_to", [0, 2500, 7000, 50_000])
def test_only_a_step_that_is_shown_is_agreed_to(here, up_to):
    with pytest.raises(ChangeRefused, match="Choose one of the limits"):
        agree(here, up_to)


def test_other_prices_than_those_shown_are_shown_again(here):  # PRICE-10
    with pytest.raises(QuoteChanged):
        auto_upgrades.agree(here=here, up_to=5000, seen="older", at=NOW)
    assert not AutoUpgrade.objects.exists()


def test_who_may_not_buy_may_not_agree(here):  # PRICE-6
    other = stands(MemberFactory(account=here.account, signs_in=True, billing_role=True))

    with pytest.raises(Lacking):
        agree(other)


def test_support_in_a_customers_place_ends_it_and_does_not_agree():
    here = agreed()
    visit = stands(
        Member.objects.get(account=here.account, primary_admin=True),
        visited_by=UserFactory(superuser=True),
    )

    with pytest.raises(ChangeRefused, match="Only the customer"):
        agree(visit)
    auto_upgrades.end(here=visit, at=NOW)

    found = AutoUpgrade.objects.get()
    assert found.ended_because == Ended.BY_HAND
    assert str(here.person) in found.ended_by_name
    with pytest.raises(ChangeRefused):
        auto_upgrades.end(here=here, at=NOW)


# ---- upgrading ----


def test_without_an_agreement_nothing_upgrades(here):  # PLAN-10
    store(here, 2600)

    assert upgrade(here) is None
    assert sweep(at=NOW) == 0
    assert limit(here) == 2500


def test_a_limit_that_is_used_up_is_raised_for_the_days_left():  # PLAN-10
    # 28.00 more for 8 of 28 days: 8.00, and 1.68 of tax.
    here = agreed()
    store(here, 2500)

    order = upgrade(here)

    assert order is not None
    assert order.state == Order.State.DONE
    assert limit(here) == 5000
    assert order.total.amount == Decimal("9.68")
    assert order.invoice is not None
    assert order.person == here.person
    event = Event.objects.latest("pk")
    assert (event.was, event.becomes, event.actor) == (2500, 5000, here.person)
    assert event.cause == "Automatic upgrade, agreed to on 2026-02-20"
    assert list(audit()) == []


def test_one_below_the_limit_nothing_is_raised():
    here = agreed()
    store(here, 2499)

    assert upgrade(here) is None
    assert limit(here) == 2500


@pytest.mark.parametrize(
    ("stored", "becomes"), [(2500, 5000), (4999, 5000), (5000, 10_000), (9000, 10_000)]
)
def test_it_goes_to_the_lowest_step_with_room_above_what_is_stored(stored, becomes):
    here = agreed(25_000)
    contacts.count_anew(account_id=here.account.pk, stored=stored, at=NOW, by=NOBODY, note="")

    upgrade(here)

    assert limit(here) == becomes


def test_never_above_what_was_agreed_to():  # PLAN-10
    here = agreed(5000)
    contacts.count_anew(account_id=here.account.pk, stored=9000, at=NOW, by=NOBODY, note="")

    upgrade(here)
    upgrade(here)

    assert limit(here) == 5000
    assert sweep(at=NOW) == 0
    assert AutoUpgrade.objects.get().ended_at is None


def test_what_an_import_did_not_fit_into_is_raised():  # PLAN-10
    here = agreed()
    store(here, 2000)

    with pytest.raises(LimitReached) as refused:
        store(here, 1000, Source.IMPORT)
    assert refused.value.needs == 3000
    upgrade(here, needs=refused.value.needs)
    store(here, 1000, Source.IMPORT)

    assert limit(here) == 5000


def test_an_import_that_no_agreed_step_holds_raises_nothing():
    here = agreed()
    store(here, 2000)

    assert upgrade(here, needs=60_000) is None
    assert limit(here) == 2500


def test_run_twice_it_is_raised_once():  # JOBS-5
    here = agreed()
    store(here, 2600)

    first, second = upgrade(here), upgrade(here)
    sweep(at=NOW + DAY)

    assert first is not None
    assert second is None
    assert limit(here) == 5000
    assert SandboxCharge.objects.filter(key__startswith="order").count() == 1
    assert len(told("contacts_upgraded")) == 1


def test_the_cart_of_who_agreed_stays_as_it_is():
    here = agreed()
    carts.put(here=here, changes={"extra": 1}, at=NOW)
    store(here, 2600)

    order = upgrade(here)

    assert order is not None
    assert order.changes == [["marketing-plus", 2500, 5000]]
    assert [line.product.code for line in carts.lines_of(here)] == ["extra"]


def test_a_second_step_after_a_first_and_after_a_lower_limit():
    here = agreed()
    store(here, 2500)
    upgrade(here)
    store(here, 2500)
    upgrade(here)
    assert limit(here) == 10_000
    contacts.remove(account_id=here.account.pk, count=3000, at=NOW, by=NOBODY)
    buy(here, at=NOW + DAY, **LOWER)
    renewal = instant("2026-02-28 08:00")
    bill(at=renewal)
    assert limit(here) == 2500

    store(here, 500, at=renewal + DAY)
    upgrade(here, at=renewal + DAY)

    assert limit(here) == 5000
    assert len(told("contacts_upgraded")) == 3


def test_who_may_buy_is_told_with_the_amount():
    here = agreed()
    MemberFactory(account=here.account, signs_in=True, billing_role=True)
    store(here, 2500)
    upgrade(here)

    [message] = told("contacts_upgraded")
    said = inbox.say(message)

    assert message.person == here.person
    assert "raised from 2,500 to 5,000" in said.text
    assert "€9.68" in said.text
    assert Letter.objects.filter(name="inbox", subject_id=message.pk).exists()
    with translation.override("it"):
        assert "2.500" in inbox.say(message).text
