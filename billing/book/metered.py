"""The metered use of one account of a book: in which cycle each report counts, what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from billing.book.columns import USAGE
from billing.book.history import ItemHistory, SubscriptionHistory
from billing.book.mistakes import Mistake
from billing.book.rows import AccountBook, UsageRow, moment
from billing.core.pricing import Basis
from billing.limits import refuse_use
from billing.refusals import ChangeRefused

Tell = Callable[[Mistake], None]


@dataclass(slots=True)
class MeterHistory:
    """The reports of one item in one cycle, oldest first."""

    subscription: SubscriptionHistory
    item: ItemHistory
    cycle: int
    reports: list[tuple[datetime, UsageRow]] = field(default_factory=list)

    @property
    def used(self) -> int:
        return sum(row.quantity for _, row in self.reports)


def meters(
    book: AccountBook,
    subscriptions: list[SubscriptionHistory],
    *,
    at: datetime,
    tell: Tell,
) -> list[MeterHistory]:
    """The meters that the account's usage fills; mistakes are told. ``at`` is now."""
    held = {
        item.sold.code: (subscription, item)
        for subscription in subscriptions
        for item in subscription.items
    }
    dated = sorted(
        (moment(row.at, book.billing_zone), row.line, row)
        for row in book.usage
        if not row.wrong and row.product in held
    )
    found: dict[tuple[str, int], MeterHistory] = {}
    for when, _, row in dated:
        subscription, item = held[row.product]
        problem = _time_problem(when, subscription, at) or _price_problem(item, when)
        if problem is not None:
            tell(Mistake(USAGE.file, row.line, *problem))
            continue
        cycle = subscription.openings.number_at(when)
        meter = found.setdefault((row.product, cycle), MeterHistory(subscription, item, cycle))
        meter.reports.append((when, row))
    for meter in found.values():
        _tell_too_much(meter, tell)
    return list(found.values())


def _tell_too_much(meter: MeterHistory, tell: Tell) -> None:
    """Tell of a cycle's use that could not be billed, on the line of its last report."""
    used, log = meter.used, meter.item.log
    try:
        for pin in log.pins:
            if pin.price.basis is Basis.METERED:
                refuse_use(used, name=log.name, price=pin.price, interval=log.interval)
    except ChangeRefused as refusal:
        tell(Mistake(USAGE.file, meter.reports[-1][1].line, "quantity", str(refusal)))


def _time_problem(
    when: datetime, subscription: SubscriptionHistory, at: datetime
) -> tuple[str, str] | None:
    if when < subscription.openings.opens_at(0):
        starts_on = subscription.row.starts_on
        return "at", f"the subscription starts on {starts_on}: expected that or later"
    if when > at:
        return "at", "this instant has not come yet: write what has happened"
    return None


def _price_problem(item: ItemHistory, when: datetime) -> tuple[str, str] | None:
    price = item.log.price_at(when)
    if price is not None and price.basis is Basis.METERED:
        return None
    return "product", f"{item.sold.code} is not metered: expected a product charged by its use"
