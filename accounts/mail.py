"""The only sender: owes letters through the outbox, and delivers those that are due."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Final
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.utils import translation
from django.utils.module_loading import import_string

from accounts.models import Letter
from accounts.stops import one_stop

logger = logging.getLogger(__name__)

# How long a sender may take for one letter before another one takes over.
LEASE: Final = timedelta(minutes=5)
# After the first try, the second comes a minute later, ...; a day and a half in all.
WAITS: Final = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 3 * 60, 6 * 60, 12 * 60, 15 * 60)
)
_PROBLEM_LENGTH: Final = 500
_NO_ADDRESS: Final = "There is no address to send it to. Enter an e-mail address and send again."
_STOPPED: Final = "The sender was stopped each time while it was sending. Look into its log."


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Message:
    """A letter as it is read: what a function named in ``MAIL_LETTERS`` answers."""

    subject: str
    text: str
    html: str
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of the letters of one delivery."""

    sent: int = 0
    put_off: int = 0
    failed: int = 0


class NotOwedAnyMore(Exception):
    """What a letter was to tell is no longer so: it is given up at once, with this in words."""


Render = Callable[[Letter], Message]
Clock = Callable[[], datetime]


def letter(
    *,
    name: str,
    key: str,
    account_id: int | None,
    subject_id: int,
    to: str,
    language: str,
    at: datetime,
) -> Letter:
    """The outbox row of a letter, not saved yet: for callers that write many rows at once.

    ``account_id`` is None for a letter to a person about their own sign-in. Without an address the
    letter has failed already, so that support sees who was not told.
    """
    return Letter(
        name=name,
        key=key,
        account_id=account_id,
        subject_id=subject_id,
        to=to,
        language=language,
        state=Letter.State.WAITING if to else Letter.State.FAILED,
        queued_at=at,
        next_try_at=at,
        problem="" if to else _NO_ADDRESS,
    )


def owe(
    *,
    name: str,
    key: str,
    account_id: int | None,
    subject_id: int,
    to: str,
    language: str,
    at: datetime,
) -> None:
    """Owe this letter, once: a key that is owed already stays as it is.

    Belongs into the transaction of what the letter tells, so that neither is there without the
    other. Decision 21.
    """
    owed = letter(
        name=name,
        key=key,
        account_id=account_id,
        subject_id=subject_id,
        to=to,
        language=language,
        at=at,
    )
    Letter.objects.bulk_create([owed], ignore_conflicts=True)


def send_again(letter_id: int, *, at: datetime) -> None:
    """Owe a letter once more that has failed or was sent; the Message-ID stays the same."""
    Letter.objects.filter(pk=letter_id, state__in=[Letter.State.FAILED, Letter.State.SENT]).exclude(
        to=""
    ).update(state=Letter.State.WAITING, next_try_at=at, tries=0, problem="", sent_at=None)


def deliver_due(*, clock: Clock, most: int = 5_000) -> Delivered:
    """Deliver the letters that are due, oldest first, at most so many; each by one sender.

    A letter that cannot be delivered is tried again after growing waits, then it has failed, with
    the problem in words. A sender that dies between the server's acceptance and the mark leaves the
    letter to be sent again, under the same Message-ID. Call it outside any transaction: a slow
    server must not hold locks. JOBS-5.
    """
    results = {state: 0 for state in Letter.State}
    server = get_connection()
    try:
        for _ in range(most):
            claimed = _claim(at=clock())
            if claimed is None:
                break
            _deliver(claimed, server=server, clock=clock)
            results[Letter.State(claimed.state)] += 1
    finally:
        _close(server)
    return Delivered(
        sent=results[Letter.State.SENT],
        put_off=results[Letter.State.WAITING],
        failed=results[Letter.State.FAILED],
    )


def message_id(key: str) -> str:
    """The Message-ID of the letter with this key: always the same on this site."""
    unique = quote(key.replace(".", "%2E"), safe=":%").replace(":", ".")
    return f"<{unique}@{urlsplit(settings.SITE_URL).hostname}>"


