"""What an account holds now: its subscriptions, each item with its price and its cost a cycle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db.models import Q, Sum
from django.utils.functional import cached_property
from djmoney.money import Money

from accounts.models import Account, MemberEvent
from billing.core.charges import charge
from billing.core.lines import Kind, Line
from billing.core.periods import Cycle
from billing.core.pricing import Basis, Model, Timing
from billing.core.pricing import Price as CorePrice
from billing.documents.reading import priced
from billing.documents.wording import Charge, price_words, quantity_words
from billing.models import Item, Product, Subscription
from billing.openings import openings_of
from billing.prices import PriceBook, core_prices, snapshot

_KINDS: Final = {
    Basis.SET: Kind.ADVANCE,
    Basis.MEMBERS: Kind.MEMBERS,
    Basis.PEAK: Kind.PEAK,
    Basis.METERED: Kind.METERED,
}
# Held without a quantity: they are counted when they are billed.
_COUNTED: Final = (Basis.MEMBERS.value, Basis.METERED.value)


@dataclass(frozen=True, slots=True)
class Held:
    """One item in force.

    ``each_cycle`` is what the number in force costs a whole cycle, before discount and taxes; None
    of metered use, which nobody knows before it happens, and of what is charged once.
    """

    item: Item
    name: str
    number: str
    price: str
    basis: str
    timing: str
    allowance: int
    each_cycle: Money | None


@dataclass(frozen=True, slots=True)
class HeldTogether:
    """A subscription that runs: its items, and when it is billed next (local day)."""

    subscription: Subscription
    next_on: date
    ends_on: date | None
    items: tuple[Held, ...]

    @property
    def each_cycle(self) -> Money:
        """What the items cost a whole cycle, before discount and taxes."""
        zero = Money(0, self.subscription.currency)
        return sum((one.each_cycle for one in self.items if one.each_cycle is not None), zero)


def held_by(account: Account, *, at: datetime, language: str) -> list[HeldTogether]:
    """The account's running subscriptions with what is in force, in a fixed number of queries."""
    everything = account.subscriptions.order_by("starts_on", "pk")
    subscriptions = [one for one in everything if not _has_ended(one, at)]
    in_force = Q(quantity__gt=0) | Q(price__basis__in=_COUNTED)
    items = Item.objects.filter(in_force, subscription__in=subscriptions, price__isnull=False)
    rows = list(items.select_related("product", "price").order_by("product__position", "pk"))
    reading = _Reading(core_prices(item.price_id or 0 for item in rows), account, at, language)
    return [reading.together(one, rows) for one in subscriptions]


def _has_ended(subscription: Subscription, at: datetime) -> bool:
    ends_on = subscription.ends_on
    return ends_on is not None and ends_on <= openings_of(subscription).local_day(at)


class _Reading:
    """Puts the items of one account into words."""

    def __init__(self, prices: PriceBook, account: Account, at: datetime, language: str) -> None:
        self._prices, self._account, self._language = prices, account, language
        self._at = at

    @cached_property
    def _billable(self) -> int:
        """How many members of the account are billable, as its log counts them."""
        log = MemberEvent.objects.filter(account=self._account, at__lte=self._at)
        return int(log.aggregate(steps=Sum("step"))["steps"] or 0)

    def together(self, subscription: Subscription, rows: Sequence[Item]) -> HeldTogether:
        openings = openings_of(subscription)
        cycle = openings.cycle(max(openings.number_at(self._at), 0) + 1)
        mine = [item for item in rows if item.subscription_id == subscription.pk]
        return HeldTogether(
            subscription=subscription,
            next_on=subscription.next_opening,
            ends_on=subscription.ends_on,
            items=tuple(self._held(subscription, cycle, mine)),
        )

    def _held(
        self, subscription: Subscription, cycle: Cycle, items: Sequence[Item]
    ) -> Iterator[Held]:
        currency = subscription.currency
        for item in items:
            price = self._prices[item.price_id or 0]
            number = self._number(item, price)
            line = charge(
                kind=_kind(price),
                product=item.product.code,
                price=price,
                quantity=number,
                cycle=cycle,
                currency=currency,
                because=(),
            )
            words = self._charge(item.product, price, number, line)
            known = price.basis is not Basis.METERED and price.timing is not Timing.ONCE
            yield Held(
                item=item,
                name=words.name,
                number=quantity_words(words, language=self._language) if known else "",
                price=price_words(words, currency=currency, language=self._language),
                basis=price.basis.value,
                timing=price.timing.value,
                allowance=price.allowance,
                each_cycle=Money(words.amount, currency) if known else None,
            )

    def _number(self, item: Item, price: CorePrice) -> int:
        """How many count in this moment; of metered use one unit, to name its price."""
        if price.basis is Basis.METERED:
            return 1
        return self._billable if price.basis is Basis.MEMBERS else item.quantity

    def _charge(self, product: Product, price: CorePrice, number: int, line: Line | None) -> Charge:
        names, day = product.names, self._at.date()
        return Charge(
            name=names[self._language],
            unit=names[f"unit_{self._language}"],
            kind=_kind(price),
            starts_on=line.period.start if line else day,
            ends_on=line.period.end if line else day,
            quantity=number,
            amount=line.amount if line else Decimal(0),
            units=line.units if line else None,
            unit_amount=price.amount if price.model is Model.PER_UNIT else None,
            months=line.months if line else None,
            allowance=price.allowance,
            **priced(snapshot(price)),
        )


def _kind(price: CorePrice) -> Kind:
    return Kind.ONCE if price.timing is Timing.ONCE else _KINDS[price.basis]
