"""Use of the counted services: counted up to their limits, and not one beyond. LIC-9, LIC-10."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from billing import meters
from billing.uses import Answer, Report, Use
from licensing import metering, usage_notices
from licensing.limits import off_words
from licensing.metered import SWITCHES, Service
from licensing.metering import Metered, Standings
from licensing.models import UsageLimit
from licensing.usage_answers import Counted, Outcome, Record, Why

__all__ = ["MOST", "Counted", "Outcome", "Record", "Why", "count", "obstacle"]

MOST: Final = 500
"""How many records are counted at once."""


def count(records: Sequence[Record], *, now: datetime) -> list[Counted]:
    """Count these records, at most `MOST`; what became of each, in their order. API-2.

    One transaction: what is answered is so, or nothing was counted. A service does not run while
    its switch is off, while the account or its payer is blocked or closed, and with packs until a
    limit, or explicitly none, is chosen. Who may raise a limit is told at 50, 75, 90 and 100 %.
    ValueError for more records, and for a quantity below zero. Takes payers' locks only when a
    service runs for the first time.
    """
    if len(records) > MOST:
        raise ValueError(f"At most {MOST} records are counted at once, got {len(records)}.")
    if below := [one.quantity for one in records if one.quantity < 0]:
        raise ValueError(f"A use is zero or more, got {below[0]}.")
    ids = {record.account_id for record in records}
    places = {(record.account_id, record.service) for record in records}
    found = metering.standings(ids, at=now)
    wanted = [one for place in sorted(places) if (one := found.get(place)) and not obstacle(one)]
    if metering.agree(wanted, at=now) | metering.open_limits(wanted):
        found = metering.standings(ids, at=now)
    return _count(records, found, {place: _refused(found.get(place)) for place in places}, now)


Refusals = Mapping[tuple[int, Service], tuple[Why, str] | None]


@transaction.atomic
def _count(
    records: Sequence[Record], found: Standings, refusals: Refusals, now: datetime
) -> list[Counted]:
    runs = [place for place, refused in refusals.items() if refused is None]
    found = {**found, **metering.limits_held(found, runs)}
    stops = {place: one.stop for place, one in found.items()}
    counted = _not_running(records, stops, refusals)
    numbers: list[int] = []
    uses: list[Use] = []
    for number, record in enumerate(records):
        place = record.account_id, record.service
        if number not in counted and (item := found[place].item) is not None:
            numbers.append(number)
            uses.append(Use(item, record.key, record.at, record.quantity, stops[place]))
    for number, answer in zip(numbers, meters.count(uses, now=now), strict=True):
        counted[number] = _counted(records[number], answer)
    done = [counted[number] for number in range(len(records))]
    usage_notices.tell(done, found, at=now)
    return done


def _not_running(
    records: Sequence[Record],
    stops: Mapping[tuple[int, Service], int | None],
    refusals: Refusals,
) -> dict[int, Counted]:
    """The answers to records of services that do not run, by their numbers. At most one query.

    What was counted before stays so: whoever sends it again learns that it was. API-2.
    """
    counted = {}
    reports = []
    for number, record in enumerate(records):
        place = record.account_id, record.service
        if (refused := refusals[place]) is not None:
            why, text = refused
            counted[number] = Counted(record, Outcome.REFUSED, why=why, text=text)
            named = record.account_id, str(record.service), record.key
            reports.append(Report(*named, record.at, record.quantity, stops.get(place)))
    known = meters.counted_before(reports) if reports else []
    for number, answer in zip(list(counted), known, strict=True):
        if answer is not None:
            counted[number] = _counted(records[number], answer)
    return counted


def _counted(record: Record, answer: Answer) -> Counted:
    return Counted(
        record,
        answer.outcome,
        answer.cycle,
        answer.late,
        answer.used,
        answer.limit,
        answer.left,
        Why(answer.why) if answer.why else None,
        answer.text,
    )


def _refused(one: Metered | None) -> tuple[Why, str] | None:
    """Why nothing is counted of a service, and in words; None where it runs and is sold."""
    if one is None:
        return Why.NO_ACCOUNT, _("There is no such account. Check its id.")
    return obstacle(one) or _unsold(one)


def obstacle(one: Metered) -> tuple[Why, str] | None:
    """Why a service does not run, for programs and in words; None where it does."""
    account, payer = one.account, one.account.payer
    if account.closed_at or payer.closed_at:
        return Why.CLOSED, _("This account is closed. Nothing is counted for it.")
    if account.blocked_at or payer.blocked_at:
        return Why.BLOCKED, _("This account is blocked until what is open is paid.")
    if not one.on:
        return Why.OFF, off_words(SWITCHES[one.service])
    if not one.chosen:
        words = _(
            "Choose a limit, or no limit, under Licensing, Usage limits. Until then it rests."
        )
        return Why.NO_LIMIT, words
    return None


def _unsold(one: Metered) -> tuple[Why, str] | None:
    if one.item is not None:
        return None
    words = _("%(service)s has no price for this account. Ask support.")
    return Why.NOT_SOLD, words % {"service": UsageLimit.Named(one.service).label}
