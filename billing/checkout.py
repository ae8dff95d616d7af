"""From a cart to done: what was shown is confirmed, paid first, and holds (decision 17)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import acting, visits
from accounts.access import Standing
from accounts.models import Account
from accounts.rights import Right
from billing import buyers, carts, collecting, ordering, waiting
from billing.carts import Wanted
from billing.catching_up import catch_up, refuse_while_due
from billing.gateways.base import Gateway
from billing.means import lack_words
from billing.models import Order, PaymentAttempt, Product
from billing.objections import in_words
from billing.quoting import Quoted, quote
from billing.refusals import ChangeRefused, QuoteChanged
from billing.whole import Whole

_SALT: Final = "billing.checkout"

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page has shown: which quote, until when it may be confirmed, and once by which."""

    fingerprint: str
    until: datetime
    token: str


def shown(quoted: Quoted, *, token: str = "") -> str:
    """What a page gives back to say that this quote is what its reader confirms; signed.

    ``token``: of it there is one order, however often and with whatever it is confirmed.
    """
    once = token or secrets.token_urlsafe(16)
    return signing.dumps([quoted.fingerprint, int(quoted.expires_at.timestamp()), once], salt=_SALT)


def read(seen: str) -> Shown:
    """What a page gives back of what it has shown; `QuoteChanged` for anything else."""
    try:
        fingerprint, until, token = signing.loads(seen, salt=_SALT)
        return Shown(fingerprint, datetime.fromtimestamp(until, UTC), token)
    except (signing.BadSignature, ValueError, TypeError):
        raise QuoteChanged(_("This page is too old. Look at the amounts again.")) from None


def quote_cart(
    *, here: Standing, at: datetime, cart: Wanted | None = None, whole: Whole | None = None
) -> Quoted | None:
    """The price of what is in this person's cart; None for an empty one. Raises what `quote` does.

    What is in force by now is left out. ``cart`` and ``whole`` are what lies in it and the account,
    where they were read already.
    """
    wanted = cart or carts.wanted_of(here)
    return _quote(here, wanted, at, whole) if wanted.changes else None


def quote_with(
    wanted: Wanted,
    *,
    here: Standing,
    at: datetime,
    whole: Whole | None = None,
    cart: Wanted | None = None,
) -> Quoted:
    """The price of this with what lies in the person's cart; nothing is written.

    It is what `confirm` charges when it is given the same. What takes each other's place is
    confirmed by itself, and the cart stays as it is. Raises what `quote` does. ``whole`` and
    ``cart`` are the account, and what lies in the cart, where they were read already.
    """
    return _quote(here, _with_cart(here, wanted, cart), at, whole)


def confirm(
    *, here: Standing, seen: str, at: datetime, reason: str = "", wanted: Wanted | None = None
) -> Order:
    """Confirm the cart as it was shown: what is paid later holds at once, the rest once `pay` says.

    What a bank transfer is awaited for waits: nothing holds before (`Quoted.awaits`, `waiting`).

    ``wanted`` is confirmed with it, as a dialog has shown it (`quote_with`). Confirming the same
    page again gives the same order. `QuoteChanged` for anything else than what was shown, or too
    long after: show it again. `ChangeRefused` for who may not buy, for support that gives no
    reason, and where something is in the way (`Quoted.objections`); the cart is as it was then.
    Call it outside any transaction, then `pay` the order.
    """
    was = read(seen)
    before = Order.objects.filter(token=was.token, account=here.account, person=here.person)
    if order := before.first():
        return order
    catch_up(here.account.payer, at=at)
    needs = _right_to_buy(here, wanted or carts.wanted_of(here))
    # The other one of two clicks may have come first, and have emptied the cart.
    if needs is None and (order := before.first()):
        return order
    if needs is None:
        raise QuoteChanged(_("There is nothing in your cart. It was changed in another tab."))
    with transaction.atomic():
        here = acting.begin(here, needs=needs)
        if order := before.first():
            return order
        every = carts.wanted_of(here) if wanted is None else _with_cart(here, wanted)
        order = _order(here, every, was, at=at, reason=reason)
        if wanted is None or not wanted.alone:
            carts.empty(here)
        return order


