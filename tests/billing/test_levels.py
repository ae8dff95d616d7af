"""Another level in the place of the one held: quoted, charged, billed; and what is in the way."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.access import Standing
from billing import carts, checkout
from billing.auditing import audit
from billing.carts import Wanted
from billing.foreseeing import look
from billing.levels import Sold, candidates, obstacles, replacing
from billing.models import CartLine, Event, Item, Line, Order, Price, Product, Tier
from billing.plans import HeldPlan, held_plans
from billing.quoting import quote
from billing.refusals import ChangeRefused
from tests.billing import plan_book
from tests.billing.buying import GATEWAY, NOW, issued
from tests.billing.plan_book import buy, holder, renewed
from tests.billing.running import clock
from tests.factories import PriceFactory, instant
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

_catalogue = lasting(plan_book.catalogue, autouse=True)
here = lasting(holder)


def held(here: Standing, at: Any = NOW) -> HeldPlan:
    [found] = held_plans(look(here.account, at=at))
    return found


def taking(here: Standing, code: str, *, at: Any = NOW) -> Wanted:
    """What is wanted by who takes the plan of this code instead of theirs."""
    mine = held(here, at)
    product = Product.objects.select_related("line").get(code=code)
    assert product.line is not None
    sold = candidates(product.line, sold=Sold.to(mine, at=at), held=mine)
    by = next(one for one in sold if one.product == product)
    return Wanted(replacing(mine, by=by), replaces=True)


def takes(here: Standing, code: str, *, at: Any = NOW) -> Order:
    """Look at what another plan costs, confirm it, and pay."""
    wanted = taking(here, code, at=at)
    quoted = checkout.quote_with(wanted, here=here, at=at)
    seen = checkout.shown(quoted)
    order = checkout.confirm(here=here, seen=seen, at=at, wanted=wanted)
    order = checkout.pay(order_id=order.pk, gateway=GATEWAY, clock=clock(at))
    assert order.total.amount == quoted.due_now.total, "quote = charge"
    return order


def lines(order: Order) -> list[tuple[str, str, int, Decimal]]:
    found = Line.objects.filter(bill__invoice=order.invoice).order_by("position")
    return [(one.product_code, one.kind, one.quantity, one.amount) for one in found]


def in_force() -> dict[str, int]:
    return dict(
        Item.objects.filter(quantity__gt=0).values_list("product__code", "quantity").order_by("pk")
    )


def test_a_higher_level_prices_contacts_and_seats_anew_in_one_deed(here):  # PLAN-5, decision 7
    """2,500 contacts and 3 seats, 8 of 28 days left: Plus 56 + 2 × 14, Pro 112 and 3 seats free."""
    order = takes(here, "marketing-pro")

    assert lines(order) == [
        ("marketing-plus", "credit", 2500, Decimal("-16.00")),
        ("marketing-pro", "proration", 2500, Decimal("32.00")),
        ("users-plus", "credit", 3, Decimal("-8.00")),
    ]
    assert order.total.amount == Decimal("9.68")  # 8.00 and 21 %
    assert in_force() == {"marketing-pro": 2500, "users-pro": 3}
    assert renewed(here).total.amount == Decimal("135.52")  # 112.00 and 21 %
    assert list(audit()) == []


# Interval, discount, seats, due now, each cycle: before tax the lines are as computed by hand.
TABLE = [
    # 32 − 16 − 8 = 8.00; 112.00
    ("month", 0, 3, "9.68", "135.52"),
    # less 10 %: 7.20; 100.80
    ("month", 10, 3, "8.71", "121.97"),
    # one seat, and the three of Pro are there: 32 − 16 = 16.00; 112.00
    ("month", 0, 1, "19.36", "135.52"),
    # 4 × 14 go, 2 × 28 come: 32 − 16 − 16 + 16 = 16.00; 168.00
    ("month", 0, 5, "19.36", "203.28"),
    # A year of 365 days, 345 left: −529.32 + 1,058.63 − 317.59 = 211.72; 1,120.00
    ("year", 0, 3, "256.18", "1355.20"),
    # 5 seats: −635.18 + 635.18 for seats of 12 months each, 529.31; 1,792.00 less 15 %
    ("year", 15, 5, "544.39", "1843.07"),
]


@pytest.mark.parametrize(("interval", "discount", "seats", "now", "then"), TABLE)
def test_a_level_change_costs_what_the_table_says(interval, discount, seats, now, then):  # PLAN-5
    here = holder(interval=interval, marketing_plus=2500, users_plus=seats)
    here.account.discount_percent = Decimal(discount)
    here.account.save()

    order = takes(here, "marketing-pro")

    renewal = "2026-02-28" if interval == "month" else "2027-01-31"
    assert order.total.amount == Decimal(now)
    assert issued(order).total == order.total
    assert renewed(here, on=renewal).total.amount == Decimal(then)
    assert list(audit()) == []


def test_a_level_that_costs_less_leaves_the_rest_on_the_balance(here):  # decision 7
    Tier.objects.filter(price__product__code="marketing-pro", up_to=2500).update(flat=28)

    order = takes(here, "marketing-pro")

    # 28 in place of 56 + 28, 8 of 28 days: −16.00 and 21 %.
    assert (issued(order).kind, order.total.amount) == ("credit_note", Decimal("-19.36"))
    assert issued(order).receivable.open.amount == Decimal("-19.36")
    assert renewed(here).credit_used == Decimal("19.36")


def test_a_price_that_was_agreed_is_credited_as_it_was_paid(here):  # decision 8
    newer = PriceFactory(
        product=Product.objects.get(code="marketing-plus"), volume=True, valid_from="2026-02-01"
    )
    Tier.objects.create(price=newer, up_to=5000, flat=999)

    assert lines(takes(here, "marketing-pro"))[0][3] == Decimal("-16.00")


def test_who_takes_a_level_in_the_first_hour_and_back_is_charged_for_neither(here):
    takes(here, "marketing-pro")

    back = taking(here, "marketing-plus", at=NOW + timedelta(hours=1))
    quoted = quote(
        account=here.account, changes=back.changes, at=NOW + timedelta(hours=1), replaces=True,
        granted=True,
    )  # fmt: skip

    assert quoted.due_now.total == Decimal("-9.68")


def test_the_cart_stays_as_it_is(here):
    carts.put(here=here, changes={"extra": 1}, at=NOW)

    order = takes(here, "marketing-pro")

    assert {code for code, _, _ in order.changes} == {
        *("marketing-plus", "marketing-pro", "users-plus", "users-pro"),
    }
    assert [line.product.code for line in CartLine.objects.all()] == ["extra"]


def test_seats_that_stay_keep_what_is_scheduled_for_them(here):  # PRICE-5, PLAN-6
    buy(here, users_plus=1)

    takes(here, "bundle-plus")

    assert held(here).seats == 3
    # 112 of contacts, and the one seat that is included.
    assert renewed(here).subtotal == Decimal("112.00")


def test_a_bundle_takes_the_place_of_its_part_and_keeps_the_seats(here):  # PLAN-6
    """56 for Marketing Plus, 112 for the bundle: 32 − 16 for 8 of 28 days; the seats stay."""
    order = takes(here, "bundle-plus")

    assert order.total.amount == Decimal("19.36")
    assert in_force() == {"users-plus": 3, "bundle-plus": 2500}
    assert renewed(here).total.amount == Decimal("169.40")  # 112 + 28 and 21 %


# ---- what is in the way ----


@pytest.mark.parametrize(
    ("contacts", "seats", "said"),
    [
        (2500, 2, []),
        (25_000, 2, ["Starter holds 10,000 contacts at most, you have 25,000"]),
        (2500, 5, ["Starter holds 2 user seats at most, you have 5"]),
        (
            25_000,
            3,
            [
                "Starter holds 10,000 contacts at most, you have 25,000",
                "Starter holds 2 user seats at most, you have 3",
            ],
        ),
    ],
)
def test_a_level_that_is_too_small_says_what_must_go_first(contacts, seats, said):  # PLAN-5
    here = holder(marketing_plus=contacts, users_plus=seats)
    mine = held(here)
    sold = Sold.to(mine, at=NOW)
    starter = candidates(mine.line, sold=sold, held=mine)[0]

    texts = [text for _, text in obstacles(mine, by=starter, language="en")]
    found = [text.replace("\N{NO-BREAK SPACE}", " ") for text in texts]

    assert [text.partition(":")[0] for text in found] == said
    assert (starter.each_cycle(contacts, seats, sold=sold) is None) == bool(said)


PRO = {"marketing-plus": 0, "marketing-pro": 2500, "users-plus": 0, "users-pro": 3}


def refused(here: Standing, changes: dict[str, int], *, replaces: bool = True) -> list[str]:
    quoted = quote(account=here.account, changes=changes, at=NOW, replaces=replaces)
    return [f"{one.product}: {one.text}" for one in quoted.objections]


@pytest.mark.parametrize(
    ("changes", "replaces", "said"),
    [
        (
            {"marketing-plus": 0, "marketing-starter": 2500, "users-plus": 0, "users-starter": 2},
            True,
            ["marketing-starter: A lower level", "users-plus: Lower numbers"],
        ),
        ({"marketing-plus": 0, "sales-plus": 2500}, True, ["sales-plus: A lower level or another"]),
        (
            {"marketing-plus": 0, "marketing-pro": 1000, "users-plus": 0, "users-pro": 3},
            True,
            ["marketing-pro: Lower numbers"],
        ),
        ({"users-plus": 1}, True, ["users-plus: Lower numbers"]),
        ({"marketing-plus": 0}, False, ["marketing-plus: A plan is given up by cancelling it"]),
        ({"marketing-pro": 1000}, False, ["marketing-pro: Your plan is Marketing Plus now"]),
        ({"marketing-plus": 5000}, False, []),
    ],
)
def test_what_support_does_is_not_done_by_oneself(here, changes, replaces, said):  # PLAN-9
    found = refused(here, changes, replaces=replaces)

    assert len(found) == len(said), found
    assert all(text.startswith(start) for text, start in zip(found, said, strict=True)), found


def test_an_objection_is_no_order(here):  # PLAN-9
    wanted = Wanted({"marketing-plus": 0, "marketing-starter": 2500}, replaces=True)
    seen = checkout.shown(checkout.quote_with(wanted, here=here, at=NOW))

    with pytest.raises(ChangeRefused, match="asked of support"):
        checkout.confirm(here=here, seen=seen, at=NOW, wanted=wanted)
    assert not Order.objects.exists()
    assert not Event.objects.filter(replaces=True).exists()


def test_what_is_sold_with_the_old_plan_alone_goes_first():  # PRICE-7
    here = holder(marketing_plus=2500, users_plus=3, extra=1)
    extra = Product.objects.get(code="extra")
    extra.requires.set(Product.objects.filter(code="marketing-plus"))

    found = refused(here, PRO)

    assert found == [
        "marketing-pro: Extra is not sold with this plan: have support remove it first."
    ]


def test_an_add_on_is_not_lowered_under_cover_of_another_plan():
    here = holder(marketing_plus=2500, users_plus=3, extra=1)

    found = refused(here, {**PRO, "extra": 0})

    assert [text.partition(":")[0] for text in found] == ["extra"]


def test_a_plan_that_is_closed_or_has_no_price_is_no_candidate(here):  # PRICE-7
    Product.objects.filter(code="marketing-pro").update(closed_from="2026-01-01")
    Product.objects.filter(code="marketing-plus").update(closed_from="2026-01-01")
    Price.objects.filter(product__code="marketing-starter").delete()
    mine = held(here)

    found = candidates(mine.line, sold=Sold.to(mine, at=NOW), held=mine)

    assert [one.product.code for one in found] == ["marketing-plus"]


@pytest.mark.parametrize("levels", [3, 12])
def test_the_levels_cost_the_same_queries_however_many(here, django_assert_num_queries, levels):
    plan_book.more_levels(levels - 3)
    mine = held(here)

    with django_assert_num_queries(1):
        assert len(candidates(mine.line, sold=Sold.to(mine, at=NOW), held=mine)) == levels


# ---- months, told in days ----


def test_a_customer_climbs_from_starter_to_pro_and_is_billed_for_each_day():  # PLAN-5, PLAN-8
    here = holder(marketing_starter=1000, users_starter=1)

    buy(here, at=instant("2026-02-10 09:00"), users_starter=2)
    takes(here, "marketing-plus", at=instant("2026-02-20 12:00"))
    buy(here, at=instant("2026-02-24 12:00"), marketing_plus=2500)
    february = renewed(here)
    takes(here, "marketing-pro", at=instant("2026-03-16 12:00"))
    march = renewed(here, on="2026-03-31")

    # Plus: 56 of contacts, and the second seat at 14.
    assert february.subtotal == Decimal("70.00")
    # Pro: 112 of contacts, its 3 seats hold both.
    assert march.subtotal == Decimal("112.00")
    charged = [order.invoice for order in Order.objects.order_by("pk")]
    assert [str(one.subtotal.normalize()) for one in charged if one] == [
        "9",  # 10 February: the second seat, 14 × 18/28
        "4",  # 20 February: 28 − 14 for 8 of 28 days, the seats cost the same
        "4",  # 24 February: 56 − 28 for 4 of 28 days
        "20.32",  # 16 March: −56 × 15/31 = −27.10, −14 × 15/31 = −6.77, 112 × 15/31 = 54.19
    ]
    assert in_force() == {"marketing-pro": 2500, "users-pro": 2}
    assert list(audit()) == []
