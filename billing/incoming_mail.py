"""Mail that customers write to support: entered by hand or piped in, it joins a request. PLAN-9."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from accounts.deeds import NOBODY, Doer
from accounts.locks import lock_payer_of
from accounts.models import Account, Member, User
from billing import requests
from billing.models import ChangeRequest, RequestMessage
from billing.models.requests import RequestKind
from billing.refusals import ChangeRefused
from billing.request_telling import address_of, primary_admin_of

_LONGEST: Final = 4000
# The Message-IDs of our letters about requests: accounts.mail makes them from the letters' keys.
_OURS: Final = re.compile(r"<request\.(\d{1,18})\.(?:admin|contact)@([^>\s]+)>")
# What machines answer by themselves is not somebody asking for something.
_AUTOMATIC: Final = frozenset({"auto-replied", "auto-generated", "auto-notified"})


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail from a customer: from which address, about what, saying what, received when.

    ``message_id`` is the mail's own, of what did not come by hand.
    """

    sender: str
    subject: str
    text: str
    received_at: datetime
    message_id: str = ""


class NobodysMail(Exception):
    """A mail of which nobody can say which account it is about."""


@transaction.atomic
def open_by_mail(*, account_id: int, mail: Mail, by: User | None, at: datetime) -> ChangeRequest:
    """Make a mail a request of this account, which support describes and applies or answers.

    ``by`` entered it by hand; None: it came by itself. It counts as verified only from the address
    of the primary account admin.
    """
    lock_payer_of(account_id)
    account = Account.objects.get(pk=account_id)
    verified = is_primary_admins(account, mail.sender)
    return _open(account, mail, by=by, at=at, verified=verified)


@transaction.atomic
def add_mail(*, request_id: int, mail: Mail, by: User | None, at: datetime) -> RequestMessage:
    """Add a mail to the thread of a request; see `open_by_mail`.

    `ChangeRefused` for a request that is done with: the mail opens one of its own then.
    """
    found = requests.lock(request_id)
    requests.hear(found, at=at)
    verified = is_primary_admins(found.account, mail.sender)
    return _write(found, RequestMessage.Deed.SAID, mail, by=by, at=at, verified=verified)


def is_primary_admins(account: Account, address: str) -> bool:
    """Whether this is the address of the primary account admin who answers for the account."""
    primary = primary_admin_of(account)
    return primary is not None and _same(address_of(primary), address)


# ---- what a mail server pipes in ----


@transaction.atomic
def take(*, message: EmailMessage, at: datetime) -> RequestMessage | None:
    """Make a mail that a mail server has received a part of a thread, or a request of its own.

    It joins the request whose letter it answers, while its sender is known to the account; else it
    opens one of the account whose primary account admin, or only member, has its address. The same
    mail twice is one message, what a machine answers by itself is none. It is verified only where
    the trusted server's own *Authentication-Results* say that DMARC passes (`MAIL_AUTHSERV_ID`),
    because anybody can write any address into *From*. `NobodysMail` where no account knows it.
    """
    if str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower() in _AUTOMATIC:
        return None
    mail = _read(message, at=at)
    same = RequestMessage.objects.filter(message_id=mail.message_id).first()
    if mail.message_id and same is not None:
        return same
    proven = is_authenticated(message)
    answered = _answered(message)
    if answered is not None and _is_known(answered.account, mail.sender, answered):
        return _join(answered, mail, at=at, proven=proven)
    account = _account_of(mail.sender)
    lock_payer_of(account.pk)
    verified = proven and is_primary_admins(account, mail.sender)
    opened = _open(account, mail, by=None, at=at, verified=verified)
    return opened.messages.get()


def is_authenticated(message: EmailMessage) -> bool:
    """Whether the server that we trust has found the sender's domain to be the real one.

    Only the topmost header counts, which that server has added last; without a trusted server,
    nothing does.
    """
    trusted = settings.MAIL_AUTHSERV_ID
    results = message.get_all("Authentication-Results") or []
    if not trusted or not results:
        return False
    server, _, rest = str(results[0]).partition(";")
    if server.split()[:1] != [trusted]:
        return False
    found = {word.strip().partition(" ")[0].lower() for word in rest.split(";")}
    return "dmarc=pass" in found


