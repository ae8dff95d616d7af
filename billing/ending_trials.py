"""What becomes of the trials of a plan that is cancelled: what is still bought, and what is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from djmoney.money import Money

from accounts.access import Standing
from billing import buyers, trials
from billing.cancelling import PLAN, Ending
from billing.documents.wording import quantity_of
from billing.models import Trial
from billing.refusals import ChangeRefused, QuoteChanged


@dataclass(frozen=True, slots=True)
class TriedUntil:
    """A trial beside a plan that ends: free until ``ends_on``.

    ``keeps`` is what was bought for afterwards, empty for nothing. ``charged`` is what that costs
    from the trial's end to the plan's, with taxes; None where nothing is bought. ``changes``: the
    reader may keep nothing of it.
    """

    code: str
    name: str
    ends_on: date
    keeps: str
    charged: Money | None
    changes: bool


def trials_until(
    ending: Ending, *, here: Standing, at: datetime, language: str
) -> list[TriedUntil]:
    """The account's trials that would be bought with the plan, as they stand if it ends so."""
    return list(_until(ending, here, at, language))


def _until(ending: Ending, here: Standing, at: datetime, language: str) -> Iterator[TriedUntil]:
    for trial in trials.active_of(here.account.pk):
        if trial.product.subscription_code != PLAN:
            continue
        names = trial.product.names
        unit = names[f"unit_{language}"]
        yield TriedUntil(
            code=trial.product.code,
            name=names[language],
            ends_on=trial.ends_on,
            keeps=quantity_of(trial.keeps, unit, language) if trial.keeps else "",
            charged=_charged(trial, ending, at) if trial.keeps else None,
            changes=buyers.may_buy(trial.product, here),
        )


def _charged(trial: Trial, ending: Ending, at: datetime) -> Money | None:
    """What is charged at the trial's end: the days until the cycle ends, and the plan with it."""
    if trial.ends_on >= ending.on:
        return None
    try:
        quoted = trials.price_of(trial, trial.keeps, at=at)
    except (ChangeRefused, QuoteChanged):
        return None
    if quoted.objections or trials.each_cycle(quoted, trial) > trial.agreed:
        return None
    return Money(quoted.due_now.total, quoted.currency)
