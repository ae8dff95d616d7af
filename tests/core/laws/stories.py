"""Random scenarios: every price model and rule, many zones, month ends, part and yearly cycles."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

Story: TypeAlias = dict[str, Any]

ZONES = ("UTC", "Europe/Prague", "America/Santiago", "Pacific/Auckland", "Asia/Kathmandu")
CURRENCIES = ("EUR", "JPY", "KWD")
SET = {"timing": "advance", "basis": "set"}
STARTS = st.dates(date(2023, 1, 1), date(2024, 12, 31)) | st.sampled_from(
    [date(2024, 1, 31), date(2024, 2, 29), date(2023, 12, 30)]
)
AMOUNTS = st.integers(0, 30_000).map(lambda cents: f"{cents // 100}.{cents % 100:02}")
QUANTITIES = st.integers(0, 40)
SPAN = 130


@st.composite
def models(draw: st.DrawFn) -> Story:
    """A price model with its amounts; tiers reach beyond every quantity drawn."""
    model = draw(st.sampled_from(["flat", "per_unit", "tiered", "volume", "package"]))
    if model in ("tiered", "volume"):
        bounds = sorted(draw(st.sets(st.integers(1, 30), min_size=1, max_size=2)))
        tiers = [
            {"up_to": bound, "unit": draw(AMOUNTS), "flat": draw(AMOUNTS)}
            for bound in (*bounds, None)
        ]
        return {"model": model, "tiers": tiers}
    size = {"size": draw(st.integers(1, 12))} if model == "package" else {}
    return {"model": model, "amount": draw(AMOUNTS), **size}


@st.composite
def prices(draw: st.DrawFn, basis: str, interval: str) -> Story:
    match basis:
        case "peak":
            factor = draw(st.sampled_from([1, 3, "2.5", "0.75"]))
            timing = {"timing": "arrears", "basis": "peak", "unit_factor": factor}
            return draw(models()) | timing
        case "metered":
            timing = {"timing": "arrears", "basis": "metered"}
            return draw(models()) | timing | {"allowance": draw(st.integers(0, 30))}
        case "billable_members":
            price = {"model": "per_unit", "amount": draw(AMOUNTS), "timing": "advance"}
            return price | {"basis": basis}
    rules = {
        "increase": draw(st.sampled_from(["prorate", "prorate_next"])),
        "decrease": draw(st.sampled_from(["at_renewal", "now", "now_credit"])),
    }
    monthly = {"interval": "month"} if interval == "year" and draw(st.booleans()) else {}
    return draw(models()) | SET | rules | monthly


@st.composite
def moments(draw: st.DrawFn, start: date, zone: str) -> str:
    """A local day, as its first instant or with an hour."""
    day = start + timedelta(days=draw(st.integers(0, SPAN)))
    if draw(st.booleans()):
        return day.isoformat()
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return (noon + timedelta(hours=draw(st.integers(-10, 11)))).isoformat()


@st.composite
def stories(draw: st.DrawFn, *, preview: bool = False) -> Story:
    """A scenario of half a year in the language of docs/scenario.md."""
    start, zone = draw(STARTS), draw(st.sampled_from(ZONES))
    interval = draw(st.sampled_from(["month", "month", "month", "year"]))
    bases = {"seat": "set", "desk": "set", "voice": "peak", "stt": "metered"}
    bases["agent"] = "billable_members"
    names = draw(st.permutations(sorted(bases)))
    cycle: Story = {"start": start.isoformat(), "interval": interval}
    if interval == "month" and draw(st.booleans()):
        cycle["anchor_day"] = draw(st.integers(1, 31))
    story: Story = {
        "account": {
            "time_zone": zone,
            "currency": draw(st.sampled_from(CURRENCIES)),
            "country": "CZ",
            "tax_id": None,
            "discount_percent": draw(st.sampled_from(["0", "12.5", "20"])),
        },
        "seller": {"country": "CZ", "tax_rates": draw(st.sampled_from([{}, {"CZ": "21"}]))},
        "cycle": cycle,
        "catalogue": {name: {"price": draw(prices(bases[name], interval))} for name in names},
        "members": draw(_members(start, zone)),
        "events": _apart(draw(_events(start, zone))),
        "usage": draw(_usage(start, zone)),
        "price_changes": draw(_price_changes(start, bases, interval)),
        "until": (start + timedelta(days=SPAN + 40)).isoformat(),
    }
    if preview:
        story["preview"] = draw(_preview(start, zone))
    return story


@st.composite
def _events(draw: st.DrawFn, start: date, zone: str) -> list[Story]:
    event = st.fixed_dictionaries(
        {
            "at": moments(start, zone),
            "product": st.sampled_from(["seat", "desk", "voice"]),
            "quantity": QUANTITIES,
        }
    )
    return draw(st.lists(event, max_size=12))


def _apart(events: list[Story]) -> list[Story]:
    """One product is set once at one instant; no hour drawn above is the first of its day."""
    first = {(event["product"], event["at"]): event for event in reversed(events)}
    return [event for event in events if first[event["product"], event["at"]] is event]


@st.composite
def _members(draw: st.DrawFn, start: date, zone: str) -> list[Story]:
    entry = st.fixed_dictionaries(
        {
            "at": moments(start, zone),
            "id": st.sampled_from(["ann", "bob", "eva"]),
            "status": st.sampled_from(["active", "suspended", "awaiting_approval", "deleted"]),
        }
    )
    return draw(st.lists(entry, max_size=8))


@st.composite
def _usage(draw: st.DrawFn, start: date, zone: str) -> list[Story]:
    use = st.fixed_dictionaries(
        {"at": moments(start, zone), "product": st.just("stt"), "quantity": QUANTITIES}
    )
    return draw(st.lists(use, max_size=6))


@st.composite
def _price_changes(
    draw: st.DrawFn, start: date, bases: dict[str, str], interval: str
) -> list[Story]:
    product = draw(st.sampled_from(sorted(bases)))
    change: Story = {
        "product": product,
        "from": (start + timedelta(days=draw(st.integers(-10, SPAN)))).isoformat(),
        "price": draw(prices(bases[product], interval)),
    }
    if draw(st.booleans()):
        sent = start + timedelta(days=draw(st.integers(-40, SPAN)))
        change["notice_sent"] = sent.isoformat()
    return draw(st.sampled_from([[], [change]]))


@st.composite
def _preview(draw: st.DrawFn, start: date, zone: str) -> Story:
    """Half past twelve: events come at full hours, so no instant is taken."""
    day = start + timedelta(days=draw(st.integers(0, SPAN)))
    noon = datetime(day.year, day.month, day.day, 12, 30, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    wanted = draw(
        st.dictionaries(
            st.sampled_from(["seat", "desk", "voice"]), QUANTITIES, min_size=1, max_size=3
        )
    )
    changes = [{"product": product, "quantity": wanted[product]} for product in sorted(wanted)]
    return {"at": noon.isoformat(), "changes": changes}
