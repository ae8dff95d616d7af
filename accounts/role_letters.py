"""The letters about handing over the primary role: to who is asked, and to both when it is done."""

from __future__ import annotations

from email.utils import parseaddr
from zoneinfo import ZoneInfo

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.mail import Message, NotOwedAnyMore
from accounts.models import HandOver, Letter


def hand_over(letter: Letter) -> Message:
    """Somebody is asked to take the primary role over, until a day."""
    found = _found(letter)
    if found.ended_at is not None:
        raise NotOwedAnyMore("It was declined or called off before the letter was sent.")
    said = _said(found) | {"day": _day(found)}
    return _letter(
        letter,
        subject=_("Until %(day)s: become the primary account admin of %(account)s?") % said,
        lead=_("%(giver)s asks you to become the primary account admin of %(account)s.") % said,
        body=[
            _("The primary account admin may do everything: buy, cancel, and name the admins."),
            _("Confirm or decline by %(day)s. Until you confirm, nothing changes.") % said,
        ],
        button=_("Answer in the portal"),
        link=reverse("accounts:hand_over_answer", args=[found.account_id, found.pk]),
    )


def hand_over_done(letter: Letter) -> Message:
    """Both read who has the role now, and what became of who had it."""
    found = _found(letter)
    said = _said(found)
    return _letter(
        letter,
        subject=_("%(taker)s is the primary account admin of %(account)s now") % said,
        lead=_("%(taker)s is the primary account admin of %(account)s now.") % said,
        body=[_("%(giver)s is an admin with purchase permission from now on.") % said],
        button=_("Open the portal"),
        link=reverse("home"),
    )


def _found(letter: Letter) -> HandOver:
    rows = HandOver.objects.select_related("account", "giver", "taker")
    return rows.get(pk=letter.subject_id)


def _said(found: HandOver) -> dict[str, str]:
    return {"giver": found.giver.name, "taker": found.taker.name, "account": found.account.name}


def _day(found: HandOver) -> str:
    local = found.expires_at.astimezone(ZoneInfo(found.account.time_zone))
    return date_format(local, "DATE_FORMAT")


def _letter(
    letter: Letter, *, subject: str, lead: str, body: list[str], button: str, link: str
) -> Message:
    context = {
        "language": letter.language,
        "subject": subject,
        "lead": lead,
        "body": body,
        "button": button,
        "link": f"{settings.SITE_URL}{link}",
        "sender": parseaddr(settings.DEFAULT_FROM_EMAIL)[0],
    }
    return Message(
        subject=render_to_string("mail/hand_over/subject.txt", context).strip(),
        text=render_to_string("mail/hand_over/text.txt", context),
        html=css_inline.inline(render_to_string("mail/hand_over/html.html", context)),
    )
