"""A running cycle: what changes of quantities and of members do before the next opening."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Final

from billing.core.charges import charge
from billing.core.exchange import Exchange, exchange
from billing.core.happened import Change, MemberChange, Use
from billing.core.held import HeldItem, Peak
from billing.core.lines import Kind, Line, Ref
from billing.core.metering import above_allowance
from billing.core.periods import INSTANT, Cycle
from billing.core.pins import Pins
from billing.core.pricing import Basis, Decrease, Increase, Price, Timing
from billing.core.state import ItemState, State, Waiting

_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class ChangeBill:
    """What is charged at once for all changes of one instant; it has at least one line."""

    at: datetime
    day: date
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What a reduction does not save, before discount and tax. PRICE-10.

    Until the day `until` `quantity` units more than wanted stay charged, which is `amount`.
    `peak` is the quantity that a peak price goes on charging, first reached on the day `peak_on`.
    """

    product: str
    quantity: int
    amount: Decimal
    until: date
    peak_on: date | None = None
    peak: int = 0


@dataclass(frozen=True, slots=True)
class Covered:
    """More that costs nothing this cycle: `peak` were set on the day `peak_on` already. LIC-4."""

    product: str
    quantity: int
    peak: int
    peak_on: date


class RunningCycle:
    """A cycle from right after its opening on: give it what happened, oldest first, then ask it.

    Rules 4 to 8 of docs/scenario.md.
    """

    def __init__(
        self, state: State, *, cycle: Cycle, pins: Pins, products: Sequence[str], currency: str
    ) -> None:
        self._cycle = cycle
        self._pins = pins
        self._products = products
        self._currency = currency
        self._items = {
            product: HeldItem(item, cycle.period.start) for product, item in state.items.items()
        }
        self._members = state.members
        self._put_off = list(state.put_off)
        self._charged: list[tuple[datetime, date, list[Line]]] = []

    def live(self, changes: Iterable[Change], members: Iterable[MemberChange]) -> None:
        """Let these happen, by their instants; at one instant changes before members."""
        log: list[Change | MemberChange] = [*changes, *members]
        log.sort(key=attrgetter("at"))
        for happening in log:
            if isinstance(happening, Change):
                self._change(happening)
            else:
                self._count(happening)

    @property
    def charged(self) -> tuple[ChangeBill, ...]:
        """What was charged at once, one bill for each instant."""
        return tuple(ChangeBill(at, day, tuple(lines)) for at, day, lines in self._charged)

    def state(self) -> State:
        """What is in force now, what waits, and what has been put off so far."""
        return State(
            items={product: item.state() for product, item in self._items.items()},
            put_off=tuple(self._put_off),
            members=self._members,
        )

    def peak(self, product: str) -> Peak:
        item = self._items.get(product)
        if item is None:
            return Peak(0, self._cycle.period.start, None, None)
        return item.peak

    def price(self, product: str, *, at: datetime) -> Price:
        """The price in force at `at`. ValueError for a product that nobody has bought."""
        price = self._price(product, at)
        if price is None:
            raise ValueError(f"{product} has no price in force at {at.isoformat()}. Pin one first.")
        return price

    def arrears(self, used: Use, *, at: datetime) -> list[Line]:
        """The peaks of this cycle, each at the price in force when it was first reached, and the
        metered use, at the prices in force just before `at`. Decision 32.
        """
        lines = []
        for product in self._products:
            lines.append(self._peak_line(product, at))
            price = self._price(product, at)
            if price is not None and price.basis is Basis.METERED:
                over = above_allowance(used.get(product, 0), price.allowance)
                lines.append(self._whole(Kind.METERED, product, price, over))
        return [line for line in lines if line is not None]

    def unsaved(self, change: Change) -> Unsaved | None:
        """What this reduction would not save if it came now; None where it saves all.

        It is the credit that would be paid for it, or the part of the peak that stays. PRICE-10.
        """
        item = self._items.get(change.product)
        if item is None or change.quantity >= item.quantity or change.replaces:
            return None
        price = self.price(change.product, at=change.at)
        until = self._cycle.period.end
        if price.basis is Basis.PEAK:
            peak = item.peak
            price = self._agreed(change.product, peak.price_version, at=change.at)
            stays = [
                self._whole(Kind.PEAK, change.product, price, quantity)
                for quantity in (peak.quantity, change.quantity)
            ]
            amount = _amount(stays[0]) - _amount(stays[1])
            above = peak.quantity - change.quantity
            return Unsaved(change.product, above, amount, until, peak.on, peak.quantity)
        if price.timing is Timing.ONCE or price.decrease is Decrease.NOW_CREDIT:
            return None
        credits = self._exchange(change, price, item)
        amount = -sum(map(_amount, credits.lines), _NOTHING)
        return Unsaved(change.product, item.paid - change.quantity, amount, until)

    def covered(self, change: Change) -> Covered | None:
        """What this higher number would be if it came now and the peak is as high already."""
        item = self._items.get(change.product)
        if item is None or not item.quantity < change.quantity <= item.peak.quantity:
            return None
        peak, price = item.peak, self.price(change.product, at=change.at)
        if price.basis is not Basis.PEAK or peak.price_version != price.version:
            return None
        return Covered(change.product, change.quantity, peak.quantity, peak.on)

    def is_metered(self, *, at: datetime) -> bool:
        """Whether something is metered, so that the next invoice may still grow."""
        prices = (self._price(product, at) for product in self._products)
        return any(price is not None and price.basis is Basis.METERED for price in prices)

    def _price(self, product: str, at: datetime) -> Price | None:
        return self._pins.price(product, opening=self._cycle.period.start, at=at)

    def _agreed(self, product: str, version: str | None, *, at: datetime) -> Price:
        """The price of a version; where none is named, that in force at `at`."""
        if version is None:
            return self.price(product, at=at)
        return self._pins.version(product, version)

    def _item(self, product: str) -> HeldItem:
        item = self._items.get(product)
        if item is None:
            item = self._items[product] = HeldItem(ItemState(), self._cycle.period.start)
        return item

    def _day(self, happening: Change | MemberChange) -> date:
        # Where clocks go back over midnight, the day before the opening comes a second time.
        return max(happening.day, self._cycle.period.start)

    def _change(self, change: Change) -> None:
        item = self._item(change.product)
        if change.quantity == item.quantity:
            item.waiting = None
            return
        price = self.price(change.product, at=change.at)
        if _waits(change, price, item.quantity):
            item.waiting = Waiting(change.quantity, change.ref)
            return
        self._settle(change, price, item)
        item.waiting = None
        item.set(change.quantity, because=change.ref, price_version=price.version)
        if price.basis is Basis.PEAK:
            self._reach(change, price, item)

    def _reach(self, change: Change, price: Price, item: HeldItem) -> None:
        """Remember the highest quantity that a version billing peaks had, and that version.

        A higher one at another version takes its place only where it costs no less: nobody makes
        the cycle cheaper by buying more on its last day.
        """
        peak = item.peak
        new = Peak(change.quantity, self._day(change), change.ref, price.version)
        if peak.quantity and peak.price_version != price.version:
            before = self._agreed(change.product, peak.price_version, at=change.at)
            if before.basis is not Basis.PEAK:
                item.peak = new
                return
            costs = self._whole(Kind.PEAK, change.product, before, peak.quantity)
            would = self._whole(Kind.PEAK, change.product, price, new.quantity)
            if _amount(would) < _amount(costs):
                return
        if new.quantity > peak.quantity:
            item.peak = new

    def _settle(self, change: Change, price: Price, item: HeldItem) -> None:
        """Charge or credit a change that holds at once, and remember what is paid for."""
        if not _moves_money(change, price, item):
            return
        lines = self._lines(change, price, item)
        if change.replaces or price.timing is Timing.ONCE or _charged_at_once(change, price, item):
            self._charge_at_once(change, lines)
        else:
            self._put_off.extend(lines)

    def _lines(self, change: Change, price: Price, item: HeldItem) -> list[Line]:
        paid = item.paid
        if price.timing is Timing.ONCE:
            item.pay(change.quantity, price_version=price.version)
            return self._bought_once(change, price, paid)
        exchanged = self._exchange(change, price, item)
        item.paid_at = exchanged.paid_at
        if change.quantity > paid and not sum(line.amount for line in exchanged.lines):
            return []
        return exchanged.lines

    def _exchange(self, change: Change, price: Price, item: HeldItem) -> Exchange:
        """What going from what is paid to the changed quantity costs, from that day on."""
        return exchange(
            change.product,
            paid_at=item.paid_at,
            prices={
                paid.price_version: self._agreed(change.product, paid.price_version, at=change.at)
                for paid in item.paid_at
            },
            new=change.quantity,
            price=price,
            cycle=self._cycle,
            currency=self._currency,
            day=self._day(change),
            ref=change.ref,
        )

    def _bought_once(self, change: Change, price: Price, paid: int) -> list[Line]:
        if change.quantity <= paid:
            return []
        line = charge(
            kind=Kind.ONCE,
            product=change.product,
            price=price,
            quantity=change.quantity - paid,
            cycle=self._cycle,
            currency=self._currency,
            because=(change.ref,),
            from_on=self._day(change),
        )
        return [] if line is None else [line]

    def _charge_at_once(self, change: Change, lines: list[Line]) -> None:
        if not lines:
            return
        if self._charged and self._charged[-1][0] == change.at:
            self._charged[-1][2].extend(lines)
        else:
            self._charged.append((change.at, self._day(change), lines))

    def _count(self, member: MemberChange) -> None:
        counted = []
        for product in self._products:
            price = self._price(product, member.at)
            if price is not None and self._has_places(product, price, member.at):
                counted.append((product, price))
        self._members += member.step
        if member.step > 0:
            for product, price in counted:
                self._seat(product, price, member)

    def _has_places(self, product: str, price: Price, at: datetime) -> bool:
        """Whether the members of a product are counted by now.

        One that is held from within this cycle on: whoever is there at that instant has a place,
        and is counted at the next opening.
        """
        if price.basis is not Basis.MEMBERS:
            return False
        if product not in self._items:
            if self._price(product, at - INSTANT) is None:
                return False
            self._item(product).pay(self._members, price_version=price.version)
        return True

    def _seat(self, product: str, price: Price, member: MemberChange) -> None:
        """Charge one billable member more, unless a paid place is free."""
        item = self._items[product]
        added = self._members - item.paid
        if added <= 0:
            return
        item.pay(self._members, price_version=price.version)
        line = charge(
            kind=Kind.PRORATION,
            product=product,
            price=price,
            quantity=added,
            cycle=self._cycle,
            currency=self._currency,
            because=(member.ref,),
            from_on=self._day(member),
        )
        if line is not None:
            self._put_off.append(line)

    def _peak_line(self, product: str, at: datetime) -> Line | None:
        item = self._items.get(product)
        if item is None or not item.peak.quantity:
            return None
        peak = item.peak
        price = self._agreed(product, peak.price_version, at=at)
        if price.basis is not Basis.PEAK:
            return None
        because = () if peak.because is None else (peak.because,)
        return self._whole(Kind.PEAK, product, price, peak.quantity, because)

    def _whole(
        self,
        kind: Kind,
        product: str,
        price: Price,
        quantity: int,
        because: tuple[Ref, ...] = (),
    ) -> Line | None:
        """The line of the whole cycle."""
        return charge(
            kind=kind,
            product=product,
            price=price,
            quantity=quantity,
            cycle=self._cycle,
            currency=self._currency,
            because=because,
        )


def _amount(line: Line | None) -> Decimal:
    return _NOTHING if line is None else line.amount


def _moves_money(change: Change, price: Price, item: HeldItem) -> bool:
    """Whether a change that holds at once is charged or credited in this cycle."""
    if price.basis is not Basis.SET:
        return False
    if change.replaces:
        return True
    if change.quantity > item.quantity:
        return change.quantity > item.paid
    return price.decrease is Decrease.NOW_CREDIT and price.timing is not Timing.ONCE


def _charged_at_once(change: Change, price: Price, item: HeldItem) -> bool:
    return change.quantity > item.quantity and price.increase is Increase.PRORATE


def _waits(change: Change, price: Price, quantity: int) -> bool:
    if change.replaces:
        return False
    if change.waits is not None:
        return change.waits
    return waits_by_rule(price, old=quantity, new=change.quantity)


def waits_by_rule(price: Price, *, old: int, new: int) -> bool:
    """Whether going from `old` to `new` takes hold at the next opening by the price's own rule.

    PRICE-5: decreases of what is paid in advance may wait, nothing else does.
    """
    if new >= old or price.timing is not Timing.ADVANCE:
        return False
    return price.decrease in (Decrease.AT_RENEWAL, Decrease.BY_REQUEST)
