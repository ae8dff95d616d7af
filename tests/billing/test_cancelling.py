"""Cancelling the plan: it ends with its cycle, is billed what it owes, can be kept until then."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.access import Standing
from accounts.models import Account, AccountEvent, Letter
from accounts.refusals import Lacking
from billing import buyers, cancelling, events, meters
from billing.auditing import audit
from billing.cancelling import Why
from billing.foreseeing import look
from billing.last_bill import last_bill
from billing.models import Bill, Event, Invoice, Item, Subscription
from billing.refusals import ChangeRefused, QuoteChanged
from billing.scheduled import scheduled
from billing.subscribing import keep_subscription, open_subscription
from tests.billing.buying import waiting
from tests.billing.requesting import NOW, RENEWAL, RENEWED, customer
from tests.billing.running import bill
from tests.factories import AccountFactory, MemberFactory, PriceFactory, instant
from tests.lasting import lasting
from tests.standing import chief, stands

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 31)

here = lasting(customer)


def cancelled(here: Standing, *, at: Any = NOW, seen: date = RENEWAL, **more: Any) -> date:
    return cancelling.cancel(
        here=here, why=more.pop("why", "price"), text=more.pop("text", ""), seen=seen, at=at
    )


def plan(here: Standing) -> Subscription:
    return Subscription.objects.get(account=here.account, code="plan")


def change(here: Standing, at: Any, **changes: int) -> None:
    events.record(
        subscription_id=plan(here).pk,
        changes={code.replace("_", "-"): number for code, number in changes.items()},
        at=at,
    )


def in_force(here: Standing) -> dict[str, int]:
    items = Item.objects.filter(subscription__account=here.account, quantity__gt=0)
    return dict(items.values_list("product__code", "quantity"))


def waits(here: Standing, at: Any = NOW) -> dict[str, int]:
    return {one.product.code: one.becomes for one in scheduled(look(here.account, at=at))}


def totals() -> list[tuple[str, Decimal]]:
    rows = Bill.objects.filter(reason="cycle").order_by("at")
    return [(str(one.starts_on), one.subtotal) for one in rows]


def test_the_plan_ends_with_its_cycle_for_a_reason(here, settings):  # PLAN-13
    Letter.objects.all().delete()

    ends_on = cancelled(here, why="missing", text="No telephone")

    assert ends_on == plan(here).ends_on == RENEWAL
    assert in_force(here)["users-pro"] == 5
    assert set(waits(here).values()) == {0}
    assert set(waits(here)) == {"marketing-pro", "users-pro", "extra", "seats"}
    said = "Something that is needed is missing. No telephone"
    deed = AccountEvent.objects.latest("pk")
    assert (deed.kind, deed.actor, deed.reason) == ("plan_cancelled", here.person, said)
    assert set(Event.objects.filter(becomes=0).values_list("cause", flat=True)) == {
        f"Cancelled: {said}"
    }
    assert set(Letter.objects.values_list("name", "to")) == {
        ("plan_cancelled", here.person.email),
        ("plan_cancelled_support", settings.SUPPORT_EMAIL),
    }


def test_the_last_cycle_is_billed_and_nothing_after_it(here):  # PLAN-13
    cancelled(here)

    for month in ("2026-02-28", "2026-03-31", "2026-04-30"):
        bill(at=instant(f"{month} 08:00"))

    assert totals() == [("2026-01-31", Decimal("348.00")), ("2026-02-28", Decimal(0))]
    assert Invoice.objects.count() == 1
    assert not in_force(here)
    assert plan(here).next_bill_at is None
    assert list(audit()) == []


def test_use_of_the_last_cycle_is_still_billed(here):  # PLAN-13
    """A peak of 3 at 30.00 and 7 minutes at 1.00, used before the end and after the cancelling."""
    PriceFactory(code="voice", peak=True, amount=Decimal(30))
    PriceFactory(code="minutes", metered=True, amount=Decimal(1))
    events.hold(subscription_id=plan(here).pk, products=["minutes"], at=NOW)
    change(here, NOW, voice=2)
    cancelled(here, at=NOW + timedelta(hours=1))
    change(here, NOW + timedelta(days=1), voice=3)
    meters.add(
        account_id=here.account.pk,
        subscription_id=plan(here).pk,
        product="minutes",
        key="call",
        at=NOW + timedelta(days=2),
        quantity=7,
    )
    foreseen = last_bill(plan(here).pk, ends_on=RENEWAL, language="en")

    bill(at=RENEWED)
    bill(at=instant("2026-03-31 08:00"))

    last = Invoice.objects.latest("pk")
    assert (last.cycle_date, last.subtotal) == (RENEWAL, Decimal("97.00"))
    assert foreseen.total == last.total
    assert foreseen.estimated
    assert totals()[1:] == [("2026-02-28", Decimal("97.00"))]
    assert list(audit()) == []


def test_a_plan_that_is_kept_is_billed_on(here):  # PLAN-13
    cancelled(here)

    cancelling.keep(here=here, at=NOW + timedelta(days=3))
    bill(at=RENEWED)
    bill(at=instant("2026-03-31 08:00"))

    assert plan(here).ends_on is None
    assert totals() == [
        ("2026-01-31", Decimal("348.00")),
        ("2026-02-28", Decimal("348.00")),
        ("2026-03-31", Decimal("348.00")),
    ]
    assert AccountEvent.objects.latest("pk").kind == "plan_kept"
    assert Letter.objects.filter(name="plan_kept", to=here.person.email).count() == 1
    assert list(audit()) == []


def test_keeping_names_what_is_in_force_and_what_waited_before(here):  # PLAN-13, decision 4
    """Seats wait for 3, the add-on for 0; the plan is cancelled, and other seats are bought."""
    change(here, NOW, users_pro=3, extra=0)
    cancelled(here, at=NOW + timedelta(hours=1))
    change(here, NOW + timedelta(hours=2), seats=9)
    assert set(waits(here, NOW + timedelta(hours=3)).values()) == {0}

    cancelling.keep(here=here, at=NOW + timedelta(hours=4))

    assert in_force(here) == {"marketing-pro": 2500, "users-pro": 5, "extra": 1, "seats": 9}
    assert waits(here, NOW + timedelta(hours=5)) == {"users-pro": 3, "extra": 0}
    bill(at=RENEWED)
    assert in_force(here) == {"marketing-pro": 2500, "users-pro": 3, "seats": 9}
    assert list(audit()) == []


def test_a_reduction_asked_for_after_the_cancelling_waits_on_when_it_is_kept(here):
    cancelled(here)
    change(here, NOW + timedelta(hours=1), users_pro=4)

    cancelling.keep(here=here, at=NOW + timedelta(hours=2))

    assert waits(here, NOW + timedelta(hours=3)) == {"users-pro": 4}


def test_cancelled_and_kept_twice_is_as_never_cancelled(here):
    change(here, NOW, users_pro=3)
    for number in (1, 2):
        cancelled(here, at=NOW + timedelta(days=number))
        cancelling.keep(here=here, at=NOW + timedelta(days=number, hours=1))

    assert waits(here, NOW + timedelta(days=5)) == {"users-pro": 3}
    assert in_force(here)["users-pro"] == 5


def test_once_ended_it_cannot_be_kept(here):  # PLAN-13
    cancelled(here)

    with pytest.raises(ChangeRefused, match="has ended already"):
        cancelling.keep(here=here, at=instant("2026-02-27 23:00"))  # midnight in Prague
    cancelling.keep(here=here, at=instant("2026-02-27 22:59"))


def test_what_does_not_end_is_not_kept_and_what_ends_is_not_cancelled(here):
    with pytest.raises(ChangeRefused, match="does not end"):
        cancelling.keep(here=here, at=NOW)
    cancelled(here)

    with pytest.raises(ChangeRefused, match="ends already"):
        cancelled(here)


def test_a_cycle_that_has_begun_meanwhile_is_shown_first(here):
    bill(at=RENEWED)

    with pytest.raises(QuoteChanged, match="new cycle"):
        cancelled(here, at=RENEWED, seen=RENEWAL)
    assert cancelled(here, at=RENEWED, seen=MARCH) == MARCH


def test_nothing_is_cancelled_while_something_is_being_paid():  # decision 17
    here = customer(pays_by="card")
    PriceFactory(code="more", amount=Decimal(28))
    waiting(here, more=1)

    with pytest.raises(ChangeRefused, match="is on its way"):
        cancelled(here)


@pytest.mark.parametrize("facts", [{"purchase_permission": True}, {"admin": True}, {}])
def test_the_primary_account_admin_alone_cancels(here, facts):  # PLAN-13
    other = stands(MemberFactory(account=here.account, signs_in=True, **facts))

    with pytest.raises(Lacking):
        cancelled(other)
    assert not cancelling.may_cancel(other)
    assert cancelling.may_cancel(here)


def test_who_does_not_pay_does_not_cancel(here):  # RSL-2
    reseller = AccountFactory(reseller=True)
    Account.objects.filter(pk=here.account.pk).update(parent=reseller, payer=reseller)
    here.account.refresh_from_db()

    assert not cancelling.may_cancel(here)
    assert not buyers.buys(here)
    with pytest.raises(ChangeRefused, match="Who pays for this account"):
        cancelled(here)


def test_a_plan_that_took_the_place_of_an_ended_one_is_the_one_that_ends(here):
    cancelled(here)
    bill(at=RENEWED)
    march = instant("2026-03-10 12:00")
    assert cancelling.ending(here, at=march) is None
    later = open_subscription(
        account_id=here.account.pk, starts_on=date(2026, 3, 5), items={"marketing-pro": 1000}
    )

    found = cancelling.ending(here, at=march)

    assert found is not None
    assert (found.subscription_id, found.on) == (later.pk, date(2026, 4, 5))
    assert cancelled(here, at=march, seen=found.on) == found.on


def test_a_plan_that_another_one_follows_is_not_kept(here):
    cancelled(here)
    open_subscription(account_id=here.account.pk, starts_on=RENEWAL, items={"marketing-pro": 1000})

    with pytest.raises(ChangeRefused, match="follows it on 28 February 2026"):
        keep_subscription(
            subscription_id=Subscription.objects.order_by("pk")[0].pk,
            at=NOW + timedelta(days=1),
        )


def test_an_account_without_a_plan_has_nothing_to_cancel():
    here = chief(AccountFactory())

    assert cancelling.ending(here, at=NOW) is None
    with pytest.raises(ChangeRefused, match="there is none"):
        cancelled(here)


@pytest.mark.parametrize("why", Why.values)
def test_each_reason_is_kept_in_words(here, why):
    cancelled(here, why=why)

    assert AccountEvent.objects.latest("pk").reason == str(Why(why).label)


@pytest.mark.once  # arithmetic: the database only keeps it
class Law(TestCase):
    """Cancelled and kept is as if nothing had happened, whatever was changed around it."""

    both: tuple[Standing, Standing]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.both = customer(), customer()
        PriceFactory(code="voice", peak=True, amount=Decimal(30))

    @given(
        steps=st.lists(
            st.tuples(st.sampled_from(["users-pro", "seats", "extra", "voice"]), st.integers(0, 9)),
            max_size=5,
        ),
        place=st.integers(0, 5),
    )
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=20)
    def test_kept_is_billed_as_if_never_cancelled(self, steps, place):
        here, twin = deepcopy(self.both)
        for number, (code, quantity) in enumerate(steps):
            at = NOW + timedelta(hours=3 * number)
            if number == place:
                cancelled(here, at=at - timedelta(hours=1))
            for one in (here, twin):
                changes = {code: min(quantity, 1) if code == "extra" else quantity}
                events.record(subscription_id=plan(one).pk, changes=changes, at=at, granted=True)
        last = NOW + timedelta(days=2)
        if place >= len(steps):
            cancelled(here, at=last)
        cancelling.keep(here=here, at=last + timedelta(hours=1))
        bill(at=RENEWED)
        bill(at=instant("2026-03-31 08:00"))

        mine, theirs = (
            list(
                Bill.objects.filter(subscription=plan(one), reason="cycle")
                .order_by("at")
                .values_list("starts_on", "subtotal")
            )
            for one in (here, twin)
        )
        assert mine == theirs
        assert list(audit()) == []
