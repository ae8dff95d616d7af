"""Contacts that a program adds and removes: each step counted once by the caller's key. PLAN-10."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.deeds import Doer
from billing import auto_upgrade_bell, contacts
from billing.contacts import LimitReached, Source
from billing.models import ContactCall
from billing.refusals import ChangeRefused
from billing.uses import KEPT

_PAGE: Final = 5_000


class KeyReused(ChangeRefused):
    """A key that has counted another step already: the caller has to choose a new one."""


@dataclass(frozen=True, slots=True)
class Stepped:
    """A step that is counted, now or ``before``; ``stored`` is the number just after it."""

    change: int
    stored: int
    before: bool


def change(*, account_id: int, key: str, step: int, at: datetime, by: Doer) -> Stepped:
    """Add so many contacts, or below zero remove them, once for each key of the account.

    What is added goes on to 110 % of the limit, all or none. `LimitReached` beyond it, and where
    there is no plan; `ChangeRefused` for removing more than there are; `KeyReused` for a key that
    has counted something else. What was refused may be sent again with the same key. ValueError for
    a step of none.
    """
    if not step:
        raise ValueError("A step of no contacts counts nothing.")
    if found := _before(account_id, key, step):
        return found
    try:
        return _count(account_id, key, step, at, by)
    except LimitReached as refused:
        # What rang within the step was taken back with it.
        auto_upgrade_bell.ring(account_id, needs=refused.needs)
        raise
    except IntegrityError:
        # Somebody else has counted this key meanwhile; anything else is raised again.
        found = _before(account_id, key, step)
        if found is None:
            raise
        return found


def forget(*, at: datetime, pages: int) -> bool:
    """Delete calls older than 90 days, with their keys; at most so many pages. Whether more may be.

    The log of the account's contacts keeps what they did. A key that is sent again after that
    counts anew, as one that was never sent.
    """
    return all(_forget(at) for _ in range(pages))


def _forget(at: datetime) -> bool:
    """One page of them; whether all of it was old."""
    # They are numbered as they come in, so the oldest are found without an index of instants.
    first = ContactCall.objects.order_by("pk").values_list("pk", "at")[:_PAGE]
    found = list(first)
    old = [pk for pk, counted in found if counted < at - KEPT]
    ContactCall.objects.filter(pk__in=old).delete()
    return bool(old) and len(old) == len(found)


@transaction.atomic
def _count(account_id: int, key: str, step: int, at: datetime, by: Doer) -> Stepped:
    if step > 0:
        now = contacts.add(
            account_id=account_id, count=step, source=Source.API, at=at, by=by, note=key
        )
    else:
        now = contacts.remove(account_id=account_id, count=-step, at=at, by=by, note=key)
    ContactCall.objects.create(
        account_id=account_id, key=key, change=step, at=at, stored=now.stored
    )
    return Stepped(step, now.stored, before=False)


def _before(account_id: int, key: str, step: int) -> Stepped | None:
    """The step that the key has counted, if any; `KeyReused` where that was another one."""
    call = ContactCall.objects.filter(account=account_id, key=key).first()
    if call is None:
        return None
    if call.change != step:
        words = _("The key %(key)s has counted another use already. Choose a new key.")
        raise KeyReused(words % {"key": key})
    return Stepped(call.change, call.stored, before=True)
