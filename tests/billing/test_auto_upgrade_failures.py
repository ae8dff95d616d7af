"""Automatic upgrades that fail, and those that end by themselves."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts import inbox
from accounts.access import Standing
from accounts.models import Account, Member
from billing import carts, checkout, collecting, events
from billing.gateways.sandbox_cards import Behaviour
from billing.models import (
    AutoUpgrade,
    Item,
    Order,
    PaymentMethod,
    Price,
    PricePin,
    SandboxCharge,
    Subscription,
)
from tests.billing.agreeing import agreed, limit, store, sweep, told, upgrade
from tests.billing.buying import GATEWAY, NOW, buy
from tests.billing.running import clock
from tests.factories import (
    CardFactory,
    MemberFactory,
    PriceFactory,
    TierFactory,
    instant,
)

pytestmark = pytest.mark.django_db(databases=["default", "readonly"])

DAY = timedelta(days=1)
Ended = AutoUpgrade.Ended


def ended(here: Standing) -> str:
    return AutoUpgrade.objects.filter(account=here.account).latest("pk").ended_because


def declining(here: Standing, behaviour: Behaviour = Behaviour.FUNDS) -> None:
    CardFactory(payer=here.account, behaviour=behaviour)


def test_a_declined_charge_raises_nothing_and_is_tried_again_in_a_day():
    here = agreed()
    declining(here)
    store(here, 2500)

    order = upgrade(here)
    assert order is not None
    assert order.state == Order.State.DECLINED
    assert upgrade(here) is None
    assert sweep(at=NOW + timedelta(hours=23)) == 0
    CardFactory(payer=here.account)
    assert sweep(at=NOW + DAY) == 1

    assert limit(here) == 5000
    [message] = told("contacts_not_upgraded")
    assert "not enough money" in inbox.say(message).text
    assert "tried again in a day" in inbox.say(message).text
    found = AutoUpgrade.objects.get()
    assert (found.failures, found.next_try_at) == (0, None)


def test_after_three_failures_in_a_row_it_ends():
    here = agreed()
    declining(here)
    store(here, 2500)

    for day in range(5):
        sweep(at=NOW + day * DAY)

    assert limit(here) == 2500
    assert ended(here) == Ended.FAILED
    messages = told("contacts_not_upgraded")
    assert len(messages) == 3
    assert "not tried again" in inbox.say(messages[-1]).text
    assert Order.objects.count() == 3


def test_a_bank_that_asks_somebody_is_a_failure_because_nobody_is_there():
    here = agreed()
    declining(here, Behaviour.SECURE)
    store(here, 2500)

    upgrade(here)

    [message] = told("contacts_not_upgraded")
    assert "confirm this payment yourself" in inbox.say(message).text


def test_without_a_card_it_says_so():
    here = agreed()
    PaymentMethod.objects.update(removed_at=NOW, is_default=False)
    store(here, 2500)

    assert upgrade(here) is None

    [message] = told("contacts_not_upgraded")
    assert "There is no card" in inbox.say(message).text
    assert not Order.objects.exists()


def test_who_is_blocked_is_told_that_something_is_in_the_way():
    here = agreed()
    Account.objects.filter(pk=here.account.pk).update(blocked_at=NOW)
    store(here, 2500)

    assert upgrade(here) is None

    [message] = told("contacts_not_upgraded")
    assert "raise it by hand" in inbox.say(message).text


def test_an_order_on_its_way_is_waited_for_and_is_no_failure():
    here = agreed()
    store(here, 2500)
    carts.put(here=here, changes={"extra": 1}, at=NOW)
    quoted = checkout.quote_cart(here=here, at=NOW)
    assert quoted is not None
    other = checkout.confirm(here=here, seen=checkout.shown(quoted), at=NOW)

    assert upgrade(here) is None
    assert told("contacts_not_upgraded") == []
    checkout.pay(order_id=other.pk, gateway=GATEWAY, clock=clock(NOW))
    upgrade(here)

    assert limit(here) == 5000


def test_an_order_that_waits_for_a_transfer_is_waited_for_and_is_no_failure():  # PLAN-11
    here = agreed()
    store(here, 2500)
    Account.objects.filter(pk=here.account.pk).update(pays_by="transfer")
    here.account.refresh_from_db()
    here.account.payer.refresh_from_db()
    assert buy(here, extra=1).state == Order.State.WAITING

    for day in range(4):
        sweep(at=NOW + timedelta(hours=1) + day * DAY)

    assert told("contacts_not_upgraded") == []
    found = AutoUpgrade.objects.get()
    assert (found.failures, found.ended_at, found.next_try_at) == (0, None, None)


def test_what_is_due_and_could_not_be_billed_is_waited_for_and_is_no_failure():  # JOBS-5
    """The run leaves sandboxes out (decision 25), so what is due there stays due."""
    here = agreed()
    store(here, 2500)
    renewal = instant("2026-02-28 08:00")
    Account.objects.filter(pk=here.account.pk).update(kind=Account.Kind.SANDBOX)

    assert upgrade(here, at=renewal) is None

    assert told("contacts_not_upgraded") == []
    found = AutoUpgrade.objects.get()
    assert (found.failures, found.ended_at, found.next_try_at) == (0, None, None)
    assert not Order.objects.exists()

    Account.objects.filter(pk=here.account.pk).update(kind=Account.Kind.LIVE)
    order = upgrade(here, at=renewal + timedelta(hours=1))

    assert order is not None
    assert (order.state, limit(here)) == (Order.State.DONE, 5000)


def test_a_worker_that_is_killed_before_it_pays_is_made_good():  # JOBS-5
    here = agreed()
    store(here, 2500)
    found = AutoUpgrade.objects.get()
    sequence = Item.objects.get(product__code="marketing-plus").last_sequence
    wanted = carts.Wanted({"marketing-plus": 5000}, by_itself=True)
    quoted = checkout.quote_with(wanted, here=here, at=NOW)
    token = f"{found.token_prefix}{sequence}-{found.concluded}"
    checkout.confirm(here=here, seen=checkout.shown(quoted, token=token), at=NOW, wanted=wanted)

    collecting.collect(clock=clock(NOW + timedelta(hours=1)), gateway=GATEWAY)
    assert limit(here) == 2500
    sweep(at=NOW + timedelta(hours=1))

    assert limit(here) == 5000
    assert told("contacts_not_upgraded") == []
    assert SandboxCharge.objects.filter(key__startswith="order").count() == 1


def test_an_answer_that_comes_late_is_told_once_it_is_there():
    here = agreed()
    declining(here, Behaviour.SILENT)
    store(here, 2500)

    order = upgrade(here)
    assert order is not None
    assert order.unsettled
    assert told("contacts_upgraded") == []
    for hours in range(1, 30):
        collecting.collect(clock=clock(NOW + timedelta(hours=hours)), gateway=GATEWAY)
    sweep(at=NOW + timedelta(hours=30))

    assert limit(here) == 5000
    assert len(told("contacts_upgraded")) == 1


# ---- ending ----


@pytest.mark.parametrize("facts", [{"status": "suspended"}, {"primary_admin": False}])
def test_it_ends_where_who_agreed_may_no_longer_buy(facts):
    here = agreed()
    MemberFactory(account=here.account, name="Eva", signs_in=True, purchase_permission=True)
    Member.objects.filter(user=here.person).update(**facts)
    store(here, 2500)

    assert upgrade(here) is None

    assert ended(here) == Ended.AGREER
    assert limit(here) == 2500
    assert "may no longer buy" in inbox.say(told("auto_upgrade_ended")[0]).text


def test_it_ends_where_the_price_has_risen_above_what_was_agreed():  # RSL-5
    here = agreed()
    item = Item.objects.get(product__code="marketing-plus")
    price = PriceFactory(
        product=item.product, model=Price.Model.VOLUME, amount=None, valid_from=date(2026, 2, 1)
    )
    for up_to, flat in ((2500, 60), (5000, 90), (25_000, 300)):
        TierFactory(price=price, up_to=up_to, flat=Decimal(flat), unit=0)
    events.announce_price(
        item_id=item.pk,
        price_id=price.pk,
        holds_from=NOW.date(),
        noticed_on=NOW.date() - timedelta(days=20),
        at=NOW,
    )
    assert PricePin.objects.filter(item=item).count() == 2
    store(here, 2500)

    assert upgrade(here) is None

    assert ended(here) == Ended.PRICE
    assert "price has risen" in inbox.say(told("auto_upgrade_ended")[0]).text
    assert limit(here) == 2500


def test_it_ends_with_the_plan_that_it_was_agreed_for():
    here = agreed()
    changes: dict[str, Any] = {
        **{"marketing-plus": 0, "marketing-pro": 2500},
        **{"users-plus": 0, "users-pro": 3},
    }
    buy(here, replaces=True, **changes)
    store(here, 2500)

    assert upgrade(here) is None

    assert ended(here) == Ended.PLAN
    assert limit(here) == 2500


def test_the_sweep_leaves_closed_accounts_and_sandboxes_alone():  # decision 25
    here = agreed()
    store(here, 2500)
    Account.objects.filter(pk=here.account.pk).update(kind=Account.Kind.SANDBOX)

    assert sweep(at=NOW) == 0

    Account.objects.filter(pk=here.account.pk).update(kind="live", closed_at=NOW)
    assert sweep(at=NOW) == 0
    assert Subscription.objects.count() == 1


def test_who_has_cancelled_the_plan_buys_no_more_of_it_by_itself():  # PLAN-13
    here = agreed()
    store(here, 2500)
    Subscription.objects.update(ends_on=date(2026, 2, 28))

    assert upgrade(here) is None

    assert limit(here) == 2500
    assert told("contacts_not_upgraded") == []
