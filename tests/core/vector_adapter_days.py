"""Vectors about days: which of them belong to which bill, and where they begin."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from billing.core.due import cycle_shares, due, period_billed_on
from billing.core.money import round_half_up
from billing.core.periods import Anchors, Period, first_instant, local_day
from tests.core.vector_adapter_words import (
    TIMINGS,
    day,
    day_or_none,
    instant,
    last_or_end,
    only,
    period,
    written,
)

Inputs = Mapping[str, Any]
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "semiannual": 6, "year": 12}
WEEK = 7


def anniversary_dates(inputs: Inputs) -> dict[str, Any]:
    only(inputs, missing_day="clamp_to_month_end")
    anchor = day(inputs["anchor_date"])
    asked = period(*inputs["between"], ends="inclusive")
    if asked.end <= anchor:
        return {"dates": []}
    asked = Period(max(asked.start, anchor), asked.end)
    anchors = Anchors(anchor, anchor.day, inputs["months"])
    return {"dates": [found.isoformat() for found in anchors.within(asked)]}


def first_anchor_date(inputs: Inputs) -> dict[str, Any]:
    start = day(inputs["start"])
    anchors = Anchors(start, inputs["anchor_day"], inputs["months"])
    return {"date": anchors.on_or_after(start).isoformat()}


def arrears_window(inputs: Inputs) -> dict[str, Any]:
    start = day(inputs["start"])
    found = due(
        Anchors(start, inputs["anchor_day"], inputs["months"]),
        start=start,
        end=day_or_none(inputs["end"]),
        target=day(inputs["target"]),
        timing=TIMINGS[inputs["mode"]],
    )
    return {
        "first_anchor": found.first_anchor.isoformat(),
        "billed_to": found.billed_to and found.billed_to.isoformat(),
        "next_anchor": found.next_anchor.isoformat(),
    }


def billing_cycles(inputs: Inputs) -> dict[str, Any]:
    convention = inputs.get("convention", {})
    only(convention, end="exclusive", day_count="actual/actual_period", ratio_rounding="half_up")
    start = day(inputs["start"])
    anchors = Anchors(start, inputs["anchor_day"], inputs["months"])
    found = due(
        anchors,
        start=start,
        end=day_or_none(inputs["end"]),
        target=day(inputs["target"]),
        timing=TIMINGS[inputs["billing"]],
    )
    # This family's source measures a part by one period counted from the anchor beside it, and
    # keeps so many digits of each part.
    shares = cycle_shares(Period(start, found.billed_to or start), anchors, aligned=False)
    digits = convention.get("ratio_scale", 9)
    return {"cycles": sum((round_half_up(share, digits) for share in shares), Decimal(0))}


def _anchors(start: date, *, mode: str, months: int) -> Anchors:
    if mode == "calendar":
        return Anchors(start.replace(month=1, day=1), 1, months)
    only({"mode": mode}, mode="anniversary")
    return Anchors(start, start.day, months)


def billed_period(inputs: Inputs) -> dict[str, Any]:
    start = day(inputs["subscription_date"])
    billed = period_billed_on(
        day(inputs["billing_date"]),
        _anchors(start, mode=inputs["mode"], months=inputs["months"]),
        start=start,
        timing=TIMINGS[inputs["billing"]],
    )
    return {"from": billed.start.isoformat(), "to": last_or_end(billed, ends=inputs["end"])}


def is_billing_day(inputs: Inputs) -> dict[str, Any]:
    start = local_day(instant(inputs["start"]), inputs["timezone"])
    days = [local_day(instant(text), inputs["timezone"]) for text in inputs["instants"]]
    if inputs["interval"] == "week":
        opens = 0 if inputs["mode"] == "calendar" else start.weekday()
        return {"due": [start <= asked and asked.weekday() == opens for asked in days]}
    anchors = _anchors(start, mode=inputs["mode"], months=MONTHS[inputs["interval"]])
    return {"due": [start <= asked == anchors.on_or_before(asked) for asked in days]}


def trial_then_monthly(inputs: Inputs) -> dict[str, Any]:
    begun = _local_day(inputs["start_local"], inputs["timezone"])
    first = begun + timedelta(days=inputs["trial_days"])
    whole = Period(first, Anchors(first, first.day).after(first))
    return {"first_period": [whole.start.isoformat(), whole.end.isoformat()], "end": "exclusive"}


def start_of_day_utc(inputs: Inputs) -> dict[str, Any]:
    return {"utc": written(first_instant(day(inputs["date"]), inputs["timezone"]))}


def local_day_of_month(inputs: Inputs) -> dict[str, Any]:
    return {"day": local_day(instant(inputs["instant"]), inputs["timezone"]).day}


def period_to_utc(inputs: Inputs) -> dict[str, Any]:
    asked = period(inputs["from"], inputs["to"], ends=inputs["end"])
    begins = first_instant(asked.start, inputs["timezone"])
    ends = first_instant(asked.end, inputs["timezone"])
    if inputs["end"] == "inclusive":
        ends -= timedelta(seconds=1)
    return {"utc_from": written(begins), "utc_to": written(ends)}


def calendar_days_between(inputs: Inputs) -> dict[str, Any]:
    start = _local_day(inputs["start_local"], inputs["timezone"])
    end = _local_day(inputs["end_local"], inputs["timezone"])
    return {"days": Period(start, end).days if start <= end else -Period(end, start).days}


def _local_day(text: str, zone: str) -> date:
    """The day of a local time; one with an offset is an instant and is looked up."""
    moment = datetime.fromisoformat(text)
    return local_day(moment, zone) if moment.tzinfo else moment.date()


OPS = {
    ask.__name__: ask
    for ask in (
        anniversary_dates,
        arrears_window,
        billed_period,
        billing_cycles,
        calendar_days_between,
        first_anchor_date,
        is_billing_day,
        local_day_of_month,
        period_to_utc,
        start_of_day_utc,
        trial_then_monthly,
    )
}
