"""Trials that end: what was bought in them is written into the log then; the rest just ends."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.locks import lock_payer_of
from accounts.models import Account
from billing import events, trial_notices
from billing.models import Order, Subscription, Trial
from billing.openings import has_ended
from billing.refusals import ChangeRefused, QuoteChanged
from billing.trials import each_cycle, ends_at, price_of

logger = logging.getLogger(__name__)

# Somewhere on earth it is tomorrow already.
_EARLIEST: Final = timedelta(hours=14)


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
    because = Trial.Ended.OVER
    if trial.keeps:
        unsettled = Order.objects.filter(payer=trial.account.payer_id, state__in=Order.UNSETTLED)
        if unsettled.exists():
            return False  # its items are frozen: the next hour finds it settled
        because = Trial.Ended.BOUGHT if _bought(trial, at=at) else Trial.Ended.REFUSED
    trial.ended_at, trial.ended_because = at, because
    trial.save(update_fields=["ended_at", "ended_because"])
    trial_notices.tell_ended(trial, because=because, at=at)
    logger.info("trial ended trial=%s because=%s", trial.pk, because)
    return True


def _bought(trial: Trial, *, at: datetime) -> bool:
    """Write down what was bought; False where it costs more than was agreed, or cannot be had."""
    # An opening that was billed meanwhile, after an outage, is never reached behind.
    for instant in (ends_at(trial), at):
        try:
            with transaction.atomic():
                return _bought_at(trial, instant)
        except QuoteChanged:
            continue
        except ChangeRefused as refused:
            logger.warning("trial not bought trial=%s because=%s", trial.pk, refused)
            return False
    return False


def _bought_at(trial: Trial, instant: datetime) -> bool:
    if each_cycle(price_of(trial, trial.keeps, at=instant), trial) > trial.agreed:
        return False
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
    return True
