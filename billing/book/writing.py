"""Writing a page of a book: every row of its accounts, in bulk, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from accounts import people
from accounts.bulk import insert_rows
from accounts.keys import reserve
from accounts.models import Account, Member
from billing import events
from billing.book.histories import AccountHistory
from billing.book.history import ItemHistory, SubscriptionHistory
from billing.book.opening import Log, state_at_opening
from billing.book.people import MemberHistory
from billing.book.rows import MemberRow
from billing.core.bill import Change, MemberChange
from billing.itemlog import PinEntry
from billing.models import Bill, Event, Item, Meter, Subscription, UsageRecord
from billing.states import to_store
from billing.updating import update_rows

HistoricalAccount = Account.history.model

ACCOUNT_FIELDS: Final = (
    "id", "reference", "name", "kind", "role", "parent_id", "payer_id", "time_zone", "language",
    "currency", "email", "street", "postcode", "city", "country", "tax_id", "tax_exempt",
    "discount_percent", "pays_by", "terms_days", "agreed_terms", "licensing_enabled",
    "opened_at", "blocked_at", "closed_at",
)  # fmt: skip
HISTORY_FIELDS: Final = (
    *ACCOUNT_FIELDS, "tax_id_state", "history_date", "history_type", "history_change_reason",
)  # fmt: skip
SUBSCRIPTION_FIELDS: Final = (
    "id", "account_id", "payer_id", "code", "currency", "time_zone", "interval", "starts_on",
    "anchor_day", "next_number", "next_opening", "next_bill_at",
)  # fmt: skip
ITEM_FIELDS: Final = (
    "id", "subscription_id", "product_id", "quantity", "price_id", "last_sequence",
)  # fmt: skip
BILL_FIELDS: Final = (
    "id", "subscription_id", "reason", "number", "starts_on", "ends_on", "at", "subtotal", "state",
)  # fmt: skip
MEMBER_FIELDS: Final = (
    "id", "account_id", "reference", "name", "email", "bot", "billing_role", "primary_admin",
    "purchase_permission", "status",
)  # fmt: skip
METER_FIELDS: Final = (
    "id", "item_id", "cycle_start", "used", "last_sequence", "closed", "rolled_up",
)  # fmt: skip
USAGE_FIELDS: Final = ("account_id", "meter_id", "sequence", "key", "at", "quantity")
REASON: Final = "Taken over with import_book"
BLOCK: Final = 5000


def write_page(histories: Sequence[AccountHistory], *, at: datetime) -> None:
    """Write accounts that are new, with all they hold; ``at`` is the instant of the import."""
    insert_rows(Account, fields=ACCOUNT_FIELDS, rows=map(_account_row, histories))
    insert_rows(
        HistoricalAccount,
        fields=HISTORY_FIELDS,
        rows=((*_account_row(one), "unchecked", at, "+", REASON) for one in histories),
    )
    kept = _Kept(histories)
    insert_rows(Subscription, fields=SUBSCRIPTION_FIELDS, rows=kept.subscription_rows())
    insert_rows(Item, fields=ITEM_FIELDS, rows=kept.item_rows())
    events.take_over(entries=kept.taken(), held=kept.held())
    _write_members(kept)
    insert_rows(Bill, fields=BILL_FIELDS, rows=kept.bill_rows())
    # Bills name subscriptions and subscriptions their opening bill: one of the two comes later.
    update_rows(Subscription, fields=("opening_id",), rows=kept.openings())
    _write_meters(kept)


def _account_row(history: AccountHistory) -> tuple[Any, ...]:
    details = history.details
    return (history.book.id, *(details[name] for name in ACCOUNT_FIELDS[1:]))


@dataclass(slots=True)
class _KeptSubscription:
    """A subscription with the keys of its rows."""

    id: int
    bill_id: int | None
    account: AccountHistory
    history: SubscriptionHistory
    item_ids: list[int]
    entries: list[events.Taken] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


class _Kept:
    """Everything of a page, with the keys reserved for its rows."""

    def __init__(self, histories: Sequence[AccountHistory]) -> None:
        pairs = [(one, subscription) for one in histories for subscription in one.subscriptions]
        subscription_ids = iter(reserve(Subscription, count=len(pairs)))
        bill_ids = iter(reserve(Bill, count=sum(one.billed is not None for _, one in pairs)))
        item_ids = iter(reserve(Item, count=sum(len(one.items) for _, one in pairs)))
        self.histories = histories
        self.subscriptions = [
            _KeptSubscription(
                next(subscription_ids),
                next(bill_ids) if subscription.billed is not None else None,
                account,
                subscription,
                [next(item_ids) for _ in subscription.items],
            )
            for account, subscription in pairs
        ]
        event_ids = iter(reserve(Event, count=sum(map(_events_of, self.subscriptions))))
        for kept in self.subscriptions:
            _number_events(kept, event_ids)
        self.member_ids = reserve(Member, count=sum(len(one.members) for one in histories))

    def subscription_rows(self) -> Iterator[tuple[Any, ...]]:
        for kept in self.subscriptions:
            history = kept.history
            next_number = 0 if history.billed is None else history.billed + 1
            yield (
                *(kept.id, kept.account.book.id, kept.account.book.payer_id, history.code),
                *(history.currency, history.zone, history.row.interval),
                *(_day(history.row.starts_on), history.row.anchor_day, next_number),
                history.openings.cycle(next_number).period.start,
                _next_bill_at(history, next_number),
            )

    def openings(self) -> list[tuple[int, int]]:
        """Subscription and opening bill, of those that were billed elsewhere."""
        return [(kept.id, kept.bill_id) for kept in self.subscriptions if kept.bill_id is not None]

    def item_rows(self) -> Iterator[tuple[Any, ...]]:
        for kept in self.subscriptions:
            for item, item_id in zip(kept.history.items, kept.item_ids, strict=True):
                standing = _standing(item, kept.history)
                yield (item_id, kept.id, item.sold.id, *standing, item.log.sequence)

    def taken(self) -> Iterator[events.Taken]:
        for kept in self.subscriptions:
            yield from kept.entries

    def held(self) -> Iterator[tuple[int, PinEntry]]:
        for kept in self.subscriptions:
            for item, item_id in zip(kept.history.items, kept.item_ids, strict=True):
                if item.held is not None:
                    yield item_id, item.held

    def members(self) -> Iterator[tuple[AccountHistory, MemberHistory, int]]:
        ids = iter(self.member_ids)
        for history in self.histories:
            for member in history.members:
                yield history, member, next(ids)

    def bill_rows(self) -> Iterator[tuple[Any, ...]]:
        """The states in which subscriptions are taken over, as bills without lines."""
        for kept in self.subscriptions:
            number = kept.history.billed
            if number is None:
                continue
            openings = kept.history.openings
            opens_at, period = openings.opens_at(number), openings.cycle(number).period
            members = _member_changes(kept.account, kept.history)
            log = Log(kept.changes, members)
            state = state_at_opening(kept.history, log, number=number)
            counted = sum(member.at <= opens_at for member in members)
            yield (
                *(kept.bill_id, kept.id, Bill.Reason.OPENING.value, number, period.start),
                *(period.end, opens_at, Decimal(0), to_store(state, member_sequence=counted)),
            )


def _day(cell: str) -> date:
    return date.fromisoformat(cell)


def _events_of(kept: _KeptSubscription) -> int:
    return sum(len(item.steps) for item in kept.history.items)


def _number_events(kept: _KeptSubscription, event_ids: Iterator[int]) -> None:
    """Give the events of a subscription their keys, in order of time and then of their lines."""
    found = [
        (step.entry.at, row.line, item_id, item, step, row)
        for item, item_id in zip(kept.history.items, kept.item_ids, strict=True)
        for step, row in item.steps
    ]
    found.sort(key=lambda one: one[:2])
    for at, _, item_id, item, step, row in found:
        event_id = next(event_ids)
        kept.entries.append(events.Taken(event_id, item_id, step, row.actor, row.cause))
        kept.changes.append(
            Change(
                at=at,
                day=kept.history.openings.local_day(at),
                product=item.sold.code,
                quantity=step.entry.becomes,
                ref=event_id,
                waits=step.entry.holds == Event.Holds.OPENING,
            )
        )


def _next_bill_at(history: SubscriptionHistory, next_number: int) -> datetime:
    """The next opening, or the first change after the last one that may be charged at once."""
    opens_at = history.openings.opens_at(next_number)
    if history.billed is None:
        return opens_at
    opened_at = history.openings.opens_at(history.billed)
    changes = (
        step.entry.at
        for item in history.items
        for step, _ in item.steps
        if step.charged_at_once and opened_at < step.entry.at < opens_at
    )
    return min(changes, default=opens_at)


def _standing(item: ItemHistory, history: SubscriptionHistory) -> tuple[int, int | None]:
    """Quantity and price of an item: just after its last event, or at a later billed opening."""
    log = item.log
    if history.billed is None:
        return log.standing()
    opened_at = history.openings.opens_at(history.billed)
    if log.last is None or log.last.at > opened_at:
        return log.standing()
    quantity, price = log.in_force(opened_at), log.price_at(opened_at)
    kept = price is not None and (quantity or item.held)
    return quantity, int(price.version) if kept and price is not None else None


def _member_changes(account: AccountHistory, history: SubscriptionHistory) -> list[MemberChange]:
    """What the account's members do to the number of billable ones, where these are charged."""
    if not history.charges_members:
        return []
    return [
        MemberChange(at=at, day=history.openings.local_day(at), step=step, ref=sequence)
        for sequence, (at, step) in enumerate(_member_steps(account), 1)
    ]


