"""An account read whole, once for a page: what it holds, the logs behind it, what it may buy.

Choosing, quoting and looking at what runs share one, so that nothing is read twice. It is a reading
of one moment: what is written is read again under the lock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts.models import Account
from accounts.statements import Statement
from billing.core.pins import Pin
from billing.itemlog import Catalogue, Entry, ItemLog
from billing.logs import empty_log
from billing.models import Bill, Event, Item, Price, Product, Subscription
from billing.openings import openings_of
from billing.prices import Versions, prices_of, versions_of, with_tiers
from billing.reading import (
    EventRow,
    ItemRow,
    Log,
    Page,
    PinRow,
    SubscriptionRow,
    payer_of,
    since_opening,
)
from billing.taxes import TaxRates, rates_by_date, seller_now

_PIN: Final = ("sequence", "price_id", "at", "holds_from", "noticed_on", "bought")
_EVENT: Final = ("at", "pk", "item_id", "sequence", "holds", "was", "becomes", "replaces")


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything of one account that a change is chosen, quoted and refused by.

    ``subscriptions`` are all of its own, also those that have ended, by their ids; ``page`` is what
    bills of them are computed from. ``products``, by code, are those of their items and those that
    were asked for, ``versions`` all that they are sold at. ``payers`` are the accounts that pay.
    """

    account: Account
    subscriptions: tuple[Subscription, ...]
    page: Page
    products: Mapping[str, Product]
    versions: Versions
    payers: Mapping[int, Account]
    _items: Mapping[tuple[int, str], Item]
    _last: Mapping[int, Entry]

    @property
    def rows(self) -> dict[int, SubscriptionRow]:
        """The subscriptions by id, as bills are computed from them."""
        return {row.id: row for rows in self.page.subscriptions.values() for row in rows}

    @property
    def held(self) -> dict[str, int]:
        """The numbers in force by product code, of what is held in any subscription."""
        return {code: item.quantity for (_, code), item in self._items.items() if item.quantity}

    def billed(self, subscription: Subscription) -> Collection[datetime]:
        """The instants within the subscription's running cycle whose changes have been billed."""
        row = self.rows.get(subscription.pk)
        return () if row is None else row.billed_changes

    def knowing(self, codes: Collection[str]) -> Whole:
        """This, with these products too. Two queries where one of them is new to it, else none.

        What the catalogue does not have is left out.
        """
        if not (missing := set(codes) - self.products.keys()):
            return self
        products = {**self.products, **_products(missing)}
        versions, prices = prices_of(one.pk for one in products.values())
        page = replace(self.page, prices=prices)
        return replace(self, page=page, products=products, versions=versions)

    def logs(self, subscription: Subscription, codes: Iterable[str]) -> list[ItemLog]:
        """Where the logs of these products stand in a subscription, in the order of ``codes``.

        They can be written on: they are made anew each time. An item that is not there yet has an
        empty log (`logs.empty_log`).
        """
        catalogue, openings = Catalogue(self.versions, self.page.prices), openings_of(subscription)
        found = []
        for code in codes:
            log = empty_log(
                subscription=subscription,
                product=self.products[code],
                catalogue=catalogue,
                openings=openings,
            )
            item = self._items.get((subscription.pk, code))
            found.append(log if item is None else self._written(log, item))
        return found

    def _written(self, log: ItemLog, item: Item) -> ItemLog:
        pins = [pin for pin in self.rows[item.subscription_id].pins if pin.item_id == item.pk]
        return replace(
            log,
            item_id=item.pk,
            sequence=item.last_sequence,
            pins=[
                Pin(
                    log.code,
                    self.page.prices[pin.price_id],
                    pin.holds_from,
                    pin.at,
                    log.openings.notice_on(pin.noticed_on, written_at=pin.at),
                    pin.bought,
                )
                for pin in pins
            ],
            held=any(pin.held for pin in pins),
            last=self._last.get(item.pk),
        )


def read_whole(account: Account, *, codes: Collection[str] = (), using: str = "default") -> Whole:
    """The account as it stands, and besides what it holds the products of these codes.

    One query, however much it holds. More where it is paid for by others, and where something is
    counted and not chosen.
    """
    read = _READ.read(using=using, account=account.pk, codes=codes or {_NO_CODE})
    opened, items_with_pins, events, asked, priced, changes, rates, sellers = read
    subscriptions = tuple(opened)
    for one in subscriptions:
        one.account = account
    log = _AccountsLog({one.pk: row_of(one) for one in subscriptions}, using)
    items = log.fill_items_with_pins(items_with_pins)
    last = log.fill_events_with_last(events)
    log.fill_changes(changes)
    products = {one.code: one for one in asked} | {one.product.code: one.product for one in items}
    versions, prices = versions_of(priced)
    log.read_counted(prices)
    by_payer = log.by_payer()
    payers = _payers(account, {account.payer_id, *by_payer}, using)
    page = Page(
        payers={one.pk: payer_of(one) for one in payers.values()},
        subscriptions=by_payer,
        products={product.pk: product for product in products.values()},
        prices=prices,
        rates=TaxRates(rates),
        seller=next(iter(sellers), None),
    )
    by_code = {(item.subscription_id, item.product.code): item for item in items}
    return Whole(account, subscriptions, page, products, versions, payers, by_code, last)


