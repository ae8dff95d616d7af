"""Notices that the limit of a counted service is being used up, and that the service has stopped.

LIC-11: at 50, 75, 90 and 100 %, in the portal and by e-mail, each once in a month and for a limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import access, inbox
from accounts.models import Account, InboxMessage
from accounts.rights import Right
from billing.core.display import format_day, format_number
from licensing.metered import THRESHOLDS, Service, threshold_reached
from licensing.metering import Metered, Standings
from licensing.models import UsageLimit
from licensing.usage_answers import Counted, Outcome, Why

_MOST_TOLD: Final = 20
_STOPS: Final = THRESHOLDS[-1]
_UNFIT: Final = "unfit"


@dataclass(slots=True)
class _Stand:
    """What a meter stood at last, and whether it has refused something."""

    used: int
    refused: bool = False


def tell(counted: Iterable[Counted], found: Standings, *, at: datetime) -> None:
    """Tell who may raise a limit what these answers mean for it; of several thresholds the highest.

    Belongs into the transaction that counts. Each threshold is told once for a month and a limit,
    whoever counts at the same time; another limit lets those that it has reached be told again. A
    use that does not fit while the service goes on is told by itself, once as well.
    """
    for (account_id, service, cycle), stand in sorted(_stands(counted).items()):
        one = found[account_id, service]
        reached = threshold_reached(stand.used, one.stop)
        if reached and _is_new(one, cycle, reached):
            _tell(one, cycle, stand.used, percent=reached, key=_key(one, cycle, reached), at=at)
        if stand.refused and reached < _STOPS:
            _tell_unfit(one, cycle, stand.used, at=at)


def unfit_in(month: date, *, account: Account) -> dict[Service, int]:
    """The services of which a use that did not fit was told in the month that begins on this day.

    With each the limit of which it was told last. One query.
    """
    begins = Q()
    for service in Service:
        begins |= Q(key__startswith=f"usage:{account.pk}:{service}:{month:%Y-%m}-")
    told = InboxMessage.objects.filter(begins, account=account, key__endswith=f":{_UNFIT}")
    rows = told.order_by("pk").values_list("details__service", "details__limit")
    return {Service(service): int(limit) for service, limit in rows}


def said(message: InboxMessage) -> inbox.Told:
    """How much of the limit is used, and what stops until when."""
    details = message.details
    language = (get_language() or "en").partition("-")[0]
    service = Service(details["service"])
    words = {
        "service": str(UsageLimit.Named(service).label),
        "percent": details["percent"],
        "used": format_number(details["used"], language),
        "limit": format_number(details["limit"], language),
        "day": format_day(date.fromisoformat(details["until"]), language),
    }
    if details["percent"] < _STOPS:
        text = _(
            "%(percent)s %% of the limit of %(service)s is used: %(used)s of %(limit)s this month. "
            "At the limit it stops until %(day)s."
        )
    elif details["used"] < details["limit"]:
        text = _(
            "A use of %(service)s did not fit below its limit: %(used)s of %(limit)s are used this "
            "month. What fits is counted on, and a new month begins on %(day)s. Raise the limit "
            "and more fits at once."
        )
    else:
        text = _(
            "%(service)s has stopped until %(day)s: %(used)s of %(limit)s are used this month. "
            "Raise the limit and it goes on at once."
        )
    return inbox.Told(text % words, reverse("licensing:limits", args=[message.account_id]))


def _stands(counted: Iterable[Counted]) -> Mapping[tuple[int, Service, date], _Stand]:
    """What the answers say of each meter, the latest of them; answers come in their order."""
    stands: dict[tuple[int, Service, date], _Stand] = {}
    for one in counted:
        if one.cycle is None or one.used is None or one.outcome is Outcome.DUPLICATE:
            continue
        place = one.record.account_id, one.record.service, one.cycle
        stand = stands.setdefault(place, _Stand(one.used))
        stand.used = max(stand.used, one.used)
        stand.refused |= one.why == Why.LIMIT
    return stands


def _is_new(one: Metered, cycle: date, reached: int) -> bool:
    """Take it on to tell this; False where it was told already."""
    if one.limit is None:
        return False
    of = one.limit
    same = of.told_in == cycle and of.told_of == one.stop
    if same and of.told >= reached:
        return False
    # Whoever counts at the same time has read the same row: one of them tells.
    other = Q(told_in=None) | Q(told_of=None) | ~Q(told_in=cycle) | ~Q(told_of=one.stop)
    rows = UsageLimit.objects.filter(Q(pk=of.pk) & (other | Q(told__lt=reached)))
    return bool(rows.update(told=reached, told_in=cycle, told_of=one.stop))


def _tell_unfit(one: Metered, cycle: date, used: int, *, at: datetime) -> None:
    """Tell once that a use did not fit; it is no threshold, so those still come."""
    key = _key(one, cycle, _UNFIT)
    # Whoever refuses at the same time waits for the meter, so one of them finds the other's.
    if not InboxMessage.objects.filter(account=one.account, key=key).exists():
        _tell(one, cycle, used, percent=_STOPS, key=key, at=at)


def _key(one: Metered, cycle: date, what: int | str) -> str:
    return f"usage:{one.account.pk}:{one.service}:{cycle}:{one.stop}:{what}"


def _tell(one: Metered, cycle: date, used: int, *, percent: int, key: str, at: datetime) -> None:
    account = one.account
    found = access.holders(account, Right.UPDATE_LICENSING, most=_MOST_TOLD)
    people = found or access.managers(account, most=_MOST_TOLD)
    inbox.tell(
        name="usage_limit",
        key=key,
        account_id=account.pk,
        people=[person.user for person in people if person.user is not None],
        details={
            "service": str(one.service),
            "percent": percent,
            "used": used,
            "limit": one.stop,
            "until": one.end_of(cycle).isoformat(),
        },
        at=at,
        topic=inbox.Topic.LIMITS,
    )
