"""Looking at what runs: what is in force in this moment, and what the next opening will bill.

The fold that will bill it is asked, so what is shown is what is charged. PLAN-1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from accounts.models import Account
from billing.core import bill as core
from billing.core.pins import Pins
from billing.core.pricing import Basis, Price
from billing.core.quote import Amount, Terms
from billing.core.state import ItemState, State
from billing.folding import Fold, Opened
from billing.invoicing import treatment_on
from billing.models import Product
from billing.reading import Page, SubscriptionRow
from billing.whole import Whole, read_whole


@dataclass(frozen=True, slots=True)
class Now:
    """An item in this moment: its number, its price, and the number that waits for the opening."""

    product: Product
    quantity: int
    price: Price
    waiting: int | None


@dataclass(frozen=True, slots=True)
class Running:
    """A subscription that runs, or will begin.

    ``items`` are in force, or counted and not chosen, in the order of the catalogue. ``members``
    are billable. What waits takes hold on ``opens_on``. ``next`` is what the opening of
    ``next_on``, the first that is not billed yet, bills with discount and taxes; None while nobody
    is written down who sells. ``estimated``: something metered may still be added to it. Days are
    local ones.
    """

    row: SubscriptionRow
    items: tuple[Now, ...]
    members: int
    opens_on: date
    next_on: date
    next: Amount | None
    estimated: bool


def look(account: Account, *, at: datetime, using: str = "default") -> list[Running]:
    """The account's subscriptions that have not ended, oldest first. Nothing is written.

    The number of queries is the same however many there are, and whatever they hold.
    """
    return running(read_whole(account, using=using), at=at)


def running(whole: Whole, *, at: datetime) -> list[Running]:
    """The same of an account that was read already: no query."""
    rows = [row for row in whole.rows.values() if row.next_bill_at is not None]
    rows.sort(key=lambda row: (row.starts_on, row.id))
    found = (_running(row, whole.page, at) for row in rows)
    return [one for one in found if one is not None]


def terms_of(row: SubscriptionRow, page: Page, *, on: date) -> Terms:
    """How the subscription's amounts of this local day become a total, and who pays them how."""
    payer = page.payers[row.payer_id]
    return Terms(
        currency=row.currency,
        discount_percent=row.discount_percent,
        treatment=treatment_on(on, payer=payer, page=page),
        payer=payer.id,
        payment_method=payer.pays_by,
    )


def _running(row: SubscriptionRow, page: Page, at: datetime) -> Running | None:
    # What was just done may be dated an instant later than it was asked for (decision 3).
    at = max([at, *(event.at for event in row.events)])
    fold = Fold(row, page.prices)
    for _ in fold.openings_until(at):
        pass  # what is due already is billed as it stands
    if fold.ends:
        return None
    _, opens_on, _ = fold.next_opening()
    opened = _next_opening(row, page)
    state = opened.state if fold.number < 0 else _state(fold, at)
    items = tuple(_items(fold, page, state, at if fold.number >= 0 else opened.at))
    return Running(
        row=row,
        items=items,
        members=state.members,
        opens_on=opens_on,
        next_on=opened.cycle.period.start,
        next=_amount(opened, row, page) if page.seller else None,
        estimated=any(one.price.basis is Basis.METERED for one in items),
    )


def _next_opening(row: SubscriptionRow, page: Page) -> Opened:
    """The first opening that is not billed yet."""
    fold = Fold(row, page.prices)
    _, _, opens_at = fold.next_opening()
    return next(opened for opened, _ in fold.openings_until(opens_at))


def _state(fold: Fold, at: datetime) -> State:
    _, state = core.changes_so_far(
        fold.state,
        cycle=fold.openings.cycle(fold.number),
        happened=fold.happened_until(at),
        pins=fold.pins,
        products=fold.products,
        currency=fold.row.currency,
    )
    return state


def _items(fold: Fold, page: Page, state: State, at: datetime) -> Iterator[Now]:
    opening = fold.openings.cycle(max(fold.number, 0)).period.start
    price_of = partial(Pins(fold.pins).price, opening=opening, at=at)
    for item in fold.row.items:
        price, held = price_of(item.code), state.items.get(item.code, ItemState())
        counted = price is not None and price.basis in (Basis.MEMBERS, Basis.METERED)
        if price is not None and (held.quantity or held.waiting or counted):
            waiting = None if held.waiting is None else held.waiting.quantity
            yield Now(page.products[item.product_id], held.quantity, price, waiting)


def _amount(opened: Opened, row: SubscriptionRow, page: Page) -> Amount:
    on = opened.cycle.period.start
    return Amount(on, opened.lines, terms_of(row, page, on=on).totals(opened.lines))
