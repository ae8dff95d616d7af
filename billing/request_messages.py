"""What the bell says about requests, and about a plan that is cancelled or kept after all."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.inbox import Told
from accounts.models import InboxMessage
from billing.core.display import format_day
from billing.models import RequestMessage
from billing.models.requests import RequestKind
from billing.speaking import spoken

Deed = RequestMessage.Deed
_SAID: Final = {
    Deed.OPENED: gettext_lazy("Request %(number)s is sent: %(title)s."),
    Deed.SAID: gettext_lazy("There is a message in request %(number)s: %(title)s."),
    Deed.TAKEN: gettext_lazy("Support looks after request %(number)s: %(title)s."),
    Deed.ASKED: gettext_lazy("Support asks you about request %(number)s: %(title)s."),
    Deed.ANSWERED: gettext_lazy("Support has answered request %(number)s: %(title)s."),
    Deed.CHANGED: gettext_lazy("Request %(number)s asks for something else now: %(title)s."),
    Deed.APPLIED: gettext_lazy("Request %(number)s is applied: %(title)s."),
    Deed.DECLINED: gettext_lazy("Request %(number)s is declined: %(title)s."),
    Deed.WITHDRAWN: gettext_lazy("Request %(number)s is withdrawn: %(title)s."),
}


def request(message: InboxMessage) -> Told:
    """A step of a request; what it is about is kept with the message."""
    details = message.details
    title = str(RequestKind(details["kind"]).label)
    name = details["names"].get(spoken())
    if name:
        title = f"{title}, {name}"
    text = str(_SAID[Deed(details["deed"])]) % {"number": details["request"], "title": title}
    page = reverse("billing:request", args=[message.account_id, details["request"]])
    return Told(text, page)


def plan_cancelled(message: InboxMessage) -> Told:
    """The plan ends on a day."""
    text = _("The plan of %(account)s is cancelled and ends on %(day)s.")
    return _plan(message, text)


def plan_kept(message: InboxMessage) -> Told:
    """The plan does not end."""
    text = _("The plan of %(account)s goes on. It does not end on %(day)s.")
    return _plan(message, text)


def _plan(message: InboxMessage, text: str) -> Told:
    day = format_day(date.fromisoformat(message.details["on"]), spoken())
    page = reverse("billing:overview", args=[message.account_id])
    return Told(text % {"account": message.account, "day": day}, page)
