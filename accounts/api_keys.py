"""API keys: made, with their secret shown once, and revoked. API-4.

The primary account admin does so for the account; staff who may, for the whole vendor. A key can
cost money and reads people's addresses, so no Access gives the right to make one (decision 65).
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import acting, scopes
from accounts.access import Standing
from accounts.callers import BEGINS, digest_of
from accounts.deeds import Doer
from accounts.models import AccountEvent, ApiKey
from accounts.refusals import ChangeRefused, FieldRefused
from accounts.rights import Right

MOST: Final = 50
"""The most keys of an account that work at a time."""

_LETTERS: Final = string.ascii_lowercase + string.digits
_PREFIX: Final = 8
_SECRET_BYTES: Final = 32
Kind = AccountEvent.Kind


@dataclass(frozen=True, slots=True)
class Made:
    """A new key, and what a program shows as it: nobody can read that again."""

    key: ApiKey
    token: str


@transaction.atomic
def create(*, here: Standing, name: str, allows: Collection[str], at: datetime) -> Made:
    """A key that sees this account alone, with these scopes; the log says who made it.

    `FieldRefused` for a name that a working key has, so that a form sent twice makes one key; for
    no scope; for more keys than an account may have; and for support on a visit, which it would
    outlast.
    """
    here = acting.begin(here, needs=Right.PRIMARY)
    if here.visit is not None:
        words = _("Support makes no key on a visit: it would work on after it. Ask the customer.")
        raise FieldRefused("name", words)
    kept = " ".join(name.split())
    working = here.rows(ApiKey.objects.filter(revoked_at=None))
    if working.count() >= MOST:
        words = ngettext(
            "%(most)s key works already. Revoke one that nothing uses any more.",
            "%(most)s keys work already. Revoke one that nothing uses any more.",
            MOST,
        )
        raise FieldRefused("name", words % {"most": MOST})
    if working.filter(name=kept).exists():
        raise _taken(kept)
    made = _made(account_id=here.account.pk, name=kept, allows=allows, at=at, by=here.by)
    acting.write(here, Kind.API_KEY_CREATED, about=_about(made.key), becomes=made.key.scopes, at=at)
    return made


@transaction.atomic
def revoke(*, here: Standing, key_id: int, at: datetime) -> ApiKey:
    """Have a key of the account work no more, from this moment on; the log says who did it.

    One that was revoked before stays as it is. `ChangeRefused` for one that the account has not.
    """
    here = acting.begin(here, needs=Right.PRIMARY)
    found = here.rows(ApiKey.objects.filter(pk=key_id)).first()
    if found is None:
        raise ChangeRefused(_("There is no such key any more. Look at the list again."))
    if _end(found, at=at, by=here.by):
        acting.write(here, Kind.API_KEY_REVOKED, about=_about(found), was=found.scopes, at=at)
    return found


@transaction.atomic
def create_for_vendor(*, name: str, allows: Collection[str], at: datetime, by: Doer) -> Made:
    """A key that sees every live account; `FieldRefused` as `create`. Its history says who."""
    kept = " ".join(name.split())
    if ApiKey.objects.filter(account=None, revoked_at=None, name=kept).exists():
        raise _taken(kept)
    return _made(account_id=None, name=kept, allows=allows, at=at, by=by)


@transaction.atomic
def revoke_by_staff(*, key_id: int, at: datetime, by: Doer) -> bool:
    """Have any key work no more; False where it was revoked before."""
    return _end(ApiKey.objects.select_for_update().get(pk=key_id), at=at, by=by)


def _made(
    *, account_id: int | None, name: str, allows: Collection[str], at: datetime, by: Doer
) -> Made:
    if not allows:
        raise FieldRefused("allows", _("A key without a scope can do nothing. Tick one."))
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    key = ApiKey(
        account_id=account_id,
        name=name,
        prefix="".join(secrets.choice(_LETTERS) for _ in range(_PREFIX)),
        digest=digest_of(secret),
        scopes=scopes.written(allows),
        created_at=at,
        created_by=by.person,
        created_by_name=by.name[:150],
    )
    try:
        with transaction.atomic():
            key.save()
    except IntegrityError:
        # Of the vendor's keys nobody holds a lock: another one took the name in this moment.
        raise _taken(name) from None
    return Made(key, f"{BEGINS}_{key.prefix}_{secret}")


def _end(key: ApiKey, *, at: datetime, by: Doer) -> bool:
    if key.revoked_at is not None:
        return False
    key.revoked_at, key.revoked_by, key.revoked_by_name = at, by.person, by.name[:150]
    key.save(update_fields=["revoked_at", "revoked_by", "revoked_by_name"])
    return True


def _about(key: ApiKey) -> str:
    return f"{key.name} ({key.shown})"


def _taken(name: str) -> FieldRefused:
    words = _("There is a key called %(name)s already. Choose another name, or revoke that one.")
    return FieldRefused("name", words % {"name": name})
