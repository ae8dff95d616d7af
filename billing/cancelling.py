"""Cancelling the plan: at the end of its cycle, for a reason, taken back until then. PLAN-13."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts import acting, deeds, inbox, mail, visits
from accounts.access import Standing
from accounts.models import AccountEvent, User
from accounts.rights import Right
from billing import buyers, ordering, subscribing
from billing.models import Subscription
from billing.openings import Recurring, has_ended, openings_of
from billing.refusals import ChangeRefused, QuoteChanged
from billing.request_telling import address_of, primary_admin_of

# The subscription that holds the plan, its add-ons, and seats of Conversations.
PLAN: Final = "plan"
_CAUSE_LENGTH: Final = 200


class Why(models.TextChoices):
    """Why somebody cancels their plan."""

    PRICE = "price", gettext_lazy("It costs too much")
    MISSING = "missing", gettext_lazy("Something that is needed is missing")
    OTHER = "other_product", gettext_lazy("Another product takes its place")
    UNUSED = "unused", gettext_lazy("It is not used any more")
    CLOSING = "closing", gettext_lazy("The company or its project ends")
    ELSE = "else", gettext_lazy("Something else")


class Runs(Recurring, Protocol):
    """A subscription, or what was read of one."""

    id: int
    next_number: int
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Ending:
    """The plan's subscription, and the local day on which it ends, or would once cancelled."""

    subscription_id: int
    on: date
    cancelled: bool


def ending(here: Standing, *, at: datetime) -> Ending | None:
    """How the plan of this account can end; None where there is none that runs."""
    # One that has ended may stand before the one that took its place.
    plans = here.rows(Subscription.objects.all()).filter(code=PLAN).order_by("-starts_on", "-pk")
    found = (ending_of(plan, here, at=at) for plan in plans)
    return next((one for one in found if one is not None), None)


def ending_of(found: Runs, here: Standing, *, at: datetime) -> Ending | None:
    """How this subscription, which was read already, can end; None where it does not run."""
    if here.account.closed_at is not None:
        return None
    openings = openings_of(found)
    if found.ends_on is not None:
        ended = has_ended(found, at=at)
        return None if ended else Ending(found.id, found.ends_on, cancelled=True)
    number = max(openings.number_at(at) + 1, found.next_number)
    return Ending(found.id, openings.cycle(number).period.start, cancelled=False)


def may_cancel(here: Standing) -> bool:
    """The primary account admin alone, and nobody where somebody else pays. PLAN-13."""
    return here.may(Right.PRIMARY) and buyers.buys(here)


@transaction.atomic
def cancel(*, here: Standing, why: str, text: str, seen: date, at: datetime) -> date:
    """End the plan with its running cycle; what is held until then stays usable. PLAN-13.

    Nothing is credited; what is still owed for the last cycle, such as metered use, is billed on
    the day that comes back. ``seen`` is the day that was shown: `QuoteChanged` for another one.
    `ChangeRefused` when there is none to cancel, while something is being paid, and for who does
    not pay.
    """
    here = _begin(here)
    found = ending(here, at=at)
    if found is None or found.cancelled:
        raise ChangeRefused(_("The plan ends already, or there is none. Nothing was changed."))
    ordering.refuse_while_paying(here.account.payer)
    if found.on != seen:
        raise QuoteChanged(_("A new cycle has begun meanwhile. Look at the day of the end again."))
    reason = _reason(why, text)
    ends_on = subscribing.end_subscription(
        subscription_id=found.subscription_id,
        at=at,
        by=here.by.person,
        cause=_cause(here, f"Cancelled: {reason}"),
    )
    _write(here, AccountEvent.Kind.PLAN_CANCELLED, ends_on, at=at, reason=reason)
    return ends_on


@transaction.atomic
def keep(*, here: Standing, at: datetime) -> None:
    """Take the cancelling back: the plan goes on as if it had never been cancelled. PLAN-13.

    `ChangeRefused` when it was not cancelled, or has ended.
    """
    here = _begin(here)
    found = ending(here, at=at)
    if found is None or not found.cancelled:
        raise ChangeRefused(_("The plan does not end, or has ended already."))
    subscribing.keep_subscription(
        subscription_id=found.subscription_id,
        at=at,
        by=here.by.person,
        cause=_cause(here, "Kept: the cancelling is taken back"),
    )
    _write(here, AccountEvent.Kind.PLAN_KEPT, found.on, at=at)


def _begin(here: Standing) -> Standing:
    here = acting.begin(here, needs=Right.PRIMARY)
    buyers.refuse_unpermitted(products=[], here=here)
    return here


def _reason(why: str, text: str) -> str:
    """The choice and what was written, in English as the desk reads it."""
    with override("en"):
        label = str(Why(why).label)
    return f"{label}. {text.strip()}" if text.strip() else label


def _cause(here: Standing, words: str) -> str:
    return visits.cause(here, reason=words)[:_CAUSE_LENGTH]


def _write(
    here: Standing, kind: AccountEvent.Kind, on: date, *, at: datetime, reason: str = ""
) -> None:
    """Write it down, and tell both sides: by letter, and in the bell who did not do it."""
    account = here.account
    deed = deeds.write(
        account_id=account.pk,
        kind=kind,
        becomes=on.isoformat(),
        at=at,
        by=here.by,
        reason=reason,
    )
    _owe(deed, f"{kind}_support", settings.SUPPORT_EMAIL, "en")
    primary = primary_admin_of(account)
    if primary is not None:
        spoken = primary.user.language if primary.user else ""
        _owe(deed, str(kind), address_of(primary), spoken or account.language)
    people = User.objects.filter(members__account=account, members__primary_admin=True)
    inbox.tell(
        name=str(kind),
        key=f"{kind}:{deed.pk}",
        account_id=account.pk,
        people=people.exclude(pk=here.person.pk),
        details={"on": on.isoformat()},
        at=at,
        topic=inbox.Topic.ACCOUNT,
        by_email=False,
    )


def _owe(deed: AccountEvent, name: str, to: str, language: str) -> None:
    mail.owe(
        name=name,
        key=f"{name}:{deed.pk}",
        account_id=deed.account_id,
        subject_id=deed.pk,
        to=to,
        language=language,
        at=deed.at,
    )
