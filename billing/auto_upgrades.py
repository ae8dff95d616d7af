"""Automatic upgrades of the contact limit: what is offered, and agreeing to it and ending it.

Nothing upgrades by itself unless somebody who may buy has agreed to it, with the prices in view;
who and when is kept. PLAN-10, decision 52.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from djmoney.money import Money

from accounts import acting
from accounts.access import Standing
from accounts.models import Account
from billing import auto_upgrade_notices, buyers
from billing.foreseeing import look
from billing.levels import Candidate, Sold
from billing.models import AutoUpgrade, Order, Product
from billing.offering import choice_of
from billing.plans import held_plans
from billing.refusals import ChangeRefused, QuoteChanged

Ended = AutoUpgrade.Ended


@dataclass(frozen=True, slots=True)
class Stop:
    """A contact limit, and what it costs a whole cycle before discount and taxes."""

    limit: int
    each_cycle: Money


@dataclass(frozen=True, slots=True)
class Offer:
    """The limits to which a plan could be raised by itself; ``held`` is the one in force."""

    product: Product
    held: Stop
    stops: Sequence[Stop]
    interval: str

    @property
    def seen(self) -> str:
        """What a page gives back, to say that these prices are what its reader was shown."""
        shown = [(stop.limit, str(stop.each_cycle)) for stop in self.stops]
        return sha256(json.dumps([self.product.code, self.interval, shown]).encode()).hexdigest()


def active_of(account_id: int) -> AutoUpgrade | None:
    """What was agreed to for the account and has not ended. One query."""
    return active_rows(account_id).first()


def active_rows(account_id: int) -> QuerySet[AutoUpgrade]:
    """The same as rows: one, or none."""
    return _active(account_id).select_related("product", "agreed_by")


def offer(account: Account, *, at: datetime) -> Offer | None:
    """What could be agreed to; None where the limit cannot be raised in steps that have prices.

    That is without a plan, with two of them, and at the highest limit of its price.
    """
    plans = held_plans(look(account, at=at))
    if len(plans) != 1 or plans[0].line is None:
        return None
    [held] = plans
    price = held.prices[held.product.code]
    chosen = choice_of(held.product, held=held.contacts, price=price)
    if chosen is None:
        return None
    candidate, sold = Candidate(held.product, held.level, chosen, None), Sold.to(held, at=at)
    stops = [
        Stop(limit, cost)
        for limit in chosen.stops
        if (cost := candidate.each_cycle(limit, 0, sold=sold)) is not None
    ]
    above = [stop for stop in stops if stop.limit > held.contacts]
    here = [stop for stop in stops if stop.limit == held.contacts]
    if not (above and here):
        return None
    return Offer(held.product, here[0], above, held.row.interval)


@transaction.atomic
def agree(*, here: Standing, up_to: int, seen: str, at: datetime) -> AutoUpgrade:
    """Let the limit be raised by itself up to so many contacts; what was agreed before ends.

    ``seen`` are the prices that were shown (`Offer.seen`). `QuoteChanged` for others,
    `ChangeRefused` for who may not buy the plan, for a limit that is not offered, and for support
    on a visit: who agrees is there themselves.
    """
    found = offer(here.account, at=at)
    if found is None:
        raise ChangeRefused(_("The contact limit cannot be raised in steps here any more."))
    here = acting.begin(here, needs=buyers.right_to_buy(found.product))
    if here.visit is not None:
        raise ChangeRefused(_("Only the customer agrees to this. Ask them to do it themselves."))
    buyers.refuse_unpermitted(products=[found.product], here=here)
    found = offer(here.account, at=at)
    if found is None or found.seen != seen:
        raise QuoteChanged(_("The prices have changed since they were shown. Look at them again."))
    agreed = [stop for stop in found.stops if stop.limit <= up_to]
    if not agreed or agreed[-1].limit != up_to:
        raise ChangeRefused(_("Choose one of the limits that are shown."))
    _end(_active(here.account.pk), because=Ended.AGREED_ANEW, by_name=str(here.by.name), at=at)
    orders = Order.objects.filter(account=here.account).order_by("-pk")
    return AutoUpgrade.objects.create(
        account=here.account,
        product=found.product,
        up_to=up_to,
        prices=[[stop.limit, format(stop.each_cycle.amount, "f")] for stop in agreed],
        currency=str(found.held.each_cycle.currency),
        interval=found.interval,
        agreed_by=here.person,
        agreed_by_name=here.by.name[:150],
        agreed_at=at,
        concluded=orders.values_list("pk", flat=True).first() or 0,
    )


@transaction.atomic
def end(*, here: Standing, at: datetime) -> None:
    """Let nothing be raised by itself any more; an order on its way is settled all the same.

    Who may buy the plan may, and support in their place. `ChangeRefused` where nothing was agreed.
    """
    found = active_of(here.account.pk)
    if found is None:
        raise ChangeRefused(_("Nothing is raised by itself here any more."))
    here = acting.begin(here, needs=buyers.right_to_buy(found.product))
    _end(_active(here.account.pk), because=Ended.BY_HAND, by_name=here.by.name, at=at)


@transaction.atomic
def end_by_itself(found: AutoUpgrade, *, because: str, at: datetime) -> None:
    """End what nobody has ended, and tell who may buy; once."""
    if _end(AutoUpgrade.objects.filter(pk=found.pk), because=because, by_name="", at=at):
        auto_upgrade_notices.tell_ended(found, because=because, at=at)


def agreed_price(found: AutoUpgrade, limit: int) -> Decimal | None:
    """What this limit costs each cycle at most, as it was agreed; None for one that was not."""
    return next((Decimal(price) for stop, price in found.prices if stop == limit), None)


_NOT_ENDED: Final = {"ended_at": None}


def _active(account_id: int) -> QuerySet[AutoUpgrade]:
    return AutoUpgrade.objects.filter(account=account_id, **_NOT_ENDED)


def _end(rows: QuerySet[AutoUpgrade], *, because: str, by_name: str, at: datetime) -> int:
    return rows.filter(**_NOT_ENDED).update(
        ended_at=at, ended_because=because, ended_by_name=by_name[:150]
    )
