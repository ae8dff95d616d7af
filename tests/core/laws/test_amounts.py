"""Laws of amounts: rounding, prices, parts, peaks, splits, totals, credits and their display."""

import itertools
import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from babel.numbers import parse_decimal
from hypothesis import assume, given
from hypothesis import strategies as st

from billing.core.allocation import allocate
from billing.core.credit import BilledLine, CreditNote, billed, credit_note
from billing.core.display import format_money
from billing.core.money import minor_digits, round_half_up, to_minor_unit
from billing.core.peak import newly_paid, peak
from billing.core.periods import Cycles, Interval, Period
from billing.core.pricing import Basis, Model, Price, Tier, Timing, amount_of
from billing.core.proration import prorate, share_of
from billing.core.tax import Category, Treatment, treatment
from billing.core.totals import Part, totals

CURRENCIES = st.sampled_from(["JPY", "EUR", "KWD"])
AMOUNTS = st.decimals(0, 10**9, places=8)
SIGNED = st.decimals(-(10**9), 10**9, places=4)
EXACT = st.fractions(-(10**6), 10**6)
UNITS = st.integers(0, 500)
RATES = st.decimals(0, 30, places=2)
PERCENTS = st.decimals(0, 100, places=2)


def unit_of(currency: str) -> Fraction:
    return Fraction(1, 10 ** minor_digits(currency))


@given(EXACT, st.integers(0, 8))
def test_rounding_is_symmetric_near_and_final(value: Fraction, digits: int) -> None:
    rounded = round_half_up(value, digits)

    assert round_half_up(-value, digits) == -rounded
    assert abs(Fraction(rounded) - value) * 2 * 10**digits <= 1
    assert round_half_up(rounded, digits) == rounded
    assert -int(rounded.as_tuple().exponent) == digits


@given(st.integers(-(10**9), 10**9), st.integers(0, 6))
def test_an_exact_half_goes_away_from_zero(units: int, digits: int) -> None:
    half = Fraction(2 * units + (1 if units >= 0 else -1), 2 * 10**digits)

    assert abs(round_half_up(half, digits)) > abs(half)


@given(SIGNED, st.integers(0, 6))
def test_decimals_and_fractions_round_alike(value: Decimal, digits: int) -> None:
    assert str(round_half_up(value, digits)) == str(round_half_up(Fraction(value), digits))


@st.composite
def tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    bounds = sorted(draw(st.sets(st.integers(1, 400), min_size=1, max_size=5)))
    money = st.decimals(0, 1000, places=3)
    steps = [Tier(bound, draw(money), draw(money)) for bound in bounds]
    return (*steps, Tier(None, draw(money), draw(money)))


def price(model: Model, **options: object) -> Price:
    return Price("1", model, Timing.ADVANCE, Basis.SET, **options)  # type: ignore[arg-type]  # one of each model's own options


@given(tiers(), UNITS)
def test_graduated_is_the_sum_of_its_tiers(steps: tuple[Tier, ...], units: int) -> None:
    total, begins = Fraction(0), 0
    for tier in steps:
        if units > begins:
            reached = units if tier.up_to is None else min(units, tier.up_to)
            total += Fraction(tier.flat) + Fraction(tier.unit) * (reached - begins)
        begins = tier.up_to or begins

    assert amount_of(price(Model.TIERED, tiers=steps), units) == total


@given(tiers(), AMOUNTS, st.integers(1, 50), UNITS, UNITS)
def test_more_never_costs_less(
    steps: tuple[Tier, ...], amount: Decimal, size: int, one: int, other: int
) -> None:
    less, more = sorted((one, other))
    for of in (
        price(Model.FLAT, amount=amount),
        price(Model.PER_UNIT, amount=amount),
        price(Model.PACKAGE, amount=amount, size=size),
        price(Model.TIERED, tiers=steps),
    ):
        assert 0 <= amount_of(of, less) <= amount_of(of, more)


@given(tiers(), UNITS, UNITS)
def test_volume_falls_only_where_a_tier_begins(
    steps: tuple[Tier, ...], one: int, other: int
) -> None:
    less, more = sorted((one, other))
    assume(not any(tier.up_to is not None and less <= tier.up_to < more for tier in steps))

    volume = price(Model.VOLUME, tiers=steps)

    assert amount_of(volume, less) <= amount_of(volume, more)


@given(
    st.dates(date(2023, 1, 1), date(2025, 12, 31)),
    st.sampled_from(Interval),
    AMOUNTS,
    CURRENCIES,
    st.sets(st.integers(1, 365), max_size=12),
)
def test_splitting_a_cycle_changes_its_sum_by_no_more_than_the_rounding_of_its_lines(
    start: date, interval: Interval, amount: Decimal, currency: str, cuts: set[int]
) -> None:
    cycle = Cycles(start, interval).nth(0)
    days = [cycle.period.start + timedelta(days=cut) for cut in sorted(cuts)]
    bounds = [cycle.period.start, *(day for day in days if day in cycle.period), cycle.period.end]
    shares = [
        share_of(Period(one, other), cycle.whole) for one, other in itertools.pairwise(bounds)
    ]

    exact = [prorate(amount, *share) for share in shares]
    lines = [to_minor_unit(part, currency) for part in exact]

    assert sum(exact) == Fraction(amount)
    off = abs(sum(map(Fraction, lines)) - Fraction(to_minor_unit(amount, currency)))
    assert off * 2 <= unit_of(currency) * (len(lines) + 1)


