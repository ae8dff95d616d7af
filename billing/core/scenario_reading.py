"""A scenario file, read: the whole language of docs/scenario.md, and every mistake at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final

from billing.core.happened import Change
from billing.core.members import MemberStatus
from billing.core.money import minor_digits
from billing.core.pins import Pin
from billing.core.pricing import Basis
from billing.core.scenario import (
    Customer,
    MemberEntry,
    Preview,
    Scenario,
    ScenarioMistakes,
    Seller,
    Usage,
)
from billing.core.scenario_frame import Frame, Moment, read_frame
from billing.core.scenario_json import Fields, Mistakes, Node, NotJson, parse, shown
from billing.core.scenario_limits import report_beyond_tiers
from billing.core.scenario_prices import (
    Catalogue,
    known_product,
    read_catalogue,
    read_price_changes,
)

_COUNTRY: Final = re.compile(r"[A-Z]{2}\Z")
_STATUSES: Final = (
    *(MemberStatus.ACTIVE, MemberStatus.SUSPENDED),
    *(MemberStatus.AWAITING_APPROVAL, MemberStatus.DELETED),
)
_ZONE: Final = "an IANA time zone such as Europe/Prague"
_CURRENCY: Final = "a currency of ISO 4217 such as EUR"
_USED: Final = frozenset({Basis.METERED})
_CHOSEN: Final = frozenset({Basis.SET, Basis.PEAK})
_REQUIRED: Final = ("account", "seller", "cycle", "catalogue", "until")
_OPTIONAL: Final = ("members", "events", "usage", "price_changes", "preview")


def read(text: str) -> Scenario:
    """The scenario of a JSON text. Raises ScenarioMistakes with all that is wrong with it."""
    mistakes = Mistakes()
    try:
        root = Node(parse(text), "", mistakes)
    except NotJson as wrong:
        raise ScenarioMistakes([str(wrong)]) from None
    scenario = _Reading(root).scenario()
    if scenario is None or mistakes.lines:
        raise ScenarioMistakes(mistakes.lines)
    return scenario


class _Reading:
    """One file while it is read, section by section."""

    def __init__(self, root: Node) -> None:
        self._fields = root.fields(required=_REQUIRED, optional=_OPTIONAL)
        self._mistakes = root.mistakes
        self._frame: Frame = read_frame(self._fields)
        self._products: Catalogue | None = None
        self._pins: list[Pin] = []

    def scenario(self) -> Scenario | None:
        """The story, or None where a mistake leaves nothing to tell."""
        customer, seller = self._customer(), self._seller()
        self._read_pins()
        members = tuple(self._members())
        changes = tuple(self._events())
        usage = tuple(self._usage())
        preview = self._preview()
        frame = self._frame
        if frame.cycles is not None:
            thought_of = () if preview is None else preview.changes
            report_beyond_tiers(
                changes=(*changes, *thought_of),
                usage=usage,
                pins=self._pins,
                cycles=frame.cycles,
                mistakes=self._mistakes,
            )
            self._report_collisions((*changes, *thought_of))
        if customer is None or seller is None or frame.cycles is None or frame.until is None:
            return None
        return Scenario(
            customer=customer,
            seller=seller,
            cycles=frame.cycles,
            products=tuple(self._products or ()),
            pins=tuple(self._pins),
            changes=changes,
            members=members,
            usage=usage,
            preview=preview,
            until=frame.until,
        )

    def _elements(self, key: str) -> Iterator[Node]:
        section = self._fields.get(key)
        return iter(()) if section is None else section.elements()

    def _customer(self) -> Customer | None:
        account = self._fields.get("account")
        if account is None:
            return None
        fields = account.fields(
            required=("time_zone", "currency", "country"), optional=("tax_id", "discount_percent")
        )
        zone = fields.text("time_zone", _ZONE)
        if zone is not None and self._frame.zone is None:
            fields["time_zone"].expected(_ZONE)
        currency = _currency(fields.get("currency"))
        country = _country(fields.get("country"))
        has_tax_id = "tax_id" in fields and fields["tax_id"].value is not None
        tax_id = fields["tax_id"].text("a text or null") if has_tax_id else None
        discount = fields.decimal("discount_percent", most=100) or Decimal(0)
        if zone is None or currency is None or country is None:
            return None
        return Customer(zone, currency, country, tax_id, discount)

    def _seller(self) -> Seller | None:
        seller = self._fields.get("seller")
        if seller is None:
            return None
        fields = seller.fields(required=("country",), optional=("tax_rates",))
        country = _country(fields.get("country"))
        rates: dict[str, Decimal] = {}
        for code, node in fields["tax_rates"].entries() if "tax_rates" in fields else ():
            if not _COUNTRY.match(code):
                node.wrong("expected a country of two capital letters as the key")
            rate = node.decimal(most=100)
            if rate is not None:
                rates[code] = rate
        return None if country is None else Seller(country, rates)

    def _read_pins(self) -> None:
        catalogue = self._fields.get("catalogue")
        if catalogue is not None:
            self._products = read_catalogue(catalogue, self._frame)
        changes = self._fields.get("price_changes")
        announced = []
        if changes is not None:
            announced = read_price_changes(changes, self._products, self._frame)
        pinned = [pin for pin in (self._products or {}).values() if pin is not None]
        self._pins = pinned + announced

    def _members(self) -> Iterator[MemberEntry]:
        bots: dict[str, tuple[bool, str]] = {}
        for element in self._elements("members"):
            fields = element.fields(required=("at", "id", "status"), optional=("bot",))
            moment = self._frame.moment_within(fields.get("at"))
            member = fields.text("id", "the id of a member")
            status = fields.choice("status", _STATUSES)
            bot = fields["bot"].boolean() if "bot" in fields else False
            if member is None or bot is None:
                continue
            said, where = bots.setdefault(member, (bot, element.path))
            if said != bot:
                self._mistakes.add(
                    f"{element.path}.bot",
                    f"expected {shown(said)} for {shown(member)} as in {where}, got {shown(bot)}",
                )
            if moment is not None and status is not None:
                yield MemberEntry(moment.at, moment.day, member, status, bot, element.path)

    def _events(self) -> Iterator[Change]:
        for element in self._elements("events"):
            fields = element.fields(required=("at", "product", "quantity"))
            moment = self._frame.moment_within(fields.get("at"))
            change = self._change(fields, moment)
            if change is not None:
                yield change

    def _preview(self) -> Preview | None:
        preview = self._fields.get("preview")
        if preview is None:
            return None
        fields = preview.fields(required=("at", "changes"))
        moment = self._frame.moment_from_start(fields.get("at"))
        read = []
        for element in fields["changes"].elements() if "changes" in fields else ():
            read.append(self._change(element.fields(required=("product", "quantity")), moment))
        if moment is None:
            return None
        changes = tuple(change for change in read if change is not None)
        return Preview(moment.at, moment.day, changes)

    def _change(self, fields: Fields, moment: Moment | None) -> Change | None:
        product = self._product(fields.get("product"), _CHOSEN)
        quantity = fields.whole("quantity")
        if moment is None or product is None or quantity is None:
            return None
        return Change(moment.at, moment.day, product, quantity, fields.node.path)

    def _usage(self) -> Iterator[Usage]:
        for element in self._elements("usage"):
            fields = element.fields(required=("at", "product", "quantity"))
            moment = self._frame.moment_within(fields.get("at"))
            product = self._product(fields.get("product"), _USED)
            quantity = fields.whole("quantity")
            if moment is not None and product is not None and quantity is not None:
                yield Usage(moment.at, moment.day, product, quantity, element.path)

    def _product(self, node: Node | None, bases: frozenset[Basis]) -> str | None:
        """A product of the catalogue that is charged, at some time, by one of these bases."""
        product = known_product(node, self._products)
        if node is None or product is None:
            return None
        charged_by = {pin.price.basis for pin in self._pins if pin.product == product}
        if charged_by and not charged_by & bases:
            wanted = " or ".join(sorted(bases))
            node.expected(f"a product charged by {wanted}, not by {' or '.join(charged_by)}")
            return None
        return product

    def _report_collisions(self, changes: Iterable[Change]) -> None:
        seen: dict[tuple[str, datetime], Change] = {}
        for change in changes:
            first = seen.setdefault((change.product, change.at), change)
            if first is not change:
                self._mistakes.add(
                    str(change.ref),
                    f"{first.ref} sets {shown(change.product)} at this instant already; "
                    f"one product is set once at one instant",
                )


def _currency(node: Node | None) -> str | None:
    code = None if node is None else node.text(_CURRENCY)
    if node is None or code is None:
        return None
    try:
        minor_digits(code)
    except ValueError:
        node.expected(_CURRENCY)
        return None
    return code


def _country(node: Node | None) -> str | None:
    what = "a country of two capital letters such as CZ"
    code = None if node is None else node.text(what)
    if node is None or code is None:
        return None
    if not _COUNTRY.match(code):
        node.expected(what)
        return None
    return code
