"""The history of one account: what its lines mean, in order of time, and what is wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Final

from billing.book.catalogue import COUNTED, Catalogue, Sold
from billing.book.columns import EVENTS, ITEMS
from billing.book.mistakes import Mistake
from billing.book.rows import AccountBook, EventRow, ItemRow, moment
from billing.core.periods import Interval
from billing.core.pricing import Basis
from billing.itemlog import ItemLog, PinEntry, Step
from billing.openings import Openings
from billing.refusals import ChangeRefused

Tell = Callable[[Mistake], None]

SHARED: Final = ("starts_on", "interval", "anchor_day", "billed_through")


@dataclass(slots=True)
class ItemHistory:
    """One item: its log, each entry with the line it comes from, and the pin it is held by."""

    row: ItemRow
    sold: Sold
    log: ItemLog
    held: PinEntry | None = None
    steps: list[tuple[Step, EventRow]] = field(default_factory=list)


@dataclass(slots=True)
class SubscriptionHistory:
    """One subscription; ``billed`` is the number of the last cycle billed elsewhere, if any."""

    code: str
    row: ItemRow
    openings: Openings
    currency: str
    zone: str
    billed: int | None
    items: list[ItemHistory]

    @property
    def charges_members(self) -> bool:
        """Whether any price agreed here counts the account's billable members."""
        pins = (pin for item in self.items for pin in item.log.pins)
        return any(pin.price.basis is Basis.MEMBERS for pin in pins)


def subscriptions(
    book: AccountBook, catalogue: Catalogue, *, at: datetime, tell: Tell
) -> list[SubscriptionHistory]:
    """The account's subscriptions; those with mistakes are told and left out. ``at`` is now."""
    by_code: dict[str, list[ItemRow]] = {}
    for row in book.items:
        sold = catalogue.products.get(row.product)
        if sold is not None:
            by_code.setdefault(sold.subscription, []).append(row)
    found = (
        _subscription(code, rows, book, catalogue, at=at, tell=tell)
        for code, rows in by_code.items()
    )
    return [subscription for subscription in found if subscription is not None]


def _subscription(
    code: str,
    rows: list[ItemRow],
    book: AccountBook,
    catalogue: Catalogue,
    *,
    at: datetime,
    tell: Tell,
) -> SubscriptionHistory | None:
    first = rows[0]
    problems = list(_shared_problems(code, rows))
    if not problems and not any(row.wrong for row in rows):
        problems = list(_date_problems(first, book.billing_zone, at))
    for problem in problems:
        tell(problem)
    if problems or any(row.wrong for row in rows):
        return None
    openings = _openings(first, book.billing_zone)
    billed = None
    if first.billed_through is not None:
        billed = openings.number_at(openings.first_instant(_day(first.billed_through)))
    subscription = SubscriptionHistory(
        code, first, openings, book.account.currency, book.billing_zone, billed, []
    )
    events: dict[str, list[EventRow]] = {}
    for event in book.events:
        events.setdefault(event.product, []).append(event)
    for row in rows:
        sold = catalogue.products[row.product]
        walk = _Walk(subscription, sold, row, catalogue, at=at, tell=tell)
        walk.through(events.get(row.product, []))
        subscription.items.append(walk.item)
    subscription.items.sort(key=lambda item: item.sold.place)
    return subscription


def _shared_problems(code: str, rows: list[ItemRow]) -> Iterator[Mistake]:
    """All lines of one subscription say the same of it."""
    first = rows[0]
    for row in rows:
        for column in SHARED:
            wanted, got = getattr(first, column), getattr(row, column)
            if wanted != got and not (row.wrong or first.wrong):
                message = (
                    f"expected {_shown(wanted)} as on line {first.line}, which is of the same "
                    f"subscription {code!r}, got {_shown(got)}"
                )
                yield Mistake(ITEMS.file, row.line, column, message)
    if first.anchor_day is not None and first.interval == Interval.YEAR:
        message = "a yearly subscription is anchored on its start: leave the cell empty"
        yield Mistake(ITEMS.file, first.line, "anchor_day", message)


