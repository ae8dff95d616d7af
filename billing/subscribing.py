"""Opening and ending: this file says what an account holds, from which day on and until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import questions
from accounts.deeds import NOBODY, Doer
from accounts.locks import lock_payer_of
from accounts.models import Account, User
from billing import events
from billing.core.periods import Interval, local_day
from billing.logs import items_with_logs, refuse_billed, refuse_closed
from billing.models import Event, Item, Order, Subscription
from billing.models.subscriptions import LICENSING
from billing.openings import Openings, has_ended, openings_of
from billing.refusals import ChangeRefused
from billing.speaking import day_words

_REASON_LENGTH: Final = 100


@transaction.atomic
def open_subscription(
    *,
    account_id: int,
    starts_on: date,
    code: str = "plan",
    interval: str = Interval.MONTH,
    anchor_day: int | None = None,
    items: Mapping[str, int] | None = None,
    by: User | None = None,
    cause: str = "",
    granted: bool = False,
    zone: str = "",
) -> Subscription:
    """A subscription of the account that bills from ``starts_on``, a local day, on.

    ``items`` are quantities by product code, chosen at the first instant of that day. One of zero
    is *held*: its price is agreed from that day, as what is counted (billable members, metered use)
    needs. Currency, billing zone and payer are those of the account's payer (decision 6); ``zone``
    is another billing zone, in which it was bought.
    `ChangeRefused` when there is a subscription of this code already, the account was closed, or a
    product is not sold to it and was not ``granted`` (PRICE-7).
    """
    payer = lock_payer_of(account_id)
    refuse_closed(Account.objects.get(pk=account_id))
    there = Subscription.objects.filter(account_id=account_id, code=code)
    if there.exclude(ends_on__lte=starts_on).exists():
        raise ChangeRefused(f"There is a subscription {code} already. Change its items instead.")
    openings = Openings(
        starts_on=starts_on,
        interval=interval,
        anchor_day=anchor_day,
        zone=zone or payer.time_zone,
    )
    opens_at = openings.opens_at(0)
    subscription = Subscription.objects.create(
        account_id=account_id,
        payer=payer,
        code=code,
        currency=payer.currency,
        time_zone=zone or payer.time_zone,
        interval=interval,
        starts_on=starts_on,
        anchor_day=anchor_day,
        next_opening=starts_on,
        next_bill_at=opens_at,
    )
    wanted = dict(items or {})
    held = [product for product, quantity in wanted.items() if not quantity]
    if held:
        events.hold(subscription_id=subscription.pk, products=held, at=opens_at)
    bought = {product: quantity for product, quantity in wanted.items() if quantity}
    if bought:
        events.record(
            subscription_id=subscription.pk,
            changes=bought,
            at=opens_at,
            by=by,
            cause=cause,
            granted=granted,
        )
    return subscription


@transaction.atomic
def open_licensing(*, account_id: int, at: datetime, by: Doer = NOBODY) -> None:
    """Let an account buy licences from its local day ``at`` on, where it cannot yet. LIC-5.

    A subscription of its own, by the calendar month: empty, so nothing is billed before something
    is bought, but for what follows from the people there are and is written with it (LIC-8).
    """
    payer = lock_payer_of(account_id)
    today = local_day(at, payer.time_zone)
    there = Subscription.objects.filter(account_id=account_id, code=LICENSING)
    if not there.exclude(ends_on__lte=today).exists():
        open_subscription(account_id=account_id, starts_on=today, code=LICENSING, anchor_day=1)
        questions.follow(account_id, at=at, by=by)


@transaction.atomic
def end_subscription(
    *, subscription_id: int, at: datetime, by: User | None = None, cause: str = ""
) -> date:
    """End a subscription with its running cycle: what is held ends at the next opening.

    Returns the last cycle date: its opening bills what is still owed for the cycle that ended and
    nothing of a new one. `ChangeRefused` when it ends already, `QuoteChanged` for an instant before
    the last billed opening.
    """
    subscription = events.lock_subscription(subscription_id)
    if subscription.ends_on is not None:
        words = _("The subscription ends on %(day)s already.")
        raise ChangeRefused(words % {"day": day_words(subscription.ends_on)})
    refuse_billed(subscription, at=at)
    held = Item.objects.filter(subscription=subscription, quantity__gt=0)
    changes = dict.fromkeys(held.values_list("product__code", flat=True), 0)
    if changes:
        written = events.record(
            subscription_id=subscription_id,
            changes=changes,
            at=at,
            by=by,
            cause=cause,
            holds=Event.Holds.OPENING,
        )
        at = max(event.at for event in written)
    openings = openings_of(subscription)
    number = max(openings.number_at(at) + 1, subscription.next_number)
    subscription.ends_on = openings.cycle(number).period.start
    Subscription.objects.filter(pk=subscription_id).update(ends_on=subscription.ends_on)
    return subscription.ends_on


@transaction.atomic
def keep_subscription(
    *, subscription_id: int, at: datetime, by: User | None = None, cause: str = ""
) -> None:
    """Let a subscription go on that was to end: as if its end had never been asked for. PLAN-13.

    The log keeps both: of each item that was to end the number before that is named again, at once,
    or for the next opening where it waited for that. `ChangeRefused` when nothing is to end, or it
    has ended already.
    """
    subscription = events.lock_subscription(subscription_id)
    if subscription.ends_on is None:
        raise ChangeRefused(_("The plan does not end, or has ended already."))
    if has_ended(subscription, at=at):
        words = _("The subscription has ended on %(day)s. Open a new one.")
        raise ChangeRefused(words % {"day": day_words(subscription.ends_on)})
    others = Subscription.objects.filter(
        account_id=subscription.account_id, code=subscription.code, ends_on=None
    )
    if others.exists():
        words = _("Another subscription follows it on %(day)s. Change that one instead.")
        raise ChangeRefused(words % {"day": day_words(subscription.ends_on)})
    numbers = _before_the_end(subscription, at=at)
    subscription.ends_on = None
    Subscription.objects.filter(pk=subscription_id).update(ends_on=None)
    for holds, changes in numbers.items():
        written = events.record(
            subscription_id=subscription_id,
            changes=changes,
            at=at,
            by=by,
            cause=cause,
            holds=holds,
        )
        at = max([at, *(event.at for event in written)])


def _before_the_end(subscription: Subscription, *, at: datetime) -> dict[str, dict[str, int]]:
    """By when it holds the number of each product that the end has taken.

    The end is the last entry of an item's log, and the one before it is what was wanted last: a
    number that still waited, or the one in force.
    """
    found: dict[str, dict[str, int]] = {}
    for item, log in items_with_logs(Item.objects.filter(subscription=subscription)):
        if log.last is None or not log.waiting(at):
            continue
        before = Event.objects.filter(item=item, sequence__lt=log.last.sequence)
        last = before.order_by("-sequence").first()
        waited = (
            last is not None
            and last.holds == Event.Holds.OPENING
            and not log.openings.opens_between(last.at, at)
        )
        if waited and last is not None:
            found.setdefault(Event.Holds.OPENING, {})[item.product.code] = last.becomes
        else:
            found.setdefault(Event.Holds.NOW, {})[item.product.code] = log.in_force(at)
    return found


@transaction.atomic
def close_account(
    *, account_id: int, at: datetime, by: User | None = None, cause: str = ""
) -> Account:
    """Close an account: all it holds ends with the running cycles, and nothing is sold to it.

    What those cycles still owe is billed at their end, by the run; its documents and what is open
    of them stay. `ChangeRefused` when it is closed already, pays for accounts that are open, or an
    order of it is not settled: what that has paid for could not be had any more. `QuoteChanged` for
    an instant before a billed opening.
    """
    lock_payer_of(account_id)
    account = Account.objects.get(pk=account_id)
    refuse_closed(account)
    others = account.pays_for.filter(closed_at=None).exclude(pk=account_id).count()
    if others:
        which = "1 account that is" if others == 1 else f"{others} accounts that are"
        raise ChangeRefused(f"{account} pays for {which} open. Close those first.")
    _refuse_while_ordering(account)
    running = account.subscriptions.filter(ends_on=None).order_by("pk")
    for key in running.values_list("pk", flat=True):
        end_subscription(subscription_id=key, at=at, by=by, cause=cause)
    account.closed_at = at
    account._history_user = by  # type: ignore[attr-defined]  # the history reads it off the row
    reason = cause[:_REASON_LENGTH] or None
    account._change_reason = reason  # type: ignore[attr-defined]  # and this one
    account.save(update_fields=["closed_at"])
    return account


def _refuse_while_ordering(account: Account) -> None:
    order = account.orders.filter(state__in=Order.UNSETTLED).first()
    if order is not None:
        raise ChangeRefused(
            f"A payment of {order.total} is on its way since {order.at:%H:%M} UTC. Close the "
            "account once it is settled."
        )
