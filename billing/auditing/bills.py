"""Bills: each is computed again from the log, and compared with its row and its lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from billing.auditing.findings import Finding, differs, pages
from billing.drafting import Drafter, discount_on
from billing.drafts import DraftBill, DraftLine
from billing.folding import Fold
from billing.models import Bill, Line, Subscription
from billing.openings import openings_of
from billing.reading import Page, SubscriptionRow, read_histories
from billing.states import member_sequence

_LINE: Final = (
    "item_id", "kind", "starts_on", "ends_on", "quantity", "units", "unit_amount", "tiers",
    "share_days", "cycle_days", "months", "amount", "price_id", "event_ids", "last_sequence",
    "counted",
)  # fmt: skip
_BILL: Final = ("number", "starts_on", "ends_on", "at")

_LAST_INSTANT: Final = datetime.max.replace(tzinfo=UTC)

Key = tuple[str, datetime]
"""A bill of a subscription: `cycle` or `change`, and its instant."""


def bill_findings(*, account_id: int | None, using: str) -> Iterator[Finding]:
    """What is wrong with the bills, and with where their subscriptions stand."""
    subscriptions = Subscription.objects.using(using)
    if account_id is not None:
        subscriptions = subscriptions.filter(account=account_id)
    for keys in pages(subscriptions):
        page = read_histories(subscription_ids=keys, using=using)
        stored = _stored(keys, using)
        openings = dict(subscriptions.filter(pk__in=keys).values_list("pk", "opening_id"))
        for rows in page.subscriptions.values():
            for row in rows:
                yield from _subscription(row, page, stored[row.id])
                yield from _standing(row, stored[row.id], openings[row.id])


def _stored(subscription_ids: list[int], using: str) -> dict[int, list[Bill]]:
    bills = Bill.objects.using(using).filter(subscription__in=subscription_ids)
    bills = bills.exclude(reason=Bill.Reason.CORRECTION).prefetch_related("lines")
    found: dict[int, list[Bill]] = defaultdict(list)
    for bill in bills.order_by("at", "pk"):
        found[bill.subscription_id].append(bill)
    return found


def _subscription(row: SubscriptionRow, page: Page, stored: list[Bill]) -> Iterator[Finding]:
    about = f"subscription {row.code}"
    try:
        expected = _expected(row, page, stored)
    except Exception as problem:  # whatever cannot be computed again is a finding, too
        yield Finding(row.account_id, about, f"cannot be computed again: {problem}")
        return
    there: dict[Key, Bill] = {_key(bill): bill for bill in stored}
    taken_over = [bill.at for bill in stored if bill.reason == Bill.Reason.OPENING]
    since = max(taken_over, default=None)
    for key, draft in expected.items():
        bill = there.pop(key, None)
        if bill is not None:
            yield from _compared(row, bill, draft)
        elif since is None or draft.at > since:
            yield Finding(row.account_id, about, f"{_named(draft)} has no bill")
    for bill in there.values():
        yield Finding(row.account_id, about, f"{_named(bill)} was billed without a cause")


def _expected(row: SubscriptionRow, page: Page, stored: list[Bill]) -> dict[Key, DraftBill]:
    """The bills up to where the subscription stands, as the log says."""
    marks = {bill.number: member_sequence(bill.state or {}) for bill in stored if _opens(bill)}
    # The cycles that another system has billed counted no more than the state taken over from it.
    first = min(marks, default=0)
    marks |= dict.fromkeys(range(first), marks.get(first, 0))
    fold = Fold(row, page.prices, members_read=marks)
    fold.row.billed_changes.clear()
    drafter = Drafter(page.names, page.prices)
    drafts: list[DraftBill] = []
    if row.next_number:
        for opened, charged in fold.openings_until(fold.openings.opens_at(row.next_number - 1)):
            drafts += [drafter.change_bill(row, change) for change in charged]
            drafts.append(drafter.cycle_bill(row, opened))
    # What is charged at or after the next visit of the run has no bill yet.
    drafts += [
        drafter.change_bill(row, change)
        for change in fold.changes_until(_LAST_INSTANT)
        if row.next_bill_at is None or change.bill.at < row.next_bill_at
    ]
    return {(str(draft.reason), draft.at): draft for draft in drafts}


def _standing(
    row: SubscriptionRow, stored: list[Bill], opening_id: int | None
) -> Iterator[Finding]:
    """Whether the subscription points at its last opening and comes up for the next one."""
    about = f"subscription {row.code}"
    last = max((bill for bill in stored if _opens(bill)), key=lambda bill: bill.at, default=None)
    last_id, number = (last.pk, last.number) if last else (None, -1)
    if opening_id != last_id:
        yield Finding(row.account_id, f"{about}, last opening", differs(opening_id, last_id))
    if row.next_number != number + 1:
        yield Finding(row.account_id, f"{about}, next cycle", differs(row.next_number, number + 1))
        return
    openings = openings_of(row)
    day, at = openings.cycle(number + 1).period.start, openings.opens_at(number + 1)
    if row.next_opening != day:
        yield Finding(row.account_id, f"{about}, next opening", differs(row.next_opening, day))
    has_ended = row.ends_on is not None and day > row.ends_on
    if has_ended != (row.next_bill_at is None):
        yield Finding(row.account_id, f"{about}, next visit of the run",
                      differs(row.next_bill_at, None if has_ended else at))  # fmt: skip
    elif row.next_bill_at is not None and row.next_bill_at > at:
        yield Finding(row.account_id, f"{about}, next visit of the run",
                      differs(row.next_bill_at, f"{at} or earlier"))  # fmt: skip


def _compared(row: SubscriptionRow, bill: Bill, draft: DraftBill) -> Iterator[Finding]:
    """What differs between a stored bill and the one computed again."""
    is_taken_over = bill.reason == Bill.Reason.OPENING
    wanted = () if is_taken_over else draft.lines
    subtotal = sum((line.amount for line in wanted), Decimal(0))
    off = discount_on(subtotal, percent=bill.discount_percent, currency=row.currency)
    expected = {name: getattr(draft, name) for name in _BILL}
    expected |= {"state": draft.state, "subtotal": subtotal, "discount": off}
    about = f"{_named(bill)} of {row.code}"
    for name, value in expected.items():
        if getattr(bill, name) != value:
            said = differs(getattr(bill, name), value)
            yield Finding(row.account_id, f"{about}, {name}", said)
    lines = sorted(bill.lines.all(), key=lambda line: line.position)
    if len(lines) != len(wanted):
        said = differs(len(lines), len(wanted))
        yield Finding(row.account_id, f"{about}, number of lines", said)
        return
    for line, again in zip(lines, wanted, strict=True):
        for name, said in _line_differences(line, again):
            what = f"line {line.position} ({line.product_code}), {name}"
            yield Finding(row.account_id, f"{about}, {what}", said)


def _line_differences(line: Line, again: DraftLine) -> Iterator[tuple[str, str]]:
    for name in _LINE:
        stored, expected = getattr(line, name), getattr(again, name)
        if stored != expected:
            yield name, differs(stored, expected)


def _key(bill: Bill) -> Key:
    return (Bill.Reason.CYCLE.value if _opens(bill) else bill.reason, bill.at)


def _opens(bill: Bill) -> bool:
    return bill.reason != Bill.Reason.CHANGE


def _named(bill: Bill | DraftBill) -> str:
    if bill.reason == Bill.Reason.CHANGE:
        return f"change of {bill.at:%Y-%m-%d %H:%M:%S}"
    return f"cycle from {bill.starts_on}"
