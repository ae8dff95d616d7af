"""What the bell says about roles: what one may do, and handing over the primary role."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.inbox import Told
from accounts.models import InboxMessage
from accounts.naming import your_agency


def hand_over_asked(message: InboxMessage) -> Told:
    """One is asked to take the primary role over."""
    text = _("%(name)s asks you to become the primary account admin of %(account)s.")
    page = reverse(
        "accounts:hand_over_answer", args=[message.account_id, message.details["hand_over"]]
    )
    return Told(text % _said(message), page)


def hand_over_declined(message: InboxMessage) -> Told:
    """Whom one asked does not want the role."""
    text = _("%(name)s declined to become the primary account admin of %(account)s.")
    return Told(text % _said(message), _page(message, "accounts:hand_over"))


def hand_over_called_off(message: InboxMessage) -> Told:
    """One is no longer asked."""
    text = _("%(name)s no longer asks you to become the primary account admin of %(account)s.")
    return Told(text % _said(message))


def hand_over_done(message: InboxMessage) -> Told:
    """Whom one asked has the role now."""
    text = _("%(name)s is the primary account admin of %(account)s now. You are an admin.")
    return Told(text % _said(message))


def primary_appointed(message: InboxMessage) -> Told:
    """One was made the first primary account admin."""
    text = _("%(by)s made you the primary account admin of %(account)s.")
    return Told(text % _said(message), reverse("home"))


def access_given(message: InboxMessage) -> Told:
    """One has another Access, or none any more."""
    if message.details["admin"]:
        text = _("%(by)s made you an admin of %(account)s.")
    elif message.details["access"]:
        text = _("%(by)s gave you the Access %(access)s in %(account)s.")
    else:
        text = _("%(by)s took your Access in %(account)s.")
    return Told(text % _said(message), reverse("home"))


def purchase_permission(message: InboxMessage) -> Told:
    """One may buy for the account, or may no longer."""
    if message.details["granted"]:
        text = _("%(by)s gave you purchase permission in %(account)s.")
    else:
        text = _("%(by)s took your purchase permission in %(account)s.")
    return Told(text % _said(message), reverse("home"))


def _said(message: InboxMessage) -> dict[str, object]:
    """What is filled in; who is not named is of the agency, of which a workspace learns nothing."""
    said = {**message.details, "account": message.account.name}
    if said.get("by") == "":
        said["by"] = your_agency()
    return said


def _page(message: InboxMessage, name: str) -> str:
    return reverse(name, args=[message.account_id])
