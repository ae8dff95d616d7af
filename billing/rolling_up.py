"""Reports of use that are older than 90 days: kept as sums of days, without the callers' keys.

A key is known for 90 days; what is older is refused, so nobody can count it again (decision 19).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias

from django.db import transaction
from django.db.models import Q, QuerySet

from billing.core.periods import local_day
from billing.models import Meter, Price, UsageDay, UsageRecord
from billing.uses import KEPT

PAGE: Final = 5_000
"""How many records one transaction rolls up at most."""

_METERS: Final = 500
# A day for the zone of the cycle's end, and one for reports that were taken just before.
_LATER: Final = timedelta(days=2)
_LONGEST: Final = {
    Price.Interval.MONTH: timedelta(days=31),
    Price.Interval.YEAR: timedelta(days=366),
}
_Sums: TypeAlias = Mapping[tuple[int, date], tuple[int, int]]


def roll_up(*, at: datetime, pages: int, size: int = PAGE) -> bool:
    """Roll up at most so many pages of old records; whether more may be left.

    A meter's turn comes when it is closed and its whole cycle is older than 90 days. What it has
    counted stays as it is, and so do bills, charts and sums; *Why this amount?* names days from
    then on. A page is one transaction: killed, or done twice, it is done once.
    """
    return all(_roll_up(at, size) for _ in range(pages))


@transaction.atomic
def _roll_up(at: datetime, size: int) -> bool:
    """One page; whether there was anything."""
    # Nobody else waits for several of these: what comes late finds its cycle long closed.
    due = _due(at).select_for_update(of=("self",)).select_related("item__subscription")
    meters = {meter.pk: meter for meter in due.order_by("cycle_start", "pk")[:_METERS]}
    records = UsageRecord.objects.filter(meter__in=meters).order_by("meter_id", "sequence")
    page = list(records[: size + 1])
    left = {record.meter_id for record in page[size:]}
    if left:
        # The page ends within this meter, and the ones behind it are not begun.
        left |= {pk for pk in meters if pk > min(left)}
    _add(_sums(page[:size], meters))
    UsageRecord.objects.filter(pk__in=[record.pk for record in page[:size]]).delete()
    Meter.objects.filter(pk__in=meters.keys() - left).update(rolled_up=True)
    return bool(meters)


def _due(at: datetime) -> QuerySet[Meter]:
    """Closed meters whose cycle has ended more than 90 days ago, and that hold records yet."""
    last = (at - KEPT - _LATER).date()
    ended = Q()
    for interval, longest in _LONGEST.items():
        ended |= Q(item__subscription__interval=interval, cycle_start__lte=last - longest)
    return Meter.objects.filter(ended, closed=True, rolled_up=False)


def _sums(records: Iterable[UsageRecord], meters: Mapping[int, Meter]) -> _Sums:
    """How many records and how much use there was, by meter and local day."""
    found: dict[tuple[int, date], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for record in records:
        zone = meters[record.meter_id].item.subscription.time_zone
        place = record.meter_id, local_day(record.at, zone)
        count, quantity = found[place]
        found[place] = count + 1, quantity + record.quantity
    return found


def _add(sums: _Sums) -> None:
    """Add to the days that an earlier page has begun; the meters are locked."""
    begun = UsageDay.objects.filter(meter__in={meter for meter, _ in sums})
    stands = {(row.meter_id, row.day): (row.records, row.quantity) for row in begun}
    rows = []
    for (meter_id, day), (count, quantity) in sums.items():
        records, before = stands.get((meter_id, day), (0, 0))
        rows.append(
            UsageDay(
                meter_id=meter_id, day=day, records=records + count, quantity=before + quantity
            )
        )
    UsageDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        update_fields=["records", "quantity"],
        unique_fields=["meter", "day"],
    )
