"""Quantities beyond the last tier of the price in force, found before a story is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from billing.core.happened import Change
from billing.core.metering import above_allowance
from billing.core.periods import Cycle, Cycles
from billing.core.pins import Pin, Pins
from billing.core.scenario import Usage
from billing.core.scenario_json import Mistakes


def report_beyond_tiers(
    *,
    changes: Iterable[Change],
    usage: Iterable[Usage],
    pins: Sequence[Pin],
    cycles: Cycles,
    mistakes: Mistakes,
) -> None:
    """Note each quantity, and each usage that makes a cycle's sum, for which there is no price."""
    book = Pins(pins)
    limited = {pin.product for pin in pins if pin.price.limit is not None}
    for change in changes:
        if change.product in limited:
            _report_change(change, book, cycles, mistakes)
    _report_usage([use for use in usage if use.product in limited], book, cycles, mistakes)


def _cycle(cycles: Cycles, day: date) -> Cycle:
    # Where clocks go back over midnight, the day before the first opening comes a second time.
    return cycles.holding(max(day, cycles.start))


def _report_change(change: Change, book: Pins, cycles: Cycles, mistakes: Mistakes) -> None:
    opening = _cycle(cycles, change.day).period.start
    price = book.price(change.product, opening=opening, at=change.at)
    if price is None or price.limit is None:
        return
    if Decimal(change.quantity) * price.unit_factor > price.limit:
        mistakes.add(
            f"{change.ref}.quantity",
            beyond(limit=price.limit, got=Decimal(change.quantity) * price.unit_factor),
        )


def _report_usage(usage: Sequence[Usage], book: Pins, cycles: Cycles, mistakes: Mistakes) -> None:
    used: dict[tuple[str, int], int] = {}
    for use in usage:
        cycle = _cycle(cycles, use.day)
        price = book.price(use.product, opening=cycle.period.start, at=use.at)
        if price is None or price.limit is None:
            continue
        before = used.get((use.product, cycle.number), 0)
        used[use.product, cycle.number] = now = before + use.quantity
        charged = above_allowance(now, price.allowance)
        if charged > price.limit >= above_allowance(before, price.allowance):
            mistakes.add(f"{use.path}.quantity", beyond(limit=price.limit, got=charged))


def beyond(*, limit: int, got: Decimal | int) -> str:
    """What a mistake says about a quantity that no tier has a price for."""
    return f"expected at most {limit} units, the end of the last tier, got {Decimal(got):f}"
