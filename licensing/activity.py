"""What people did in Conversations, as the vendor's product reports it day by day. CONV-1."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.locks import lock_payer_of
from accounts.models import Account, Member
from accounts.refusals import ChangeRefused
from billing.core.money import round_half_up
from billing.core.periods import local_day
from licensing.models import ConversationsDay

DAYS: Final = 30
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Reported:
    """One member's day: how many conversations, how many of them had a first response, and after
    how many seconds all together.
    """

    member_id: int
    day: date
    conversations: int
    answered: int
    first_response_seconds: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What one member did in 30 days."""

    conversations: int
    answered: int
    first_response_seconds: int

    @property
    def response_rate(self) -> Decimal | None:
        """How many of 100 had a response, rounded half up; None where there was none to answer."""
        if not self.conversations:
            return None
        return round_half_up(Fraction(_PERCENT * self.answered, self.conversations), 0)

    @property
    def first_response(self) -> timedelta | None:
        """How long the first response took on average, in whole seconds; None without any."""
        if not self.answered:
            return None
        seconds = round_half_up(Fraction(self.first_response_seconds, self.answered), 0)
        return timedelta(seconds=int(seconds))


@transaction.atomic
def report(*, account_id: int, days: Iterable[Reported]) -> int:
    """Keep what the product reports of an account's people; how many days were kept.

    Of a member and day the latest report counts, so that it may be sent again. `ChangeRefused` for
    somebody of another account, and for more answers than conversations: nothing is kept then.
    """
    lock_payer_of(account_id)
    wanted = {(one.member_id, one.day): one for one in days}
    theirs = set(
        Member.objects.filter(
            account=account_id, pk__in={one.member_id for one in wanted.values()}
        ).values_list("pk", flat=True)
    )
    for one in wanted.values():
        if one.member_id not in theirs:
            raise ChangeRefused(
                _("There is no member %(member)s in this account.") % {"member": one.member_id}
            )
        if not 0 <= one.answered <= one.conversations or one.first_response_seconds < 0:
            raise ChangeRefused(
                _("%(answered)s of %(conversations)s conversations cannot have been answered.")
                % {"answered": one.answered, "conversations": one.conversations}
            )
    rows = [
        ConversationsDay(
            member_id=one.member_id,
            day=one.day,
            conversations=one.conversations,
            answered=one.answered,
            first_response_seconds=one.first_response_seconds,
        )
        for one in wanted.values()
    ]
    figures = ["conversations", "answered", "first_response_seconds"]
    ConversationsDay.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["member", "day"], update_fields=figures
    )
    return len(rows)


def figures_of(
    account: Account, members: Collection[Member], *, at: datetime
) -> dict[int, Figures]:
    """By member what they did in the 30 local days up to this instant's. One query."""
    today = local_day(at, account.time_zone)
    rows = ConversationsDay.objects.filter(
        member__in=[one.pk for one in members],
        day__gt=today - timedelta(days=DAYS),
        day__lte=today,
    )
    sums = rows.values_list("member").annotate(
        Sum("conversations"), Sum("answered"), Sum("first_response_seconds")
    )
    return {member_id: Figures(*numbers) for member_id, *numbers in sums.order_by()}
