"""Logs: whether each entry follows from the one before, and rows say what their log says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Count, Q, Sum

from accounts.models import Account, Member, MemberEvent
from billing.auditing.findings import Finding, differs, pages
from billing.folding import Fold
from billing.itemlog import Catalogue, Entry, ItemLog
from billing.models import Event, Item, Meter, PricePin, Subscription, UsageDay, UsageRecord
from billing.prices import Versions
from billing.reading import EventRow, ItemRow, Page, SubscriptionRow, read_histories

Status = Member.Status


def log_findings(*, account_id: int | None, using: str) -> Iterator[Finding]:
    """What is wrong with the logs of items, of meters and of members."""
    subscriptions = Subscription.objects.using(using)
    accounts = Account.objects.using(using)
    if account_id is not None:
        subscriptions = subscriptions.filter(account=account_id)
        accounts = accounts.filter(pk=account_id)
    for keys in pages(subscriptions):
        yield from _items(keys, using)
        yield from _meters(keys, using)
    for keys in pages(accounts):
        yield from _members(keys, using)
        yield from _primary_admins(keys, using)


def _items(subscription_ids: list[int], using: str) -> Iterator[Finding]:
    page = read_histories(subscription_ids=subscription_ids, using=using)
    last = dict(
        Item.objects.using(using)
        .filter(subscription__in=subscription_ids)
        .values_list("pk", "last_sequence")
    )
    places = _places(subscription_ids, using)
    for rows in page.subscriptions.values():
        for row in rows:
            events: dict[int, list[EventRow]] = defaultdict(list)
            for event in row.events:
                events[event.item_id].append(event)
            for item in row.items:
                expected = list(range(1, last[item.id] + 1))
                if sorted(places[item.id]) != expected:
                    yield _found(row, item, "numbering", sorted(places[item.id]), expected)
                yield from _item(row, item, page, events[item.id])


def _places(subscription_ids: list[int], using: str) -> dict[int, list[int]]:
    """The numbers of each item's entries: events and pins share one numbering."""
    found: dict[int, list[int]] = defaultdict(list)
    for model in (Event, PricePin):
        rows = model.objects.using(using).filter(item__subscription__in=subscription_ids)
        for item_id, sequence in rows.order_by().values_list("item_id", "sequence"):
            found[item_id].append(sequence)
    return found


def _item(
    row: SubscriptionRow, item: ItemRow, page: Page, events: Iterable[EventRow]
) -> Iterator[Finding]:
    """Read the log again, entry by entry, and compare the row with where it ends."""
    fold = Fold(row, page.prices)
    log = ItemLog(
        item_id=item.id,
        product_id=item.product_id,
        code=item.code,
        name=item.code,
        currency=row.currency,
        interval=row.interval,
        openings=fold.openings,
        catalogue=Catalogue(Versions([]), page.prices),
        sequence=0,
        pins=[pin for pin in fold.pins if pin.product == item.code],
        held=any(pin.held for pin in row.pins if pin.item_id == item.id),
    )
    at = fold.openings.opens_at(max(row.next_number - 1, 0))
    for event in events:
        was = log.in_force(event.at)
        if event.was != was:
            yield _found(row, item, f"event {event.id}, was", event.was, was)
        holds = Event.Holds.OPENING if event.waits else Event.Holds.NOW
        log.last = Entry(0, event.at, holds, event.was, event.becomes)
        at = max(at, event.at)
    yield from _row(row, item, log, at)


def _row(row: SubscriptionRow, item: ItemRow, log: ItemLog, at: datetime) -> Iterator[Finding]:
    quantity = log.in_force(at)
    if item.quantity != quantity:
        yield _found(row, item, "quantity", item.quantity, quantity)
    price = log.price_at(at) if quantity or log.held else None
    price_id = None if price is None else int(price.version)
    if item.price_id != price_id:
        yield _found(row, item, "price", item.price_id, price_id)


def _found(
    row: SubscriptionRow, item: ItemRow, what: str, stored: object, expected: object
) -> Finding:
    about = f"{item.code} of subscription {row.code}, {what}"
    return Finding(row.account_id, about, differs(stored, expected))


def _meters(subscription_ids: list[int], using: str) -> Iterator[Finding]:
    """A meter holds the sum of its days and records, and numbers them without a gap."""
    meters = Meter.objects.using(using).filter(item__subscription__in=subscription_ids)
    records = UsageRecord.objects.using(using).filter(meter__in=meters).order_by()
    counted = {
        meter_id: (used, last)
        for meter_id, used, last in records.values_list("meter").annotate(
            Sum("quantity"), Count("pk")
        )
    }
    days = UsageDay.objects.using(using).filter(meter__in=meters).order_by()
    for meter_id, used, count in days.values_list("meter").annotate(
        Sum("quantity"), Sum("records")
    ):
        more = counted.get(meter_id, (0, 0))
        counted[meter_id] = used + more[0], count + more[1]
    for meter in meters.select_related("item__product", "item__subscription").order_by("pk"):
        stored, expected = (meter.used, meter.last_sequence), counted.get(meter.pk, (0, 0))
        if stored != expected:
            about = f"meter of {meter.item.product.code} from {meter.cycle_start}, used and counted"
            yield Finding(meter.item.subscription.account_id, about, differs(stored, expected))


def _members(account_ids: list[int], using: str) -> Iterator[Finding]:
    log: dict[int, list[MemberEvent]] = defaultdict(list)
    events = MemberEvent.objects.using(using).filter(account__in=account_ids)
    for event in events.order_by("account_id", "sequence"):
        log[event.account_id].append(event)
    members: dict[int, list[Member]] = defaultdict(list)
    for member in Member.objects.using(using).filter(account__in=account_ids).order_by("pk"):
        members[member.account_id].append(member)
    for account_id in account_ids:
        yield from _member_log(account_id, log[account_id], members[account_id])


def _member_log(
    account_id: int, log: list[MemberEvent], members: list[Member]
) -> Iterator[Finding]:
    places = [event.sequence for event in log]
    if places != list(range(1, len(log) + 1)):
        yield Finding(account_id, "log of members, numbering", differs(places, f"1 to {len(log)}"))
    statuses: dict[int, str] = {}
    for event in log:
        was = statuses.get(event.member_id, "")
        if event.was != was:
            yield Finding(account_id, f"log of members, entry {event.sequence}, was",
                          differs(event.was or "new", was or "new"))  # fmt: skip
        statuses[event.member_id] = event.becomes
    for member in members:
        if member.status != statuses.get(member.pk, member.status):
            yield Finding(account_id, f"member {member.reference}, status",
                          differs(member.status, statuses[member.pk]))  # fmt: skip
    billable = sum(member.takes_seat and member.status == Status.ACTIVE for member in members)
    steps = sum(event.step for event in log)
    if steps != billable:
        yield Finding(account_id, "billable members", differs(steps, billable))


def _primary_admins(account_ids: list[int], using: str) -> Iterator[Finding]:
    """One for each account that somebody signs in to; its parent manages an unclaimed one."""
    accounts = Account.objects.using(using).filter(pk__in=account_ids, kind=Account.Kind.LIVE)
    signs_in = Q(members__user__isnull=False, members__status=Status.ACTIVE)
    counted = accounts.annotate(
        people=Count("members", filter=signs_in),
        primary=Count("members", filter=Q(members__primary_admin=True)),
    )
    for account_id, people, primary in counted.order_by("pk").values_list(
        "pk", "people", "primary"
    ):
        if primary > 1 or (people and not primary):
            yield Finding(account_id, "primary account admins", differs(primary, 1))
