"""Releasing licences that people hold and owning fewer of them, in one step. LIC-4."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import acting
from accounts.access import Standing
from accounts.models import Account, Member
from accounts.rights import Right
from billing import carts, checkout
from billing.carts import Wanted
from billing.catching_up import catch_up
from billing.models import Order
from billing.refusals import ChangeRefused, QuoteChanged
from billing.whole import read_whole
from licensing.cards import Licence
from licensing.holding_rules import holdings
from licensing.holdings import workers
from licensing.licence_holders import holders
from licensing.logins import queues_of, replace_logins
from licensing.models import Queue
from licensing.wording import held_words, licence_names
from licensing.working import retype

_BY_TYPE: Final = {
    Member.Type.BACK_OFFICE.value: Licence.BACK_OFFICE,
    Member.Type.CLOUDPHONE.value: Licence.CLOUDPHONE,
}


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds the licence, and through what, in words."""

    member: Member
    why: str


def idle_first(account: Account, licence: Licence, *, most: int) -> list[Holder]:
    """Who holds this licence: those who did nothing for longest come first. Three queries."""
    found = holders(account, [licence]).select_related("account")
    order = (F("last_active_at").asc(nulls_first=True), "name_key", "pk")
    members = list(found.order_by(*order)[:most])
    names = licence_names()
    return [
        Holder(member, held_words(holding, names))
        for member, worker in zip(members, workers(members), strict=True)
        for holding in holdings(worker)
        if holding.licence is licence
    ]


def release_and_reduce(
    *,
    here: Standing,
    licence: Licence,
    member_ids: Collection[int],
    becomes: int,
    seen: str,
    at: datetime,
    reason: str = "",
) -> Order:
    """Let these members hold the licence no longer, and own ``becomes`` of it: both or neither.

    Who does not hold it any more is passed over. The cart stays, but for this licence. Confirming
    the same page again gives the same order and releases nobody. `Lacking` for who may not change
    people as well as licences; it refuses what `checkout.confirm` does, and what is not fewer. Call
    it outside any transaction.
    """
    catch_up(here.account.payer, at=at)
    with transaction.atomic():
        here = acting.begin(here, needs=Right.UPDATE_LICENSING)
        here.need(Right.UPDATE_TEAM)
        if order := confirmed_before(here=here, seen=seen):
            return order
        _refuse_no_fewer(here.account, licence, becomes)
        for member in holders(here.account, [licence]).filter(pk__in=member_ids).order_by("pk"):
            _release(here, member, licence, at=at)
        order = checkout.confirm(
            here=here,
            seen=seen,
            at=at,
            reason=reason,
            wanted=Wanted({licence.value: becomes}, by_itself=True),
        )
        carts.take_out(here=here, product=licence.value, at=at)
    return order


def confirmed_before(*, here: Standing, seen: str) -> Order | None:
    """The order that this person has confirmed already by the page that gives back ``seen``."""
    try:
        token = checkout.read(seen).token
    except QuoteChanged:
        return None
    return Order.objects.filter(token=token, account=here.account, person=here.person).first()


def _refuse_no_fewer(account: Account, licence: Licence, becomes: int) -> None:
    owned = read_whole(account, codes=[licence.value]).held.get(licence.value, 0)
    if becomes >= owned:
        words = _("Write a whole number from 0 to %(most)s.")
        raise ChangeRefused(words % {"most": max(owned - 1, 0)})


def _release(here: Standing, member: Member, licence: Licence, *, at: datetime) -> None:
    """End all through which the member holds the licence."""
    about: dict[str, Any] = {"here": here, "member": member, "at": at}
    if _BY_TYPE.get(member.type) is licence:
        retype(type=Member.Type.PASSIVE, calls_without_queue=False, **about)
    elif licence is Licence.CLOUDPHONE:
        retype(type=member.type, calls_without_queue=False, **about)
    else:
        now = queues_of(member)
        kept = [pk for pk, queue in now.items() if not _needs(queue, licence)]
        replace_logins(queue_ids=kept, seen=now, **about)


def _needs(queue: Queue, licence: Licence) -> bool:
    return queue.outbound if licence is Licence.OUTBOUND else queue.channel == licence
