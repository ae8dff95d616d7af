"""The quote: three amounts, what a reduction does not save, and the fingerprint of both."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from billing.core.bill import Change, Happened, Pin
from billing.core.pricing import Basis, Decrease, Model, Timing
from billing.core.quote import Quote, Terms, quote
from billing.core.tax import Treatment
from tests.core.subscription import JANUARY, ZONE, Subscription, at, price, sets, told

TWENTY_FEBRUARY = date(2026, 2, 20)
FEBRUARY_ENDS = date(2026, 2, 28)
TERMS = Terms("EUR", Decimal(0), Treatment(Decimal(21), "S"), payer=17, payment_method=3)
METERED = price("0.01", timing=Timing.ARREARS, basis=Basis.METERED)


def asked(
    subscription: Subscription,
    *wanted: Change,
    terms: Terms = TERMS,
    happened: Happened | None = None,
    ends_on: date | None = None,
) -> Quote:
    return quote(
        subscription.state,
        cycles=subscription.cycles,
        cycle=subscription.cycles.nth(subscription.opened - 1),
        zone=ZONE,
        happened=happened or Happened(),
        wanted=wanted,
        pins=subscription.pins,
        products=subscription.products,
        terms=terms,
        on=TWENTY_FEBRUARY,
        ends_on=ends_on,
    )


def holding(quantity: int, **choices: Any) -> Subscription:
    """Seats held since 31 January, and some desks that nobody touches."""
    held = Subscription.of(seat=price(**choices), desk=price("5.00"))
    held.opens(sets(JANUARY, "seat", quantity, hour=0), sets(JANUARY, "desk", 1, hour=0))
    return held


def test_a_quote_shows_today_the_next_invoice_and_every_cycle_after() -> None:  # PRICE-10
    shown = asked(holding(5), sets(TWENTY_FEBRUARY, "seat", 8, "wish"))

    assert told(shown.due_now.lines) == [("proration", 3, "16.29")]
    assert f"{shown.due_now.totals.total:f}" == "19.71"
    assert shown.next_invoice.on == FEBRUARY_ENDS
    assert told(shown.next_invoice.lines) == [("advance", 8, "152.00"), ("advance", 1, "5.00")]
    assert f"{shown.every_cycle.totals.total:f}" == "189.97"


def test_a_quote_shows_what_the_change_itself_costs() -> None:  # PRICE-10
    earlier = Happened([sets(TWENTY_FEBRUARY, "desk", 4, "earlier")])

    shown = asked(holding(5), sets(TWENTY_FEBRUARY, "seat", 6, "wish"), happened=earlier)

    assert [line.product for line in shown.due_now.lines] == ["seat"]


def test_what_is_scheduled_with_it_counts_from_the_next_invoice_on() -> None:  # PRICE-5, PRICE-10
    held, wanted = holding(5), sets(TWENTY_FEBRUARY, "seat", 8, "wish")
    then = sets(TWENTY_FEBRUARY, "seat", 6, "then")
    terms: dict[str, Any] = {
        "cycles": held.cycles,
        "cycle": held.cycles.nth(held.opened - 1),
        "zone": ZONE,
        "happened": Happened(),
        "wanted": [wanted],
        "pins": held.pins,
        "products": held.products,
        "terms": TERMS,
        "on": TWENTY_FEBRUARY,
    }

    without = quote(held.state, **terms)
    shown = quote(held.state, **terms, scheduled=[replace(then, at=then.at + timedelta.resolution)])

    assert told(shown.due_now.lines) == [("proration", 3, "16.29")]
    assert told(shown.next_invoice.lines)[0] == ("advance", 6, "114.00")
    assert [(one.quantity, f"{one.amount:f}") for one in shown.unsaved] == [(2, "10.86")]
    assert shown.fingerprint != without.fingerprint


def test_nothing_due_now_is_a_zero_without_taxes() -> None:  # PRICE-10
    shown = asked(holding(5), sets(TWENTY_FEBRUARY, "seat", 3))

    assert shown.due_now.lines == ()
    assert f"{shown.due_now.totals.total:f}" == "0.00"
    assert shown.due_now.totals.taxes == ()


def test_a_quote_says_what_a_waiting_decrease_does_not_save() -> None:  # PRICE-10
    shown = asked(holding(5), sets(TWENTY_FEBRUARY, "seat", 3))

    (unsaved,) = shown.unsaved
    assert (unsaved.product, unsaved.quantity, unsaved.amount) == ("seat", 2, Decimal("10.86"))
    assert unsaved.until == FEBRUARY_ENDS


def test_a_quote_says_what_a_peak_goes_on_charging_and_since_when() -> None:  # PRICE-10 LIC-4
    peak = {"timing": Timing.ARREARS, "basis": Basis.PEAK}
    rise = Happened([sets(date(2026, 2, 12), "seat", 9)])

    shown = asked(holding(5, **peak), sets(TWENTY_FEBRUARY, "seat", 4), happened=rise)

    (unsaved,) = shown.unsaved
    assert (unsaved.quantity, unsaved.amount) == (5, Decimal("95.00"))
    assert unsaved.peak_on == date(2026, 2, 12)


def test_nothing_is_foreseen_of_what_ends() -> None:  # PRICE-10
    """Of 3 more seats the days until the end are due now; no invoice follows."""
    given_up = asked(holding(5), sets(TWENTY_FEBRUARY, "seat", 8), ends_on=FEBRUARY_ENDS)

    assert given_up.due_now.totals.subtotal == Decimal("16.29")
    assert given_up.next_invoice.totals.subtotal == Decimal(0)
    assert given_up.every_cycle.totals.subtotal == Decimal(0)


def test_what_ends_is_billed_for_its_last_cycle_afterwards() -> None:  # PRICE-10
    """Of a peak of 8, paid for in arrears, the cycle that has begun is billed when it ends."""
    held = holding(8, timing=Timing.ARREARS, basis=Basis.PEAK)

    given_up = asked(held, sets(TWENTY_FEBRUARY, "desk", 2), ends_on=FEBRUARY_ENDS)

    assert given_up.next_invoice.totals.subtotal == Decimal("152.00")
    assert given_up.every_cycle.totals.subtotal == Decimal(0)


def test_a_decrease_with_credit_saves_all_of_it() -> None:  # PRICE-10
    shown = asked(holding(5, decrease=Decrease.NOW_CREDIT), sets(TWENTY_FEBRUARY, "seat", 3))

    assert shown.unsaved == ()
    assert told(shown.next_invoice.lines)[0] == ("credit", 2, "-10.86")


def test_what_is_shown_is_what_is_charged() -> None:  # PRICE-10
    seats = holding(5)
    wish = sets(TWENTY_FEBRUARY, "seat", 8, "wish")
    shown = asked(seats, wish)

    billed = seats.opens(wish)

    assert shown.due_now.lines == billed.changes[0].lines
    assert shown.next_invoice.lines == billed.lines
    assert shown.every_cycle.lines == seats.opens().lines


def test_the_next_invoice_is_an_estimate_while_use_is_metered() -> None:
    seats = holding(5)
    plain = asked(seats, sets(TWENTY_FEBRUARY, "seat", 6))
    seats.pins.append(Pin("stt", METERED, date.min))

    metered = asked(seats, sets(TWENTY_FEBRUARY, "seat", 6))

    assert not plain.estimated
    assert metered.estimated


def test_the_fingerprint_is_the_same_for_the_same_wish_a_little_later() -> None:  # PRICE-10
    wish = sets(TWENTY_FEBRUARY, "seat", 8, "first look")
    later = replace(wish, at=wish.at + timedelta(minutes=9), ref="second look")

    assert asked(holding(5), wish).fingerprint == asked(holding(5), later).fingerprint


def test_the_fingerprint_ignores_use_and_other_products() -> None:  # PRICE-10
    wish = sets(TWENTY_FEBRUARY, "seat", 8)
    seats = holding(5)
    seats.pins.append(Pin("stt", METERED, date.min))
    elsewhere = Happened([sets(date(2026, 2, 12), "desk", 4, "elsewhere")], used={"stt": 900})

    assert asked(seats, wish).fingerprint == asked(seats, wish, happened=elsewhere).fingerprint


def test_the_fingerprint_changes_with_all_that_is_agreed_to() -> None:  # PRICE-10
    wish = sets(TWENTY_FEBRUARY, "seat", 8)
    next_day = replace(wish, at=at(date(2026, 2, 21)), day=date(2026, 2, 21))
    package = {"model": Model.PACKAGE, "size": 1}

    seen = {
        asked(holding(5), wish).fingerprint,
        asked(holding(4), wish).fingerprint,
        asked(holding(5), next_day).fingerprint,
        asked(holding(5), replace(wish, quantity=9)).fingerprint,
        asked(holding(5, version="v2"), wish).fingerprint,
        asked(holding(5, **package), wish).fingerprint,
        asked(holding(5), wish, terms=replace(TERMS, payer=18)).fingerprint,
        asked(holding(5), wish, terms=replace(TERMS, payment_method=4)).fingerprint,
        asked(holding(5), wish, terms=replace(TERMS, currency="USD")).fingerprint,
        asked(holding(5), wish, terms=replace(TERMS, discount_percent=Decimal(5))).fingerprint,
        asked(holding(5), wish, terms=replace(TERMS, treatment=Treatment(None, "AE"))).fingerprint,
    }

    assert len(seen) == 11