def _with_cart(here: Standing, wanted: Wanted, cart: Wanted | None = None) -> Wanted:
    """This, put into the person's cart; by itself where it is confirmed alone."""
    if wanted.alone:
        return wanted
    kept = cart or carts.wanted_of(here)
    return Wanted({} if kept.replaces else kept.changes).with_(wanted.changes)


def _right_to_buy(here: Standing, wanted: Wanted) -> Right | None:
    """What buying the first of what is confirmed needs, the others are asked for later; None for
    nothing.
    """
    product = Product.objects.filter(code__in=wanted.changes).first()
    return None if product is None else buyers.right_to_buy(product)


def pay(*, order_id: int, gateway: Gateway, clock: Clock, return_to: str = "") -> Order:
    """Charge an order and settle it by the answer; one that is settled stays so.

    A bank that asks the buyer something sends them to ``return_to`` then; until they have answered,
    and without an answer of the gateway, it stays unsettled: the sweep looks it up
    (`collecting.collect`). Call it outside any transaction.
    """
    waiting = PaymentAttempt.objects.filter(order=order_id, state=PaymentAttempt.State.QUEUED)
    for attempt in waiting:
        collecting.collect_one(attempt.pk, clock=clock, gateway=gateway, return_to=return_to)
    return Order.objects.select_related("invoice", "payer", "account").get(pk=order_id)


def _order(here: Standing, wanted: Wanted, was: Shown, *, at: datetime, reason: str) -> Order:
    if at > was.until or not wanted.changes:
        raise QuoteChanged(_("These amounts are too old. Look at them again, then confirm."))
    payer = here.account.payer
    ordering.refuse_while_paying(payer)
    refuse_while_due(payer, at=at)
    products = Product.objects.filter(code__in=wanted.changes)
    buyers.refuse_unpermitted(products=products, here=here)
    quoted = _quote(here, wanted, at)
    if quoted.fingerprint != was.fingerprint:
        raise QuoteChanged(_("The amounts have changed since they were shown. Look at them again."))
    if quoted.objections:
        raise ChangeRefused(in_words(quoted.objections, sees=here.may))
    if quoted.to_pay and quoted.means.lack is not None:
        raise ChangeRefused(lack_words(quoted.means.lack))
    if quoted.awaits is not None:
        waiting.refuse_second(here.account)
    visits.need_reason(here, costs=costs(quoted), reason=reason)
    order = ordering.place(
        quoted,
        person_id=here.person.pk,
        token=was.token,
        cause=visits.cause(here, reason=reason),
        replaces=wanted.replaces,
        interval=wanted.interval,
        expires_at=None if quoted.awaits is None else at + waiting.LASTS,
    )
    if quoted.awaits is not None:
        waiting.owe_letter(order, at=at)
    elif quoted.to_pay and quoted.payer.pays_by == Account.PaysBy.CARD:
        PaymentAttempt.objects.create(
            order=order,
            payer=payer,
            amount=quoted.to_pay,
            amount_currency=quoted.currency,
            method=quoted.means.method,
            queued_at=at,
            next_try_at=at + collecting.LEASE,
        )
    else:
        ordering.settle(order, at=at)
    return order


def _quote(here: Standing, wanted: Wanted, at: datetime, whole: Whole | None = None) -> Quoted:
    return quote(
        account=here.account,
        changes=wanted.changes,
        at=at,
        replaces=wanted.replaces,
        interval=wanted.interval,
        whole=whole,
    )


def costs(quoted: Quoted) -> bool:
    """Whether the payer pays more for it, now or later: support then says why."""
    return quoted.due_now.total > 0 or any(step.becomes > step.was for step in quoted.steps)
