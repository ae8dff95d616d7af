"""Notices that a contact limit is being used up: in the portal at each threshold, by e-mail at two.

PLAN-10: 50, 75, 90 and 100 % in-app, 75 and 100 % by e-mail too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import access, inbox
from accounts.models import Account, InboxMessage
from accounts.rights import Right
from billing.core.display import format_number
from billing.models import ContactUse

THRESHOLDS: Final = (50, 75, 90, 100)
_BY_EMAIL: Final = frozenset({75, 100})
_WHOLE: Final = 100
_MOST_TOLD: Final = 20


def tell_of(use: ContactUse, *, limit: int, at: datetime) -> None:
    """Tell who may buy for the account that a threshold is reached, each once.

    Of several that are reached in one step the highest is told. Another limit, or falling below
    the lowest threshold, lets all be told again. Belongs into the transaction that has the row.
    """
    told = use.told if use.told_limit == limit else 0
    reached = max((one for one in THRESHOLDS if _reaches(use.stored, limit, one)), default=0)
    if reached > told:
        _tell(use, reached, limit, at=at)
    told = max(told, reached) if reached else 0
    if (told, limit) != (use.told, use.told_limit):
        use.told, use.told_limit = told, limit
        use.save(update_fields=["told", "told_limit"])


def said(message: InboxMessage) -> inbox.Told:
    """How much of the limit is used, and what that means."""
    details = message.details
    language = (get_language() or "en").partition("-")[0]
    words = {
        "percent": details["percent"],
        "stored": format_number(details["stored"], language),
        "limit": format_number(details["limit"], language),
    }
    if details["percent"] < _WHOLE:
        text = _("%(percent)s %% of your contact limit is used: %(stored)s of %(limit)s.")
    else:
        text = _(
            "Your contact limit is used up: %(stored)s of %(limit)s. Import and adding by hand are "
            "refused; API and forms go on to 110 %%."
        )
    return inbox.Told(text % words, reverse("billing:contacts", args=[message.account_id]))


def _reaches(stored: int, limit: int, percent: int) -> bool:
    return limit > 0 and stored * _WHOLE >= limit * percent


def _tell(use: ContactUse, percent: int, limit: int, *, at: datetime) -> None:
    account = Account.objects.get(pk=use.account_id)
    buyers = access.holders(account, Right.PURCHASE, most=_MOST_TOLD)
    found = buyers or access.managers(account, most=_MOST_TOLD)
    inbox.tell(
        name="contacts_used",
        key=f"contacts:{use.account_id}:{use.entries}",
        account_id=use.account_id,
        people=[one.user for one in found if one.user is not None],
        details={"percent": percent, "stored": use.stored, "limit": limit},
        at=at,
        topic=inbox.Topic.LIMITS,
        by_email=percent in _BY_EMAIL,
    )