@given(st.lists(st.tuples(st.integers(0, 60), UNITS)), st.integers(1, 59))
def test_the_peak_is_at_least_every_quantity_of_the_cycle(
    changes: list[tuple[int, int]], end: int
) -> None:
    first = date(2026, 1, 1)
    levels = [(first + timedelta(days=day), units) for day, units in sorted(changes)]
    opens, closes = date(2026, 1, 15), date(2026, 1, 15) + timedelta(days=end)
    inside = [units for day, units in levels if opens < day < closes]

    highest = peak(levels, start=opens, end=closes)

    assert all(highest >= units for units in inside)
    assert highest in {0, *(units for day, units in levels if day < closes)}


@given(st.lists(UNITS), UNITS)
def test_all_that_is_newly_paid_is_the_rise_of_the_peak(quantities: list[int], paid: int) -> None:
    assert sum(newly_paid(quantities, paid=paid)) == max([paid, *quantities]) - paid


@given(SIGNED, st.lists(st.fractions(0, 1000), min_size=1, max_size=8), CURRENCIES)
def test_a_split_loses_no_cent_and_is_fair(
    amount: Decimal, ratios: list[Fraction], currency: str
) -> None:
    assume(sum(ratios) > 0)
    amount = to_minor_unit(amount, currency)

    shares = allocate(amount, ratios, digits=minor_digits(currency))

    assert sum(map(Fraction, shares)) == Fraction(amount)
    for share, ratio in zip(shares, ratios, strict=True):
        assert abs(Fraction(share) - Fraction(amount) * ratio / sum(ratios)) < unit_of(currency)


@given(st.lists(st.tuples(SIGNED, PERCENTS, RATES), max_size=6), CURRENCIES)
def test_a_total_is_the_sum_of_what_stands_above_it(
    parts: Sequence[tuple[Decimal, Decimal, Decimal]], currency: str
) -> None:
    found = totals(
        [
            Part(to_minor_unit(subtotal, currency), percent, taxed_at(rate))
            for subtotal, percent, rate in parts
        ],
        currency,
    )

    tax = sum((tax.amount for tax in found.taxes), Decimal(0))
    assert found.total == found.subtotal - found.discount + tax
    assert sum((tax.base for tax in found.taxes), Decimal(0)) == found.subtotal - found.discount
    for entry in found.taxes:
        exact = Fraction(entry.base) * Fraction(entry.rate or 0) / 100
        assert abs(Fraction(entry.amount) - exact) * 2 <= unit_of(currency)


def taxed_at(rate: Decimal) -> Treatment:
    return treatment(
        seller_country="CZ", customer_country="CZ", rate=rate, tax_id_counts=False, exempt=False
    )


@given(st.data(), CURRENCIES)
def test_credit_notes_never_exceed_their_invoice(data: st.DataObject, currency: str) -> None:
    rates = st.sampled_from(["0", "6", "20", "23.33"])
    cents = st.integers(1, 5000)
    unit = Decimal(1).scaleb(-minor_digits(currency))
    lines = [
        BilledLine(data.draw(cents) * unit, Treatment(Decimal(data.draw(rates)), Category.STANDARD))
        for _ in range(data.draw(st.integers(1, 4)))
    ]
    whole = sum((line.net for line in lines), Decimal(0))
    discount = data.draw(st.integers(0, int(whole / unit))) * unit
    invoice = billed(lines, discount, currency)

    notes: list[CreditNote] = []
    left = [line.net for line in lines]
    while any(left):
        credited = []
        for place, rest in enumerate(left):
            taken = data.draw(st.integers(0, int(rest / unit))) * unit if len(notes) < 4 else rest
            credited.append((place, taken))
            left[place] -= taken
        notes.append(credit_note(invoice, credited, earlier=notes, currency=currency))
        assert sum((note.net for note in notes), Decimal(0)) <= invoice.net
        assert sum((note.tax for note in notes), Decimal(0)) <= invoice.tax
        assert all(note.net >= 0 and note.tax >= 0 for note in notes)

    assert sum((note.total for note in notes), Decimal(0)) == invoice.total
    assert sum((note.discount for note in notes), Decimal(0)) == discount


@given(SIGNED, CURRENCIES, st.sampled_from(["en", "it", "cs"]))
def test_what_is_displayed_can_be_read_back(amount: Decimal, currency: str, locale: str) -> None:
    amount = to_minor_unit(amount, currency)

    text = format_money(amount, currency, locale)

    digits = re.sub(r"[^\d.,\N{MINUS SIGN}]", "", text).replace("\N{MINUS SIGN}", "-")
    assert parse_decimal(digits, locale=locale) == amount
