"""The log of one item: where it stands, and what its next entry says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from billing.core.cycle import waits_by_rule
from billing.core.periods import Interval
from billing.core.pins import Pin, Pins
from billing.core.pricing import Basis, Increase, Price, Timing
from billing.limits import LARGEST_CHARGE, LARGEST_QUANTITY, charge_fits
from billing.models import Event
from billing.openings import Openings
from billing.prices import Versions
from billing.refusals import ChangeRefused
from billing.speaking import day_words, number_words

Holds = Event.Holds

_INSTANT: Final = timedelta(microseconds=1)
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
    replaces: bool = False


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
    ``instead_of`` is the number that waited for the next opening, whose place the entry takes
    (decision 4).
    """

    entry: Entry
    pin: PinEntry | None
    charged_at_once: bool
    instead_of: int | None = None


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

    @property
    def goes_on_at(self) -> datetime | None:
        """The earliest instant of the next entry; None for a log without any.

        It comes just after the last event, and not before the last pin, which a price hangs on.
        """
        after = [pin.at for pin in self.pins if pin.at is not None]
        if self.last is not None:
            after.append(self.last.at + _INSTANT)
        return max(after, default=None)

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
        return Pins(self.pins).price(self.code, opening=self._opened_on(at), at=at)

    def waiting(self, at: datetime) -> bool:
        """Whether a quantity still waits for the next opening at this instant."""
        if self.last is None or self.last.holds != Holds.OPENING:
            return False
        return not self.openings.opens_between(self.last.at, at)

    def append(
        self, *, quantity: int, at: datetime, holds: str | None = None, replaces: bool = False
    ) -> Step | None:
        """The next entry: ``quantity`` is wanted from ``at`` on; None when that sets nothing.

        One side of a replacement holds at once, whatever the price's rules say (decision 7).

        Raises `ChangeRefused` for a quantity without a price, beyond the last tier (also of a price
        that was announced), too large to be charged, or of something that is counted and not
        chosen.
        """
        if not 0 <= quantity <= LARGEST_QUANTITY:
            raise self._beyond_all()
        was = self.in_force(at)
        if quantity == was and not self.waiting(at):
            return None
        pinned = self._bought(at) if not was and quantity and not self.held else None
        price = self.catalogue.prices[pinned] if pinned else self.price_at(at)
        self._check(price, quantity, at)
        for announced in self._announced(at, anew=pinned is not None):
            self._check_units(announced, quantity)
        held = Holds.NOW if replaces else holds or self._holds(price, was, quantity, at)
        waited = self.last.becomes if self.last is not None and self.waiting(at) else None
        entry = Entry(self.sequence + 1, at, held, was, quantity, replaces)
        pin = self._pin(pinned, at) if pinned else None
        self.sequence, self.last = entry.sequence + (pin is not None), entry
        at_once = _may_charge(price, entry) and not self.openings.is_opening(at)
        return Step(entry, pin, at_once, instead_of=waited)

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

    def announce(
        self, price_id: int, *, at: datetime, holds_from: date, noticed_on: date | None
    ) -> PinEntry:
        """The next entry: another price is announced; what is wanted by then has to fit it.

        From chosen seats to billable members one may go (RSL-3): both are charged in advance.
        Raises `ChangeRefused` for another interval, timing or basis than what is agreed, or for a
        price without an amount for the quantity.
        """
        price, agreed = self.catalogue.prices[price_id], self.price_at(at)
        if agreed and not _charges_alike(agreed, price):
            raise ChangeRefused(
                f"{self.name} is charged by {agreed.basis} in {agreed.timing}, the price announced "
                f"by {price.basis} in {price.timing}. Announce one that is charged alike."
            )
        if price.interval not in (None, Interval.MONTH, self.interval):
            raise ChangeRefused(
                f"{self.name} is charged each {self.interval}, the price announced each "
                f"{price.interval}. Announce one of the same interval."
            )
        if price.basis not in _COUNTED:
            waiting = self.last if self.waiting(at) else None
            self._check_units(price, waiting.becomes if waiting else self.in_force(at))
        pin = PinEntry(self.sequence + 1, price_id, at, holds_from)
        self.sequence = pin.sequence
        self.pins.append(Pin(self.code, price, holds_from, at, noticed_on, bought=False))
        return pin

    def _opened_on(self, at: datetime) -> date:
        return self.openings.cycle(max(self.openings.number_at(at), 0)).period.start

    def _bought(self, at: datetime) -> int:
        day = self.openings.local_day(at)
        found = self.catalogue.versions.on(
            self.product_id, currency=self.currency, interval=self.interval, day=day
        )
        if found is None:
            words = _(
                "%(name)s has no price in %(currency)s on %(day)s. Choose another product, or add "
                "a price to the catalogue."
            )
            raise ChangeRefused(
                words % {"name": self.name, "currency": self.currency, "day": day_words(day)}
            )
        return found

    def _check(self, price: Price | None, quantity: int, at: datetime) -> None:
        if price is None:
            if quantity:
                words = _("%(name)s has no price agreed on %(day)s. Agree one first.")
                day = day_words(self.openings.local_day(at))
                raise ChangeRefused(words % {"name": self.name, "day": day})
            return
        if price.basis in _COUNTED:
            words = _("%(name)s is counted, not chosen. Leave its number out.")
            raise ChangeRefused(words % {"name": self.name})
        self._check_units(price, quantity)

    def _check_units(self, price: Price, quantity: int) -> None:
        """Refuse a quantity that this price has no amount for, or one that no invoice can say."""
        units = quantity * price.unit_factor
        if units > LARGEST_QUANTITY:
            raise self._beyond_all()
        if price.limit is not None and units > price.limit:
            words = _("%(name)s is sold up to %(most)s. Choose a lower number.")
            raise ChangeRefused(words % {"name": self.name, "most": number_words(price.limit)})
        if not charge_fits(price, units, interval=self.interval):
            words = _(
                "%(number)s of %(name)s would cost more than %(most)s %(currency)s a cycle. Choose "
                "a lower number."
            )
            raise ChangeRefused(
                words
                % {
                    "number": number_words(quantity),
                    "name": self.name,
                    "most": number_words(LARGEST_CHARGE),
                    "currency": self.currency,
                }
            )

    def _beyond_all(self) -> ChangeRefused:
        words = _("%(name)s is counted from 0 to %(most)s. Choose a number in between.")
        return ChangeRefused(words % {"name": self.name, "most": number_words(LARGEST_QUANTITY)})

    def _announced(self, at: datetime, *, anew: bool) -> Iterator[Price]:
        """Prices that were announced and take hold later, unless the item is bought anew now."""
        if anew:
            return
        opened_on = self._opened_on(at)
        bought = max((pin.at for pin in self.pins if pin.bought and pin.at), default=None)
        for pin in self.pins:
            void = bought is not None and pin.at is not None and pin.at < bought
            if not pin.bought and not void and pin.holds_on and pin.holds_on > opened_on:
                yield pin.price

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
    if entry.replaces:
        return True
    at_once = price.timing is Timing.ONCE or price.increase is Increase.PRORATE
    return at_once and entry.becomes > entry.was


def _charges_alike(agreed: Price, price: Price) -> bool:
    """Whether one price can take the other's place at an opening."""
    in_advance = agreed.timing is price.timing is Timing.ADVANCE
    return in_advance or (price.timing, price.basis) == (agreed.timing, agreed.basis)
