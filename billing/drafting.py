"""Drafting: the core's bills made into rows that are ready to be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from billing.core.lines import Kind, Line
from billing.core.money import to_minor_unit
from billing.core.tax import Treatment
from billing.core.totals import Part, totals
from billing.drafts import Advance, DraftBill, DraftLine
from billing.folding import Charged, Fold, Opened
from billing.limits import refuse_too_large
from billing.models import Bill
from billing.prices import PriceBook, snapshot
from billing.reading import SubscriptionRow

_UNTAXED = Treatment(None, "Z")


class Drafter:
    """Makes drafts for one page; what many lines share is made once."""

    def __init__(self, names: Mapping[int, Mapping[str, str]], prices: PriceBook) -> None:
        self._names = names
        self._prices = prices
        self._snapshots: dict[str, tuple[int, dict[str, Any] | None]] = {}

    def cycle_bill(self, row: SubscriptionRow, opened: Opened) -> DraftBill:
        """The bill of a cycle that opened, with the state that the next one starts from."""
        return self._bill(
            row,
            reason=Bill.Reason.CYCLE,
            at=opened.at,
            number=opened.cycle.number,
            days=(opened.cycle.period.start, opened.cycle.period.end),
            lines=tuple(self._lines(row, opened.lines, opened)),
            state=opened.stored,
        )

    def change_bill(self, row: SubscriptionRow, charged: Charged) -> DraftBill:
        """The bill of what was charged at once within a cycle."""
        return self._bill(
            row,
            reason=Bill.Reason.CHANGE,
            at=charged.bill.at,
            number=charged.cycle.number,
            days=(charged.cycle.period.start, charged.cycle.period.end),
            lines=tuple(self._lines(row, charged.bill.lines, None)),
            state=None,
        )

    def _bill(
        self,
        row: SubscriptionRow,
        *,
        reason: str,
        at: datetime,
        number: int,
        days: tuple[date, date],
        lines: tuple[DraftLine, ...],
        state: dict[str, Any] | None,
    ) -> DraftBill:
        zero = to_minor_unit(0, row.currency)
        subtotal = sum((line.amount for line in lines), zero)
        for line in lines:
            what = f"A line of {line.product_code}"
            refuse_too_large(line.amount, what=what, currency=row.currency)
        what = f"The bill of {days[0]} of subscription {row.code}"
        refuse_too_large(subtotal, what=what, currency=row.currency)
        return DraftBill(
            subscription_id=row.id,
            reason=reason,
            number=number,
            starts_on=days[0],
            ends_on=days[1],
            at=at,
            subtotal=subtotal,
            discount_percent=row.discount_percent,
            discount=discount_on(subtotal, percent=row.discount_percent, currency=row.currency),
            state=state,
            lines=lines,
        )

    def _lines(
        self, row: SubscriptionRow, lines: tuple[Line, ...], opened: Opened | None
    ) -> Iterator[DraftLine]:
        items = {item.code: item for item in row.items}
        for line in lines:
            last_sequence, counted = _counted(line, opened)
            price_id, tiers = self._price(line.price_version)
            item = items[line.product]
            yield DraftLine(
                item_id=item.id,
                product_code=line.product,
                names=self._names[item.product_id],
                kind=line.kind,
                starts_on=line.period.start,
                ends_on=line.period.end,
                quantity=line.quantity,
                units=line.units,
                unit_amount=line.unit_amount,
                tiers=tiers,
                share_days=line.share[0] if line.share else None,
                cycle_days=line.share[1] if line.share else None,
                months=line.months,
                amount=line.amount,
                price_id=price_id,
                event_ids=[int(ref) for ref in line.because],
                last_sequence=last_sequence,
                counted=counted,
            )

    def _price(self, version: str) -> tuple[int, dict[str, Any] | None]:
        kept = self._snapshots.get(version)
        if kept is None:
            price_id = int(version)
            kept = self._snapshots[version] = (price_id, snapshot(self._prices[price_id]))
        return kept


def discount_on(subtotal: Decimal, *, percent: Decimal, currency: str) -> Decimal:
    """The discount on a bill, rounded once; rule 11 of docs/scenario.md."""
    if not percent:
        return to_minor_unit(0, currency)
    return totals([Part(subtotal, percent, _UNTAXED)], currency).discount


def advance(fold: Fold, *, opening: tuple[Opened, DraftBill] | None, at: datetime) -> Advance:
    """Where the subscription stands once all that is due at ``at`` is billed."""
    number, day, opens_at = fold.next_opening()
    change_at = fold.next_change_after(at)
    next_bill_at = min(opens_at, change_at) if change_at else opens_at
    return Advance(
        subscription_id=fold.row.id,
        next_number=number,
        next_opening=day,
        next_bill_at=None if fold.ends else next_bill_at,
        opening=opening[1] if opening else None,
        items=tuple(_moved(fold, opening[0])) if opening else (),
    )


def _counted(line: Line, opened: Opened | None) -> tuple[int | None, int | None]:
    """How far the log was read for a line that counts, and what was counted (decision 11)."""
    if opened is None or line.kind not in (Kind.MEMBERS, Kind.METERED):
        return None, None
    if line.kind is Kind.MEMBERS:
        return opened.members_read, line.quantity
    meter = opened.meters[line.product]
    return meter.last_sequence, meter.used


def _moved(fold: Fold, opened: Opened) -> Iterator[tuple[int, int, int | None]]:
    """The items whose row the last opening makes untrue: item id, quantity, price id.

    Those that changed after it were brought up to date by `events`, whose reading of the log sees
    what the opening did.
    """
    later = {event.item_id for event in fold.row.events if event.at > opened.at}
    for item in fold.row.items:
        if item.id in later:
            continue
        state = opened.state.items.get(item.code)
        quantity = state.quantity if state else 0
        if state and quantity:
            price_id = None if state.price_version is None else int(state.price_version)
        else:
            price_id = fold.price_at_zero(item.id, opened)
        if (quantity, price_id) != (item.quantity, item.price_id):
            yield item.id, quantity, price_id
