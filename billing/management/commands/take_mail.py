"""The command `take_mail`: what a mail server pipes in becomes a part of a request's thread."""

from __future__ import annotations

import sys
from email import message_from_bytes, policy
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.utils import timezone

from billing import incoming_mail

# Of sysexits.h: the mail server keeps or returns such a mail, as it is told to.
_NO_USER: Final = 67


class Command(BaseCommand):
    help = (
        "Read one mail (RFC 822) from standard input and put it into the thread of the request "
        "that it answers, or open a request. For the pipe of a mail server, see docs/runbook.md. "
        "Ends with status 67 where no account knows its sender."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        content = sys.stdin.buffer.read()
        message = message_from_bytes(content, policy=policy.default)
        try:
            taken = incoming_mail.take(message=message, at=timezone.now())
        except incoming_mail.NobodysMail as problem:
            self.stderr.write(f"{problem} Enter it at the desk, or answer it.")
            sys.exit(_NO_USER)
        if taken is None:
            self.stdout.write("A machine has answered by itself: passed over.")
            return
        mark = "verified" if taken.verified else "unverified"
        self.stdout.write(f"Request {taken.request_id}, message {taken.pk}, {mark}.")
