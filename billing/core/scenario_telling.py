"""A scenario, told: every invoice that it leads to, by the functions that bill for real."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import count
from operator import attrgetter
from typing import Final, NoReturn, TypeVar

from billing.core.bill import bill, changes_so_far
from billing.core.charges import BeyondLastTier
from billing.core.cycle import ChangeBill
from billing.core.happened import Change, Happened, MemberChange
from billing.core.lines import Line
from billing.core.periods import Cycle, first_instant
from billing.core.provenance import Provenance, member_changes
from billing.core.quote import Quote, Terms, quote
from billing.core.scenario import Preview, Scenario, ScenarioMistakes, Usage
from billing.core.state import State
from billing.core.tax import treatment
from billing.core.totals import Totals

Happening = TypeVar("Happening", Change, MemberChange)
_AT: Final = attrgetter("at")


class Reason(StrEnum):
    """Why an invoice is raised: its cycle opens, or something is charged at once."""

    CYCLE = "cycle"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class ToldInvoice:
    """One invoice of the story."""

    on: date
    reason: Reason
    lines: tuple[Line, ...]
    totals: Totals


@dataclass(frozen=True, slots=True)
class Story:
    """All invoices in the order of time, and the preview where the scenario asks for one."""

    scenario: Scenario
    invoices: tuple[ToldInvoice, ...]
    preview: Quote | None


@dataclass(frozen=True, slots=True)
class _Opening:
    """One cycle as it opened."""

    cycle: Cycle
    at: datetime
    changes: tuple[ChangeBill, ...]
    lines: tuple[Line, ...]
    state: State


def tell(scenario: Scenario) -> Story:
    """The story's invoices. Raises ScenarioMistakes where a quantity has no price in the end."""
    try:
        invoices = tuple(_invoices(scenario))
        preview = None if scenario.preview is None else _quote(scenario, scenario.preview)
    except BeyondLastTier as beyond:
        _explain(beyond)
    return Story(scenario, invoices, preview)


def _explain(beyond: BeyondLastTier) -> NoReturn:
    path = f"{beyond.because[0]}.quantity" if beyond.because else f"catalogue.{beyond.product}"
    raise ScenarioMistakes([f"{path}: {beyond}"]) from None


def _invoices(scenario: Scenario) -> Iterator[ToldInvoice]:
    terms = _terms(scenario)
    log = _Log(scenario)
    last: _Opening | None = None
    for opening in _openings(scenario, log):
        if opening.cycle.period.start > scenario.until:
            break
        yield from _change_invoices(opening.changes, terms)
        day = opening.cycle.period.start
        yield ToldInvoice(day, Reason.CYCLE, opening.lines, terms.totals(opening.lines))
        last = opening
    if last is not None:
        charged, _ = changes_so_far(
            last.state,
            cycle=last.cycle,
            happened=log.between(last.at, None),
            pins=scenario.pins,
            products=scenario.products,
            currency=terms.currency,
        )
        yield from _change_invoices(charged, terms)


def _change_invoices(bills: tuple[ChangeBill, ...], terms: Terms) -> Iterator[ToldInvoice]:
    for change in bills:
        yield ToldInvoice(change.day, Reason.CHANGE, change.lines, terms.totals(change.lines))


class _Log:
    """What happens in a story, to be read cycle by cycle."""

    def __init__(self, scenario: Scenario) -> None:
        self._changes = sorted(scenario.changes, key=_AT)
        self._members = member_changes(scenario.members)
        self._usage = sorted(scenario.usage, key=_AT)

    def between(self, after: datetime | None, to: datetime | None) -> Happened:
        """What happens after one opening, up to and with the next; usage up to but without it.

        `after` None reads from the beginning, `to` None to the end.
        """
        used: dict[str, int] = {}
        for use in _from(self._usage, after, to):
            used[use.product] = used.get(use.product, 0) + use.quantity
        return Happened(_after(self._changes, after, to), _after(self._members, after, to), used)


