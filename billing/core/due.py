"""What is due by a day: through which date a subscription is billed, and how many cycles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from billing.core.periods import Anchors, Period
from billing.core.pricing import Timing


class ImpossibleDates(ValueError):
    """Dates in an order that cannot be: an end or a target before the start."""


@dataclass(frozen=True, slots=True)
class Due:
    """What a target day asks for of a subscription.

    `first_anchor` is the first anchor date on or after the start, `billed_to` the first day that is
    not billed yet (None before the first anchor date has come), `next_anchor` the anchor date after
    it, on which more becomes due.
    """

    first_anchor: date
    billed_to: date | None
    next_anchor: date


def due(anchors: Anchors, *, start: date, end: date | None, target: date, timing: Timing) -> Due:
    """Through which day a subscription from `start` to `end` is billed once `target` has come.

    In advance the cycle that holds the target is billed whole, or to the end. In arrears only what
    is over is billed: to the last anchor date that has come, or to an end that has come.
    Raises ImpossibleDates when the end or the target lies before the start.
    """
    if target < start or (end is not None and end < start):
        raise ImpossibleDates(f"Neither {end} nor {target} may lie before the start {start}.")
    first = anchors.on_or_after(start)
    billed_to = _billed_to(anchors, start, end, target, timing)
    return Due(first, billed_to, anchors.after(billed_to) if billed_to else first)


def _billed_to(
    anchors: Anchors, start: date, end: date | None, target: date, timing: Timing
) -> date | None:
    if end is not None and end <= target:
        billed_to = end
    elif timing is Timing.ADVANCE:
        following = anchors.after(target)
        billed_to = following if end is None else min(end, following)
    else:
        billed_to = anchors.on_or_before(target)
    return billed_to if billed_to >= start else None


def cycle_shares(period: Period, anchors: Anchors, *, aligned: bool = True) -> tuple[Fraction, ...]:
    """What the days of `period` are of each cycle they lie in: leading part, whole ones, rest.

    Their sum is the number of cycles. Each part is divided by its own whole cycle. With
    `aligned=False` a leading part is divided by one cycle counted back from its anchor date, a
    trailing one by one counted on, without a return to the wished day: some billing systems
    measure so, and their books can only be compared by their own measure. The two differ only
    after short months.
    """
    shares = []
    day = period.start
    while day < period.end:
        number = anchors.number_at(day)
        whole = Period(anchors.nth(number), anchors.nth(number + 1))
        part = Period(day, min(whole.end, period.end))
        divisor = whole if aligned or part == whole else _counted(part, whole, anchors.months)
        shares.append(Fraction(part.days, divisor.days))
        day = part.end
    return tuple(shares)


def _counted(part: Period, whole: Period, months: int) -> Period:
    if part.start == whole.start:
        return Period(whole.start, Anchors(whole.start, whole.start.day, months).nth(1))
    return Period(Anchors(whole.end, whole.end.day, months).nth(-1), whole.end)


def period_billed_on(day: date, anchors: Anchors, *, start: date, timing: Timing) -> Period:
    """The period that the last anchor date on or before `day` bills, cut at the subscription start.

    In advance the cycle that opens there, in arrears the one that ended there. ImpossibleDates when
    the subscription has not begun, or in arrears when none of its cycles is over.
    """
    number = anchors.number_at(day) - (timing is Timing.ARREARS)
    begins, ends = anchors.nth(number), anchors.nth(number + 1)
    if day < start or ends <= start:
        raise ImpossibleDates(f"On {day} nothing is billed of a subscription from {start}.")
    return Period(max(begins, start), ends)
