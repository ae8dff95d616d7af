"""The month strip: one bar a day under the rule that the month's highest number draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypedDict

HEIGHT: Final = 72


class Day(TypedDict):
    """A day's highest number, None for one still to come, and who set what, if anybody did."""

    day: date
    number: int | None
    said: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A day as it is drawn."""

    day: date
    number: int | None
    said: str
    height: int
    is_peak: bool
    sets_peak: bool

    @property
    def is_numbered(self) -> bool:
        """Whether the day's number stands below: once a week is enough to count by."""
        return self.day.day % 7 == 1


@dataclass(frozen=True, slots=True)
class Strip:
    """The bars, the highest number, and the day that set it first; None while nothing is set."""

    bars: list[Bar]
    peak: int
    peak_on: date | None


def lay_out(days: Sequence[Day]) -> Strip:
    """Bars as high as their share of the peak: those of the peak touch the rule above."""
    peak = max((one["number"] or 0 for one in days), default=0)
    first = next((one["day"] for one in days if peak and one["number"] == peak), None)
    bars = [
        Bar(
            day=one["day"],
            number=one["number"],
            said=one["said"],
            height=_height(one["number"] or 0, peak),
            is_peak=peak > 0 and one["number"] == peak,
            sets_peak=one["day"] == first,
        )
        for one in days
    ]
    return Strip(bars=bars, peak=peak, peak_on=first)


def _height(number: int, peak: int) -> int:
    """At least a line, so that a small number is not taken for none."""
    return max(2, HEIGHT * number // peak) if number else 0
