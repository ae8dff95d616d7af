"""Who of an account holds which licences, found by the database: for lists of any length. LIC-12.

It says of rows what `holding_rules` says of one worker; a property holds the two together.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Account, Member
from licensing.cards import Licence
from licensing.models import QueueLogin

_BY_TYPE: Final = {
    Licence.BACK_OFFICE: Q(type=Member.Type.BACK_OFFICE),
    Licence.CLOUDPHONE: Q(type=Member.Type.CLOUDPHONE)
    | Q(type=Member.Type.BACK_OFFICE, calls_without_queue=True),
}


def holders(account: Account, licences: Collection[Licence]) -> QuerySet[Member]:
    """The account's people who hold at least one of these licences; nobody holds none of none."""
    found = Q()
    for licence in licences:
        found |= _BY_TYPE.get(licence) or Q(Exists(_logins(licence)))
    working = Member.objects.filter(account=account, status=Member.Status.ACTIVE, bot=False)
    return working.filter(found) if licences else working.none()


def _logins(licence: Licence) -> QuerySet[QueueLogin]:
    """The logins of a member that need the licence."""
    theirs = QueueLogin.objects.filter(member=OuterRef("pk"))
    if licence is Licence.OUTBOUND:
        return theirs.filter(queue__outbound=True)
    return theirs.filter(queue__channel=licence.value)
