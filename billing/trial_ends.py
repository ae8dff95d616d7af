"""Trials that end: what was bought in them is written into the log then; the rest just ends."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from accounts.locks import lock_payer_of
from accounts.models import Account
from billing import events, trial_notices
from billing.models import Event, Item, Order, Subscription, Trial
from billing.openings import has_ended
from billing.refusals import ChangeRefused, QuoteChanged
from billing.trials import each_cycle, ended_words, ends_at, ends_by_then, price_of

logger = logging.getLogger(__name__)

# Somewhere on earth it is tomorrow already.
_EARLIEST: Final = timedelta(hours=14)

Why: TypeAlias = Mapping[str, str]
"""What stood in the way of a purchase, by language."""


def end_due(*, at: datetime) -> int:
    """End the trials whose day has come; how many ended. It may run twice, late, or be killed.

    What was bought is charged by the next run, from the trial's end on. Call it outside any
    transaction.
    """
    due = Trial.objects.filter(
        ended_at=None, ends_on__lte=(at + _EARLIEST).date(), account__kind=Account.Kind.LIVE
    )
    ended = 0
    for trial in due.order_by("ends_on", "pk"):
        if ends_at(trial) > at:
            continue
        try:
            ended += end(trial_id=trial.pk, at=at)
        except Exception:
            # What is wrong with one trial must not stop the others.
            logger.exception("trial not ended trial=%s", trial.pk)
    return ended


@transaction.atomic
def end(*, trial_id: int, at: datetime) -> bool:
    """End one trial whose day has come; False where it ended before, or waits for a payment."""
    lock_payer_of(Trial.objects.values_list("account_id", flat=True).get(pk=trial_id))
    trial = Trial.objects.select_related("product", "account__payer", "kept_by").get(pk=trial_id)
    if trial.ended_at is not None or ends_at(trial) > at:
        return False
    because: Trial.Ended = Trial.Ended.OVER
    why: Why = {}
    if trial.keeps:
        unsettled = Order.objects.filter(payer=trial.account.payer_id, state__in=Order.UNSETTLED)
        if unsettled.exists():
            return False  # its items are frozen: the next hour finds it settled
        because, why = _outcome(trial, at=at)
    trial.ended_at, trial.ended_because = at, because
    trial.save(update_fields=["ended_at", "ended_because"])
    trial_notices.tell_ended(trial, because=because, at=at, why=why)
    logger.info("trial ended trial=%s because=%s", trial.pk, because)
    return True


def _outcome(trial: Trial, *, at: datetime) -> tuple[Trial.Ended, Why]:
    """Write down what was bought; how that went, and what stood in its way, if anything."""
    if _bought_otherwise(trial):
        return Trial.Ended.INSTEAD, {}
    ended_on = ends_by_then(trial, since=trial.kept_at or ends_at(trial))
    if ended_on is not None:
        return Trial.Ended.AGAINST, _by_language(lambda: ended_words(ended_on))
    # An opening that was billed meanwhile, after an outage, is never reached behind.
    for instant in (ends_at(trial), at):
        try:
            with transaction.atomic():
                return _outcome_at(trial, instant)
        except QuoteChanged:
            continue
        except ChangeRefused as refused:
            logger.warning("trial not bought trial=%s because=%s", trial.pk, refused)
            break
    return Trial.Ended.REFUSED, {}


def _outcome_at(trial: Trial, instant: datetime) -> tuple[Trial.Ended, Why]:
    quoted = price_of(trial, trial.keeps, at=instant)
    if quoted.objections:
        return Trial.Ended.AGAINST, _why(trial, instant)
    if each_cycle(quoted, trial) > trial.agreed:
        return Trial.Ended.REFUSED, {}
    code = trial.product.subscription_code
    found = Subscription.objects.filter(account=trial.account, code=code)
    [subscription] = [one for one in found if not has_ended(one, at=instant)]
    events.record(
        subscription_id=subscription.pk,
        changes={trial.product.code: trial.keeps},
        at=instant,
        by=trial.kept_by,
        cause=trial.cause or "Bought in the trial",
        granted=True,
    )
    return Trial.Ended.BOUGHT, {}


def _bought_otherwise(trial: Trial) -> bool:
    """Whether it is held by now, or was changed since the trial's end: that is the later word."""
    held = Item.objects.filter(
        subscription__account=trial.account_id, product=trial.product_id, quantity__gt=0
    )
    since = Event.objects.filter(
        item__subscription__account=trial.account_id,
        item__product=trial.product_id,
        at__gte=ends_at(trial),
    )
    return held.exists() or since.exists()


def _why(trial: Trial, instant: datetime) -> dict[str, str]:
    """What stands in its way, by language."""
    return _by_language(
        lambda: " ".join(one.text for one in price_of(trial, trial.keeps, at=instant).objections)
    )


def _by_language(say: Callable[[], str]) -> dict[str, str]:
    """What is said, in each language: who is told reads it in their own."""
    said = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            said[language] = say()
    return said
