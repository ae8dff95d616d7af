"""Accounts of a book that stand already: every line has to say what stands.

An account is taken over once; from then on its log is written by the product. So a line that is not
among what stands is a mistake, and a second import of the same book finds nothing to add.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

from accounts.models import Account, Member, MemberEvent
from billing.book.columns import ACCOUNTS, EVENTS, ITEMS, MEMBERS, USAGE
from billing.book.histories import AccountHistory
from billing.book.history import SubscriptionHistory
from billing.book.metered import MeterHistory
from billing.book.mistakes import Mistake
from billing.book.people import SAME_ON_EVERY_LINE, MemberHistory
from billing.models import Bill, Event, Item, UsageDay, UsageRecord

Found: TypeAlias = Mapping[Any, tuple[Any, ...]]

_DETAILS: Final = (
    "reference", "name", "kind", "role", "parent", "payer", "time_zone", "language",
    "currency", "email", "street", "postcode", "city", "country", "tax_id", "tax_exempt",
    "discount_percent", "pays_by", "terms_days", "agreed_terms", "opened_at", "blocked_at",
    "closed_at",
)  # fmt: skip
_COLUMNS: Final = {"parent": "parent__reference", "payer": "payer__reference"}
_ITEM: Final = ("starts_on", "interval", "anchor_day", "billed_through")
_EVENT: Final = ("quantity", "actor", "cause")
_USAGE: Final = ("product", "at", "quantity")


def differences(page: Sequence[AccountHistory]) -> Iterator[Mistake]:
    """Where the lines of these accounts differ from what stands. Eight queries."""
    ids = [history.book.id for history in page if history.book.id is not None]
    standing = _Standing(ids)
    for history in page:
        if not history.book.account.wrong:
            yield from standing.of_account(history)


class _Standing:
    """What stands of a page of accounts, by the keys of a book's lines."""

    def __init__(self, ids: list[int]) -> None:
        self.accounts = _by(
            Account.objects.filter(pk__in=ids)
            .order_by()
            .values_list("pk", *(_COLUMNS.get(name, name) for name in _DETAILS)),
            keys=1,
        )
        self.items = _items(ids)
        self.events = _by(
            Event.objects.filter(item__subscription__account__in=ids)
            .order_by()
            .values_list(
                "item__subscription__account", "item__product__code", "at",
                "becomes", "actor_name", "cause",
            ),
            keys=3,
        )  # fmt: skip
        self.members = _by(
            Member.objects.filter(account__in=ids)
            .order_by()
            .values_list("account", "reference", *SAME_ON_EVERY_LINE),
            keys=2,
        )
        self.statuses = _by(
            MemberEvent.objects.filter(account__in=ids)
            .order_by()
            .values_list("account", "member__reference", "at", "becomes", "cause"),
            keys=3,
        )
        self.usage = _by(
            UsageRecord.objects.filter(account__in=ids)
            .order_by()
            .values_list("account", "key", "meter__item__product__code", "at", "quantity"),
            keys=2,
        )
        self.rolled_up = _by(
            UsageDay.objects.filter(meter__item__subscription__account__in=ids)
            .order_by()
            .values_list(
                "meter__item__subscription__account", "meter__item__product__code",
                "meter__cycle_start", "meter__used",
            )
            .distinct(),
            keys=3,
        )  # fmt: skip

    def of_account(self, history: AccountHistory) -> Iterator[Mistake]:
        row, key = history.book.account, history.book.id
        told = {**history.details, "parent": row.parent, "payer": row.payer or row.reference}
        wanted = [told[name] for name in _DETAILS]
        yield from _compare(ACCOUNTS.file, row.line, _DETAILS, wanted, self.accounts[key,])
        for subscription in history.subscriptions:
            yield from self._of_subscription(key, subscription)
        for member in history.members:
            yield from self._of_member(key, member)
        for meter in history.meters:
            yield from self._of_meter(key, meter)

    def _of_meter(self, key: int | None, meter: MeterHistory) -> Iterator[Mistake]:
        start = meter.subscription.openings.cycle(meter.cycle).period.start
        _, last = meter.reports[-1]
        if stands := self.rolled_up.get((key, last.product, start)):
            # The keys of old reports are forgotten, so the sum of the cycle stands for them.
            if meter.used > stands[0]:
                yield from _compare(USAGE.file, last.line, ("quantity",), [meter.used], stands)
            return
        for at, report in meter.reports:
            found = self.usage.get((key, report.key))
            told = (report.product, at, report.quantity)
            yield from _compare(USAGE.file, report.line, _USAGE, told, found)

    def _of_subscription(
        self, key: int | None, subscription: SubscriptionHistory
    ) -> Iterator[Mistake]:
        for item in subscription.items:
            row = item.row
            found = self.items.get((key, row.product))
            wanted = (row.starts_on, row.interval, row.anchor_day, row.billed_through)
            yield from _compare(ITEMS.file, row.line, _ITEM, wanted, found)
            for step, event in item.steps:
                found = self.events.get((key, row.product, step.entry.at))
                told = (event.quantity, event.actor, event.cause)
                yield from _compare(EVENTS.file, event.line, _EVENT, told, found)

    def _of_member(self, key: int | None, member: MemberHistory) -> Iterator[Mistake]:
        row = member.row
        told = (getattr(row, column) for column in SAME_ON_EVERY_LINE)
        wanted = [bool(value) if isinstance(value, int) else value for value in told]
        found = self.members.get((key, row.member))
        yield from _compare(MEMBERS.file, row.line, SAME_ON_EVERY_LINE, wanted, found)
        for at, entry in member.changes:
            stands = self.statuses.get((key, row.member, at))
            wanted = [entry.status, entry.cause]
            yield from _compare(MEMBERS.file, entry.line, ("status", "cause"), wanted, stands)


def _items(ids: list[int]) -> Found:
    """Each item's subscription, and the cycle date that its account was taken over on."""
    taken_over = dict(
        Bill.objects.filter(subscription__account__in=ids, reason=Bill.Reason.OPENING)
        .order_by()
        .values_list("subscription", "starts_on")
    )
    rows = Item.objects.filter(subscription__account__in=ids).order_by()
    found: dict[Any, tuple[Any, ...]] = {}
    for account, product, subscription, starts_on, interval, anchor_day in rows.values_list(
        "subscription__account", "product__code", "subscription", "subscription__starts_on",
        "subscription__interval", "subscription__anchor_day",
    ):  # fmt: skip
        through = taken_over.get(subscription)
        found[account, product] = (
            starts_on.isoformat(), interval, anchor_day, through and through.isoformat(),
        )  # fmt: skip
    return found


def _by(rows: Iterable[tuple[Any, ...]], *, keys: int) -> Found:
    return {row[:keys]: row[keys:] for row in rows}


def _compare(
    file: str,
    line: int,
    columns: Sequence[str],
    wanted: Sequence[Any],
    found: Sequence[Any] | None,
) -> Iterator[Mistake]:
    """Every column in which a line differs from what stands, or that nothing like it stands."""
    if not found:
        message = (
            "the account stands already, without this: leave the line out, or record the change "
            "in the product"
        )
        yield Mistake(file, line, None, message)
        return
    for column, new, old in zip(columns, wanted, found, strict=True):
        if new != old:
            message = f"expected {_shown(old)}, which stands already, got {_shown(new)}"
            yield Mistake(file, line, column, message)


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "an empty cell"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, datetime) else str(value)
