"""What is held: one item while its cycle runs, with what is paid of it and its peak. Decision 32.

Whoever runs the cycle prices it: this file is told the versions, and knows no price.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from billing.core.lines import Ref
from billing.core.state import ItemState, Paid


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest quantity of an item in a cycle so far, and the day that first reached it.

    `price_version` is the price that was in force then, of one carried in the price right after the
    opening; None where nothing was held.
    """

    quantity: int
    on: date
    because: Ref | None
    price_version: str | None


class HeldItem:
    """One item while the cycle runs."""

    __slots__ = ("because", "paid_at", "peak", "price_version", "quantity", "waiting")

    def __init__(self, state: ItemState, opened_on: date) -> None:
        self.quantity = state.quantity
        self.because = state.because
        self.waiting = state.waiting
        self.paid_at = state.paid_at
        self.price_version = state.price_version
        self.peak = Peak(state.quantity, opened_on, state.because, state.price_version)

    @property
    def paid(self) -> int:
        return sum(paid.quantity for paid in self.paid_at)

    def set(self, quantity: int, *, because: Ref, price_version: str) -> None:
        self.quantity = quantity
        self.because = because
        self.price_version = price_version

    def pay(self, quantity: int, *, price_version: str | None) -> None:
        """So many are paid for now: more at this version, fewer from the last ones bought on."""
        kept = split(self.paid_at, quantity)[0]
        added = quantity - sum(paid.quantity for paid in kept)
        self.paid_at = joined(kept, Paid(added, price_version))

    def state(self) -> ItemState:
        return ItemState(
            self.quantity, self.because, self.waiting, self.paid, self.price_version, self.paid_at
        )


def joined(paid_at: tuple[Paid, ...], more: Paid) -> tuple[Paid, ...]:
    """What is paid with some more of it; units of one version that follow each other are one."""
    if not more.quantity:
        return paid_at
    if paid_at and paid_at[-1].price_version == more.price_version:
        more = Paid(paid_at[-1].quantity + more.quantity, more.price_version)
        paid_at = paid_at[:-1]
    return (*paid_at, more)


def split(paid_at: tuple[Paid, ...], quantity: int) -> tuple[tuple[Paid, ...], tuple[Paid, ...]]:
    """The first `quantity` of what is paid, and what is left of it, the last bought first."""
    kept, back = [], []
    for paid in paid_at:
        stays = min(quantity, paid.quantity)
        quantity -= stays
        if stays:
            kept.append(Paid(stays, paid.price_version))
        if stays < paid.quantity:
            back.append(Paid(paid.quantity - stays, paid.price_version))
    return tuple(kept), tuple(reversed(back))
