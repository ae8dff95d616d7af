"""The counted services of an account as programs ask for them: on, used, limit, left. LIC-11.

Rules are those by which `usage.count` counts; only what is read differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import Account
from billing.models.subscriptions import LICENSING
from licensing.entitlement_rows import Row
from licensing.metered import SWITCHES, Service, needs_choice, stops_at
from licensing.usage_answers import Why


@dataclass(frozen=True, slots=True)
class Running:
    """One service in the month of its meter.

    ``limit`` is the use at which it stops, None where nothing stops it. ``on`` says that its switch
    is on, ``why`` for which reason nothing more is counted; None where it goes on.
    """

    service: Service
    on: bool
    used: int
    limit: int | None
    why: Why | None

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(self.limit - self.used, 0)


def running_services(
    account: Account,
    rows: Sequence[Row],
    *,
    limits: Sequence[tuple[str, int | None]],
    meters: Sequence[tuple[int, date, int]],
    at: datetime,
) -> tuple[Running, ...]:
    """The four services, in the order of the pages; none without the Licensing module."""
    if not account.licensing_enabled:
        return ()
    held = {
        row.product.code: row for row in rows if row.subscription == LICENSING and not row.ended
    }
    chosen = dict(limits)
    filled = {(item, cycle): used for item, cycle, used in meters}
    found = []
    for service in Service:
        row, switch = held.get(service), held.get(SWITCHES[service])
        on = switch is not None and switch.quantity > 0
        used, stop = _used(row, filled, at), _stop(row, chosen.get(service))
        why = _why(account, on=on, chosen=service in chosen or not needs_choice(service))
        if why is None and stop is not None and used >= stop:
            why = Why.LIMIT
        found.append(Running(service, on, used, stop, why))
    return tuple(found)


def _used(row: Row | None, filled: Mapping[tuple[int, date], int], at: datetime) -> int:
    if row is None:
        return 0
    cycle = row.openings.cycle(max(row.openings.number_at(at), 0)).period.start
    return filled.get((row.pk, cycle), 0)


def _stop(row: Row | None, over: int | None) -> int | None:
    allowance, size = (row.allowance or 0, row.size) if row else (0, None)
    return stops_at(over, allowance=allowance, size=size)


def _why(account: Account, *, on: bool, chosen: bool) -> Why | None:
    """Why it does not run, in the order in which `usage.obstacle` asks."""
    payer = account.payer
    if account.closed_at or payer.closed_at:
        return Why.CLOSED
    if account.blocked_at or payer.blocked_at:
        return Why.BLOCKED
    if not on:
        return Why.OFF
    return None if chosen else Why.NO_LIMIT
