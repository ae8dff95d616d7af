"""Trials: granting one, buying what is kept afterwards, and what speaks against buying it now.

A trial stands outside the log (decision 53): what is bought in it is written there at its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from djmoney.money import Money

from accounts import acting, visits
from accounts.access import Standing
from accounts.deeds import Doer
from accounts.locks import lock_payer_of
from accounts.models import Account
from billing import buyers, self_service, trial_notices
from billing.core.lines import Kind
from billing.core.periods import first_instant, local_day
from billing.levels import Sold, cost_of
from billing.limits import LARGEST_QUANTITY
from billing.logs import refuse_closed
from billing.models import Item, Price, Product, Subscription, Trial
from billing.objections import Objection, Proposal, in_words
from billing.openings import has_ended
from billing.prices import Versions
from billing.quoting import Quoted, quote
from billing.refusals import ChangeRefused, QuoteChanged
from billing.speaking import day_words
from billing.whole import Whole

LONGEST: Final = timedelta(days=366)


def active_of(account_id: int) -> list[Trial]:
    """The account's trials that have not ended, in the order of the catalogue. One query."""
    return list(active_rows(account_id))


def active_rows(account_id: int) -> QuerySet[Trial]:
    """The same as rows, to be read beside something else."""
    found = Trial.objects.filter(account=account_id, ended_at=None)
    return found.select_related("product", "kept_by").order_by("product__position", "pk")


def ends_at(trial: Trial) -> datetime:
    """The first instant that is no longer in the trial."""
    return first_instant(trial.ends_on, trial.time_zone)


@transaction.atomic
def grant(
    *,
    account_id: int,
    product: Product,
    quantity: int,
    ends_on: date,
    at: datetime,
    by: Doer,
    note: str = "",
) -> Trial:
    """Let an account use so many of a product for free until this local day.

    `ChangeRefused` for a product that it holds or tries already, for a plan and for what is charged
    once, which are not tried like this, and for a day that has come or is more than a year away.
    CONV-7: also of a product that is not sold any more.
    """
    lock_payer_of(account_id)
    account = Account.objects.select_related("payer").get(pk=account_id)
    refuse_closed(account)
    running = _running(account, product, at=at)
    zone = account.payer.time_zone if running is None else running.time_zone
    today = local_day(at, zone)
    if product.kind in (Product.Kind.PLAN, Product.Kind.USERS):
        raise ChangeRefused(f"{product} belongs to a plan, and is not tried by itself.")
    if not 1 <= quantity <= LARGEST_QUANTITY:
        raise ChangeRefused(f"Try 1 to {LARGEST_QUANTITY:,} of {product}.")
    if not today < ends_on <= today + LONGEST:
        raise ChangeRefused(f"Choose a day from {today + timedelta(days=1)} to {today + LONGEST}.")
    if _charged_once(product, account=account, running=running, on=ends_on):
        raise ChangeRefused(f"{product} is charged once, and is not tried.")
    held = Item.objects.filter(subscription__account=account, product=product, quantity__gt=0)
    if held.exists():
        raise ChangeRefused(f"{account} holds {product} already.")
    if Trial.objects.filter(account=account, product=product, ended_at=None).exists():
        raise ChangeRefused(f"{account} tries {product} already.")
    trial = Trial.objects.create(
        account=account,
        product=product,
        quantity=quantity,
        ends_on=ends_on,
        time_zone=zone,
        granted_at=at,
        granted_by_name=by.name[:150],
        note=note[:200],
    )
    trial_notices.tell_granted(trial, at=at)
    return trial


@transaction.atomic
def call_off(*, trial_id: int, at: datetime) -> bool:
    """End a trial before its time, and what was bought for afterwards; False where it has ended."""
    running = Trial.objects.filter(pk=trial_id, ended_at=None)
    trial = running.select_related("product").first()
    if trial is None:
        return False
    lock_payer_of(trial.account_id)
    ended = running.update(ended_at=at, ended_because=Trial.Ended.CALLED_OFF)
    if ended:
        trial_notices.tell_ended(trial, because=Trial.Ended.CALLED_OFF, at=at)
    return bool(ended)


def price_of(trial: Trial, number: int, *, at: datetime) -> Quoted:
    """What so many cost from the trial's end on: due that day, at the next opening, each cycle.

    Raises what `quote` does, and `ChangeRefused` where the subscription that runs at ``at`` ends by
    then. What is charged once by then is not kept (`Quoted.objections`).

    Worked example: 5 seats at 19.00, tried until 20 February in 31 January to 28 February: 5 ×
    19.00 × 8/28 = 27.14 are due on 20 February.
    """
    if (day := ends_by_then(trial, since=at)) is not None:
        raise ChangeRefused(ended_words(day))
    closed = trial.product.closed_from
    # Who tries what is not sold any more is no new customer of it (CONV-7).
    granted = closed is not None and closed <= trial.ends_on
    quoted = quote(
        account=trial.account,
        changes={trial.product.code: number},
        at=max(ends_at(trial), at),
        granted=granted,
    )
    against = [*quoted.objections, *_charged_in_full(quoted, trial)]
    if granted:
        # What customers may not do by themselves is not asked of what is granted; this is theirs.
        changes = {step.product.code: (step.was, step.becomes) for step in quoted.steps}
        against = [*self_service.blocked(trial.account, changes), *against]
    return replace(quoted, objections=tuple(against))


