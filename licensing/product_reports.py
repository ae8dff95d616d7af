"""What the vendor's product reports of an account's people: when they were there, what they did.

API-3: many members in one report, all of it kept or nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import syncing
from accounts.models import Account, Member
from accounts.refusals import FieldRefused
from licensing import activity
from licensing.activity import Reported


@dataclass(frozen=True, slots=True)
class Day:
    """One local day of a member, in Conversations."""

    day: date
    conversations: int
    answered: int
    first_response_seconds: int


@dataclass(frozen=True, slots=True)
class Report:
    """A member by their reference."""

    reference: str
    last_active_at: datetime | None
    days: tuple[Day, ...]


@transaction.atomic
def keep(*, account: Account, reports: Sequence[Report], at: datetime) -> int:
    """Keep them; how many days of figures were kept.

    `FieldRefused` names the first member that the account does not have.
    """
    wanted = {one.reference for one in reports}
    rows = Member.objects.filter(account=account, reference__in=wanted)
    known = dict(rows.values_list("reference", "pk"))
    for number, one in enumerate(reports):
        if one.reference not in known:
            words = _("There is no member %(member)s in this account.")
            place = f"members.{number}.reference"
            raise FieldRefused(place, words % {"member": one.reference})
    days = [
        Reported(
            member_id=known[one.reference],
            day=day.day,
            conversations=day.conversations,
            answered=day.answered,
            first_response_seconds=day.first_response_seconds,
        )
        for one in reports
        for day in one.days
    ]
    kept = activity.report(account_id=account.pk, days=days)
    moments: dict[int, datetime] = {}
    for one in reports:
        if one.last_active_at is not None:
            member_id = known[one.reference]
            moments[member_id] = max(one.last_active_at, moments.get(member_id, one.last_active_at))
    syncing.seen(account_id=account.pk, moments=moments, at=at)
    return kept
