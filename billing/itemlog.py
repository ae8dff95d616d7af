"""The log of one item: where it stands, and what its next entry says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from billing.core.cycle import waits_by_rule
from billing.core.pins import Pin, Pins
from billing.core.pricing import Basis, Increase, Price, Timing
from billing.models import Event
from billing.openings import Openings
from billing.prices import Versions
from billing.refusals import ChangeRefused

Holds = Event.Holds

_COUNTED: Final = frozenset({Basis.MEMBERS, Basis.METERED})


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The versions that can be bought, and each version as the core computes with it."""

    versions: Versions
    prices: Mapping[int, Price]


@dataclass(frozen=True, slots=True)
class Entry:
    """A quantity that becomes another one: what an event's row says of it."""

    sequence: int
    at: datetime
    holds: str
    was: int
    becomes: int


@dataclass(frozen=True, slots=True)
class PinEntry:
    """A price version that is agreed from ``at`` on: what a pin's row says of it."""

    sequence: int
    price_id: int
    at: datetime
    holds_from: date


@dataclass(frozen=True, slots=True)
class Step:
    """The next entry of an item's log; ``pin`` comes right after it when the item was bought.

    ``charged_at_once`` says that the run may have a change to bill at that instant.
    """

    entry: Entry
    pin: PinEntry | None
    charged_at_once: bool


@dataclass(slots=True)
class ItemLog:
    """Where the log of one item stands.

    Entries and pins share one numbering. An item whose log begins with a pin is *held*: its agreed
    price also stands at zero. Every other item pins a price when it is bought, and loses it at zero
    (decision 8).
    """

    item_id: int
    product_id: int
    code: str
    name: str
    currency: str
    interval: str
    openings: Openings
    catalogue: Catalogue
    sequence: int
    pins: list[Pin]
    held: bool
    last: Entry | None = None

    def in_force(self, at: datetime) -> int:
        """The quantity at this instant: of the last event that has taken hold.

        It is read from the log, so it is right however late the run is.
        """
        if self.last is None:
            return 0
        opened = self.openings.opens_between(self.last.at, at)
        if self.last.holds == Holds.OPENING:
            return self.last.becomes if opened else self.last.was
        price = self.price_at(at)
        gone = opened and price is not None and price.timing is Timing.ONCE
        return 0 if gone else self.last.becomes

    def price_at(self, at: datetime) -> Price | None:
        """The price in force at this instant; None where nothing was agreed."""
        number = max(self.openings.number_at(at), 0)
        opened_on = self.openings.cycle(number).period.start
        return Pins(self.pins).price(self.code, opening=opened_on, at=at)

    def waiting(self, at: datetime) -> bool:
        """Whether a quantity still waits for the next opening at this instant."""
        if self.last is None or self.last.holds != Holds.OPENING:
            return False
        return not self.openings.opens_between(self.last.at, at)

    def append(self, *, quantity: int, at: datetime, holds: str | None = None) -> Step | None:
        """The next entry: ``quantity`` is wanted from ``at`` on; None when that sets nothing.

        Raises `ChangeRefused` for a quantity without a price, beyond the last tier, or of something
        that is counted and not chosen.
        """
        was = self.in_force(at)
        if quantity == was and not self.waiting(at):
            return None
        pinned = self._bought(at) if not was and quantity and not self.held else None
        price = self.catalogue.prices[pinned] if pinned else self.price_at(at)
        self._check(price, quantity)
        entry = Entry(self.sequence + 1, at, holds or self._holds(price, was, quantity, at), was,
                      quantity)  # fmt: skip
        pin = self._pin(pinned, at) if pinned else None
        self.sequence, self.last = entry.sequence + (pin is not None), entry
        return Step(entry, pin, _may_charge(price, entry) and not self.openings.is_opening(at))

    def standing(self) -> tuple[int, int | None]:
        """The quantity in force just after the last entry, and the id of its price, if any."""
        if self.last is None:
            return 0, self._price_id(self.pins[-1].at) if self.held else None
        waits = self.last.holds == Holds.OPENING
        quantity = self.last.was if waits else self.last.becomes
        if not (quantity or self.held):
            return 0, None
        return quantity, self._price_id(self.last.at)

    def hold(self, at: datetime) -> PinEntry:
        """Hold the item at zero from ``at`` on, at the price that is sold on that day."""
        price_id = self._bought(at)
        self.held = True
        pin = PinEntry(self.sequence + 1, price_id, at, self.openings.local_day(at))
        self.sequence = pin.sequence
        self._add(pin)
        return pin

    def _bought(self, at: datetime) -> int:
        day = self.openings.local_day(at)
        found = self.catalogue.versions.on(
            self.product_id, currency=self.currency, interval=self.interval, day=day
        )
        if found is None:
            raise ChangeRefused(
                f"{self.name} has no price in {self.currency} on {day}. Choose another product, or "
                "add a price to the catalogue."
            )
        return found

    def _check(self, price: Price | None, quantity: int) -> None:
        if price is None:
            return
        if price.basis in _COUNTED:
            raise ChangeRefused(f"{self.name} is counted, not chosen. Leave its number out.")
        if price.limit is not None and quantity * price.unit_factor > Decimal(price.limit):
            raise ChangeRefused(f"{self.name} is sold up to {price.limit}. Choose a lower number.")

    def _holds(self, price: Price | None, was: int, quantity: int, at: datetime) -> str:
        if price is None or self.openings.is_opening(at):
            return Holds.NOW
        return Holds.OPENING if waits_by_rule(price, old=was, new=quantity) else Holds.NOW

    def _pin(self, price_id: int, at: datetime) -> PinEntry:
        pin = PinEntry(self.sequence + 2, price_id, at, self.openings.local_day(at))
        self._add(pin)
        return pin

    def _add(self, pin: PinEntry) -> None:
        price = self.catalogue.prices[pin.price_id]
        self.pins.append(Pin(self.code, price, pin.holds_from, pin.at))

    def _price_id(self, at: datetime | None) -> int | None:
        price = None if at is None else self.price_at(at)
        return None if price is None else int(price.version)


def _may_charge(price: Price | None, entry: Entry) -> bool:
    """Whether this entry may be charged at once; what it really costs is the core's to say."""
    if price is None or price.basis is not Basis.SET or entry.holds != Holds.NOW:
        return False
    at_once = price.timing is Timing.ONCE or price.increase is Increase.PRORATE
    return at_once and entry.becomes > entry.was