def listed_cost(trial: Trial, *, whole: Whole) -> tuple[Money, str] | None:
    """What is kept of it, or all of it, costs a whole cycle from its end on, and that interval.

    At listed prices, before discount and taxes. None where it has no price then. ``whole`` was read
    with its product: no query.
    """
    product = trial.product
    rows = (row for row in whole.rows.values() if row.code == product.subscription_code)
    row = next((row for row in rows if row.next_bill_at is not None), None)
    currency = row.currency if row else whole.payers[whole.account.payer_id].currency
    sold = Sold(currency, row.interval if row else Price.Interval.MONTH, trial.ends_on)
    version = whole.versions.on(
        product.pk, currency=sold.currency, interval=sold.interval, day=sold.on
    )
    if version is None:
        return None
    number = trial.keeps or trial.quantity
    return cost_of(whole.page.prices[version], number, sold=sold), sold.interval


def ends_by_then(trial: Trial, *, since: datetime) -> date | None:
    """The day on which the subscription that ran at ``since`` ends, where the trial lasts as long.

    Nothing is bought after it, also where another subscription has begun since.
    """
    day = local_day(since, trial.time_zone)
    found = Subscription.objects.filter(
        account=trial.account_id,
        code=trial.product.subscription_code,
        starts_on__lte=day,
        ends_on__gt=day,
        ends_on__lte=trial.ends_on,
    )
    return found.values_list("ends_on", flat=True).first()


def ended_words(day: date) -> str:
    """Why nothing is kept of a trial whose subscription ends on this day."""
    text = _("The subscription ends on {day}, and nothing of the trial is bought from then on.")
    return text.format(day=day_words(day))


def each_cycle(quoted: Quoted, trial: Trial) -> Decimal:
    """What the product costs each cycle by this quote, before discount and taxes."""
    lines = [line for part in quoted.parts for line in part.quote.every_cycle.lines]
    mine = [line.amount for line in lines if line.product == trial.product.code]
    return sum(mine, Decimal(0))


@transaction.atomic
def keep(
    *, here: Standing, code: str, number: int, seen: str, at: datetime, reason: str = ""
) -> Trial:
    """Buy so many for after the trial, instead of what was bought before; zero for none.

    Nothing is charged before it ends. ``seen`` is the fingerprint of the price that was shown
    (`price_of`): `QuoteChanged` for another one. `ChangeRefused` for who may not buy it, where
    something speaks against it, for support that gives no reason, and once the trial has ended.
    """
    product = Product.objects.get(code=code)
    here = acting.begin(here, needs=buyers.right_to_buy(product))
    buyers.refuse_unpermitted(products=[product], here=here)
    trial = next((one for one in active_of(here.account.pk) if one.product == product), None)
    if trial is None or ends_at(trial) <= at:
        raise ChangeRefused(_("This trial is over. Look at what is sold now."))
    trial.keeps, trial.agreed, trial.kept_by, trial.kept_at = 0, Decimal(0), here.person, at
    trial.cause = visits.cause(here, reason=reason)
    if number:
        quoted = price_of(trial, number, at=at)
        if quoted.fingerprint != seen:
            raise QuoteChanged(
                _("The amounts have changed since they were shown. Look at them again.")
            )
        if quoted.objections:
            raise ChangeRefused(in_words(quoted.objections, sees=here.may))
        visits.need_reason(here, costs=True, reason=reason)
        trial.keeps, trial.agreed = number, each_cycle(quoted, trial)
    trial.save(update_fields=["keeps", "agreed", "kept_by", "kept_at", "cause"])
    return trial


def objections(proposal: Proposal) -> Sequence[Objection]:
    """What is tried is bought where the trial stands, and charged from its end on.

    The setting ``BILLING_CHANGE_RULES`` names it. One query where something is begun: what is held
    already is not tried.
    """
    begun = [code for code, (was, _becomes) in proposal.changes.items() if not was]
    if not begun:
        return []
    trials = Trial.objects.filter(account=proposal.account, ended_at=None, product__code__in=begun)
    return [
        Objection(
            trial.product.code,
            _("You try this for free until {day}. Say there how many you keep.").format(
                day=day_words(trial.ends_on)
            ),
            href=reverse("billing:trial", args=[proposal.account.pk, trial.product.code]),
            link=_("Keep it after the trial"),
        )
        for trial in trials.select_related("product")
        if proposal.at < ends_at(trial)
    ]


def _charged_in_full(quoted: Quoted, trial: Trial) -> Iterator[Objection]:
    """A price that is charged once by then: no amount of each cycle bounds it, so it is not kept.

    `grant` refuses what is charged once already; a new version of the price may have made it so.
    """
    code = trial.product.code
    if any(line.product == code and line.kind is Kind.ONCE for line in quoted.lines_now):
        text = _("It is charged once by then, and no longer each cycle. Buy it after the trial.")
        yield Objection(code, text)


def _running(account: Account, product: Product, *, at: datetime) -> Subscription | None:
    """The subscription that would hold it, and in whose zone its days would be counted."""
    found = Subscription.objects.filter(account=account, code=product.subscription_code)
    return next((one for one in found if not has_ended(one, at=at)), None)


def _charged_once(
    product: Product, *, account: Account, running: Subscription | None, on: date
) -> bool:
    """Whether it would be bought on this day for an amount that no cycle repeats."""
    version = Versions.of([product.pk]).on(
        product.pk,
        currency=account.payer.currency,
        interval=Price.Interval.MONTH if running is None else running.interval,
        day=on,
    )
    if version is None:
        return False
    return Price.objects.filter(pk=version, timing=Price.Timing.ONCE).exists()
