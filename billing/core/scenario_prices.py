"""The catalogue of a scenario, read: prices by the tables of docs/scenario.md, and their pins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias, TypedDict

from billing.core.periods import Interval
from billing.core.pins import Pin
from billing.core.pricing import (
    Basis,
    Decrease,
    ImpossiblePrice,
    Increase,
    Model,
    Price,
    Tier,
    Timing,
)
from billing.core.scenario_frame import Frame
from billing.core.scenario_json import Fields, Node, shown

_TIMINGS: Final = (Timing.ADVANCE, Timing.ARREARS)
_DECREASES: Final = (Decrease.AT_RENEWAL, Decrease.NOW, Decrease.NOW_CREDIT)
_CHOSEN: Final = ("model", "timing", "basis")
_OPTIONS: Final = (
    *("amount", "tiers", "size", "allowance"),
    *("increase", "decrease", "unit_factor", "interval"),
)
_NOTHING: Final = Decimal(0)
_WHOLE_UNIT: Final = Decimal(1)


class _Options(TypedDict):
    """The optional keys of a price, with their defaults filled in."""

    amount: Decimal | None
    tiers: tuple[Tier, ...]
    size: int | None
    allowance: int
    increase: Increase
    decrease: Decrease
    unit_factor: Decimal
    interval: Interval | None


Catalogue: TypeAlias = dict[str, Pin | None]
"""The products in their order, each with the pin of `cycle.start`; None where that is wrong."""


def read_catalogue(node: Node, frame: Frame) -> Catalogue | None:
    """The products for sale; None where the file has no such object."""
    if not isinstance(node.value, dict):
        node.expected("an object")
        return None
    pins: Catalogue = {}
    for product, entry in node.entries():
        if not product or not product.isprintable():
            entry.wrong("expected a name of printable letters")
        pins[product] = _pinned(product, entry, frame)
    return pins


def read_price_changes(node: Node, products: Catalogue | None, frame: Frame) -> list[Pin]:
    """The announced prices, in file order."""
    announced: list[Pin] = []
    seen: dict[tuple[str, date], str] = {}
    for element in node.elements():
        fields = element.fields(required=("product", "from", "price"), optional=("notice_sent",))
        product = known_product(fields.get("product"), products)
        from_on = fields.day("from")
        notice_on = frame.day(fields.get("notice_sent"), may_be_null=True)
        price = _read_price_at(fields.get("price"), element.path, frame)
        if product is not None and from_on is not None:
            first = seen.setdefault((product, from_on), element.path)
            if first != element.path:
                message = f"{first} changes the price of {shown(product)} on this day already"
                fields["from"].wrong(message)
            if price is not None:
                announced.append(Pin(product, price, from_on, notice_on=notice_on, bought=False))
    return announced


def known_product(node: Node | None, products: Catalogue | None) -> str | None:
    """The name of a product; without a catalogue no name can be called unknown."""
    if node is None:
        return None
    if isinstance(node.value, str) and (products is None or node.value in products):
        return node.value
    node.expected("a product of the catalogue")
    return None


def _pinned(product: str, entry: Node, frame: Frame) -> Pin | None:
    fields = entry.fields(required=(), optional=("price", "prices"))
    if fields.known and ("price" in fields) == ("prices" in fields):
        entry.wrong('expected either "price" or "prices"')
        return None
    if "price" in fields:
        price = _read_price_at(fields["price"], fields["price"].path, frame)
        return None if price is None else Pin(product, price, date.min)
    if "prices" in fields:
        return _valid_version(product, fields["prices"], frame)
    return None


def _valid_version(product: str, node: Node, frame: Frame) -> Pin | None:
    """The version valid at `cycle.start`; later ones move nobody. Decision 8."""
    versions: dict[date, Price | None] = {}
    for element in node.elements():
        fields = element.fields(required=("from", *_CHOSEN), optional=_OPTIONS)
        from_on = fields.day("from")
        price = _read_price(fields, element.path, frame)
        if from_on in versions:
            fields["from"].wrong("another version is valid from this day already")
        elif from_on is not None:
            versions[from_on] = price
    if frame.start is None or not isinstance(node.value, list):
        return None
    begun = [from_on for from_on in versions if from_on <= frame.start]
    if not begun:
        node.wrong(f"no version is valid at cycle.start, {frame.start}")
        return None
    price = versions[max(begun)]
    return None if price is None else Pin(product, price, max(begun))


def _read_price_at(node: Node | None, version: str, frame: Frame) -> Price | None:
    if node is None:
        return None
    return _read_price(node.fields(required=_CHOSEN, optional=_OPTIONS), version, frame)


def _read_price(fields: Fields, version: str, frame: Frame) -> Price | None:
    mistakes = fields.node.mistakes
    before = len(mistakes.lines)
    model = fields.choice("model", tuple(Model))
    timing = fields.choice("timing", _TIMINGS)
    basis = fields.choice("basis", tuple(Basis))
    _report_misplaced(fields, basis=basis, timing=timing, frame=frame)
    tiers, factor = fields.get("tiers"), fields.get("unit_factor")
    options = _Options(
        amount=fields.decimal("amount"),
        tiers=() if tiers is None else tuple(_tiers(tiers)),
        size=fields.whole("size", least=1),
        allowance=fields.whole("allowance") or 0,
        increase=fields.choice("increase", tuple(Increase)) or Increase.PRORATE,
        decrease=fields.choice("decrease", _DECREASES) or Decrease.AT_RENEWAL,
        unit_factor=_WHOLE_UNIT if factor is None else _unit_factor(factor),
        interval=fields.choice("interval", tuple(Interval)),
    )
    if model is None or timing is None or basis is None or len(mistakes.lines) > before:
        return None
    try:
        return Price(version, model, timing, basis, **options)
    except ImpossiblePrice as impossible:
        for problem in impossible.problems:
            mistakes.add(f"{fields.node.path}.{problem.field}", problem.message)
        return None


def _report_misplaced(
    fields: Fields, *, basis: Basis | None, timing: Timing | None, frame: Frame
) -> None:
    """A key that means nothing for this price is a slip, also where it repeats the default."""
    homes = {
        "allowance": (basis, Basis.METERED),
        "increase": (basis, Basis.SET),
        "decrease": (basis, Basis.SET),
        "unit_factor": (basis, Basis.PEAK),
        "interval": (timing, Timing.ADVANCE),
    }
    for key, (actual, home) in homes.items():
        if key in fields and actual is not None and actual is not home:
            fields[key].wrong(f"only a price of {home} has one, this one is {actual}")
    interval = fields.get("interval")
    if interval is not None and interval.value == Interval.YEAR and frame.monthly:
        interval.wrong("a yearly price cannot stand in a monthly cycle")


def _tiers(node: Node) -> Iterator[Tier]:
    for element in node.elements():
        fields = element.fields(required=("up_to",), optional=("unit", "flat"))
        bound = fields.get("up_to")
        up_to = None if bound is None or bound.value is None else bound.whole(least=1)
        unit, flat = fields.decimal("unit"), fields.decimal("flat")
        yield Tier(up_to, unit or _NOTHING, flat or _NOTHING)


def _unit_factor(node: Node) -> Decimal:
    """A whole number or a decimal string, above zero."""
    if isinstance(node.value, str):
        factor = node.decimal()
    else:
        whole = node.whole()
        factor = None if whole is None else Decimal(whole)
    if factor is not None and not factor:
        node.expected("more than zero")
    return factor or _WHOLE_UNIT
