"""The counted services of accounts as they stand: held, on or off, at which price, how limited."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from django.db.models import QuerySet

from accounts.models import Account
from accounts.statements import Statement
from billing import events
from billing.core import pricing
from billing.core.periods import local_day
from billing.models import Item, Price, Subscription
from billing.models.subscriptions import LICENSING
from billing.openings import has_ended, openings_of
from billing.prices import book_of, with_tiers
from billing.refusals import ChangeRefused
from licensing.metered import SWITCHES, Service, Switch, needs_choice, stops_at
from licensing.models import UsageLimit

_COUNTED: Final = (*Service, *Switch)


@dataclass(frozen=True, slots=True)
class Metered:
    """One service of an account. ``item`` is None until it is held; ``on``: its switch is on."""

    account: Account
    service: Service
    subscription: Subscription | None
    item: Item | None
    on: bool
    price: pricing.Price | None
    limit: UsageLimit | None

    @property
    def chosen(self) -> bool:
        """Whether all is chosen that has to be before it runs: for packs, a limit or none."""
        return self.limit is not None or not needs_choice(self.service)

    @property
    def over(self) -> int | None:
        """The limit as it is typed; None for no limit."""
        return None if self.limit is None else self.limit.over

    @property
    def allowance(self) -> int:
        return self.price.allowance if self.price else 0

    @property
    def size(self) -> int | None:
        """How much a pack covers; None where there are no packs."""
        return self.price.size if self.price else None

    @property
    def stop(self) -> int | None:
        """At how much use of a month it stops; None where nothing stops it."""
        return stops_at(self.over, allowance=self.allowance, size=self.size)

    def cycle_at(self, at: datetime) -> tuple[date, date]:
        """The first day of the month of its meter that runs at ``at``, and that of the next.

        Where nothing is held, the calendar month of the account.
        """
        if self.subscription is None:
            first = local_day(at, self.account.time_zone).replace(day=1)
            return first, _month_after(first)
        openings = openings_of(self.subscription)
        period = openings.cycle(max(openings.number_at(at), 0)).period
        return period.start, period.end

    def end_of(self, cycle: date) -> date:
        """The first day after the month of its meter that began on this day."""
        if self.subscription is None:
            return _month_after(cycle)
        return openings_of(self.subscription).cycles.holding(cycle).period.end


Standings = Mapping[tuple[int, Service], Metered]


def standings(account_ids: Collection[int], *, at: datetime) -> Standings:
    """The four services of each of these accounts. One query, however many there are.

    Accounts that there are not are left out. The price is the one agreed; `metering.agree` agrees
    one where a service is switched on and not held yet.
    """
    if not account_ids:
        return {}
    accounts, held, rows, priced, limits = _READ.read(account_ids=list(account_ids))
    subscriptions = _in_force(held, at)
    items = {(row.subscription_id, row.product.code): row for row in rows}
    prices = book_of(priced)
    chosen = {(one.account_id, one.service): one for one in limits}
    found = {}
    for account in accounts:
        subscription = subscriptions.get(account.pk)
        of = subscription.pk if subscription else 0
        for service in Service:
            switch, item = items.get((of, SWITCHES[service])), items.get((of, service))
            if item is not None and subscription is not None:
                item.subscription = subscription
            found[account.pk, service] = Metered(
                account=account,
                service=service,
                subscription=subscription,
                item=item if item and item.price_id else None,
                on=switch is not None and switch.quantity > 0,
                price=prices[item.price_id] if item and item.price_id else None,
                limit=chosen.get((account.pk, service)),
            )
    return found


def _rows(account_ids: Collection[int]) -> tuple[QuerySet[Any, Any], ...]:
    """What standings are made of: accounts, subscriptions, items, agreed prices and limits."""
    subscriptions = Subscription.objects.filter(account__in=account_ids, code=LICENSING)
    items = Item.objects.filter(
        subscription__account__in=account_ids,
        subscription__code=LICENSING,
        product__code__in=_COUNTED,
    )
    prices = Price.objects.filter(pk__in=items.order_by().values("price"))
    return (
        Account.objects.order_by().filter(pk__in=account_ids).select_related("payer"),
        subscriptions.order_by("pk"),
        items.order_by().select_related("product"),
        with_tiers(prices),
        UsageLimit.objects.order_by().filter(account__in=account_ids),
    )


_READ: Final = Statement(_rows)


def agree(services: Iterable[Metered], *, at: datetime) -> bool:
    """Agree today's prices of services that are switched on and not held yet; whether any was new.

    Takes the lock of their payers, so it belongs before anything that locks meters (decision 16).
    """
    wanted: dict[int, list[str]] = {}
    for one in services:
        if one.on and one.item is None and one.subscription is not None:
            wanted.setdefault(one.subscription.pk, []).append(one.service)
    for subscription_id, products in sorted(wanted.items()):
        try:
            events.hold(subscription_id=subscription_id, products=products, at=at)
        except ChangeRefused:
            # Somebody else was faster, or the price is not sold: what is read next says which.
            continue
    return bool(wanted)


def open_limits(services: Iterable[Metered]) -> bool:
    """Write down that nothing limits what runs without a choice (LIC-10); whether any was new.

    So every service that counts has a row for `limits_held` to hold.
    """
    rows = [
        UsageLimit(account_id=one.account.pk, service=one.service)
        for one in services
        if one.limit is None and one.chosen and one.on
    ]
    UsageLimit.objects.bulk_create(rows, ignore_conflicts=True)
    return bool(rows)


def limits_held(found: Standings, places: Iterable[tuple[int, Service]]) -> Standings:
    """These services with their limits as they stand now and stay until the transaction ends.

    Who chooses another limit waits, so nothing is counted by one that is no longer in force. In the
    lock order limits come between payers and meters (decision 16). One query.
    """
    held = {limit.pk: place for place in places if (limit := found[place].limit) is not None}
    locked = UsageLimit.objects.select_for_update(no_key=True).filter(pk__in=list(held))
    return {held[row.pk]: replace(found[held[row.pk]], limit=row) for row in locked.order_by("pk")}


def _in_force(rows: Iterable[Subscription], at: datetime) -> dict[int, Subscription]:
    """The licences of each account: of several subscriptions the one that has not ended."""
    found: dict[int, Subscription] = {}
    for row in rows:
        if row.account_id not in found or not has_ended(row, at=at):
            found[row.account_id] = row
    return found


def _month_after(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
