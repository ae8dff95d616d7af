"""Call recording: how long calls are kept, and the units that follow. LIC-8.

The log has units, users × months / 3, and gets an entry whenever either changes (decision 12), so
that the month's peak is the highest of them at any one instant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import acting, visits
from accounts.access import Standing
from accounts.deeds import Doer
from accounts.models import Account, AccountEvent, Member
from accounts.questions import Consequence, Planned, Tone
from accounts.refusals import ChangeRefused
from accounts.rights import Right
from billing import buyers
from billing.core.periods import local_day
from billing.events import record
from billing.models import Item, Product, Subscription
from billing.models.subscriptions import LICENSING
from billing.openings import has_ended, openings_of
from billing.quoting import Quoted, quote
from licensing.cards import (
    FREE_RETENTION_DAYS,
    MONTHS_OF_A_UNIT,
    Retention,
    kept_since,
    recording_units,
)
from licensing.models import RecordingRetention

CODE: Final = "recording"
LONGEST_MONTHS: Final = 120
_USERS: Final = (Member.Type.CONTACT_CENTRE, Member.Type.CLOUDPHONE)
FREE: Final = Retention(days=FREE_RETENTION_DAYS)
OFFERED: Final = (
    FREE,
    *(
        Retention(months=months)
        for months in range(MONTHS_OF_A_UNIT, LONGEST_MONTHS + 1, MONTHS_OF_A_UNIT)
    ),
)
"""What can be chosen, the shortest first."""


@dataclass(frozen=True, slots=True)
class Lost:
    """What a shorter retention takes: calls from before the day ``before`` go on the day ``on``."""

    before: date
    on: date


@dataclass(frozen=True, slots=True)
class Planning:
    """Another retention as it would be: its units now and then, its price, and what it takes.

    ``quoted`` is None where nothing changes in units; ``lost`` where nothing is kept shorter.
    """

    was: Retention | None
    becomes: Retention
    users: int
    units: int
    quoted: Quoted | None
    lost: Lost | None

    @property
    def seen(self) -> str:
        """What a page gives back, to say that this is what its reader was shown."""
        price = self.quoted.fingerprint if self.quoted else ""
        lost = f"{self.lost.before}" if self.lost else ""
        return f"{self.was}|{self.becomes}|{self.users}|{lost}|{price}"


def retention_of(account: Account) -> Retention | None:
    """How long the account keeps calls; None where nobody has chosen. One query."""
    found = RecordingRetention.objects.filter(account=account).first()
    return None if found is None else found.kept


def users_of(account: Account) -> int:
    """Whose calls are recorded: active users of the contact centre and of the cloudphone."""
    found = Member.objects.filter(
        account=account, status=Member.Status.ACTIVE, bot=False, type__in=_USERS
    )
    return found.count()


def plan(account: Account, *, becomes: Retention, at: datetime) -> Planning:
    """What another retention would cost and take; nothing is written. Raises what `quote` does."""
    was, users = retention_of(account), users_of(account)
    units = recording_units(users, becomes)
    item = Item.objects.filter(
        subscription__account=account, subscription__code=LICENSING, product__code=CODE
    ).first()
    changes = units != (item.quantity if item else 0)
    return Planning(
        was=was,
        becomes=becomes,
        users=users,
        units=units,
        quoted=quote(account=account, changes={CODE: units}, at=at) if changes else None,
        lost=_lost(account, was, becomes, at),
    )


@transaction.atomic
def set_retention(
    *, here: Standing, becomes: Retention, seen: str, at: datetime, reason: str = ""
) -> None:
    """Keep the calls of all users so long from now on, as it was shown (`Planning.seen`).

    Nothing is due now: the month's peak is billed at its end. `ChangeRefused` where something else
    follows than what was seen, for who may not buy licences, and for support that gives no reason
    where it costs.
    """
    here = acting.begin(here, needs=Right.UPDATE_LICENSING)
    product = Product.objects.get(code=CODE)
    buyers.refuse_unpermitted(products=[product], here=here)
    found = plan(here.account, becomes=becomes, at=at)
    if found.seen != seen:
        raise ChangeRefused(_("What follows is no longer what was shown. Read it again."))
    if found.quoted and found.quoted.objections:
        raise ChangeRefused(" ".join(one.text for one in found.quoted.objections))
    rises = found.quoted is not None and any(step.becomes > step.was for step in found.quoted.steps)
    visits.need_reason(here, costs=rises, reason=reason)
    if found.was == becomes:
        return
    with translation.override(here.account.language):
        acting.write(
            here,
            AccountEvent.Kind.RECORDING,
            about=_("Call recording"),
            at=at,
            was=words_of(found.was) if found.was else "",
            becomes=words_of(becomes),
        )
    keep(here.account, becomes, at=at, by=here.by, cause=visits.cause(here, reason=reason))


def keep(account: Account, becomes: Retention, *, at: datetime, by: Doer, cause: str = "") -> None:
    """Write the retention down and the units that follow; belongs into a transaction."""
    RecordingRetention.objects.update_or_create(
        account=account,
        defaults={"months": becomes.months, "days": becomes.days, "since": at},
    )
    follow(account.pk, at=at, by=by, cause=cause)


def follow(account_id: int, *, at: datetime, by: Doer, cause: str = "") -> None:
    """Write the units down that the account's people make, where they are others than before.

    For ``ACCOUNTS_FOLLOWS``: asked in the transaction of each deed that changes who is at work. An
    account that has chosen no retention, or has no licences, keeps what it has. One query then,
    else a few.
    """
    chosen = RecordingRetention.objects.filter(account=account_id).select_related("account").first()
    if chosen is None:
        return
    rows = Subscription.objects.filter(account=account_id, code=LICENSING)
    subscription = rows.select_related("account", "opening").order_by("-pk").first()
    if subscription is None or has_ended(subscription, at=at) or chosen.account.closed_at:
        return
    units = recording_units(users_of(chosen.account), chosen.kept)
    owned = Item.objects.filter(subscription=subscription, product__code=CODE)
    if units == (owned.values_list("quantity", flat=True).first() or 0):
        return
    record(
        subscription_id=subscription.pk,
        changes={CODE: units},
        at=max(at, _counts_from(subscription)),
        by=by.person,
        by_name=by.name,
        cause=cause,
        granted=True,
    )


def _counts_from(subscription: Subscription) -> datetime:
    """The first instant that units can be dated: nobody waits for a cycle that is to open."""
    opening = subscription.opening
    return openings_of(subscription).opens_at(0) if opening is None else opening.at


def consequences(planned: Planned) -> Sequence[Consequence]:
    """How many units a change of status adds or takes; for ``ACCOUNTS_CONSEQUENCES``."""
    kept = retention_of(planned.account)
    if kept is None or not kept.units_of_a_user:
        return []
    active = Member.Status.ACTIVE
    theirs = [one for one in planned.members if not one.bot and one.type in _USERS]
    added = sum(planned.becomes == active != one.status for one in theirs)
    gone = sum(one.status == active != planned.becomes for one in theirs)
    if added == gone:
        return []
    users = users_of(planned.account)
    was, becomes = (recording_units(number, kept) for number in (users, users + added - gone))
    said = {"was": was, "becomes": becomes, "length": words_of(kept)}
    if becomes > was:
        words = _("Call recording, kept for %(length)s: %(was)s → %(becomes)s units this month.")
        return [Consequence(words % said, Tone.COSTS)]
    words = _("Call recording, kept for %(length)s: %(was)s → %(becomes)s units from next month.")
    return [Consequence(words % said, Tone.SAVES)]


def words_of(kept: Retention) -> str:
    """How long calls are kept, in words."""
    if kept.months is None:
        days = kept.days or 0
        return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
    if kept.months % 12 == 0:
        years = kept.months // 12
        return ngettext("%(years)s year", "%(years)s years", years) % {"years": years}
    return ngettext("%(months)s month", "%(months)s months", kept.months) % {"months": kept.months}


def _lost(account: Account, was: Retention | None, becomes: Retention, at: datetime) -> Lost | None:
    """What goes, from the next local day on."""
    on = local_day(at, account.time_zone) + timedelta(days=1)
    before = kept_since(becomes, on)
    return Lost(before, on) if was is not None and kept_since(was, on) < before else None
