"""Wishes: what quantities that are wanted would write into the log, worked out before it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from billing.carried import carry, waiting_in
from billing.itemlog import ItemLog, Step
from billing.logs import INSTANT, dated
from billing.models import Event, Subscription
from billing.openings import openings_of
from billing.selling import refuse_unsold

Entries: TypeAlias = tuple[tuple[ItemLog, Step], ...]
"""Entries of logs that are not written yet, each with its log."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The entries of one deed, all dated ``at``, in the order in which they were wanted.

    A number that is in force already sets nothing and has none. ``carried`` are the entries by
    which what was scheduled for the old side of a replacement goes over to the new one, just after;
    ``ends`` those by which what is bought in the last cycle of a subscription ends with it.
    """

    subscription: Subscription
    at: datetime
    steps: Entries
    carried: Entries
    ends: Entries


def wish(
    *,
    subscription: Subscription,
    logs: Sequence[ItemLog],
    changes: Mapping[str, int],
    at: datetime,
    billed: Iterable[datetime],
    held: Collection[str],
    holds: str | None = None,
    granted: bool = False,
    replaces: bool = False,
) -> Wish:
    """These quantities (by product code) as the log would take them at ``at``; nothing is written.

    ``logs`` are those of the changed products, in the order of ``changes``; they stand after their
    new entries then. ``billed`` are the instants of changes that were billed since
    (`logs.billed_since`), ``held`` the codes of what the account holds. ``holds``, ``granted`` and
    ``replaces`` as in `events.record`, and it raises what that does.
    """
    instant = dated(subscription, logs=logs, at=at, billed=billed)
    if not granted:
        refuse_unsold(
            begun=[log.code for log in logs if changes[log.code] and not log.in_force(instant)],
            together={*held, *(code for code, quantity in changes.items() if quantity)},
            on=openings_of(subscription).local_day(instant),
        )
    # What ends with its subscription is not scheduled beyond that.
    goes_on = replaces and subscription.ends_on is None
    waiting = waiting_in(logs, at=instant) if goes_on else {}
    wanted = tuple(
        (log, step)
        for log in logs
        if (
            step := log.append(
                quantity=changes[log.code], at=instant, holds=holds, replaces=replaces
            )
        )
    )
    steps, carried = carry(wanted, waiting=waiting, at=instant + INSTANT)
    ends = _ends(subscription, [log for log, _ in steps], instant + INSTANT)
    return Wish(subscription, instant, tuple(steps), tuple(carried), ends)


def _ends(subscription: Subscription, logs: Sequence[ItemLog], at: datetime) -> Entries:
    """The entries by which what was wanted just before ``at`` ends with the subscription."""
    if subscription.ends_on is None:
        return ()
    steps = [(log, log.append(quantity=0, at=at, holds=Event.Holds.OPENING)) for log in logs]
    return tuple((log, step) for log, step in steps if step is not None)
