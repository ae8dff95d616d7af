"""Each counted service with its use, its limit and the last twelve months, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Account
from billing.core.periods import local_day
from billing.models import Meter, Product
from billing.prices import prices_of
from licensing import metering
from licensing.limits import limit_words
from licensing.metered import Service, packs_used, percent_of, stops_at
from licensing.metering import Metered
from licensing.models import UsageLimit, UsageLimitStep

MONTHS: Final = 12
_WARNS: Final = 90
_WHOLE: Final = 100


@dataclass(frozen=True, slots=True)
class Month:
    """What was used of a service in the month that begins on ``first``, and where it stopped.

    ``stop`` is the limit as it stood at the month's end; None where nothing stopped it.
    """

    first: date
    used: int
    stop: int | None

    @property
    def label(self) -> str:
        return date_format(self.first, "M Y")


@dataclass(frozen=True, slots=True)
class Limited:
    """One service as its page shows it; ``until`` is the day on which its next month begins."""

    metered: Metered
    name: str
    months: Sequence[Month]
    until: date

    @property
    def service(self) -> Service:
        return self.metered.service

    @property
    def used(self) -> int:
        """What was used in the month that runs."""
        return self.months[-1].used

    @property
    def stop(self) -> int | None:
        return self.metered.stop

    @property
    def left(self) -> int | None:
        return None if self.stop is None else max(self.stop - self.used, 0)

    @property
    def percent(self) -> int | None:
        return percent_of(self.used, self.stop)

    @property
    def warns_at(self) -> int:
        """From how much use on it stands out."""
        return (self.stop or 0) * _WARNS // _WHOLE

    @property
    def stands_out_at(self) -> int:
        """Above how much use it is drawn as stopped: at its stop, as the word beside it says."""
        return max((self.stop or 0) - 1, 0)

    @property
    def above(self) -> bool:
        """Whether more was used than the limit lets, which was higher then: it stays counted."""
        return self.stop is not None and self.used > self.stop

    @property
    def stopped(self) -> bool:
        return self.metered.on and self.stop is not None and self.used >= self.stop

    @property
    def waits(self) -> bool:
        """Whether it rests until a limit, or explicitly none, is chosen."""
        return self.metered.on and not self.metered.chosen

    @property
    def packs(self) -> int | None:
        """How many packs the month has begun; None where there are none."""
        one = self.metered
        return packs_used(self.used, allowance=one.allowance, size=one.size) if one.size else None

    @property
    def chosen_words(self) -> str:
        return limit_words(self.service, self.metered.over)

    @property
    def was_used(self) -> bool:
        """Whether its chart shows anything."""
        return any(month.used for month in self.months)

    @property
    def labels(self) -> list[str]:
        return [month.label for month in self.months]

    @property
    def series(self) -> list[dict[str, Any]]:
        """The bars of its chart: what was used."""
        values = [month.used for month in self.months]
        return [{"name": _("Used"), "values": values, "colour": 1}]

    @property
    def marks(self) -> list[dict[str, Any]]:
        """The lines across its chart: what is included, and where it stopped in each month."""
        included = [self.metered.allowance or None] * len(self.months)
        stops = [month.stop for month in self.months]
        # What nothing stops any more stopped there before.
        stop = _("Stopped at") if stops[-1] is None else _("Stops at")
        found = {_("Included"): included, stop: stops}
        return [
            {"name": name, "values": values}
            for name, values in found.items()
            if any(values) and (values is stops or included != stops)
        ]


def limits(account: Account, *, at: datetime) -> list[Limited]:
    """The four services of an account. A fixed number of queries."""
    found = metering.standings([account.pk], at=at)
    rows = [_priced(found[account.pk, service], at) for service in Service]
    first, until = rows[0].cycle_at(at)
    firsts = _firsts(first)
    used, stops = _used(rows, since=firsts[0]), _stops(account, rows, firsts)
    names = UsageLimit.Named
    return [
        Limited(
            metered=one,
            name=str(names(one.service).label),
            months=[
                Month(day, used.get((one.service, day), 0), stops[one.service, day])
                for day in firsts
            ],
            until=until,
        )
        for one in rows
    ]


def limited(account: Account, service: Service, *, at: datetime) -> Limited:
    """One of them."""
    return next(one for one in limits(account, at=at) if one.service is service)


def _priced(one: Metered, at: datetime) -> Metered:
    """The same with the price at which it is sold today, where none is agreed yet."""
    if one.price is not None:
        return one
    product = Product.objects.filter(code=one.service).first()
    if product is None:
        return one
    versions, prices = prices_of([product.pk])
    subscription = one.subscription
    currency = subscription.currency if subscription else one.account.currency
    version = versions.on(product.pk, currency=currency, interval="month", day=at.date())
    return replace(one, price=prices[version]) if version else one


def _used(rows: Sequence[Metered], *, since: date) -> Mapping[tuple[Service, date], int]:
    """What was used of each service since a month, by the first days of months."""
    services = {one.item.pk: one.service for one in rows if one.item is not None}
    meters = Meter.objects.filter(item__in=services, cycle_start__gte=since)
    found: dict[tuple[Service, date], int] = {}
    for item_id, start, used in meters.values_list("item_id", "cycle_start", "used"):
        place = services[item_id], start.replace(day=1)
        found[place] = found.get(place, 0) + used
    return found


def _stops(
    account: Account, rows: Sequence[Metered], firsts: Sequence[date]
) -> Mapping[tuple[Service, date], int | None]:
    """Where each service stopped at the end of these months; in the last one, where it stops."""
    chosen = UsageLimitStep.objects.filter(account=account).order_by("pk")
    steps = [
        (step.service, local_day(step.at, account.time_zone).replace(day=1), step.over)
        for step in chosen
    ]
    found: dict[tuple[Service, date], int | None] = {}
    for one in rows:
        mine = [(first, over) for service, first, over in steps if service == one.service]
        for day in firsts:
            overs = [over for first, over in mine if first <= day]
            stop = stops_at(overs[-1] if overs else None, allowance=one.allowance, size=one.size)
            found[one.service, day] = one.stop if day == firsts[-1] else stop
    return found


def _firsts(last: date) -> list[date]:
    """The first days of twelve months, this one's last."""
    number = last.year * 12 + last.month - 1
    return [date(one // 12, one % 12 + 1, 1) for one in range(number - MONTHS + 1, number + 1)]