def _join(found: ChangeRequest, mail: Mail, *, at: datetime, proven: bool) -> RequestMessage:
    locked = requests.lock(found.pk)
    verified = proven and is_primary_admins(locked.account, mail.sender)
    try:
        requests.hear(locked, at=at)
    except ChangeRefused:
        opened = _open(locked.account, mail, by=None, at=at, verified=verified)
        return opened.messages.get()
    return _write(locked, RequestMessage.Deed.SAID, mail, by=None, at=at, verified=verified)


def _open(
    account: Account, mail: Mail, *, by: User | None, at: datetime, verified: bool
) -> ChangeRequest:
    opened = ChangeRequest.objects.create(
        account=account,
        kind=RequestKind.OTHER,
        notes=mail.text[:_LONGEST],
        contact_email=mail.sender,
        source=ChangeRequest.Source.EMAIL,
        opened_at=at,
        opened_by_name=mail.sender[:150],
        since=at,
        verified=verified,
    )
    _write(opened, RequestMessage.Deed.OPENED, mail, by=by, at=at, verified=verified)
    return opened


def _write(
    found: ChangeRequest,
    deed: str,
    mail: Mail,
    *,
    by: User | None,
    at: datetime,
    verified: bool,
) -> RequestMessage:
    return requests.write(
        found,
        deed,
        at=at,
        by=NOBODY if by is None else Doer(by),
        text=mail.text[:_LONGEST],
        email=mail.sender,
        subject=mail.subject[:200],
        received_at=mail.received_at,
        message_id=mail.message_id or None,
        verified=verified,
    )


def _read(message: EmailMessage, *, at: datetime) -> Mail:
    text = _text_of(message.get_body(preferencelist=("plain", "html")))
    return Mail(
        sender=parseaddr(str(message.get("From", "")))[1].strip(),
        subject=" ".join(str(message.get("Subject", "")).split()),
        text=text.strip().replace("\x00", ""),
        received_at=at,
        message_id=str(message.get("Message-ID", "")).strip()[:255],
    )


def _text_of(body: Any) -> str:
    """The words of a mail, without the marks of HTML; in an unknown encoding as far as it goes."""
    if body is None:
        return ""
    try:
        text = str(body.get_content())
    except LookupError:
        text = body.get_payload(decode=True).decode(errors="replace")
    return re.sub(r"<[^>]*>", " ", text) if body.get_content_subtype() == "html" else text


def _answered(message: EmailMessage) -> ChangeRequest | None:
    """The request whose letter is answered by this mail, by the Message-IDs that it names."""
    named = [*message.get_all("In-Reply-To", []), *message.get_all("References", [])]
    host = urlsplit(settings.SITE_URL).hostname
    keys = [int(key) for key, at in _OURS.findall(" ".join(map(str, named))) if at == host]
    if not keys:
        return None
    rows = ChangeRequest.objects.select_related("account")
    return rows.filter(messages__in=keys).order_by("-pk").first()


def _is_known(account: Account, address: str, found: ChangeRequest) -> bool:
    """Whether this address belongs into the thread: whoever guesses a number does not."""
    return _same(found.contact_email, address) or any(
        _same(address_of(member), address) for member in _members(account)
    )


def _members(account: Account) -> Iterable[Member]:
    there = Member.objects.filter(
        account__in={account.pk, account.payer_id}, status=Member.Status.ACTIVE, bot=False
    )
    return there.select_related("user")


def _account_of(address: str) -> Account:
    """The one account that this address can write for; `NobodysMail` for none or several."""
    there = Member.objects.filter(
        status=Member.Status.ACTIVE, bot=False, account__kind=Account.Kind.LIVE
    ).select_related("account", "user")
    mine = list(there.filter(user__email__iexact=address)) or list(
        there.filter(user=None, email__iexact=address)
    )
    chiefs = [member for member in mine if member.primary_admin]
    found = {member.account_id: member.account for member in chiefs or mine}
    if not address or len(found) != 1:
        which = "no account" if not found else f"{len(found)} accounts"
        raise NobodysMail(f"{address or 'A mail without a sender'} belongs to {which}.")
    return next(iter(found.values()))


def _same(one: str, other: str) -> bool:
    return bool(one) and one.strip().lower() == other.strip().lower()
