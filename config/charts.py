"""Where the bars of a chart stand: across in percent of its width, down in pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import Final, TypedDict

PLOT: Final = 160
_ROW: Final = 20
_FOOT: Final = 28
_MOST_LABELS: Final = 6
# Percent: half a month and its year, in the narrowest window.
_NEAR_THE_EDGE: Final = 10
# Pixels of a figure of the axis, and between the axis and the plot.
_FIGURE: Final = 8.5
_GAP: Final = 8
# How much of its place a group of bars fills.
_FILLED: Final = 0.72


class Series(TypedDict):
    """One row of values, with the number of the colour that its product has everywhere."""

    name: str
    values: Sequence[int]
    colour: int


class Mark(TypedDict):
    """What the values are compared with, such as a limit: a line across each label that has one."""

    name: str
    values: Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Bar:
    """One value: its place, and which series it is of."""

    colour: int
    left: float
    across: float
    y: int
    height: int
    label: str
    value: int

    @property
    def x(self) -> str:
        return _percent(self.left)

    @property
    def width(self) -> str:
        return _percent(self.across)

    @property
    def middle(self) -> float:
        return self.left + self.across / 2


@dataclass(frozen=True, slots=True)
class Named:
    """A series' name in a row above the plot, and the line that leads from it to its peak."""

    name: str
    colour: int
    value: int
    x: str
    y: int
    to: int
    ends: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the plot at a round value."""

    value: int
    y: int


@dataclass(frozen=True, slots=True)
class Marked:
    """A named line across the plot, in pieces; ``value`` is the last that a label has."""

    name: str
    value: int | None
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Piece:
    """A line across labels that follow each other and have the same value."""

    begins: str
    ends: str
    y: int


@dataclass(frozen=True, slots=True)
class Stand:
    """A label under the plot; `sparse` ones stay in a narrow window.

    ``begins``: it begins at the plot's edge, as it has no room on both sides of its place.
    """

    text: str
    x: str
    sparse: bool
    begins: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that is drawn, in the order of drawing; ``axis`` wide are its numbers."""

    axis: int
    height: int
    zero: int
    rules: list[Rule]
    marks: list[Marked]
    bars: list[Bar]
    named: list[Named]
    stands: list[Stand]


def draw(labels: Sequence[str], series: Sequence[Series], marks: Sequence[Mark] = ()) -> Drawing:
    """Bars side by side, one group a label, from zero up to a round number above the highest.

    ``marks`` are lines across it. ValueError where one of them has not one value for each label, or
    one below zero.
    """
    for one in (*series, *marks):
        values = [value for value in one["values"] if value is not None]
        if len(one["values"]) != len(labels) or min(values, default=0) < 0:
            raise ValueError(f"{one['name']} needs {len(labels)} values from 0 on.")
    top = round_above(
        max((value or 0 for one in (*series, *marks) for value in one["values"]), default=0)
    )
    plot = _Plot(labels, across=len(series), head=_ROW * len(series), top=top)
    rows = [plot.bars(one, number) for number, one in enumerate(series)]
    return Drawing(
        axis=axis_of(top),
        height=plot.head + PLOT + _FOOT,
        zero=plot.head + PLOT,
        rules=[Rule(value, plot.down(value)) for value in (top, top // 2)],
        marks=[plot.mark(one) for one in marks],
        bars=[bar for row in rows for bar in row],
        named=_named(series, rows) if labels else [],
        stands=list(stands_under(labels)),
    )


def round_above(highest: int) -> int:
    """The next number of 2, 4, 6, 10 times a power of ten: its half is as round."""
    power = 1
    while highest > 10 * power:
        power *= 10
    return next(step * power for step in (2, 4, 6, 10) if step * power >= highest)


def axis_of(top: int) -> int:
    """How many pixels the numbers up to this one need beside the plot, written with separators."""
    return ceil(len(f"{top:,}") * _FIGURE) + _GAP


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where a value of a label stands: ``across`` bars for each label, ``top`` the highest."""

    labels: Sequence[str]
    across: int
    head: int
    top: int

    def down(self, value: int) -> int:
        return self.head + PLOT - self.high(value)

    def high(self, value: int) -> int:
        return PLOT * value // self.top

    def mark(self, one: Mark) -> Marked:
        place = 100 / max(len(self.labels), 1)
        pieces: list[Piece] = []
        begins = 0
        for value, run in groupby(one["values"]):
            ends = begins + len(list(run))
            if value is not None:
                across = _percent(place * begins), _percent(place * ends)
                pieces.append(Piece(*across, self.down(value)))
            begins = ends
        last = next((value for value in reversed(one["values"]) if value is not None), None)
        return Marked(one["name"], last, pieces)

    def bars(self, one: Series, number: int) -> list[Bar]:
        place = 100 / max(len(self.labels), 1)
        width = place * _FILLED / self.across
        return [
            Bar(
                colour=one["colour"],
                left=place * (index + (1 - _FILLED) / 2) + width * number,
                across=width,
                y=self.down(value),
                height=self.high(value),
                label=label,
                value=value,
            )
            for index, (label, value) in enumerate(zip(self.labels, one["values"], strict=True))
        ]


def _named(series: Sequence[Series], rows: Sequence[Sequence[Bar]]) -> list[Named]:
    """Each series beside its highest bar, on the side where there is room.

    The nearer to its edge the higher the name, so that no line has to cross a name.
    """
    peaks = [
        (one["name"], max(row, key=lambda bar: bar.value))
        for one, row in zip(series, rows, strict=True)
    ]
    peaks.sort(key=lambda peak: min(peak[1].middle, 100 - peak[1].middle))
    return [
        Named(
            name=name,
            colour=bar.colour,
            value=bar.value,
            x=_percent(bar.middle),
            y=_ROW * number + 14,
            to=bar.y,
            ends=bar.middle > 50,
        )
        for number, (name, bar) in enumerate(peaks)
    ]


def stands_under(labels: Sequence[str]) -> Iterator[Stand]:
    """As many labels as there is room for, each under its place."""
    step = max(1, -(-len(labels) // _MOST_LABELS))
    for place, index in enumerate(range(0, len(labels), step)):
        x = 100 / len(labels) * (index + 0.5)
        begins = x < _NEAR_THE_EDGE
        yield Stand(
            text=labels[index],
            x=_percent(0 if begins else x),
            sparse=place % 2 == 0,
            begins=begins,
        )


def _percent(share: float) -> str:
    return f"{share:.3f}%"
