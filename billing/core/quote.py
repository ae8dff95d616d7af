"""The quote: what a wish costs today, on the next invoice and every cycle after."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from billing.core.bill import bill
from billing.core.cycle import ChangeBill, Covered, RunningCycle, Unsaved
from billing.core.happened import Change, Happened
from billing.core.lines import Json, Kind, Line, to_json
from billing.core.periods import Cycle, Cycles, first_instant
from billing.core.pins import Pin, Pins
from billing.core.state import State
from billing.core.totals import Part, Totals, Treatment, totals

__all__ = ["Amount", "Covered", "Quote", "Terms", "Unsaved", "quote"]

_MOVES_BY_ITSELF: Final = frozenset({Kind.METERED, Kind.MEMBERS})


@dataclass(frozen=True, slots=True)
class Terms:
    """Who pays and how: what turns lines into a total, and what a fingerprint must not miss."""

    currency: str
    discount_percent: Decimal
    treatment: Treatment
    payer: int | str = ""
    payment_method: int | str = ""

    def totals(self, lines: Sequence[Line]) -> Totals:
        """The foot of an invoice of these lines; no lines make zero without taxes."""
        if not lines:
            return totals((), self.currency)
        subtotal = sum((line.amount for line in lines), Decimal(0))
        return totals((Part(subtotal, self.discount_percent, self.treatment),), self.currency)


@dataclass(frozen=True, slots=True)
class Amount:
    """One of the three amounts of a quote: the day it is charged, its lines, its foot."""

    on: date
    lines: tuple[Line, ...]
    totals: Totals


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of a wish, as it is shown and, unless the fingerprint differs, charged. PRICE-10.

    `estimated` says that something metered stands on the next invoice, so that its total may grow.
    """

    due_now: Amount
    next_invoice: Amount
    every_cycle: Amount
    unsaved: tuple[Unsaved, ...]
    covered: tuple[Covered, ...]
    estimated: bool
    fingerprint: str


def quote(
    state: State,
    *,
    cycles: Cycles,
    cycle: Cycle,
    zone: str,
    happened: Happened,
    wanted: Sequence[Change],
    pins: Sequence[Pin],
    products: Sequence[str],
    terms: Terms,
    on: date,
    ends_on: date | None = None,
    scheduled: Sequence[Change] = (),
) -> Quote:
    """What the changes `wanted`, all of one instant on the local day `on`, cost. PRICE-10.

    `state` is that of the opening of the running `cycle`; `happened` is what happened since, up to
    that instant, without the wanted changes. `scheduled` come with them, just after: what waits for
    the next opening once they hold. Nothing that begins on `ends_on` or later is billed
    any more. The fold that will bill them is asked, so what is shown is what is charged. Raises
    what `bill` raises.

    Worked example: 8 seats wanted in place of 5 at 19.00, on 20 February in 31 January to
    28 February: due now 3 × 19.00 × 8/28 = 16.29, next invoice and every cycle 8 × 19.00 = 152.00.
    """
    book = Pins(pins)
    running = RunningCycle(
        state, cycle=cycle, pins=book, products=products, currency=terms.currency
    )
    running.live(happened.changes, happened.members)
    before = running.state()
    ends_at = first_instant(cycle.period.end, zone)
    unsaved = [running.unsaved(change) for change in wanted]
    covered = [running.covered(change) for change in wanted]
    running.live(wanted, ())
    due = _lines_of(wanted, running.charged)
    unsaved += [running.unsaved(change) for change in scheduled]
    log = Happened([*happened.changes, *wanted, *scheduled], happened.members, happened.used)
    foreseen: list[Amount] = [Amount(on, due, terms.totals(due))]
    for number in (cycle.number + 1, cycle.number + 2):
        opens = cycles.nth(number)
        opening = bill(
            state,
            ended=cycle,
            opens=opens,
            opens_at=first_instant(opens.period.start, zone),
            happened=log,
            pins=pins,
            products=products,
            currency=terms.currency,
        )
        lines = tuple(
            line for line in opening.lines if ends_on is None or line.period.start < ends_on
        )
        foreseen.append(Amount(opens.period.start, lines, terms.totals(lines)))
        state, cycle, log = opening.state, opens, Happened()
    due_now, next_invoice, every_cycle = foreseen
    return Quote(
        due_now=due_now,
        next_invoice=next_invoice,
        every_cycle=every_cycle,
        unsaved=tuple(one for one in unsaved if one is not None),
        covered=tuple(one for one in covered if one is not None),
        estimated=running.is_metered(at=ends_at),
        fingerprint=_fingerprint(
            terms,
            _steps(before, wanted),
            {change.product: change.quantity for change in scheduled},
            (due_now, next_invoice, every_cycle),
        ),
    )


def _lines_of(wanted: Sequence[Change], charged: Sequence[ChangeBill]) -> tuple[Line, ...]:
    """The lines charged at once that the wanted changes made."""
    refs = {change.ref for change in wanted}
    lines = (line for change_bill in charged for line in change_bill.lines)
    return tuple(line for line in lines if not refs.isdisjoint(line.because))


def _steps(before: State, wanted: Sequence[Change]) -> dict[str, tuple[int, int]]:
    """Each changed product with its quantity in force and the wanted one."""
    steps = {}
    for change in wanted:
        held = before.items.get(change.product)
        steps[change.product] = (0 if held is None else held.quantity, change.quantity)
    return steps


def _fingerprint(
    terms: Terms,
    steps: Mapping[str, tuple[int, int]],
    scheduled: Mapping[str, int],
    amounts: tuple[Amount, Amount, Amount],
) -> str:
    """SHA-256 over canonical JSON of what the customer agrees to. Decision 18.

    Not the instant, usage, members or other products: they may move without a new agreement.
    """

    def changed(amount: Amount) -> list[Json]:
        return [
            _agreed(line)
            for line in amount.lines
            if line.product in steps and line.kind not in _MOVES_BY_ITSELF
        ]

    treatment = terms.treatment
    due_now, next_invoice, every_cycle = amounts
    agreed: dict[str, object] = {
        "payer": terms.payer,
        "currency": terms.currency,
        "discount_percent": format(terms.discount_percent.normalize(), "f"),
        "tax": [
            None if treatment.rate is None else format(treatment.rate.normalize(), "f"),
            treatment.category,
            treatment.reason,
        ],
        "payment_method": terms.payment_method,
        "changes": {product: list(step) for product, step in steps.items()},
        "due_now": [_agreed(line) for line in due_now.lines],
        "next_invoice": changed(next_invoice),
        "every_cycle": changed(every_cycle),
    }
    if scheduled:
        agreed["scheduled"] = dict(scheduled)
    canonical = json.dumps(agreed, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _agreed(line: Line) -> Json:
    """A line without the events behind it: before the confirmation they have no ids yet."""
    return to_json(replace(line, because=()))
