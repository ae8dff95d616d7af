"""Laws of the bill: whatever the story, these hold between the ways of telling it."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from billing.core import lines as stored_lines
from billing.core import state as states
from billing.core.bill import Change, Happened, Pin, bill, changes_so_far
from billing.core.money import to_minor_unit
from billing.core.periods import Cycles, Interval, first_instant
from billing.core.pricing import Decrease, Model, Price, Tier, amount_of
from billing.core.provenance import member_changes
from billing.core.scenario import Scenario
from billing.core.scenario_answer import answer
from billing.core.scenario_reading import read
from billing.core.scenario_telling import tell
from billing.core.state import State
from tests.core.laws.stories import AMOUNTS, CURRENCIES, Story, stories
from tests.core.subscription import JANUARY, Subscription, price, sets


def told(story: Story) -> dict[str, Any]:
    return answer(tell(read(json.dumps(story))))


@given(stories())
def test_every_line_multiplies_out(story: Story) -> None:  # PRICE-9
    scenario = read(json.dumps(story))
    price_of = {(pin.product, pin.price.version): pin.price for pin in scenario.pins}

    for invoice in tell(scenario).invoices:
        for line in invoice.lines:
            exact = amount_of(
                price_of[line.product, line.price_version],
                line.quantity if line.units is None else line.units,
            )
            exact *= (line.months or 1) * Fraction(*(line.share or (1, 1)))
            assert abs(line.amount) == to_minor_unit(exact, scenario.customer.currency)
            assert (line.amount < 0) == (line.kind == "credit")


@given(stories(), st.integers(0, 170))
def test_what_comes_later_changes_nothing_that_was_billed(story: Story, days: int) -> None:
    start = date.fromisoformat(story["cycle"]["start"])
    until = start + timedelta(days=days)
    zone = story["account"]["time_zone"]
    ends = first_instant(until + timedelta(days=1), zone)
    scenario = read(json.dumps(story))
    half = story | {"until": until.isoformat()}
    half["events"] = [
        event
        for event, change in zip(story["events"], scenario.changes, strict=True)
        if change.at < ends
    ]
    half["members"] = [
        entry
        for entry, one in zip(story["members"], scenario.members, strict=True)
        if one.at < ends
    ]
    half["usage"] = [
        use for use, one in zip(story["usage"], scenario.usage, strict=True) if one.at < ends
    ]

    whole_told, half_told = without_paths(told(story)), without_paths(told(half))

    assert half_told == whole_told[: len(half_told)]
    assert all(invoice["date"] > until.isoformat() for invoice in whole_told[len(half_told) :])


def without_paths(answered: dict[str, Any]) -> list[dict[str, Any]]:
    """The invoices without the places in the file, which move with what is left out."""
    invoices: list[dict[str, Any]] = answered["invoices"]
    return [
        invoice | {"lines": [line | {"because": len(line["because"])} for line in invoice["lines"]]}
        for invoice in invoices
    ]


@given(stories(preview=True))
def test_a_quote_is_what_is_charged(story: Story) -> None:  # PRICE-10
    at, changes = story["preview"]["at"], story["preview"]["changes"]
    scenario = read(json.dumps(story))
    assert scenario.preview is not None
    known = scenario.preview
    wanted = [{"at": at, **change} for change in changes]
    confirmed = story | {
        "events": keep(story["events"], scenario.changes, known.at) + wanted,
        "members": keep(story["members"], scenario.members, known.at),
        "usage": keep(story["usage"], scenario.usage, known.at),
        "price_changes": [
            change
            for change in story["price_changes"]
            if change.get("notice_sent", "9999") <= known.day.isoformat()
        ],
        "until": (known.day + timedelta(days=800)).isoformat(),
    }
    del confirmed["preview"]

    shown = told(story)["preview"]
    charged = told(confirmed)["invoices"]

    after = [one for one in charged if one["reason"] == "cycle" and one["date"] > str(known.day)]
    assert without_refs(shown["next_invoice"]["lines"]) == without_refs(after[0]["lines"])
    assert shown["next_invoice"]["total"] == after[0]["total"]
    assert shown["every_cycle"]["total"] == after[1]["total"]
    mine = {f"events[{len(confirmed['events']) - 1 - place}]" for place in range(len(wanted))}
    at_once = [
        line
        for one in charged
        if one["reason"] == "change"
        for line in one["lines"]
        if mine & set(line["because"])
    ]
    assert without_refs(shown["due_now"]["lines"]) == without_refs(at_once)


def keep(written: list[Story], entries: Any, at: Any) -> list[Story]:
    return [one for one, entry in zip(written, entries, strict=True) if entry.at <= at]


def without_refs(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in line.items() if key != "because"} for line in lines]


@given(stories(), st.randoms(use_true_random=False))
def test_the_order_of_products_at_one_instant_changes_no_sum(story: Story, chance: Any) -> None:
    for event, change in zip(story["events"], read(json.dumps(story)).changes, strict=True):
        event["at"] = change.day.isoformat()
    seen = {(event["product"], event["at"]): event for event in story["events"]}
    story["events"] = list(seen.values())
    shuffled = story | {"events": chance.sample(story["events"], len(story["events"]))}

    assert sums(told(story)) == sums(told(shuffled))


def sums(answered: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one["date"], one["subtotal"], one["total"]) for one in answered["invoices"]]


def between(log: Sequence[Any], since: datetime | None, to: datetime) -> list[Any]:
    return [one for one in log if (since is None or one.at > since) and one.at <= to]


def folded(scenario: Scenario, *, through_json: bool) -> list[Any]:
    """The bills of eight cycles; between them the state is stored and read again, or not."""
    state, ended, since, bills = State.nothing(), None, None, []
    members = member_changes(scenario.members)
    zone = scenario.customer.time_zone
    for number in range(8):
        opens = scenario.cycles.nth(number)
        at = first_instant(opens.period.start, zone)
        made = bill(
            state,
            ended=ended,
            opens=opens,
            opens_at=at,
            happened=Happened(
                [
                    one
                    for one in scenario.changes
                    if (since is None or one.at > since) and one.at <= at
                ],
                [one for one in members if (since is None or one.at > since) and one.at <= at],
            ),
            pins=scenario.pins,
            products=scenario.products,
            currency=scenario.customer.currency,
        )
        bills.append(made)
        state, ended, since = made.state, opens, at
        if through_json:
            state = states.from_json(json.loads(json.dumps(states.to_json(state))))
    return bills


@given(stories())
def test_many_cycles_at_once_are_the_same_as_one_at_a_time(story: Story) -> None:  # JOBS-1
    scenario = read(json.dumps(story))

    assert folded(scenario, through_json=True) == folded(scenario, through_json=False)


@given(stories())
def test_a_reading_of_the_running_cycle_is_stored_without_loss(story: Story) -> None:
    scenario = read(json.dumps(story))
    first = folded(scenario, through_json=False)[0]
    cycle = scenario.cycles.nth(0)
    at = first_instant(cycle.period.start, scenario.customer.time_zone)
    _, now = changes_so_far(
        first.state,
        cycle=cycle,
        happened=Happened(
            [one for one in scenario.changes if one.at > at and one.day in cycle.period]
        ),
        pins=scenario.pins,
        products=scenario.products,
        currency=scenario.customer.currency,
    )

    assert states.from_json(json.loads(json.dumps(states.to_json(now)))) == now
    for line in first.lines:
        assert stored_lines.from_json(json.loads(json.dumps(stored_lines.to_json(line)))) == line


@given(stories())
def test_a_peak_is_at_least_every_quantity_of_its_cycle(story: Story) -> None:  # LIC-5
    scenario = read(json.dumps(story))
    peaks = {
        line.period: line.quantity
        for invoice in tell(scenario).invoices
        for line in invoice.lines
        if line.kind == "peak"
    }

    for change in scenario.changes:
        period = scenario.cycles.holding(change.day).period
        if change.product == "voice" and period in peaks:
            assert peaks[period] >= change.quantity


MODELS = st.builds(
    lambda model, amount, unit, currency: (
        Price(
            "v1",
            model,
            price().timing,
            price().basis,
            amount=None if model in (Model.TIERED, Model.VOLUME) else Decimal(amount),
            tiers=(Tier(7, Decimal(unit)), Tier(None, Decimal(amount)))
            if model in (Model.TIERED, Model.VOLUME)
            else (),
            size=5 if model is Model.PACKAGE else None,
            decrease=Decrease.NOW_CREDIT,
        ),
        currency,
    ),
    st.sampled_from(Model),
    AMOUNTS,
    AMOUNTS,
    st.sampled_from(CURRENCIES),
)


@given(MODELS, st.integers(0, 30), st.integers(0, 30), st.integers(1, 27))
def test_a_change_and_its_reverse_on_one_day_net_to_zero(  # PRICE-5
    chosen: tuple[Price, str], held: int, other: int, days: int
) -> None:
    seats = Subscription([Pin("seat", chosen[0], date.min)], currency=chosen[1])
    seats.opens(sets(JANUARY, "seat", held, hour=0))
    day = JANUARY + timedelta(days=days)
    there: Change = sets(day, "seat", other, "there", hour=10)

    february = seats.opens(there, sets(day, "seat", held, "back", hour=11))

    moved = [line for change in february.changes for line in change.lines]
    moved += [line for line in february.lines if line.kind in ("proration", "credit")]
    assert sum(line.amount for line in moved) == 0


@given(st.dates(date(2023, 1, 1), date(2025, 12, 31)), st.integers(1, 50))
def test_what_is_bought_on_the_opening_day_costs_the_whole_cycle(start: date, seats: int) -> None:
    held = Subscription.of(seat=price())
    held.cycles = Cycles(start, Interval.MONTH)
    held.opens()

    following = held.opens(sets(start, "seat", seats, hour=9))

    (line,) = following.changes[0].lines
    assert line.share is None
    assert line.amount == following.lines[0].amount
