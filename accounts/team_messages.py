"""What the bell says about the people of an account, in words."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.inbox import Told
from accounts.models import InboxMessage
from accounts.naming import your_agency


def approval_asked(message: InboxMessage) -> Told:
    """Somebody was added who waits to be approved."""
    said = message.details
    if said["by"]:
        text = _("%(by)s added %(name)s. Approve or decline it.") % said
    else:
        text = _("%(name)s was added. Approve or decline it.") % said
    return Told(text, _tab(message, "awaiting"))


def approval_answered(message: InboxMessage) -> Told:
    """Whom one had added is approved, or declined for a reason."""
    said = {**message.details, "by": message.details["by"] or your_agency()}
    if said["approved"]:
        return Told(_("%(by)s approved %(name)s.") % said, _tab(message, ""))
    text = _("%(by)s declined %(name)s. The reason: %(reason)s") % said
    return Told(text, _tab(message, ""))


def return_asked(message: InboxMessage) -> Told:
    """Somebody suspended wants to be activated again."""
    text = _("%(name)s is suspended and asks to be activated again.") % message.details
    return Told(text, _tab(message, "suspended"))


def returned(message: InboxMessage) -> Told:
    """One is active again, as one had asked."""
    text = _("You are active again in %(account)s.") % {"account": message.account.name}
    return Told(text, reverse("home"))


def _tab(message: InboxMessage, tab: str) -> str:
    address = reverse("accounts:team", args=[message.account_id])
    return f"{address}?tab={tab}" if tab else address
