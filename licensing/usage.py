"""Use of the counted services: counted up to their limits, and not one beyond. LIC-9, LIC-10."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from billing import meters
from billing.uses import Answer, Use
from licensing import metering, usage_notices
from licensing.limits import off_words
from licensing.metered import SWITCHES
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
    found = metering.standings(ids, at=now)
    wanted = {(record.account_id, record.service) for record in records} & found.keys()
    if metering.agree((one for key in wanted if not obstacle(one := found[key])), at=now):
        found = metering.standings(ids, at=now)
    return _count(records, found, now)


@transaction.atomic
def _count(records: Sequence[Record], found: Standings, now: datetime) -> list[Counted]:
    counted: list[Counted | None] = [None] * len(records)
    asked: list[tuple[int, Use]] = []
    for number, record in enumerate(records):
        one = found.get((record.account_id, record.service))
        refused = _refused(record, one)
        if refused is None and one is not None and one.item is not None:
            use = Use(one.item, record.key, record.at, record.quantity, one.stop)
            asked.append((number, use))
        else:
            counted[number] = refused
    answers = meters.count([use for _, use in asked], now=now)
    for (number, _use), answer in zip(asked, answers, strict=True):
        counted[number] = _counted(records[number], answer)
    done = [one for one in counted if one is not None]
    usage_notices.tell(done, found, at=now)
    return done


def _counted(record: Record, answer: Answer) -> Counted:
    return Counted(
        record=record,
        outcome=answer.outcome,
        cycle=answer.cycle,
        late=answer.late,
        used=answer.used,
        limit=answer.limit,
        left=answer.left,
        why=Why(answer.why) if answer.why else None,
        text=answer.text,
    )


def _refused(record: Record, one: Metered | None) -> Counted | None:
    """The answer to a record of a service that does not run; None where it does."""
    if one is None:
        why, text = Why.NO_ACCOUNT, _("There is no such account. Check its id.")
    else:
        found = obstacle(one) or _unsold(one)
        if found is None:
            return None
        why, text = found
    return Counted(record, Outcome.REFUSED, why=why, text=text)


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
