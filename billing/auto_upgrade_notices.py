"""Notices about a limit that is raised by itself: that it was, that it failed, that it ends.

Each comes in the portal and by e-mail, to who may buy for what is charged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import inbox
from accounts.models import InboxMessage
from billing import buyers, causes
from billing.core.display import format_money, format_number
from billing.means import Lack, lack_words
from billing.models import AutoUpgrade, Order

_ENDED: Final = {
    AutoUpgrade.Ended.AGREER.value: gettext_lazy(
        "Your contact limit is not raised by itself any more: who agreed to it may no longer buy "
        "here. Agree to it anew if you want it."
    ),
    AutoUpgrade.Ended.PRICE.value: gettext_lazy(
        "Your contact limit is not raised by itself any more: the price has risen above what was "
        "agreed to. Look at the prices, and agree to them anew if you want it."
    ),
    AutoUpgrade.Ended.PLAN.value: gettext_lazy(
        "Your contact limit is not raised by itself any more: it was agreed to for a plan that you "
        "do not hold any more."
    ),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a limit could not become so many: the bank's cause, what a card lacks, or neither."""

    becomes: int
    cause: str = ""
    lack: str = ""


def tell_upgraded(found: AutoUpgrade, order: Order, *, at: datetime) -> None:
    """The limit was raised, and what for; once for an order."""
    [[_code, was, becomes]] = order.changes
    details = {
        "was": was,
        "becomes": becomes,
        "amount": format(order.total.amount, "f"),
        "currency": str(order.total.currency),
        "invoice": "" if order.invoice is None else order.invoice.number,
    }
    _tell(found, "contacts_upgraded", f"auto_upgrade:order:{order.pk}", details, at)


def tell_failed(found: AutoUpgrade, failure: Failure, *, last: bool, at: datetime) -> None:
    """It could not be raised, and why; ``last``: nothing is tried any more."""
    details = {
        "becomes": failure.becomes,
        "cause": failure.cause,
        "lack": failure.lack,
        "last": last,
    }
    key = f"auto_upgrade:{found.pk}:failed:{found.concluded}:{found.failures}"
    _tell(found, "contacts_not_upgraded", key, details, at)


def tell_ended(found: AutoUpgrade, *, because: str, at: datetime) -> None:
    """It has ended by itself, and why."""
    details = {"because": str(because)}
    _tell(found, "auto_upgrade_ended", f"auto_upgrade:{found.pk}:ended", details, at)


def said_upgraded(message: InboxMessage) -> inbox.Told:
    """From where to where, and on which invoice what it costs today stands."""
    details, language = message.details, _language()
    numbers = {
        "was": format_number(details["was"], language),
        "becomes": format_number(details["becomes"], language),
    }
    text = _("Your contact limit was used up, and was raised from {was} to {becomes} as agreed.")
    text = text.format(**numbers)
    if details["invoice"]:
        paid = _("{amount} stand on invoice {invoice}.").format(
            amount=format_money(Decimal(details["amount"]), details["currency"], language),
            invoice=details["invoice"],
        )
        text = f"{text} {paid}"
    return inbox.Told(text, reverse("billing:overview", args=[message.account_id]))


def said_failed(message: InboxMessage) -> inbox.Told:
    """To what it could not be raised, why, and what happens next."""
    details = message.details
    becomes = format_number(details["becomes"], _language())
    text = _("Your contact limit is used up, and could not be raised to {becomes} by itself.")
    said = [text.format(becomes=becomes)]
    if details["cause"]:
        said.append(causes.words(details["cause"]))
    elif details["lack"]:
        said.append(lack_words(Lack(details["lack"])))
    else:
        said.append(_("Something stands in its way: raise it by hand, and you read what it is."))
    if details["last"]:
        said.append(_("It is not tried again: agree to it anew once that is mended."))
    else:
        said.append(_("It is tried again in a day."))
    return inbox.Told(" ".join(said), reverse("billing:contacts", args=[message.account_id]))


def said_ended(message: InboxMessage) -> inbox.Told:
    """Why it has ended."""
    text = str(_ENDED[message.details["because"]])
    return inbox.Told(text, reverse("billing:automatic", args=[message.account_id]))


def _tell(
    found: AutoUpgrade, name: str, key: str, details: Mapping[str, Any], at: datetime
) -> None:
    inbox.tell(
        name=name,
        key=key,
        account_id=found.account_id,
        people=buyers.told_of(found.account_id),
        details=details,
        at=at,
        topic=inbox.Topic.LIMITS,
    )


def _language() -> str:
    return (get_language() or "en").partition("-")[0]
