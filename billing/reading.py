"""Reading for a page of payers, in a constant number of queries: what is due, and all it needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import F, Max, Q, QuerySet

from accounts.models import Account, MemberEvent
from billing.due import due
from billing.models import (
    Bill,
    Event,
    Invoice,
    Item,
    Meter,
    Price,
    PricePin,
    Product,
    Subscription,
)
from billing.prices import PriceBook, core_prices
from billing.states import member_sequence
from billing.taxes import Seller, TaxRates, rates_and_seller

_CUSTOMER: Final = ("name", "street", "postcode", "city", "country", "tax_id")
_PAYER: Final = (
    *_CUSTOMER, "tax_id_state", "tax_exempt", "language", "pays_by", "terms_days",
    "agreed_terms", "credit_limit",
)  # fmt: skip
_SUBSCRIPTION: Final = (
    "pk", "payer_id", "code", "currency", "time_zone", "interval", "starts_on", "anchor_day",
    "next_number", "next_opening", "next_bill_at", "ends_on", "account_id", "account__name",
    "account__discount_percent", "opening__number", "opening__at", "opening__state",
)  # fmt: skip
# The entries that a subscription has not counted yet; each counts from a place of its own.
_MEMBER_EVENTS: Final = """
    WITH counted (subscription_id, account_id, last) AS (VALUES {})
    SELECT event.id, event.sequence, event.at, event.step, counted.subscription_id
    FROM counted JOIN accounts_memberevent AS event
        ON event.account_id = counted.account_id AND event.sequence > counted.last
    ORDER BY counted.subscription_id, event.sequence
"""


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, as a document names them and tax law sees them."""

    id: int
    customer: dict[str, str]
    country: str
    tax_id_state: str
    tax_id_counts: bool
    tax_exempt: bool
    language: str
    pays_by: str
    terms_days: int
    agreed_terms: bool = False
    credit_limit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item as its row stands."""

    id: int
    product_id: int
    code: str
    quantity: int
    price_id: int | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of the log, of an item of the subscription at hand."""

    id: int
    item_id: int
    at: datetime
    waits: bool
    was: int
    becomes: int
    replaces: bool


