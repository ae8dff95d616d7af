"""The letters about requests: to the customer in their language, and to support's own mailbox."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.mail import Message
from accounts.models import Letter
from billing.core.display import format_day
from billing.models import RequestMessage
from billing.plain_letters import plain_letter
from billing.request_words import Words, title
from billing.speaking import spoken

Deed = RequestMessage.Deed
# What a step has come to, as the first words of the letter's subject.
_SUBJECTS: Final = {
    Deed.OPENED: gettext_lazy("Request %(number)s is sent: %(title)s"),
    Deed.SAID: gettext_lazy("A message in request %(number)s: %(title)s"),
    Deed.TAKEN: gettext_lazy("Support looks after request %(number)s: %(title)s"),
    Deed.ASKED: gettext_lazy("Support asks you about request %(number)s: %(title)s"),
    Deed.ANSWERED: gettext_lazy("The answer to request %(number)s: %(title)s"),
    Deed.CHANGED: gettext_lazy("What request %(number)s asks for now: %(title)s"),
    Deed.APPLIED: gettext_lazy("Request %(number)s is applied: %(title)s"),
    Deed.DECLINED: gettext_lazy("Request %(number)s is declined: %(title)s"),
    Deed.WITHDRAWN: gettext_lazy("Request %(number)s is withdrawn: %(title)s"),
}
_NEXT: Final = {
    Deed.OPENED: gettext_lazy("Support reads it and answers here. Until then nothing changes."),
    Deed.ASKED: gettext_lazy("Answer in the portal, or by answering this letter."),
    Deed.DECLINED: gettext_lazy("Nothing was changed."),
    Deed.WITHDRAWN: gettext_lazy("Nothing was changed."),
}


def customer(letter: Letter) -> Message:
    """A step of a request, to who has asked and to the primary account admin."""
    message = _message(letter)
    request = message.request
    lead, *facts = _facts(message)
    return plain_letter(
        language=letter.language,
        subject=str(_SUBJECTS[Deed(message.deed)])
        % {"number": request.pk, "title": title(request)},
        lead=lead,
        facts=facts,
        text=message.text,
        after=str(_NEXT.get(Deed(message.deed), "")),
        button=_("Open the request"),
        path=reverse("billing:request", args=[request.account_id, request.pk]),
        reply_to=settings.SUPPORT_EMAIL,
    )


def support(letter: Letter) -> Message:
    """The same to support, with whose it is and the way to the desk."""
    message = _message(letter)
    request = message.request
    who = message.email or message.author_name or "Nobody"
    mark = "" if message.verified else ", unverified"
    lead, *facts = _facts(message)
    return plain_letter(
        language=letter.language,
        subject=f"{request.account} · {request}, {message.get_deed_display()}: {title(request)}",
        lead=lead,
        facts=facts,
        text=message.text,
        after=f"{who}{mark}, of {request.account}",
        button="Open it at the desk",
        path=reverse("admin:billing_changerequest_change", args=[request.pk]),
    )


def _message(letter: Letter) -> RequestMessage:
    rows = RequestMessage.objects.select_related("request__account", "request__product")
    return rows.get(pk=letter.subject_id)


def _facts(message: RequestMessage) -> list[str]:
    """What is asked for or holds now, a sentence each; the letter leads with the first one."""
    words, request = Words([message]), message.request
    found = [one.sentence() for one in words.applied(message)]
    asked = words.asked(message)
    if asked is not None:
        found.append(asked.sentence())
    if message.deed == Deed.OPENED and request.wanted_on is not None:
        found.append(_("Wanted from %(day)s.") % {"day": format_day(request.wanted_on, spoken())})
    if message.deed == Deed.OPENED and request.reason:
        found.append(_("Reason: %(reason)s") % {"reason": request.reason})
    return found if words.says(message) else [title(request), *found]