def _whole(account: int, codes: Collection[str]) -> tuple[QuerySet[Any, Any], ...]:
    """The rows that a whole is made of."""
    items = Item.objects.filter(subscription__account=account)
    held = items.order_by().values("product")
    prices = Price.objects.filter(Q(product__in=held) | Q(product__code__in=codes))
    changes = Bill.objects.filter(subscription__account=account, reason=Bill.Reason.CHANGE)
    billed = since_opening(changes.order_by(), "subscription__opening")
    return (
        Subscription.objects.filter(account=account).order_by("pk").select_related("opening"),
        _with_pins(items),
        _with_last(Event.objects.filter(item__subscription__account=account), items),
        Product.objects.filter(code__in=codes).select_related("line", "level"),
        with_tiers(prices),
        billed.values_list("subscription_id", "at"),
        rates_by_date(),
        seller_now(),
    )


def _with_pins(items: QuerySet[Item]) -> QuerySet[Any, Any]:
    """The items with their products, in the order of the catalogue: one row for each pin."""
    # The stubs know no annotations like these.
    pins: Any = {f"pin_{name}": F(f"pins__{name}") for name in _PIN}
    rows: Any = items.select_related("product__line", "product__level").annotate(**pins)
    ordered: QuerySet[Any, Any] = rows.order_by(
        "product__position", "product_id", "pk", "pins__sequence"
    )
    return ordered


def _with_last(events: QuerySet[Event], items: QuerySet[Item]) -> QuerySet[Any, Any]:
    """The events since the last opening, and the last one of each item, however old."""
    latest = Event.objects.filter(item=OuterRef("pk")).order_by("-sequence").values("pk")[:1]
    last = items.order_by().annotate(last=Subquery(latest)).values("last")
    mine = events.order_by()
    rows: Any = since_opening(mine, "item__subscription__opening").values_list(*_EVENT)
    return rows.union(mine.filter(pk__in=last).values_list(*_EVENT))


_READ: Final = Statement(_whole)
# Asked for where nothing is: no product has this code.
_NO_CODE: Final = ""


def row_of(one: Subscription) -> SubscriptionRow:
    """A subscription as `reading` reads it, without its log; it need not be written yet."""
    opening = one.opening
    opened = (None, None, None) if opening is None else (opening.number, opening.at, opening.state)
    return SubscriptionRow(
        *(one.pk, one.payer_id, one.code, one.currency, one.time_zone, one.interval),
        *(one.starts_on, one.anchor_day, one.next_number, one.next_opening, one.next_bill_at),
        *(one.ends_on, one.account_id, one.account.name, one.account.discount_percent),
        *opened,
    )


def _products(codes: Collection[str], using: str = "default") -> dict[str, Product]:
    """The products of these codes; no query for none."""
    found = Product.objects.using(using).filter(code__in=codes)
    return {product.code: product for product in found.select_related("line", "level")}


def _payers(account: Account, payer_ids: set[int], using: str) -> dict[int, Account]:
    """The accounts of these ids; what is at hand already is not read again."""
    found = {account.pk: account}
    payer = Account._meta.get_field("payer")
    if Account._meta.get_field("parent").is_cached(account) and account.parent is not None:
        found[account.parent.pk] = account.parent
    if payer.is_cached(account):
        found[account.payer_id] = account.payer
    if missing := payer_ids - found.keys():
        found |= Account.objects.using(using).in_bulk(missing)
    payer.set_cached_value(account, found[account.payer_id])
    return {payer_id: found[payer_id] for payer_id in payer_ids}


class _AccountsLog(Log):
    """The logs of one account: fewer and longer rows than those of a page of payers."""

    def fill_items_with_pins(self, rows: Iterable[Any]) -> list[Item]:
        """The items, each once, and their pins."""
        found: dict[int, Item] = {}
        for row in rows:
            subscription = self.subscriptions[row.subscription_id]
            if row.pk not in found:
                found[row.pk], self.of_item[row.pk] = row, subscription
                subscription.items.append(
                    ItemRow(row.pk, row.product_id, row.product.code, row.quantity, row.price_id)
                )
            if row.pin_sequence is not None:
                subscription.pins.append(
                    PinRow(
                        item_id=row.pk,
                        price_id=row.pin_price_id,
                        at=row.pin_at,
                        holds_from=row.pin_holds_from,
                        noticed_on=row.pin_noticed_on,
                        bought=row.pin_bought,
                        held=row.pin_sequence == 1,
                    )
                )
        return list(found.values())

    def fill_events_with_last(self, rows: Iterable[Any]) -> dict[int, Entry]:
        """The events since the last opening; returns the last entry of each item, however old."""
        last: dict[int, Entry] = {}
        for at, key, item_id, sequence, holds, was, becomes, replaces in sorted(rows):
            subscription = self.of_item[item_id]
            if subscription.opened_at is None or at > subscription.opened_at:
                waits = holds == Event.Holds.OPENING
                row = EventRow(key, item_id, at, waits, was, becomes, replaces)
                subscription.events.append(row)
            if item_id not in last or sequence > last[item_id].sequence:
                last[item_id] = Entry(sequence, at, holds, was, becomes, replaces)
        return last
