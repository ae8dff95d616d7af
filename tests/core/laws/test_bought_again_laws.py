"""Laws of buying again within a cycle: a new price moves neither what was paid nor a peak."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from billing.core.bill import Change, Pin
from billing.core.lines import Line
from billing.core.money import to_minor_unit
from billing.core.pricing import Basis, Decrease, Model, Price, Tier, Timing, amount_of
from tests.core.laws.stories import AMOUNTS, CURRENCIES
from tests.core.subscription import JANUARY, Subscription, at, price, sets

QUANTITIES = st.integers(0, 30)
DAYS = st.integers(1, 27)


@st.composite
def agreed(draw: st.DrawFn, version: str, decrease: Decrease) -> Price:
    """A price of any model for a chosen quantity."""
    model = draw(st.sampled_from(Model))
    tiered = model in (Model.TIERED, Model.VOLUME)
    unit, flat = Decimal(draw(AMOUNTS)), Decimal(draw(AMOUNTS))
    return Price(
        version,
        model,
        Timing.ADVANCE,
        Basis.SET,
        amount=None if tiered else unit,
        tiers=(Tier(7, flat, unit), Tier(None, unit, flat)) if tiered else (),
        size=5 if model is Model.PACKAGE else None,
        decrease=decrease,
    )


def total(lines: list[Line]) -> Decimal:
    return sum((line.amount for line in lines), Decimal(0))


@given(
    agreed("v1", Decrease.NOW),
    agreed("v2", Decrease.NOW_CREDIT),
    st.tuples(QUANTITIES, QUANTITIES),
    DAYS,
    st.sampled_from(CURRENCIES),
)
def test_what_is_given_back_is_what_was_paid(  # PRICE-5 PRICE-8 PRICE-9
    old: Price, new: Price, quantities: tuple[int, int], days: int, currency: str
) -> None:
    held, again = quantities
    day = JANUARY + timedelta(days=days)
    pins = [Pin("seat", old, date.min), Pin("seat", new, day, at=at(day))]
    seats = Subscription(pins, currency=currency)
    seats.opens(sets(JANUARY, "seat", held, hour=0))

    opening = seats.opens(
        sets(day, "seat", 0, hour=11), sets(day, "seat", again), sets(day, "seat", 0, hour=13)
    )

    moved = [line for change in opening.changes for line in change.lines] + list(opening.lines)
    left = Fraction(28 - days, 28)
    paid = to_minor_unit(amount_of(old, held) * left, currency) if again else Decimal(0)
    assert total(moved) == -paid


@st.composite
def levels(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Quantities set day by day; after a zero the next one buys anew."""
    days = sorted(draw(st.sets(DAYS, min_size=1, max_size=10)))
    return [(day, draw(st.integers(0, 6))) for day in days]


@given(st.integers(1, 6), levels(), st.lists(AMOUNTS, min_size=11, max_size=11))
def test_a_peak_is_billed_at_the_price_that_was_in_force_when_it_was_reached(  # LIC-5 PRICE-8
    carried: int, set_on: list[tuple[int, int]], amounts: list[str]
) -> None:
    versions = [
        price(amount, version=f"v{place}", timing=Timing.ARREARS, basis=Basis.PEAK)
        for place, amount in enumerate(amounts)
    ]
    pins = [Pin("voice", versions[0], date.min)]
    changes: list[Change] = []
    reached, in_force, quantity = (carried, versions[0]), versions[0], carried
    for place, (days, wanted) in enumerate(set_on, start=1):
        day = JANUARY + timedelta(days=days)
        if not quantity and wanted:
            in_force = versions[place]
            pins.append(Pin("voice", in_force, day, at=at(day)))
        costs = to_minor_unit(amount_of(reached[1], reached[0]), "EUR")
        if wanted > reached[0] and to_minor_unit(amount_of(in_force, wanted), "EUR") >= costs:
            reached = (wanted, in_force)
        quantity = wanted
        changes.append(sets(day, "voice", wanted))
    voice = Subscription(pins)
    voice.opens(sets(JANUARY, "voice", carried, hour=0))

    billed = [line for line in voice.opens(*changes).lines if line.kind == "peak"]

    due = to_minor_unit(amount_of(reached[1], reached[0]), "EUR")
    assert total(billed) == due
    assert [line.price_version for line in billed] == [reached[1].version] * bool(due)


@given(st.integers(1, 30), st.data(), AMOUNTS, AMOUNTS, DAYS)
def test_buying_again_makes_no_cycle_cheaper(  # LIC-5
    held: int, data: st.DataObject, old: str, new: str, days: int
) -> None:
    again = data.draw(st.integers(0, 2 * held))
    peaks = {"timing": Timing.ARREARS, "basis": Basis.PEAK}
    day = JANUARY + timedelta(days=days)
    voice = Subscription.of(voice=price(old, **peaks))
    voice.pins.append(Pin("voice", price(new, version="v2", **peaks), day, at=at(day)))
    voice.opens(sets(JANUARY, "voice", held, hour=0))

    opening = voice.opens(sets(day, "voice", 0, hour=11), sets(day, "voice", again))

    assert total(list(opening.lines)) >= Decimal(old) * held
