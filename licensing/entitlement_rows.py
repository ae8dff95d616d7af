"""What entitlements are read from: items as the log says them at an instant, in narrow rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from billing.core.periods import local_day
from billing.itemlog import Entry
from billing.models import Event, Price
from billing.openings import Openings

EVENT: Final = ("item_id", "sequence", "at", "holds", "was", "becomes")
Names = Mapping[str, str]
NAMES: Final = ("name_en", "name_it", "name_cs")
LANGUAGES: Final = ("en", "it", "cs")
PRODUCT: Final = ("code", "kind", "family")
_CYCLES: Final = ("starts_on", "interval", "anchor_day", "time_zone")
ITEM: Final = (
    *("pk", "subscription__code", "subscription__ends_on"),
    *("price__timing", "price__allowance", "price__size"),
    *(f"subscription__{name}" for name in _CYCLES),
    *(f"product__{name}" for name in (*PRODUCT, *NAMES)),
    *("product__line_id", "product__line__code", "product__level_id", "product__level__code"),
    *(f"product__line__{name}" for name in NAMES),
    *(f"product__level__{name}" for name in NAMES),
)


@dataclass(frozen=True, slots=True)
class Part:
    """Something of the catalogue: its code, and its name by language."""

    code: str
    names: Names


@dataclass(slots=True)
class Row:
    """An item with its number in force."""

    pk: int
    openings: Openings
    ended: bool
    allowance: int | None
    size: int | None
    subscription: str
    product: Part
    kind: str
    family: str
    line: tuple[int, Part] | None
    level: tuple[int, Part] | None
    quantity: int
    stays: int = field(default=0)

    @classmethod
    def of(cls, values: Sequence[Any], *, log: Mapping[int, Entry], at: datetime) -> Row:
        pk, code, ends_on, timing, allowance, size, *others = values
        starts_on, interval, anchor, zone, *about = others
        product, kind, family, en, it, cs, line_id, line, level_id, level, *names = about
        openings = Openings(starts_on=starts_on, interval=interval, anchor_day=anchor, zone=zone)
        entry = log.get(pk)
        quantity = 0 if entry is None else in_force(entry, timing=timing, openings=openings, at=at)
        wanted = quantity if entry is None else entry.becomes
        return cls(
            pk=pk,
            openings=openings,
            ended=ends_on is not None and ends_on <= local_day(at, zone),
            allowance=allowance,
            size=size,
            subscription=code,
            product=Part(product, dict(zip(LANGUAGES, (en, it, cs), strict=True))),
            kind=kind,
            family=family,
            line=_part(line_id, line, names[:3]),
            level=_part(level_id, level, names[3:]),
            quantity=quantity,
            stays=quantity if ends_on else wanted,
        )


def _part(key: int | None, code: str, names: Sequence[str]) -> tuple[int, Part] | None:
    return None if key is None else (key, Part(code, dict(zip(LANGUAGES, names, strict=True))))


def in_force(entry: Entry, *, timing: str | None, openings: Openings, at: datetime) -> int:
    """The quantity of the last event that has taken hold, as `ItemLog.in_force` says it."""
    waits, once = entry.holds == Event.Holds.OPENING, timing == Price.Timing.ONCE
    opened = (waits or once) and openings.opens_between(entry.at, at)
    if waits:
        return entry.becomes if opened else entry.was
    return 0 if opened else entry.becomes
