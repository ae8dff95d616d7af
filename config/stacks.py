"""Where the pieces of stacked columns stand: across in percent of the width, down in pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Final, Protocol

from config.charts import Rule, Stand, axis_of, round_above, stands_under

PLOT: Final = 200
_HEAD: Final = 20
_FOOT: Final = 28
_FILLED: Final = 0.72
# What is there can be seen.
_SMALLEST: Final = 1
_NOTHING: Final = Decimal(0)


class Layer(Protocol):
    """One row of values, of the colour that its product has everywhere; 0 is that of the rest.

    ``ahead`` are those of the same labels that have not come yet: they stand above the others.
    """

    @property
    def name(self) -> str: ...
    @property
    def colour(self) -> int: ...
    @property
    def values(self) -> Sequence[Decimal]: ...
    @property
    def ahead(self) -> Sequence[Decimal]: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """One value in its column."""

    name: str
    colour: int
    label: str
    value: Decimal
    ahead: bool
    x: str
    width: str
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Columns:
    """Everything that is drawn, in the order of drawing; ``axis`` wide are its numbers."""

    axis: int
    height: int
    zero: int
    rules: list[Rule]
    pieces: list[Piece]
    stands: list[Stand]


def stack(labels: Sequence[str], layers: Sequence[Layer]) -> Columns:
    """Columns from zero up; what is below zero hangs below it. ValueError for uneven layers."""
    for one in layers:
        if len(one.values) != len(labels) or len(one.ahead) != len(labels):
            raise ValueError(f"{one.name} needs {len(labels)} values.")
    columns = [_Column(label, place, layers) for place, label in enumerate(labels)]
    top = round_above(ceil(max((column.above for column in columns), default=0)))
    deep = ceil(max((column.below for column in columns), default=0))
    scale = Decimal(PLOT) / (top + deep)
    zero = _HEAD + int(top * scale)
    return Columns(
        axis=axis_of(top),
        height=_HEAD + PLOT + _FOOT,
        zero=zero,
        rules=[Rule(value, zero - int(value * scale)) for value in (top, top // 2)],
        pieces=[
            piece
            for column in columns
            for piece in column.pieces(zero=zero, scale=scale, across=100 / len(labels))
        ],
        stands=list(stands_under(labels)),
    )


class _Column:
    """All values of one label, from the zero line outwards; what is ahead outermost."""

    def __init__(self, label: str, place: int, layers: Sequence[Layer]) -> None:
        self._label, self._place = label, place
        here = [(one, one.values[place], False) for one in layers]
        self._values = [*here, *((one, one.ahead[place], True) for one in layers)]
        self.above = sum((value for _, value, _ in self._values if value > 0), _NOTHING)
        self.below = -sum((value for _, value, _ in self._values if value < 0), _NOTHING)

    def pieces(self, *, zero: int, scale: Decimal, across: float) -> Iterator[Piece]:
        up = down = _NOTHING
        for layer, value, ahead in self._values:
            if not value:
                continue
            if value > 0:
                low, up = up, up + value
                top, bottom = zero - int(up * scale), zero - int(low * scale)
            else:
                high, down = down, down - value
                top, bottom = zero + int(high * scale), zero + int(down * scale)
            yield Piece(
                name=layer.name,
                colour=layer.colour,
                label=self._label,
                value=value,
                ahead=ahead,
                x=f"{across * (self._place + (1 - _FILLED) / 2):.3f}%",
                width=f"{across * _FILLED:.3f}%",
                y=top,
                height=max(bottom - top, _SMALLEST),
            )
