"""Subscriptions that are not written yet: what a first purchase would open, as it would be read."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from accounts.models import Account
from billing.core.periods import first_instant, local_day
from billing.models import Subscription

# The number of a subscription that is not written yet.
NOT_WRITTEN: Final = -1


def to_be_opened(
    *, account: Account, payer: Account, code: str, interval: str, at: datetime
) -> Subscription:
    """The subscription that buying at ``at`` would open, as `open_subscription` opens it.

    It is not written and has no number yet. It begins on the local day of the purchase, which is
    its anchor, in the currency and the billing zone of the payer.
    """
    today = local_day(at, payer.time_zone)
    return Subscription(
        pk=NOT_WRITTEN,
        account=account,
        payer=payer,
        code=code,
        currency=payer.currency,
        time_zone=payer.time_zone,
        interval=interval,
        starts_on=today,
        next_opening=today,
        next_bill_at=first_instant(today, payer.time_zone),
    )