def _date_problems(row: ItemRow, zone: str, at: datetime) -> Iterator[Mistake]:
    openings = _openings(row, zone)
    if openings.opens_at(0) > at:
        yield Mistake(ITEMS.file, row.line, "starts_on", f"{row.starts_on} has not begun yet")
        return
    if row.billed_through is None:
        return
    through = openings.first_instant(_day(row.billed_through))
    number = openings.number_at(through)
    if number < 0:
        message = f"expected {row.starts_on} or a later opening, got {row.billed_through}"
        yield Mistake(ITEMS.file, row.line, "billed_through", message)
    elif through > at:
        message = f"{row.billed_through} has not begun yet"
        yield Mistake(ITEMS.file, row.line, "billed_through", message)
    elif openings.cycle(number).period.start != _day(row.billed_through):
        before, after = (openings.cycle(n).period.start for n in (number, number + 1))
        message = f"no cycle opens on {row.billed_through}: expected {before} or {after}"
        yield Mistake(ITEMS.file, row.line, "billed_through", message)


def _openings(row: ItemRow, zone: str) -> Openings:
    return _same_openings(row.starts_on, row.interval, row.anchor_day, zone)


@lru_cache(maxsize=4096)
def _same_openings(starts_on: str, interval: str, anchor_day: int | None, zone: str) -> Openings:
    """Many accounts of a book began on the same day."""
    return Openings(starts_on=_day(starts_on), interval=interval, anchor_day=anchor_day, zone=zone)


def _day(cell: str) -> date:
    return date.fromisoformat(cell)


def _shown(value: object) -> str:
    return "an empty cell" if value is None else str(value)


class _Walk:
    """One item's events, oldest first, appended to a log of its own."""

    def __init__(
        self,
        subscription: SubscriptionHistory,
        sold: Sold,
        row: ItemRow,
        catalogue: Catalogue,
        *,
        at: datetime,
        tell: Tell,
    ) -> None:
        self.openings = subscription.openings
        self.zone = subscription.zone
        self.row = row
        self.at = at
        self.tell = tell
        self.basis_on = partial(
            catalogue.basis_on, sold, currency=subscription.currency, interval=row.interval
        )
        log = ItemLog(
            item_id=0,
            product_id=sold.id,
            code=sold.code,
            name=sold.name,
            currency=subscription.currency,
            interval=row.interval,
            openings=self.openings,
            catalogue=catalogue.prices,
            sequence=0,
            pins=[],
            held=False,
        )
        self.item = ItemHistory(row, sold, log)

    def through(self, rows: list[EventRow]) -> None:
        """Append these events, or tell what is wrong with them."""
        if self.basis_on(day=self.openings.cycle(0).period.start) in COUNTED:
            self.item.held = self.item.log.hold(self.openings.opens_at(0))
        dated = sorted((moment(row.at, self.zone), row.line, row) for row in rows if not row.wrong)
        last: tuple[datetime, int] | None = None
        for at, line, row in dated:
            problem = self._time_problem(at, last) or self._append(row, at)
            if problem is not None:
                self.tell(Mistake(EVENTS.file, line, *problem))
            last = (at, line)

    def _time_problem(
        self, at: datetime, last: tuple[datetime, int] | None
    ) -> tuple[str, str] | None:
        if at < self.openings.opens_at(0):
            return "at", f"the subscription starts on {self.row.starts_on}: expected that or later"
        if at > self.at:
            return "at", "this instant has not come yet: write what has happened"
        if last is not None and last[0] == at:
            return "at", f"the same product and instant as on line {last[1]}: leave one of them"
        return None

    def _append(self, row: EventRow, at: datetime) -> tuple[str, str] | None:
        """The column and what is wrong there; None when the event was appended or set nothing."""
        try:
            step = self.item.log.append(quantity=row.quantity, at=at, holds=row.holds)
        except ChangeRefused as refusal:
            sold = self.basis_on(day=self.openings.local_day(at)) is not None
            return "quantity" if sold else "product", str(refusal)
        if step is not None:
            self.item.steps.append((step, row))
        return None
