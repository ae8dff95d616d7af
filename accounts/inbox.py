"""The bell: what people are told inside the portal, and by e-mail where they want it so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr
from typing import Any, Final

import css_inline
from django.conf import settings
from django.db import models, transaction
from django.db.models import QuerySet, Subquery
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts import access, mail
from accounts.models import Account, InboxMessage, Letter, NotificationChoice, User
from accounts.stops import one_stop

# The bell says "99+" above this, so nobody waits for the counting of thousands.
MOST_COUNTED: Final = 100
_SUBJECT_LENGTH: Final = 120


class Topic(models.TextChoices):
    """What messages are about; a person chooses for each topic whether e-mails come too."""

    TEAM = "team", _("People of the account: suspended, activated, waiting for approval")
    ROLES = "roles", _("Roles: what you may do, and handing over the primary role")
    ACCOUNT = "account", _("The account itself: its company details, and how it pays")
    LIMITS = "limits", _("Limits: how much of them is used")


@dataclass(frozen=True, slots=True)
class Told:
    """A message as it is read: a sentence, and the address of the page where one does something."""

    text: str
    link: str = ""


Say = Callable[[InboxMessage], Told]


@dataclass(frozen=True, slots=True)
class Shown:
    """A message with its words. ``link`` is empty where its reader no longer enters the account."""

    message: InboxMessage
    text: str
    link: str


@transaction.atomic
def tell(
    *,
    name: str,
    key: str,
    account_id: int,
    people: Iterable[User],
    details: Mapping[str, object],
    at: datetime,
    topic: str,
    by_email: bool = True,
) -> None:
    """Tell each of these people something once: who was told ``key`` already is left alone.

    The same comes by e-mail to whoever has not switched the topic's e-mails off; without
    ``by_email`` to nobody, for what a letter of its own says to everybody. ``details`` are
    what the function of ``INBOX_MESSAGES`` fills into its words: plain JSON, and nothing secret,
    because it is stored. Costs a fixed number of statements. ValueError for an unknown topic,
    LookupError for a message that nobody can say.
    """
    subject = Topic(topic)
    _sayer(name)
    wanted = {person.pk: person for person in people if person.is_active}
    same = InboxMessage.objects.filter(person__in=wanted, key=key)
    known = set(same.values_list("person_id", flat=True))
    new = [
        InboxMessage(
            person=person, account_id=account_id, name=name, key=key, details=dict(details), at=at
        )
        for person in wanted.values()
        if person.pk not in known
    ]
    InboxMessage.objects.bulk_create(new, ignore_conflicts=True)
    if by_email:
        told = same.exclude(person__in=known).select_related("person", "account")
        _owe_letters(list(told), topic=subject, at=at)


def unread_count(person: User) -> int:
    """How many messages wait for this person, counted up to ``MOST_COUNTED``."""
    return unread_rows(person.pk).get()[0]


class _Counted(Subquery):
    """How many rows there are."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = models.IntegerField()


def unread_rows(person_id: int) -> QuerySet[User, tuple[int]]:
    """The same as a row, to be read beside something else."""
    waiting = InboxMessage.objects.filter(person=person_id, read_at=None).order_by()
    counted = _Counted(waiting.values("pk")[:MOST_COUNTED])
    return User.objects.filter(pk=person_id).order_by().values_list(counted)


def messages_of(person: User) -> QuerySet[InboxMessage]:
    """This person's messages, the newest first."""
    return InboxMessage.objects.filter(person=person).select_related("account")


def shown(messages: Sequence[InboxMessage], *, reader: User) -> list[Shown]:
    """These messages in the language that is switched on; costs one query."""
    accounts = {message.account_id for message in messages}
    entered = access.accounts_of(reader).filter(pk__in=accounts)
    open_ = set(entered.values_list("pk", flat=True))
    found = []
    for message in messages:
        told = say(message)
        link = told.link if message.account_id in open_ else ""
        found.append(Shown(message=message, text=told.text, link=link))
    return found


def say(message: InboxMessage) -> Told:
    """The message in words, in the language that is switched on."""
    told = _sayer(message.name)(message)
    return replace(told, text=one_stop(told.text))


def mark_read(*, person: User, at: datetime, message_id: int | None = None) -> int:
    """Mark one message of this person's as read, or all; how many were unread until now."""
    waiting = InboxMessage.objects.filter(person=person, read_at=None)
    if message_id is not None:
        waiting = waiting.filter(pk=message_id)
    return waiting.update(read_at=at)


def letter(owed: Letter) -> mail.Message:
    """The e-mail about the message of this id: the same sentence, and the same link.

    ``InboxMessage.DoesNotExist`` for an unknown id.
    """
    message = InboxMessage.objects.select_related("account", "person").get(pk=owed.subject_id)
    (one,) = shown([message], reader=message.person)
    context = {
        "language": owed.language,
        "subject": Truncator(one.text).chars(_SUBJECT_LENGTH),
        "text": one.text,
        "account": message.account.name,
        "link": f"{settings.SITE_URL}{one.link}" if one.link else "",
        "choices": f"{settings.SITE_URL}{reverse('accounts:profile')}",
        "sender": parseaddr(settings.DEFAULT_FROM_EMAIL)[0],
    }
    return mail.Message(
        subject=render_to_string("mail/inbox/subject.txt", context).strip(),
        text=render_to_string("mail/inbox/text.txt", context),
        html=css_inline.inline(render_to_string("mail/inbox/html.html", context)),
    )


def _owe_letters(told: Sequence[InboxMessage], *, topic: Topic, at: datetime) -> None:
    """An e-mail about each of these messages, but to who has switched the topic's off."""
    off = set(
        NotificationChoice.objects.filter(
            person__in=[message.person_id for message in told], topic=topic, by_email=False
        ).values_list("person_id", flat=True)
    )
    letters = [
        mail.letter(
            name="inbox",
            key=f"inbox:{message.pk}",
            account_id=message.account_id,
            subject_id=message.pk,
            to=message.person.email,
            language=_language(message.person, message.account),
            at=at,
        )
        for message in told
        if message.person_id not in off
    ]
    Letter.objects.bulk_create(letters, ignore_conflicts=True)


def _language(person: User, account: Account) -> str:
    return person.language or account.language


def _sayer(name: str) -> Say:
    path: Any = settings.INBOX_MESSAGES.get(name)
    if path is None:
        raise LookupError(
            f"No function says the message {name!r}. Name one in INBOX_MESSAGES, for example "
            f'INBOX_MESSAGES = {{"{name}": "accounts.people_messages.{name}"}}.'
        )
    found: Say = import_string(path)
    return found