def _member_steps(account: AccountHistory) -> Iterator[tuple[datetime, int]]:
    """Each entry of the account's log of members: its instant, and one billable more or fewer."""
    active: dict[str, bool] = {}
    for at, row in _member_entries(account):
        was = active.get(row.member, False)
        active[row.member] = row.status == Member.Status.ACTIVE
        takes_seat = not (row.bot or row.billing_role)
        yield at, takes_seat * (active[row.member] - was)


def _member_entries(account: AccountHistory) -> list[tuple[datetime, MemberRow]]:
    entries = [entry for member in account.members for entry in member.changes]
    entries.sort(key=lambda entry: (entry[0], entry[1].line))
    return entries


def _write_members(kept: _Kept) -> None:
    """The members as they stand now, then the log of how they came there."""
    members = list(kept.members())
    insert_rows(
        Member,
        fields=MEMBER_FIELDS,
        rows=(
            (
                *(member_id, history.book.id, row.member, row.name, row.email, bool(row.bot)),
                *(bool(row.billing_role), bool(row.primary_admin)),
                *(bool(row.purchase_permission), member.status),
            )
            for history, member, member_id in members
            for row in (member.row,)
        ),
    )
    ids = {(id(history), member.row.member): member_id for history, member, member_id in members}
    entries = [
        people.Entry(ids[id(history), row.member], at, row.status, row.cause)
        for history in kept.histories
        for at, row in _member_entries(history)
    ]
    for first in range(0, len(entries), BLOCK):
        people.append_many(entries=entries[first : first + BLOCK])


def _write_meters(kept: _Kept) -> None:
    """The meters, closed where another system has billed their cycle, with what filled them."""
    item_ids = {
        id(item): item_id
        for one in kept.subscriptions
        for item, item_id in zip(one.history.items, one.item_ids, strict=True)
    }
    meters = [(history, meter) for history in kept.histories for meter in history.meters]
    meter_ids = reserve(Meter, count=len(meters))
    numbered = list(zip(meter_ids, meters, strict=True))
    insert_rows(
        Meter,
        fields=METER_FIELDS,
        rows=(
            (
                *(meter_id, item_ids[id(meter.item)]),
                meter.subscription.openings.cycle(meter.cycle).period.start,
                *(meter.used, len(meter.reports)),
                meter.cycle < (meter.subscription.billed or 0),
                False,
            )
            for meter_id, (_, meter) in numbered
        ),
    )
    insert_rows(
        UsageRecord,
        fields=USAGE_FIELDS,
        rows=(
            (history.book.id, meter_id, sequence, row.key, at, row.quantity)
            for meter_id, (history, meter) in numbered
            for sequence, (at, row) in enumerate(meter.reports, 1)
        ),
    )
