"""Settling: what was agreed holds, by its events, and is billed by the document of its instant.

Everything here belongs into a transaction that has locked the payer (decision 17).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import Account, User
from billing import events
from billing.agreements import differences
from billing.conditions import Conditions
from billing.core.lines import Line
from billing.core.periods import local_day
from billing.drafts import DraftDocument
from billing.invoicing import draft_changes, draft_opening
from billing.models import Bill, Invoice, Product, Subscription
from billing.openings import has_ended
from billing.subscribing import open_subscription
from billing.updating import update_rows
from billing.writing import write


class NotAsAgreed(Exception):
    """What would be billed is not what was confirmed: nothing is written, and support looks."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody has confirmed as it was shown to them.

    ``at`` is the instant that its events have, ``changes`` are rows of product code, quantity
    before and quantity wanted, ``lines`` what is due now as `frozen_lines` keeps it. ``order_id``
    is the order that it is of, if any. ``interval`` is that of a subscription that it opens.
    ``foot`` is that of the document, as much of it as is to be compared, ``conditions`` are those
    that it is reckoned under and ``credit`` is taken of the balance: without them those of now.
    """

    account_id: int
    payer: Account
    at: datetime
    changes: Sequence[Sequence[Any]]
    lines: list[list[Any]]
    replaces: bool
    by: User
    cause: str
    order_id: int | None = None
    interval: str = ""
    foot: Mapping[str, Any] = field(default_factory=dict)
    conditions: Conditions | None = None
    credit: Decimal | None = None


def frozen_lines(lines: Iterable[Line]) -> list[list[Any]]:
    """What is kept of lines that were shown, to compare with what is billed.

    Product, kind, quantity and amount; in orders of version 2 also the days from and to, and the
    price.
    """
    return [
        [
            *(line.product, line.kind.value, line.quantity, format(line.amount, "f")),
            *(line.period.start.isoformat(), line.period.end.isoformat()),
            int(line.price_version),
        ]
        for line in lines
    ]


def settle(agreed: Agreed, *, at: datetime, charging: bool) -> Invoice | None:
    """Let it hold: its events, dated as agreed, and the document that charges or credits them.

    Returns the document, issued at ``at``, or None where nothing is due now. ``charging`` as in
    `writing.write`. Raises `NotAsAgreed` where the document would be another one than was
    confirmed, and what `events.record` raises; the caller's transaction is rolled back then.
    """
    _open_missing(agreed, at=at)
    subscriptions = _record(agreed)
    drafts = draft_changes(
        subscription_ids=subscriptions,
        at=agreed.at,
        conditions=agreed.conditions,
        credit=agreed.credit,
    )
    documents = [document for payer in drafts.payers for document in payer.documents]
    if other := _differences(documents, agreed):
        raise NotAsAgreed(f"{agreed.cause or agreed.changes}: {'; '.join(other)}.")
    if documents:
        accounts = {agreed.payer.pk: agreed.payer}
        write(drafts, accounts=accounts, run_id=None, clock=lambda: at, charging=charging)
    bills = Bill.objects.filter(
        subscription__in=subscriptions, reason=Bill.Reason.CHANGE, at=agreed.at
    )
    bill = bills.select_related("invoice").first()
    return None if bill is None else bill.invoice


def _open_missing(agreed: Agreed, *, at: datetime) -> None:
    """Open the subscription of a first purchase, on its day: nothing was written of it before."""
    if not agreed.interval:
        return
    zone = agreed.conditions.zone if agreed.conditions else agreed.payer.time_zone
    codes = [code for code, _, _ in agreed.changes]
    wanted = Product.objects.filter(code__in=codes).values_list("subscription_code", flat=True)
    for code in sorted({*wanted} - {one.code for one in _running(agreed, wanted)}):
        opened = open_subscription(
            account_id=agreed.account_id,
            starts_on=local_day(agreed.at, zone),
            zone=zone,
            code=code,
            interval=agreed.interval,
        )
        drafts = draft_opening(subscription_id=opened.pk, at=agreed.at)
        write(drafts, accounts={agreed.payer.pk: agreed.payer}, run_id=None, clock=lambda: at)


def _running(agreed: Agreed, codes: Iterable[str]) -> list[Subscription]:
    """The account's subscriptions of these codes that have not ended, by their ids."""
    found = Subscription.objects.filter(account=agreed.account_id, code__in=set(codes))
    return [one for one in found.order_by("pk") if not has_ended(one, at=agreed.at)]


def _record(agreed: Agreed) -> list[int]:
    """Write the events; the ids of their subscriptions, which are billed next as before."""
    mine: dict[str, dict[str, int]] = defaultdict(dict)
    codes = [code for code, _, _ in agreed.changes]
    held_by = dict(Product.objects.filter(code__in=codes).values_list("code", "subscription_code"))
    for code, _, becomes in agreed.changes:
        mine[held_by[code]][code] = becomes
    due = [(one.pk, one.code, one.next_bill_at) for one in _running(agreed, mine)]
    for key, code, _ in due:
        written = events.record(
            subscription_id=key,
            changes=mine[code],
            at=agreed.at,
            by=agreed.by,
            cause=agreed.cause,
            granted=True,
            replaces=agreed.replaces,
            order_id=agreed.order_id,
        )
        if any(event.at != agreed.at for event in written):
            raise NotAsAgreed(
                f"{agreed.cause or agreed.changes} of {agreed.at} would be dated {written[0].at}."
            )
    # The events have asked the run to come at once for what is billed here and now.
    update_rows(Subscription, fields=("next_bill_at",), rows=[(key, at) for key, _, at in due])
    return [key for key, _, _ in due]


def _differences(documents: Sequence[DraftDocument], agreed: Agreed) -> list[str]:
    """What would be issued otherwise than it was confirmed, or to somebody else; in words."""
    strangers = {one.payer_id for one in documents} - {agreed.payer.pk}
    said = [f"payer {payer_id}, not {agreed.payer.pk}" for payer_id in sorted(strangers)]
    return said + differences(documents, lines=agreed.lines, agreed=agreed.foot)
