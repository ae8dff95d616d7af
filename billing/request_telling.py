"""Who hears of a step of a request: support, who asked, the primary account admin. PLAN-9."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.db.models import Q

from accounts import inbox, mail
from accounts.models import Account, Member, User
from billing.models import ChangeRequest, RequestMessage

# Support's own mailbox reads the language of the desk.
_SUPPORT: Final = ("request_support", "support", "en")
_CUSTOMER: Final = "request"


def tell(message: RequestMessage) -> None:
    """Owe the letters about this step, and put it into the bell; each of it once.

    Belongs into the transaction that takes the step.
    """
    request = message.request
    name, place, language = _SUPPORT
    _owe(message, name, place, to=settings.SUPPORT_EMAIL, language=language)
    for place, address, language in _addresses(request):
        _owe(message, _CUSTOMER, place, to=address, language=language)
    inbox.tell(
        name="request",
        key=f"request:{message.pk}",
        account_id=request.account_id,
        people=_people(message),
        details={
            "request": request.pk,
            "deed": message.deed,
            "kind": request.kind,
            "names": request.product.names if request.product else {},
        },
        at=message.at,
        topic=inbox.Topic.ACCOUNT,
        # The letters say more.
        by_email=False,
    )


def decides_for(account: Account) -> int:
    """The id of the account whose primary account admin answers for what this one buys.

    Where the parent pays, it is the parent's: nobody else reads the amounts (RSL-2, AGY-3).
    """
    return account.payer_id


def primary_admin_of(account: Account) -> Member | None:
    """The primary account admin who answers for what the account buys."""
    rows = Member.objects.filter(account=decides_for(account), primary_admin=True)
    return rows.select_related("user").first()


def address_of(member: Member) -> str:
    """The address at which somebody is written to: that with which they sign in, if they do."""
    return member.email if member.user is None else member.user.email


def _owe(message: RequestMessage, name: str, place: str, *, to: str, language: str) -> None:
    mail.owe(
        name=name,
        key=f"request:{message.pk}:{place}",
        account_id=message.request.account_id,
        subject_id=message.pk,
        to=to,
        language=language,
        at=message.at,
    )


def _addresses(request: ChangeRequest) -> Iterator[tuple[str, str, str]]:
    """Where, at which address and in which language the customer hears of it.

    An address that nobody has proven to be of the account learns nothing of it.
    """
    account = request.account
    primary = primary_admin_of(account)
    known = set()
    if primary is not None and address_of(primary):
        address = address_of(primary)
        known.add(address.lower())
        user = primary.user
        yield "admin", address, (user.language if user else "") or account.language
    address = request.contact_email
    if request.verified and address and address.lower() not in known:
        opener = request.opened_by
        mine = opener is not None and opener.email.lower() == request.contact_email.lower()
        language = opener.language if mine and opener else ""
        yield "contact", address, language or account.language


def _people(message: RequestMessage) -> list[User]:
    """Who of the customer finds it in the bell: all but who has done it."""
    request = message.request
    of_customer = Member.objects.filter(
        account__in={request.account_id, decides_for(request.account)}, status=Member.Status.ACTIVE
    )
    answers = of_customer.filter(account=decides_for(request.account), primary_admin=True)
    asked = of_customer.filter(user=request.opened_by_id or 0)
    found = User.objects.filter(Q(pk__in=answers.values("user")) | Q(pk__in=asked.values("user")))
    return list(found.exclude(pk=message.author_id or 0).distinct())
