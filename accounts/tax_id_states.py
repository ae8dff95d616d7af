"""What is known of accounts' tax IDs: asked for later, and written down (ALL-5)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from simple_history.utils import update_change_reason

from accounts import inbox
from accounts.locks import lock_payer_of
from accounts.models import Account, InboxMessage, User
from accounts.tax_checks.base import Answer, TaxIdCheck

logger = logging.getLogger(__name__)

AGAIN_AFTER: Final = timedelta(days=1)
# At five seconds each no more than some minutes, in which nobody else waits.
MOST_AT_ONCE: Final = 50
# So many in a row without an answer: whoever is asked is away, and the next hour will do.
AWAY_AFTER: Final = 5
State = Account.TaxIdState
OPEN: Final = (State.UNCHECKED, State.UNAVAILABLE)
_STATES: Final = {
    Answer.VALID: State.VALID,
    Answer.INVALID: State.INVALID,
    Answer.UNKNOWN: State.UNAVAILABLE,
}


def due(*, at: datetime, check: TaxIdCheck) -> QuerySet[Account]:
    """The accounts whose tax ID is to be asked for: never asked ones first, then the longest ago.

    One that nobody could say anything about is asked for again a day later.
    """
    asked_long_ago = Q(tax_id_checked_at=None) | Q(tax_id_checked_at__lte=at - AGAIN_AFTER)
    found = Account.objects.filter(
        asked_long_ago, tax_id_state__in=OPEN, country__in=check.countries, closed_at=None
    ).exclude(tax_id="")
    return found.order_by(F("tax_id_checked_at").asc(nulls_first=True), "pk")


def check_due(*, check: TaxIdCheck, clock: Callable[[], datetime]) -> None:
    """Ask for the tax IDs that are due and write down what is said, each in its own transaction.

    May not be called inside one: an answer can take seconds.
    """
    silent = 0
    for account in list(due(at=clock(), check=check)[:MOST_AT_ONCE]):
        answer = check.ask(account.tax_id)
        note(account=account, answer=answer, by=check.name, at=clock())
        silent = silent + 1 if answer is Answer.UNKNOWN else 0
        if silent == AWAY_AFTER:
            logger.info("tax id check away check=%s", check.name)
            return


@transaction.atomic
def note(*, account: Account, answer: Answer, by: str, at: datetime) -> bool:
    """Write down what was said of the tax ID that ``account`` had when it was asked for.

    False where that is out of date: the tax ID or the country is another one, or somebody decided
    meanwhile. The history says who was asked; who is the primary account admin reads that an ID is
    invalid.
    """
    lock_payer_of(account.pk)
    now = Account.objects.get(pk=account.pk)
    asked = (account.tax_id, account.country)
    if (now.tax_id, now.country) != asked or now.tax_id_state not in OPEN:
        return False
    state = _STATES[answer]
    Account.objects.filter(pk=now.pk).update(tax_id_checked_at=at)
    if state != now.tax_id_state:
        now.tax_id_state = state
        now.save(update_fields=["tax_id_state"])
        update_change_reason(now, f"Tax ID {now.tax_id} asked of {by}: {answer.value}")
        if state == State.INVALID:
            _tell(now, at=at)
    logger.info("tax id asked for account=%s check=%s answer=%s", now.pk, by, answer.value)
    return True


def told(message: InboxMessage) -> inbox.Told:
    """To the primary account admin: tax is charged from the next invoice on."""
    words = _(
        "The tax ID %(tax_id)s of %(account)s is not valid: tax is charged from the next invoice "
        "on. Correct it in the company details."
    ) % {"tax_id": message.details["tax_id"], "account": message.account}
    return inbox.Told(text=words, link=reverse("accounts:company", args=[message.account_id]))


def _tell(account: Account, *, at: datetime) -> None:
    inbox.tell(
        name="tax_id_invalid",
        key=f"tax_id:{account.pk}:{account.tax_id}",
        account_id=account.pk,
        people=User.objects.filter(members__account=account, members__primary_admin=True),
        details={"tax_id": account.tax_id},
        at=at,
        topic=inbox.Topic.ACCOUNT,
    )
