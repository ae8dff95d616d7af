"""Opening an account: a person's organisation, with that person as its primary account admin."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import deeds, people
from accounts.deeds import Doer
from accounts.keys import reserve
from accounts.models import Account, AccountEvent, Member, User
from accounts.refusals import ChangeRefused

# References of accounts that people opened themselves; the vendor's own look otherwise.
_PREFIX: Final = "S-"
_SIGNS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH: Final = 8


def new_key() -> str:
    """What tells one wish to open an account from the next; a form carries it."""
    return "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))


def open_account(
    *,
    person: User,
    key: str,
    name: str,
    country: str,
    time_zone: str,
    currency: str,
    at: datetime,
) -> Account:
    """A new account of an organisation, whose primary account admin is this person.

    The same ``key`` opens one account only: asked again with it, the one that is there comes back.
    ValueError for a key that `new_key` does not make, `ChangeRefused` for somebody else's.
    """
    if len(key) != _LENGTH or not set(key) <= set(_SIGNS):
        raise ValueError(f"expected a key of {_LENGTH} signs, got {key!r}")
    wanted = Account(
        reference=f"{_PREFIX}{key}",
        name=" ".join(name.split()),
        country=country,
        time_zone=time_zone,
        currency=currency,
        email=person.email,
        language=person.language or Account.Language.ENGLISH,
        opened_at=at,
    )
    try:
        with transaction.atomic():
            return _open(wanted, person, at)
    except IntegrityError:
        same = Account.objects.filter(reference=wanted.reference, members__user=person)
        opened: Account | None = same.first()
        if opened is None:
            raise ChangeRefused(_("The form was sent before. Open it again.")) from None
        return opened


def _open(account: Account, person: User, at: datetime) -> Account:
    account.pk = account.payer_id = reserve(Account, count=1)[0]
    account.save(force_insert=True)
    first = people.add_member(
        account_id=account.pk,
        name=str(person),
        email=person.email,
        status=Member.Status.ACTIVE,
        at=at,
        by=person,
    )
    first.user, first.primary_admin = person, True
    first.save(update_fields=["user", "primary_admin"])
    deeds.write(
        account_id=account.pk,
        member=first,
        kind=AccountEvent.Kind.ACCOUNT_OPENED,
        about=account.name,
        at=at,
        by=Doer(person=person),
    )
    return account
