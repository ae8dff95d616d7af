"""What a change among an account's members costs: the run's own fold, asked with and without it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from billing.core.lines import Line
from billing.drafting import discount_on
from billing.folding import Fold, Opened
from billing.models import Price, Subscription
from billing.prices import PriceBook
from billing.reading import MemberRow, SubscriptionRow, read_running

# The place of an entry after all that were counted already.
_BEHIND_ALL: Final = 2**62


@dataclass(frozen=True, slots=True)
class MemberCost:
    """What a subscription costs more (below zero: less), net of its discount, before taxes.

    ``pro_rata`` stands on the invoice of ``next_on`` for the days until then; ``each_cycle`` is
    charged for every cycle from that day on, None where none opens any more. Of ``interval``
    (month or year) and ``currency``.
    """

    subscription_id: int
    currency: str
    interval: str
    next_on: date
    pro_rata: Decimal
    each_cycle: Decimal | None


def costs(
    *, account_id: int, steps: Sequence[int], at: datetime, using: str = "default"
) -> list[MemberCost]:
    """What it costs that the account's number of billable members moves by these steps at ``at``.

    One entry for each subscription that charges billable members, in the order of their ids; none
    where none does. It is computed by the fold that will bill it, from the log with the steps and
    without them, so it is what will be charged if nothing else happens. RSL-6, RSL-9.

    Worked example: a third member activated on 3 February, 24.00 a month from 31 January to 28
    February: 24.00 × 25/28 = 21.43 pro rata on 28 February, 24.00 each month from then on.
    """
    counting = Subscription.objects.using(using).filter(
        account_id=account_id, items__price__basis=Price.Basis.BILLABLE_MEMBERS
    )
    ids = sorted(set(counting.order_by().values_list("pk", flat=True)))
    if not ids:
        return []
    page = read_running(subscription_ids=ids, using=using)
    rows = [row for rows in page.subscriptions.values() for row in rows]
    found = (_cost(row, page.prices, steps, at) for row in sorted(rows, key=lambda row: row.id))
    return [cost for cost in found if cost is not None]


def _cost(
    row: SubscriptionRow, prices: PriceBook, steps: Sequence[int], at: datetime
) -> MemberCost | None:
    without = _next_opening(row, prices, at)
    then = _next_opening(_with(row, steps, at), prices, at)
    if without is None or then is None:
        return None
    opens_on = without.cycle.period.start
    each_cycle = _net(row, _of_new_cycle(then)) - _net(row, _of_new_cycle(without))
    ends = row.ends_on is not None and opens_on >= row.ends_on
    return MemberCost(
        subscription_id=row.id,
        currency=row.currency,
        interval=row.interval,
        next_on=opens_on,
        pro_rata=_net(row, then.lines) - _net(row, without.lines) - each_cycle,
        each_cycle=None if ends else each_cycle,
    )


def _next_opening(row: SubscriptionRow, prices: PriceBook, at: datetime) -> Opened | None:
    """The opening that follows ``at``; None where none comes."""
    fold = Fold(row, prices)
    for _ in fold.openings_until(at):
        pass  # what is due already is billed without the change
    if fold.ends:
        return None
    _, _, opens_at = fold.next_opening()
    return next(opened for opened, _ in fold.openings_until(opens_at))


def _with(row: SubscriptionRow, steps: Sequence[int], at: datetime) -> SubscriptionRow:
    """The subscription with the steps at the end of its account's log of members."""
    last = row.members[-1] if row.members else None
    sequence, dated = (last.sequence, max(last.at, at)) if last else (_BEHIND_ALL, at)
    more = [
        MemberRow(id=-number, sequence=sequence + number, at=dated, step=step)
        for number, step in enumerate(steps, 1)
    ]
    return replace(row, members=[*row.members, *more])


def _of_new_cycle(opened: Opened) -> tuple[Line, ...]:
    """The lines in advance; the others are about the cycle that ended."""
    return tuple(line for line in opened.lines if line.period.start >= opened.cycle.period.start)


def _net(row: SubscriptionRow, lines: Iterable[Line]) -> Decimal:
    subtotal = sum((line.amount for line in lines), Decimal(0))
    percent = row.discount_percent
    return subtotal - discount_on(subtotal, percent=percent, currency=row.currency)
