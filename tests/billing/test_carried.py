"""What is scheduled stays so where another plan takes the place: on its seats, or its contacts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.access import Standing
from billing import cancelling, checkout
from billing.auditing import audit
from billing.foreseeing import look
from billing.levels import Sold, candidates, replacing
from billing.quoting import quote
from billing.refusals import QuoteChanged
from billing.scheduled import cancel, scheduled
from tests.billing.buying import NOW
from tests.billing.plan_book import buy, holder, renewed
from tests.billing.test_levels import held, in_force, takes, taking

pytestmark = pytest.mark.django_db


def test_seats_that_are_all_included_then_are_not_lowered():  # decision 4, PRICE-10
    """3 seats, from the renewal on 1: Pro includes 3, so nothing is lowered, and it says so."""
    here = holder()
    buy(here, users_plus=1)

    quoted = checkout.quote_with(taking(here, "marketing-pro"), here=here, at=NOW)

    assert {step.product.code: step.instead_of for step in quoted.steps} == {
        "marketing-plus": None, "marketing-pro": None, "users-plus": 1, "users-pro": None,
    }  # fmt: skip
    assert quoted.carried == ()


def waits(here: Standing, at: Any = NOW) -> list[tuple[str, int, int]]:
    return [
        (one.product.code, one.was, one.becomes) for one in scheduled(look(here.account, at=at))
    ]


# Seats held, seats asked for from the renewal on; what waits then, and what a cycle costs.
GOES_OVER = [
    (6, 4, [("users-pro", 6, 4)], "140.00"),  # 112 of contacts, and one seat above three: 28
    (6, 2, [("users-pro", 6, 3)], "112.00"),  # three are included
    (3, 1, [], "112.00"),
]


@pytest.mark.parametrize(("seats", "fewer", "waiting", "then"), GOES_OVER)
def test_fewer_seats_that_were_asked_for_hold_on_the_new_level(  # PRICE-5, PLAN-5
    seats, fewer, waiting, then
):
    here = holder(marketing_plus=2500, users_plus=seats)
    buy(here, users_plus=fewer)
    quoted = checkout.quote_with(taking(here, "marketing-pro"), here=here, at=NOW)

    takes(here, "marketing-pro")

    assert in_force() == {"marketing-pro": 2500, "users-pro": seats}
    assert waits(here, NOW + timedelta(minutes=1)) == waiting
    [part] = quoted.parts
    assert [line.amount for line in part.quote.next_invoice.lines] == [
        line.amount for line in part.quote.every_cycle.lines
    ]
    renewal = renewed(here)
    assert renewal.subtotal == Decimal(then)
    assert renewal.total.amount == part.quote.next_invoice.totals.total, "quote = charge"
    assert list(audit()) == []


def test_a_lower_contact_limit_that_was_asked_for_holds_on_the_new_level():  # PRICE-5, PLAN-5
    """2,500 contacts, from the renewal on 1,000: Pro asks 112 until then, and 56 from then on."""
    here = holder()
    buy(here, marketing_plus=1000)

    order = takes(here, "marketing-pro")

    assert order.total.amount == Decimal("9.68")  # as without it
    assert waits(here, NOW + timedelta(minutes=1)) == [("marketing-pro", 2500, 1000)]
    assert renewed(here).subtotal == Decimal("56.00")
    assert in_force() == {"marketing-pro": 1000, "users-pro": 3}
    assert list(audit()) == []


def test_what_goes_over_can_be_called_off_like_any_scheduled_change():  # PRICE-5
    here = holder(marketing_plus=2500, users_plus=6)
    buy(here, users_plus=4)
    takes(here, "marketing-pro")

    cancel(here=here, code="users-pro", at=NOW + timedelta(minutes=1))

    assert waits(here, NOW + timedelta(minutes=2)) == []
    assert renewed(here).subtotal == Decimal("196.00")  # 112 and 3 × 28


def test_another_number_that_is_chosen_takes_the_place_of_the_scheduled_one():  # decision 4
    here = holder(marketing_plus=2500, users_plus=6)
    buy(here, users_plus=4)
    mine = held(here)
    by = next(
        one
        for one in candidates(mine.line, sold=Sold.to(mine, at=NOW), held=mine)
        if one.product.code == "marketing-pro"
    )

    changes = replacing(mine, by=by, seats=7)
    quoted = quote(account=here.account, changes=changes, at=NOW, replaces=True)

    assert quoted.carried == ()
    assert [one.instead_of for one in quoted.steps if one.product.code == "users-plus"] == [4]


def test_what_was_scheduled_otherwise_meanwhile_is_shown_again():  # PRICE-10, decision 18
    here = holder(marketing_plus=2500, users_plus=6)
    buy(here, users_plus=4)
    wanted = taking(here, "marketing-pro")
    seen = checkout.shown(checkout.quote_with(wanted, here=here, at=NOW))
    buy(here, users_plus=5)

    with pytest.raises(QuoteChanged):
        checkout.confirm(here=here, seen=seen, at=NOW, wanted=wanted)


def test_a_plan_that_ends_schedules_nothing_beyond_its_end():  # PLAN-13
    here = holder(marketing_plus=2500, users_plus=6)
    buy(here, users_plus=4)
    found = cancelling.ending(here, at=NOW)
    assert found is not None
    cancelling.cancel(here=here, why="price", text="", seen=found.on, at=NOW)

    later = NOW + timedelta(minutes=1)
    quoted = checkout.quote_with(taking(here, "marketing-pro", at=later), here=here, at=later)

    assert quoted.carried == ()
