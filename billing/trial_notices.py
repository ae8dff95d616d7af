"""Notices about trials: that one was granted, that it ends in 14 days, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import inbox
from accounts.models import Account, InboxMessage
from billing import buyers
from billing.core.display import format_day, format_money
from billing.core.money import to_minor_unit
from billing.core.periods import local_day
from billing.documents.wording import quantity_of
from billing.models import Trial

# So many local days ahead a notice is owed (JOBS-2).
AHEAD: Final = timedelta(days=14)
_DAY: Final = timedelta(days=1)
_ENDED: Final = {
    Trial.Ended.BOUGHT.value: gettext_lazy(
        "Your trial of {name} has ended. {keeps} are yours from {day} on, and charged from then."
    ),
    Trial.Ended.OVER.value: gettext_lazy(
        "Your trial of {name} has ended. Nothing was bought, and nothing is charged."
    ),
    Trial.Ended.CALLED_OFF.value: gettext_lazy(
        "Support has ended your trial of {name}. Nothing is charged."
    ),
    Trial.Ended.REFUSED.value: gettext_lazy(
        "Your trial of {name} has ended. What you wanted to keep could not be bought at the price "
        "that you agreed to, so nothing is charged. Look at what it costs now."
    ),
    Trial.Ended.AGAINST.value: gettext_lazy(
        "Your trial of {name} has ended. What you wanted to keep was not bought: {why} Nothing is "
        "charged."
    ),
    Trial.Ended.INSTEAD.value: gettext_lazy(
        "Your trial of {name} has ended. It was bought in another way meanwhile: that stays as it "
        "is, and nothing more is charged."
    ),
}


def tell_ahead(*, at: datetime) -> int:
    """Tell of the trials that end within 14 local days, each once; how many were told.

    One that is granted for less is told at once. JOBS-2.
    """
    soon = Trial.objects.filter(
        ended_at=None,
        noticed_at=None,
        ends_on__lte=(at + AHEAD + _DAY).date(),
        account__kind=Account.Kind.LIVE,
    )
    told = 0
    for trial in soon.select_related("product", "account").order_by("ends_on", "pk"):
        if local_day(at, trial.time_zone) + AHEAD >= trial.ends_on:
            told += _tell_ahead(trial, at=at)
    return told


@transaction.atomic
def _tell_ahead(trial: Trial, *, at: datetime) -> bool:
    mine = Trial.objects.filter(pk=trial.pk, ended_at=None, noticed_at=None)
    if not mine.update(noticed_at=at):
        return False
    _tell(trial, "trial_ends", f"trial:{trial.pk}:ends", {}, at)
    return True


def tell_granted(trial: Trial, *, at: datetime) -> None:
    """Something can be tried."""
    _tell(trial, "trial_granted", f"trial:{trial.pk}:granted", {}, at)


def tell_ended(
    trial: Trial, *, because: str, at: datetime, why: Mapping[str, str] | None = None
) -> None:
    """It has ended, and what that means; ``why``: by language, what stood in the way."""
    more = {"because": str(because), "why": dict(why or {})}
    _tell(trial, "trial_ended", f"trial:{trial.pk}:ended", more, at)


def said_granted(message: InboxMessage) -> inbox.Told:
    """What, and until when."""
    text = _(
        "You can try {name} for free until {day}: {number}. Then it ends, and nothing is charged "
        "unless you keep it."
    )
    return inbox.Told(text.format(**_words(message)), _trial(message))


def said_ends(message: InboxMessage) -> inbox.Told:
    """When it ends, and what is charged from then on, if anything."""
    if message.details["keeps"]:
        text = _(
            "Your trial of {name} ends on {day}. As you wanted, {keeps} are charged from then on: "
            "{amount} each cycle, before discount and taxes."
        )
    else:
        text = _(
            "Your trial of {name} ends on {day}. Nothing is charged unless you keep it: say how "
            "many."
        )
    return inbox.Told(text.format(**_words(message)), _trial(message))


def said_ended(message: InboxMessage) -> inbox.Told:
    """What became of it."""
    text = str(_ENDED[message.details["because"]]).format(**_words(message))
    return inbox.Told(text, reverse("billing:overview", args=[message.account_id]))


def _tell(trial: Trial, name: str, key: str, more: Mapping[str, Any], at: datetime) -> None:
    account = Account.objects.select_related("payer").get(pk=trial.account_id)
    details = {
        "code": trial.product.code,
        "names": dict(trial.product.names),
        "quantity": trial.quantity,
        "keeps": trial.keeps,
        "each_cycle": format(trial.agreed, "f"),
        "currency": account.payer.currency,
        "ends_on": trial.ends_on.isoformat(),
        **more,
    }
    inbox.tell(
        name=name,
        key=key,
        account_id=trial.account_id,
        people=buyers.told_of(trial.account_id),
        details=details,
        at=at,
        topic=inbox.Topic.ACCOUNT,
    )


def _words(message: InboxMessage) -> dict[str, str]:
    details = message.details
    language = (get_language() or "en").partition("-")[0]
    names = details["names"]
    unit = names[f"unit_{language}"]
    amount = to_minor_unit(Decimal(details["each_cycle"]), details["currency"])
    return {
        "name": names[language],
        "number": quantity_of(details["quantity"], unit, language),
        "keeps": quantity_of(details["keeps"], unit, language),
        "day": format_day(date.fromisoformat(details["ends_on"]), language),
        "amount": format_money(amount, details["currency"], language),
        "why": details.get("why", {}).get(language, ""),
    }


def _trial(message: InboxMessage) -> str:
    return reverse("billing:trial", args=[message.account_id, message.details["code"]])