def _claim(*, at: datetime) -> Letter | None:
    """The oldest letter that is due, leased; None when there is none."""
    due = Letter.objects.filter(
        state__in=[Letter.State.WAITING, Letter.State.SENDING], next_try_at__lte=at
    ).order_by("next_try_at", "pk")
    with transaction.atomic(durable=True):
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        found = due.first()
        if found is None:
            return None
        found.tries += 1
        found.state = Letter.State.SENDING
        found.next_try_at = at + LEASE
        found.save(update_fields=["tries", "state", "next_try_at"])
    return found


def _deliver(claimed: Letter, *, server: BaseEmailBackend, clock: Clock) -> None:
    if claimed.tries > len(WAITS) + 1:
        _fail(claimed, _STOPPED)
        return
    try:
        message = _message(claimed, server=server, at=clock())
        server.open()
        server.send_messages([message])
    except Exception as problem:
        _close(server)
        _put_off(claimed, problem, at=clock())
        return
    claimed.state, claimed.sent_at, claimed.problem = Letter.State.SENT, clock(), ""
    _mark(claimed)
    logger.info(
        "letter sent key=%s account=%s tries=%s", claimed.key, claimed.account_id, claimed.tries
    )


def _close(server: BaseEmailBackend) -> None:
    """Say goodbye to the server; what it was told before stands, so a bad goodbye is no problem."""
    with suppress(OSError, SMTPException):
        server.close()


def _message(claimed: Letter, *, server: BaseEmailBackend, at: datetime) -> EmailMultiAlternatives:
    with translation.override(claimed.language):
        rendered = _renderer(claimed.name)(claimed)
    message = EmailMultiAlternatives(
        subject=one_stop(" ".join(rendered.subject.split())),
        body=one_stop(rendered.text),
        to=[address.strip() for address in claimed.to.split(",") if address.strip()],
        reply_to=[rendered.reply_to] if rendered.reply_to else None,
        connection=server,
        headers={
            "Message-ID": message_id(claimed.key),
            "Date": format_datetime(at),
            "Auto-Submitted": "auto-generated",
            "Content-Language": claimed.language,
        },
    )
    message.attach_alternative(one_stop(rendered.html), "text/html")
    for file in rendered.attachments:
        message.attach(file.name, file.content, file.media_type)
    return message


def _renderer(name: str) -> Render:
    path = settings.MAIL_LETTERS.get(name)
    if path is None:
        raise LookupError(
            f"No function writes the letter {name!r}. Name one in MAIL_LETTERS, for example "
            f'MAIL_LETTERS = {{"{name}": "billing.documents.letters.{name}"}}.'
        )
    render: Render = import_string(path)
    return render


def _put_off(claimed: Letter, problem: Exception, *, at: datetime) -> None:
    """Wait for the next try, or give up where no further one can help."""
    logger.warning(
        "letter not delivered key=%s account=%s tries=%s problem=%s",
        claimed.key,
        claimed.account_id,
        claimed.tries,
        problem,
        exc_info=not isinstance(problem, OSError | NotOwedAnyMore),
    )
    known = isinstance(problem, NotOwedAnyMore)
    words = str(problem) if known else f"{type(problem).__name__}: {problem}"
    if claimed.tries > len(WAITS) or _is_final(problem):
        _fail(claimed, words)
        return
    claimed.state, claimed.problem = Letter.State.WAITING, words[:_PROBLEM_LENGTH]
    claimed.next_try_at = at + WAITS[claimed.tries - 1]
    _mark(claimed)


def _is_final(problem: Exception) -> bool:
    """Whether no further try can help: nothing is left to tell, or no address takes a letter."""
    if isinstance(problem, SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _ in problem.recipients.values())
    return isinstance(problem, NotOwedAnyMore)


def _fail(claimed: Letter, problem: str) -> None:
    claimed.state, claimed.problem = Letter.State.FAILED, problem[:_PROBLEM_LENGTH]
    _mark(claimed)
    logger.error(
        "letter failed key=%s account=%s problem=%s", claimed.key, claimed.account_id, problem
    )


def _mark(claimed: Letter) -> None:
    """Write what became of a letter, unless its lease ran out and another sender took over."""
    Letter.objects.filter(pk=claimed.pk, state=Letter.State.SENDING, tries=claimed.tries).update(
        state=claimed.state,
        sent_at=claimed.sent_at,
        next_try_at=claimed.next_try_at,
        problem=claimed.problem,
    )
