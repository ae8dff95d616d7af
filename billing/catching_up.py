"""Catching up: what is due of a payer already is billed before a change comes into the log."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Account
from billing import run
from billing.due import due
from billing.models import BillingRun
from billing.refusals import ChangeRefused


def catch_up(payer: Account, *, at: datetime) -> None:
    """Bill what is due of this payer at ``at``. Call it outside any transaction."""
    if due(at=at).filter(payer=payer).exists():
        started = run.start(at=at, clock=lambda: at, source=BillingRun.Source.ORDER, account=payer)
        run.work(started.pk, worker="order", clock=lambda: at)


def refuse_while_due(payer: Account, *, at: datetime) -> None:
    """`ChangeRefused` where what is due could not be billed: what comes after would be wrong."""
    if due(at=at).filter(payer=payer).exists():
        raise ChangeRefused(
            _("What is due before could not be billed yet. Support has been told: try again later.")
        )
