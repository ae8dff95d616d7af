"""Letters of a few sentences and one link, in the shape of `templates/mail/plain`."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr

import css_inline
from django.conf import settings
from django.template.loader import render_to_string

from accounts.mail import Message


def plain_letter(
    *,
    language: str,
    subject: str,
    lead: str,
    path: str,
    button: str,
    facts: Sequence[str] = (),
    text: str = "",
    after: str = "",
    reply_to: str = "",
) -> Message:
    """A letter: first ``lead``, then the facts, what somebody has written, and what comes next."""
    context = {
        "language": language,
        "subject": subject,
        "lead": lead,
        "facts": facts,
        "paragraphs": [part for part in text.splitlines() if part.strip()],
        "after": after,
        "button": button,
        "link": f"{settings.SITE_URL}{path}",
        "sender": parseaddr(settings.DEFAULT_FROM_EMAIL)[0],
    }
    return Message(
        subject=render_to_string("mail/plain/subject.txt", context).strip(),
        text=render_to_string("mail/plain/text.txt", context),
        html=css_inline.inline(render_to_string("mail/plain/html.html", context)),
        reply_to=reply_to,
    )
