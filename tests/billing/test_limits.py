"""How much can be held, used and charged: what is too much is refused before it is written."""

from datetime import date
from decimal import Decimal

import pytest

from billing import events, meters
from billing.limits import LARGEST_QUANTITY, LARGEST_USE, charge_fits
from billing.models import (
    Event,
    Invoice,
    Item,
    Line,
    Meter,
    Price,
    RunDraft,
    RunFailure,
    Subscription,
)
from billing.prices import core_prices
from billing.refusals import ChangeRefused
from tests.billing.running import bill
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    TierFactory,
    instant,
)
from tests.lasting import lasting

pytestmark = pytest.mark.django_db
both = pytest.mark.django_db(transaction=True, databases=["default", "readonly"])


@lasting
def plan() -> Subscription:
    SellerFactory()
    TaxRateFactory()
    PriceFactory(code="seat")
    PriceFactory(code="minutes", metered=True, amount="0.50")
    return SubscriptionFactory(items={"seat": 5, "minutes": 0})


def change(plan: Subscription, **changes: int) -> list[Event]:
    return events.record(subscription_id=plan.pk, changes=changes, at=instant("2026-01-11"))


def use(plan: Subscription, quantity: int, key: str = "k") -> None:
    meters.add(
        account_id=plan.account_id, subscription_id=plan.pk, product="minutes", key=key,
        at=instant("2026-01-11"), quantity=quantity,
    )  # fmt: skip


@pytest.mark.parametrize("quantity", [-1, LARGEST_QUANTITY + 1, 10**12, 2**63])
def test_a_number_that_no_log_can_hold_is_refused(plan, quantity):
    with pytest.raises(ChangeRefused, match="from 0 to 999,999,999"):
        change(plan, seat=quantity)

    assert Item.objects.get(product__code="seat").quantity == 5


def test_the_largest_number_can_be_held_and_billed():
    SellerFactory()
    TaxRateFactory()
    PriceFactory(code="seat", amount="100.00")
    SubscriptionFactory(items={"seat": LARGEST_QUANTITY})

    bill(at=instant("2026-01-01"))

    assert Invoice.objects.get().subtotal == Decimal("99999999900.00")


def test_a_number_is_counted_in_what_its_units_count_as():
    PriceFactory(code="voice", peak=True, unit_factor="2.5")

    with pytest.raises(ChangeRefused, match="from 0 to 999,999,999"):
        SubscriptionFactory(items={"voice": 400_000_000})


@pytest.mark.parametrize(("interval", "most"), [("month", 100_000_000), ("year", 8_333_333)])
def test_a_number_that_would_cost_more_than_an_invoice_can_say_is_refused(interval, most):
    PriceFactory(code="seat", amount="1000.00")
    plan = SubscriptionFactory(interval=interval)

    assert change(plan, seat=most)
    with pytest.raises(ChangeRefused, match="more than 100,000,000,000"):
        change(plan, seat=most + 1)


def test_a_charge_is_the_whole_cycles_of_its_price():
    price = PriceFactory(amount="1.00", interval=Price.Interval.YEAR)
    core = core_prices([price.pk])[price.pk]

    assert charge_fits(core, 100_000_000_000, interval="year")
    assert not charge_fits(core, 100_000_000_001, interval="year")


@pytest.mark.parametrize("quantity", [LARGEST_USE + 1, 2**63 - 1, 2**63])
def test_a_use_that_no_meter_can_hold_is_refused(plan, quantity):
    with pytest.raises(ChangeRefused, match="up to 1,000,000,000,000"):
        use(plan, quantity)

    assert not Meter.objects.filter(used__gt=0).exists()


def test_a_meter_is_full_where_its_use_could_not_be_charged(plan):
    use(plan, 200_000_000_000)

    with pytest.raises(ChangeRefused, match="more than 100,000,000,000"):
        use(plan, 1, key="next")

    assert Meter.objects.get(used__gt=0).used == 200_000_000_000


def test_a_full_meter_takes_no_more():
    PriceFactory(code="minutes", metered=True, amount="0.01")
    plan = SubscriptionFactory(items={"minutes": 0})
    use(plan, LARGEST_USE)

    with pytest.raises(ChangeRefused, match="up to 1,000,000,000,000"):
        use(plan, 1, key="next")


def test_an_announced_price_has_to_have_an_amount_for_what_is_held():  # RSL-5
    wide, narrow = PriceFactory(code="contacts", volume=True), PriceFactory(
        code="contacts", volume=True, valid_from=date(2026, 1, 5)
    )  # fmt: skip
    TierFactory(price=wide, up_to=2500, unit=0, flat=98)
    TierFactory(price=narrow, up_to=1000, unit=0, flat=9)
    plan = SubscriptionFactory(items={"contacts": 2500})

    with pytest.raises(ChangeRefused, match="sold up to 1,000"):
        announce(plan, narrow)

    change(plan, contacts=900)
    announce(plan, narrow)
    with pytest.raises(ChangeRefused, match="sold up to 1,000"):
        events.record(subscription_id=plan.pk, changes={"contacts": 2500}, at=instant("2026-01-21"))


def announce(plan: Subscription, price: Price) -> None:
    events.announce_price(
        item_id=plan.items.get().pk, price_id=price.pk, holds_from=date(2026, 2, 1),
        noticed_on=date(2026, 1, 12), at=instant("2026-01-12"),
    )  # fmt: skip


@both
def test_a_document_that_says_more_than_it_can_is_the_problem_of_its_payer_in_words():
    SellerFactory()
    TaxRateFactory()
    payer, other = AccountFactory(), AccountFactory()
    for code in [f"p{number}" for number in range(11)]:
        PriceFactory(code=code, amount="9999999.99")
        SubscriptionFactory(account=payer, code=code, items={code: 10_000})
    SubscriptionFactory(account=other, items={"p0": 5})

    for dry_run in (True, False):
        run = bill(at=instant("2026-01-01 08:00"), dry_run=dry_run)

        failure = RunFailure.objects.get(run=run)
        assert failure.payer == payer
        assert failure.reason.startswith(
            "The invoice of 2026-01-01 comes to 1,099,999,998,900.00 EUR, more than"
        )
        assert "SQL" not in failure.reason
    assert RunDraft.objects.get().payer == other
    assert Invoice.objects.get().payer == other


def test_a_bill_may_have_more_lines_than_a_small_number_counts(plan):
    bill(at=instant("2026-01-01"))
    line = Line.objects.get()
    line.pk, line.position, line._state.adding = None, 40_000, True

    line.save()

    assert Line.objects.latest("position").position == 40_000


def test_what_a_metered_price_has_no_amount_for_is_not_counted():
    price = PriceFactory(code="minutes", volume=True, metered=True, allowance=100)
    TierFactory(price=price, up_to=1000, unit="0.01")
    plan = SubscriptionFactory(items={"minutes": 0})
    use(plan, 1100)

    with pytest.raises(ChangeRefused, match="charged up to 1,000 above its allowance"):
        use(plan, 1, key="next")
