"""The post of a test: delivers what is owed, and reads letters as their readers do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import EmailMessage
from html import unescape
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from accounts import mail
from tests.mail_server import Inbox


@dataclass
class Post:
    """Letters that a real mail server took."""

    inbox: Inbox

    def come(self) -> list[EmailMessage]:
        """Deliver what is owed; the letters of this delivery."""
        before = len(self.inbox.letters)
        mail.deliver_due(clock=timezone.now)
        return self.inbox.letters[before:]

    def only(self) -> EmailMessage:
        """Deliver, and the one letter that came."""
        (letter,) = self.come()
        return letter


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(letter: EmailMessage) -> str:
    part = letter.get_body(("html",))
    assert part is not None
    return unescape(str(part.get_content()))


def link_of(letter: EmailMessage) -> str:
    """Where the letter's first link leads on this site; text and HTML lead there alike."""
    found = re.search(rf"{re.escape(settings.SITE_URL)}\S+", text_of(letter))
    assert found is not None, text_of(letter)
    assert found[0] in html_of(letter)
    return urlsplit(found[0]).path