@dataclass(frozen=True, slots=True)
class PinRow:
    """One agreed price of an item; ``held`` marks the one that an item's log begins with."""

    item_id: int
    price_id: int
    at: datetime
    holds_from: date
    noticed_on: date | None
    bought: bool
    held: bool


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One entry of the log of members."""

    id: int
    sequence: int
    at: datetime
    step: int


@dataclass(frozen=True, slots=True)
class MeterRow:
    """What was used of an item in one cycle."""

    used: int
    last_sequence: int


@dataclass(slots=True)
class SubscriptionRow:
    """One subscription that has something to bill, with its log since the last opening."""

    id: int
    payer_id: int
    code: str
    currency: str
    time_zone: str
    interval: str
    starts_on: date
    anchor_day: int | None
    next_number: int
    next_opening: date
    next_bill_at: datetime | None
    ends_on: date | None
    account_id: int
    account_name: str
    discount_percent: Decimal
    opened_number: int | None
    opened_at: datetime | None
    stored: dict[str, Any] | None
    items: list[ItemRow] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    pins: list[PinRow] = field(default_factory=list)
    members: list[MemberRow] = field(default_factory=list)
    meters: dict[tuple[int, date], MeterRow] = field(default_factory=dict)
    billed_changes: set[datetime] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Page:
    """All that the bills of a page of payers are computed from."""

    payers: dict[int, Payer]
    subscriptions: dict[int, list[SubscriptionRow]]
    products: dict[int, Product]
    prices: PriceBook
    rates: TaxRates
    seller: Seller | None
    """Those details that hold now."""

    @property
    def names(self) -> dict[int, dict[str, str]]:
        """The names of the products by language, as lines keep them."""
        return {key: product.names for key, product in self.products.items()}


def read_page(*, payer_ids: Sequence[int], at: datetime, using: str) -> Page:
    """What is due of these payers at ``at``. The number of queries does not grow with the page."""
    return _page(due(at=at, using=using).filter(payer_id__in=payer_ids), using)


def read_running(*, subscription_ids: Sequence[int], using: str) -> Page:
    """These subscriptions with their logs since the last opening, due or not."""
    return _page(Subscription.objects.using(using).filter(pk__in=subscription_ids), using)


def read_histories(*, subscription_ids: Sequence[int], using: str) -> Page:
    """These subscriptions with their whole logs, as if nothing had been billed yet."""
    subscriptions = Subscription.objects.using(using).filter(pk__in=subscription_ids)
    return _page(subscriptions, using, whole=True)


def _page(wanted: QuerySet[Subscription], using: str, *, whole: bool = False) -> Page:
    rows = wanted.order_by("pk").values_list(*_SUBSCRIPTION)
    subscriptions = {row[0]: SubscriptionRow(*row) for row in rows}
    if whole:
        for subscription in subscriptions.values():
            subscription.opened_number = subscription.opened_at = subscription.stored = None
    log = Log(subscriptions, using, whole=whole)
    products = log.read_items()
    log.read_events()
    prices = core_prices(log.read_pins(), using=using)
    log.read_counted(prices)
    log.read_changes()
    by_payer = log.by_payer()
    payers = Account.objects.using(using).filter(pk__in=by_payer).only(*_PAYER)
    rates, seller = rates_and_seller(using=using)
    return Page(
        payers={account.pk: payer_of(account) for account in payers},
        subscriptions=by_payer,
        products=products,
        prices=prices,
        rates=rates,
        seller=seller,
    )


def highest_parts(
    payer_ids: Iterable[int], *, since: date, using: str
) -> dict[tuple[int, str, date], int]:
    """The highest part of what was issued already, by payer, reason and cycle date."""
    rows = Invoice.objects.using(using).filter(payer_id__in=payer_ids, cycle_date__gte=since)
    keys = rows.order_by().values_list("payer_id", "reason", "cycle_date")
    return {(payer, reason, day): part for payer, reason, day, part in keys.annotate(Max("part"))}


def payer_of(account: Account) -> Payer:
    """The account as one that pays."""
    return Payer(
        id=account.pk,
        customer={name: getattr(account, name) for name in _CUSTOMER},
        country=account.country,
        tax_id_state=account.tax_id_state,
        tax_id_counts=account.tax_id_counts,
        tax_exempt=account.tax_exempt,
        language=account.language,
        pays_by=account.pays_by,
        terms_days=account.terms_days,
        agreed_terms=account.agreed_terms,
        credit_limit=account.credit_limit,
    )


def _members_counted(subscription: SubscriptionRow) -> int:
    """The last entry that the stored state has counted; whoever folds a broken state says so."""
    try:
        return member_sequence(subscription.stored or {})
    except ValueError:
        return 0


class Log:
    """Fills subscriptions with their items and with what was written since their last opening."""

    def __init__(
        self, subscriptions: dict[int, SubscriptionRow], using: str, *, whole: bool = False
    ) -> None:
        self.subscriptions = subscriptions
        self.using = using
        self.whole = whole
        self.ids = list(subscriptions)
        self.of_item: dict[int, SubscriptionRow] = {}

    def read_items(self) -> dict[int, Product]:
        """The items in the order of the catalogue; returns their products by id."""
        items = Item.objects.using(self.using).filter(subscription_id__in=self.ids)
        rows = items.order_by("product__position", "product_id").values_list(
            "subscription_id", "pk", "product_id", "product__code", "quantity", "price_id"
        )
        products = set()
        for subscription_id, key, product_id, code, quantity, price_id in rows:
            products.add(product_id)
            self.of_item[key] = subscription = self.subscriptions[subscription_id]
            subscription.items.append(ItemRow(key, product_id, code, quantity, price_id))
        found = Product.objects.using(self.using).filter(pk__in=products)
        return {product.pk: product for product in found.select_related("line", "level")}

    def read_events(self) -> None:
        # The accounts say nothing new, but lead to the subscriptions by an index of theirs.
        events = Event.objects.using(self.using).filter(
            item__subscription_id__in=self.ids,
            item__subscription__account_id__in={one.account_id for one in self.of_item.values()},
        )
        rows = self._since_opening(events, "item__subscription__opening").order_by("at", "pk")
        for key, item_id, at, holds, *quantities in rows.values_list(
            "pk", "item_id", "at", "holds", "was", "becomes", "replaces"
        ):
            row = EventRow(key, item_id, at, holds == Event.Holds.OPENING, *quantities)
            self.of_item[item_id].events.append(row)

    def read_pins(self) -> set[int]:
        """The agreed prices of each item, oldest first; returns the ids of all of them."""
        pins = PricePin.objects.using(self.using).filter(item__subscription_id__in=self.ids)
        rows = pins.order_by("item_id", "sequence").values_list(
            "item_id", "price_id", "at", "holds_from", "noticed_on", "bought", "sequence"
        )
        found = set()
        for item_id, price_id, at, holds_from, noticed_on, bought, sequence in rows:
            found.add(price_id)
            self.of_item[item_id].pins.append(
                PinRow(item_id, price_id, at, holds_from, noticed_on, bought, held=sequence == 1)
            )
        return found

    def read_counted(self, prices: PriceBook) -> None:
        """What is counted and not chosen, since the last opening."""
        self._read_members(prices)
        self._read_meters(prices)

    def by_payer(self) -> dict[int, list[SubscriptionRow]]:
        """The subscriptions by who pays for them."""
        found: dict[int, list[SubscriptionRow]] = defaultdict(list)
        for subscription in self.subscriptions.values():
            found[subscription.payer_id].append(subscription)
        return found

    def _read_members(self, prices: PriceBook) -> None:
        """The log of members, where they are charged, since the entry that was counted last."""
        counted = prices.of_basis(Price.Basis.BILLABLE_MEMBERS)
        rows = [
            value
            for subscription in self.subscriptions.values()
            if any(pin.price_id in counted for pin in subscription.pins)
            for value in (
                subscription.id,
                subscription.account_id,
                _members_counted(subscription),
            )
        ]
        if not rows:
            return
        places = ", ".join(["(%s, %s, %s)"] * (len(rows) // 3))
        found = MemberEvent.objects.using(self.using).raw(_MEMBER_EVENTS.format(places), rows)
        for event in found:
            row = MemberRow(event.pk, event.sequence, event.at, event.step)
            self.subscriptions[event.subscription_id].members.append(row)

    def _read_meters(self, prices: PriceBook) -> None:
        """What was used of metered items since the cycle that runs or has ended."""
        metered = prices.of_basis(Price.Basis.METERED)
        items = {
            pin.item_id
            for subscription in self.subscriptions.values()
            for pin in subscription.pins
            if pin.price_id in metered
        }
        if not items:
            return
        meters = Meter.objects.using(self.using).filter(item_id__in=items)
        rows = self._since_opening(
            meters, "item__subscription__opening", then="starts_on", mine="cycle_start__gte"
        )
        for item_id, start, used, last in rows.values_list(
            "item_id", "cycle_start", "used", "last_sequence"
        ):
            self.of_item[item_id].meters[item_id, start] = MeterRow(used, last)

    def read_changes(self) -> None:
        """The instants within the running cycle that have been billed; none without events."""
        if not any(one.events for one in self.subscriptions.values()):
            return
        bills = Bill.objects.using(self.using).filter(
            subscription_id__in=self.ids, reason=Bill.Reason.CHANGE
        )
        rows = self._since_opening(bills, "subscription__opening")
        self.fill_changes(rows.values_list("subscription_id", "at"))

    def fill_changes(self, rows: Iterable[tuple[int, datetime]]) -> None:
        """The instants that have been billed, each with its subscription's id."""
        for subscription_id, at in rows:
            self.subscriptions[subscription_id].billed_changes.add(at)

    def _since_opening(
        self, rows: QuerySet[Any], opening: str, *, then: str = "at", mine: str = "at__gt"
    ) -> QuerySet[Any]:
        if self.whole:
            return rows
        return since_opening(rows, opening, then=then, mine=mine)


def since_opening(
    rows: QuerySet[Any], opening: str, *, then: str = "at", mine: str = "at__gt"
) -> QuerySet[Any]:
    """Those rows that were written after the subscription's last opening, if there is one."""
    return rows.filter(Q(**{f"{opening}__isnull": True}) | Q(**{mine: F(f"{opening}__{then}")}))
