"""Upgrading by itself: a contact limit that is used up is raised as somebody has agreed, once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery, Sum

from accounts import access
from accounts.access import Lacking, Standing
from accounts.locks import lock_payer_of
from accounts.models import Account
from billing import auto_upgrade_notices, auto_upgrades, buyers, checkout
from billing.auto_upgrade_notices import Failure
from billing.carts import Wanted
from billing.catching_up import catch_up
from billing.due import due
from billing.gateways.base import Cause, Gateway
from billing.means import Lack
from billing.models import AutoUpgrade, ContactUse, Item, Order, PaymentAttempt, Product
from billing.quoting import Quoted
from billing.refusals import ChangeRefused, QuoteChanged
from billing.waiting import waiting_of

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Ended = AutoUpgrade.Ended

# After how many failures in a row it ends, and how long is waited after each.
MOST_FAILURES: Final = 3
WAITS: Final = timedelta(days=1)


def upgrade_due(*, clock: Clock, gateway: Gateway) -> int:
    """Raise every limit that is used up where that was agreed to; how many were looked at.

    It may run twice or be killed at any point: each step is ordered once. Call it outside any
    transaction.
    """
    found = list(_due(at=clock()))
    for account_id in found:
        try:
            upgrade(account_id=account_id, clock=clock, gateway=gateway)
        except Exception:
            # What is wrong with one account must not stop the others.
            logger.exception("automatic upgrade failed account=%s", account_id)
    return len(found)


def upgrade(*, account_id: int, clock: Clock, gateway: Gateway, needs: int = 0) -> Order | None:
    """Raise the account's contact limit to the lowest step that holds its contacts, if agreed.

    ``needs`` are the contacts that were to be stored and did not fit: where no step that was agreed
    to holds them, they raise nothing. The order is charged like any other, without the cart of who
    agreed. None where there is nothing to raise, an order is on its way, or it was refused: who may
    buy is told of each failure, and after three in a row it ends. It ends as well where the one who
    agreed may not buy any more, another plan is held, or the price rose. Call it outside any
    transaction.
    """
    found = _settled(account_id, at=clock())
    at = clock()
    if found is None or (found.next_try_at is not None and at < found.next_try_at):
        return None
    plans = Item.objects.filter(
        subscription__account=account_id, product__kind=Product.Kind.PLAN, quantity__gt=0
    )
    held = list(
        plans.values_list("product_id", "quantity", "last_sequence", "subscription__ends_on")
    )
    if [product for product, *_ in held] != [found.product_id]:
        auto_upgrades.end_by_itself(found, because=Ended.PLAN, at=at)
        return None
    [(_, limit, sequence, ends_on)] = held
    target = _target(found, limit=limit, stored=_stored(account_id), needs=needs)
    if target is None or ends_on is not None:
        return None  # who has cancelled the plan buys no more of it by itself
    here = _standing(found)
    if here is None:
        auto_upgrades.end_by_itself(found, because=Ended.AGREER, at=at)
        return None
    token = f"{found.token_prefix}{sequence}-{found.concluded}"
    order = _order(found, here, target, token, at=at)
    if order is None:
        return None
    checkout.pay(order_id=order.pk, gateway=gateway, clock=clock)
    _settled(account_id, at=clock())
    return Order.objects.select_related("invoice").get(pk=order.pk)


def _due(*, at: datetime) -> list[int]:
    """The accounts whose limit is used up, or whose last order nobody was told about."""
    plans = Item.objects.filter(
        subscription__account=OuterRef("account"), product__kind=Product.Kind.PLAN
    )
    limit = plans.order_by().values("subscription__account").annotate(all=Sum("quantity"))
    stored = ContactUse.objects.filter(account=OuterRef("account")).values("stored")
    orders = Order.objects.filter(account=OuterRef("account"), token__startswith="auto-")
    agreed = AutoUpgrade.objects.filter(
        ended_at=None, account__kind=Account.Kind.LIVE, account__closed_at=None
    )
    agreed = agreed.annotate(
        limit=Subquery(limit.values("all")),
        stored=Subquery(stored),
        last=Subquery(orders.order_by("-pk").values("pk")[:1]),
    )
    full = Q(stored__gte=F("limit"), limit__lt=F("up_to"))
    full &= Q(next_try_at=None) | Q(next_try_at__lte=at)
    due = agreed.filter(full | Q(limit=None) | Q(limit=0) | Q(last__gt=F("concluded")))
    return list(due.order_by("pk").values_list("account_id", flat=True))


def _settled(account_id: int, *, at: datetime) -> AutoUpgrade | None:
    """What was agreed to, once the outcome of each of its orders is told; None while one is open.

    And where nothing was agreed to, or not any more.
    """
    found = auto_upgrades.active_of(account_id)
    if found is None:
        return None
    orders = Order.objects.filter(
        account=account_id, token__startswith=found.token_prefix, pk__gt=found.concluded
    )
    for order in orders.select_related("invoice").order_by("pk"):
        if order.unsettled or order.state == Order.State.WAITING:
            return None
        _conclude(found, order, at=at)
    return auto_upgrades.active_of(account_id)


def _conclude(found: AutoUpgrade, order: Order, *, at: datetime) -> None:
    """Tell the outcome of an order, once."""
    attempt = PaymentAttempt.objects.filter(order=order).order_by("-pk").first()
    cause = attempt.cause if attempt is not None else ""
    mine = AutoUpgrade.objects.filter(pk=found.pk, concluded__lt=order.pk)
    if order.state == Order.State.DONE:
        with transaction.atomic():
            lock_payer_of(found.account_id)
            if mine.update(concluded=order.pk, failures=0, next_try_at=None):
                auto_upgrade_notices.tell_upgraded(found, order, at=at)
    elif cause == Cause.INTERRUPTED:
        # A worker was killed before anything was charged: the next order takes its place.
        mine.update(concluded=order.pk)
    else:
        _failed(found, Failure(order.changes[0][2], cause=cause), at=at, order_id=order.pk)
    found.refresh_from_db()


def _failed(
    found: AutoUpgrade, failure: Failure, *, at: datetime, order_id: int | None = None
) -> None:
    """Write a failure down and tell it, once; after three in a row it ends."""
    mine = AutoUpgrade.objects.filter(
        pk=found.pk, ended_at=None, failures=found.failures, concluded=found.concluded
    )
    last = found.failures + 1 >= MOST_FAILURES
    ended = {"ended_at": at, "ended_because": Ended.FAILED.value} if last else {}
    with transaction.atomic():
        lock_payer_of(found.account_id)
        if mine.update(
            failures=F("failures") + 1,
            next_try_at=at + WAITS,
            concluded=found.concluded if order_id is None else order_id,
            **ended,
        ):
            auto_upgrade_notices.tell_failed(found, failure, last=last, at=at)


def _stored(account_id: int) -> int:
    use = ContactUse.objects.filter(account=account_id).values_list("stored", flat=True)
    return use.first() or 0


def _target(found: AutoUpgrade, *, limit: int, stored: int, needs: int) -> int | None:
    """The lowest limit that was agreed to and holds what is wanted; None where none has to be."""
    above = sorted(stop for stop, _ in found.prices if limit < stop <= found.up_to)
    if needs > limit and (fits := [stop for stop in above if stop >= max(needs, stored)]):
        return fits[0]
    if stored < limit:
        return None
    # With room above what is stored, or as much as was agreed to.
    return next((stop for stop in above if stop > stored), above[-1] if above else None)


def _standing(found: AutoUpgrade) -> Standing | None:
    """Where the one who agreed stands by now; None where they may not buy the plan any more."""
    here = access.standing(found.agreed_by, found.account_id)
    return here if here is not None and buyers.may_buy(found.product, here) else None


def _order(
    found: AutoUpgrade, here: Standing, target: int, token: str, *, at: datetime
) -> Order | None:
    """The order of this step; the one before, where it was placed already; None where refused."""
    wanted = Wanted({found.product.code: target}, by_itself=True)
    try:
        catch_up(here.account.payer, at=at)
        quoted = checkout.quote_with(wanted, here=here, at=at)
        if _each_cycle(quoted, found.product.code) > (
            auto_upgrades.agreed_price(found, target) or Decimal(0)
        ):
            auto_upgrades.end_by_itself(found, because=Ended.PRICE, at=at)
            return None
        if quoted.to_pay and quoted.means.lack is not None:
            _failed(found, Failure(target, lack=Lack(quoted.means.lack).value), at=at)
            return None
        return checkout.confirm(
            here=here,
            seen=checkout.shown(quoted, token=token),
            at=at,
            reason=f"Automatic upgrade, agreed to on {found.agreed_at:%Y-%m-%d}",
            wanted=wanted,
        )
    except (QuoteChanged, Lacking):
        return None  # something happened meanwhile: the next bell looks again
    except ChangeRefused:
        if not _passes(here.account, at=at):
            _failed(found, Failure(target), at=at)
        return None


def _passes(account: Account, *, at: datetime) -> bool:
    """Whether what refused it passes by itself, and is no failure of what was agreed.

    An order of the payer on its way, one of the account that waits for a transfer, or something due
    that could not be billed yet.
    """
    unsettled = Order.objects.filter(payer=account.payer_id, state__in=Order.UNSETTLED)
    return (
        unsettled.exists()
        or waiting_of(account) is not None
        or due(at=at).filter(payer=account.payer_id).exists()
    )


def _each_cycle(quoted: Quoted, code: str) -> Decimal:
    """What the plan costs each cycle from then on, before discount and taxes."""
    lines = [line for part in quoted.parts for line in part.quote.every_cycle.lines]
    return sum((line.amount for line in lines if line.product == code), Decimal(0))
