"""Ends: of a subscription, and of an account with all that it holds."""

from datetime import date

import pytest

from billing import events, meters
from billing.auditing import audit
from billing.models import Bill, Event, Invoice, Item, Subscription
from billing.refusals import ChangeRefused, QuoteChanged
from billing.subscribing import close_account, end_subscription
from tests.billing.running import bill
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    UserFactory,
    instant,
)
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

FEBRUARY = date(2026, 2, 1)


@lasting(autouse=True)
def catalogue() -> None:
    SellerFactory()
    TaxRateFactory()
    PriceFactory(code="seat")
    PriceFactory(code="minutes", metered=True, amount="1.00")


@lasting
def plan() -> Subscription:
    found = SubscriptionFactory(items={"seat": 5, "minutes": 0})
    bill(at=instant("2026-01-01 08:00"))
    return found


def change(plan: Subscription, day: str, **changes: int) -> list[Event]:
    return events.record(subscription_id=plan.pk, changes=changes, at=instant(day))


def use(plan: Subscription, day: str, quantity: int) -> None:
    meters.add(
        account_id=plan.account_id, subscription_id=plan.pk, product="minutes", key=day,
        at=instant(day), quantity=quantity,
    )  # fmt: skip


def amounts() -> list[int]:
    return [int(bill.subtotal) for bill in Bill.objects.order_by("at")]


def test_what_is_bought_in_the_last_cycle_ends_with_it(plan):
    end_subscription(subscription_id=plan.pk, at=instant("2026-01-10"))

    [event] = change(plan, "2026-01-11", seat=9)
    bill(at=instant("2026-02-01 08:00"))

    last = Event.objects.latest("sequence")
    assert (event.was, event.becomes, event.holds) == (5, 9, "now")
    assert (last.was, last.becomes, last.holds) == (9, 0, "opening")
    assert amounts() == [50, 27, 0]
    plan.refresh_from_db()
    assert plan.next_bill_at is None
    assert Item.objects.get(product__code="seat").quantity == 0
    assert list(audit()) == []


def test_a_product_bought_anew_in_the_last_cycle_ends_with_it(plan):
    PriceFactory(code="voice", peak=True)
    end_subscription(subscription_id=plan.pk, at=instant("2026-01-10"))

    change(plan, "2026-01-11", voice=3)
    change(plan, "2026-01-12", voice=1)
    bill(at=instant("2026-02-01 08:00"))

    assert not Item.objects.filter(quantity__gt=0).exists()
    assert amounts() == [50, 30]
    assert list(audit()) == []


def test_naming_todays_number_does_not_take_back_the_end(plan):
    end_subscription(subscription_id=plan.pk, at=instant("2026-01-10"))

    change(plan, "2026-01-11", seat=5)
    bill(at=instant("2026-02-01 08:00"))

    assert not Item.objects.filter(quantity__gt=0).exists()
    assert amounts() == [50, 0]


def test_nothing_is_bought_in_the_last_instant_of_the_last_cycle(plan):
    end_subscription(subscription_id=plan.pk, at=instant("2026-01-10"))

    with pytest.raises(ChangeRefused, match="has ended on 1 February 2026"):
        change(plan, "2026-01-31 23:59:59.999999", seat=9)


def test_an_end_before_the_last_billed_opening_is_asked_anew(plan):  # decision 3
    change(plan, "2026-01-20", seat=0)
    bill(at=instant("2026-02-01 08:00"))
    use(plan, "2026-02-01 00:00:01", 100)

    with pytest.raises(QuoteChanged, match="Look at the amounts again"):
        end_subscription(subscription_id=plan.pk, at=instant("2026-01-31 23:59:59"))

    end_subscription(subscription_id=plan.pk, at=instant("2026-02-10"))
    bill(at=instant("2026-03-01 08:00"))
    assert amounts() == [50, 0, 100]


def test_a_closed_account_is_billed_what_it_owes_and_then_no_more(plan):
    jana = UserFactory(name="Jana")
    use(plan, "2026-01-05", 7)

    closed = close_account(account_id=plan.account_id, at=instant("2026-01-10"), by=jana)
    bill(at=instant("2026-02-01 08:00"))
    bill(at=instant("2026-05-01 08:00"))

    assert closed.closed_at == instant("2026-01-10")
    plan.refresh_from_db()
    assert (plan.ends_on, plan.next_bill_at) == (FEBRUARY, None)
    assert amounts() == [50, 7]
    assert Event.objects.latest("sequence").actor == jana
    assert closed.history.latest().history_user == jana


def test_all_subscriptions_of_a_closed_account_end_also_those_that_end_already(plan):
    other = SubscriptionFactory(account=plan.account, code="licensing", items={"seat": 1})
    end_subscription(subscription_id=plan.pk, at=instant("2026-01-05"))

    close_account(account_id=plan.account_id, at=instant("2026-01-10"))

    other.refresh_from_db()
    assert other.ends_on == FEBRUARY


def test_nothing_is_sold_to_a_closed_account(plan):
    close_account(account_id=plan.account_id, at=instant("2026-01-10"))

    with pytest.raises(ChangeRefused, match="was closed on 10 January 2026"):
        change(plan, "2026-01-11", seat=9)
    with pytest.raises(ChangeRefused, match="was closed on 10 January 2026"):
        SubscriptionFactory(account=plan.account, code="licensing")


def test_an_account_is_closed_once(plan):
    close_account(account_id=plan.account_id, at=instant("2026-01-10"))

    with pytest.raises(ChangeRefused, match="was closed on 10 January 2026"):
        close_account(account_id=plan.account_id, at=instant("2026-01-11"))


def test_who_pays_for_others_cannot_be_closed_before_them():
    reseller = AccountFactory(reseller=True)
    client = AccountFactory(client=True, paid_by=reseller)

    with pytest.raises(ChangeRefused, match="pays for 1 account that is open"):
        close_account(account_id=reseller.pk, at=instant("2026-01-10"))

    close_account(account_id=client.pk, at=instant("2026-01-10"))
    assert close_account(account_id=reseller.pk, at=instant("2026-01-10")).closed_at


def test_an_account_that_was_taken_over_closed_is_not_billed():
    plan = SubscriptionFactory(items={"seat": 5})
    plan.account.closed_at = instant("2026-01-01")
    plan.account.save()

    bill(at=instant("2026-03-01 08:00"))

    assert not Invoice.objects.exists()


def test_a_sandbox_that_a_live_account_pays_for_is_never_billed():  # decision 25
    agency = AccountFactory(agency=True)
    sandbox = AccountFactory(workspace=True, sandbox=True, paid_by=agency)
    SubscriptionFactory(account=agency, items={"seat": 2})
    SubscriptionFactory(account=sandbox, items={"seat": 5, "minutes": 0})

    bill(at=instant("2026-02-01 08:00"))

    assert set(Bill.objects.values_list("subscription__account", flat=True)) == {agency.pk}
    assert amounts() == [20, 20]