def _after(log: list[Happening], after: datetime | None, to: datetime | None) -> list[Happening]:
    """What lies after `after`, up to and with `to`."""
    first = 0 if after is None else bisect_right(log, after, key=_AT)
    return log[first : len(log) if to is None else bisect_right(log, to, key=_AT)]


def _from(log: list[Usage], since: datetime | None, to: datetime | None) -> list[Usage]:
    """What lies from `since` on, it included, up to but without `to`."""
    first = 0 if since is None else bisect_left(log, since, key=_AT)
    return log[first : len(log) if to is None else bisect_left(log, to, key=_AT)]


def _openings(scenario: Scenario, log: _Log) -> Iterator[_Opening]:
    """The cycles one after the other, without end: break off where the story ends."""
    provenance = Provenance(scenario.members, scenario.usage)
    state, ended, since = State.nothing(), None, None
    for number in count():
        cycle = scenario.cycles.nth(number)
        at = first_instant(cycle.period.start, scenario.customer.time_zone)
        opening = bill(
            state,
            ended=ended,
            opens=cycle,
            opens_at=at,
            happened=log.between(since, at),
            pins=scenario.pins,
            products=scenario.products,
            currency=scenario.customer.currency,
        )
        lines = provenance.explained(opening.lines, since=since, at=at)
        yield _Opening(cycle, at, opening.changes, lines, opening.state)
        state, ended, since = opening.state, cycle, at


def _quote(scenario: Scenario, preview: Preview) -> Quote:
    """The preview as a quote: the story as it is known at that instant, and the changes."""
    known = _known_at(scenario, preview)
    log = _Log(known)
    running = _running_at(known, log, preview.at)
    wanted = preview.changes
    if running.at == preview.at:
        # At an opening's first instant the changes are part of what opens, not of what follows.
        known = replace(known, changes=known.changes + wanted)
        log, wanted = _Log(known), ()
        running = _running_at(known, log, preview.at)
    asked = quote(
        running.state,
        cycles=known.cycles,
        cycle=running.cycle,
        zone=known.customer.time_zone,
        happened=log.between(running.at, None),
        wanted=wanted,
        pins=known.pins,
        products=known.products,
        terms=_terms(known),
        on=preview.day,
    )
    upcoming = first_instant(asked.next_invoice.on, known.customer.time_zone)
    provenance = Provenance(known.members, known.usage)
    lines = provenance.explained(asked.next_invoice.lines, since=running.at, at=upcoming)
    return replace(asked, next_invoice=replace(asked.next_invoice, lines=lines))


def _known_at(scenario: Scenario, preview: Preview) -> Scenario:
    """The story up to and with the preview, and the price changes whose notice was sent by then."""
    return replace(
        scenario,
        changes=tuple(change for change in scenario.changes if change.at <= preview.at),
        members=tuple(entry for entry in scenario.members if entry.at <= preview.at),
        usage=tuple(use for use in scenario.usage if use.at <= preview.at),
        pins=tuple(
            pin
            for pin in scenario.pins
            if pin.bought or (pin.notice_on is not None and pin.notice_on <= preview.day)
        ),
    )


def _running_at(scenario: Scenario, log: _Log, at: datetime) -> _Opening:
    """The cycle that runs at this instant."""
    zone = scenario.customer.time_zone
    for opening in _openings(scenario, log):
        if first_instant(opening.cycle.period.end, zone) > at:
            return opening
    raise AssertionError("Cycles have no end.")


def _terms(scenario: Scenario) -> Terms:
    customer, seller = scenario.customer, scenario.seller
    return Terms(
        currency=customer.currency,
        discount_percent=customer.discount_percent,
        treatment=treatment(
            seller_country=seller.country,
            customer_country=customer.country,
            rate=seller.tax_rates.get(customer.country),
            tax_id_counts=customer.tax_id is not None,
            exempt=False,
        ),
    )
