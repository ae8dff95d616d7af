"""Pins: which price of a product is in force for a subscription, and from when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from billing.core.pricing import Price

NOTICE: Final = timedelta(days=14)
"""How many local days a notice must be old before a changed price is charged. RSL-5."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A price that holds for one product of a subscription. Decision 8.

    A bought pin holds from the instant `at` on (None: from the beginning). An announced one takes
    hold at the first opening on or after `from_on` that is at least 14 local days after
    `notice_on`; without a notice, never. An announced pin with an `at` concerns only what was
    bought up to that instant.
    """

    product: str
    price: Price
    from_on: date
    at: datetime | None = None
    notice_on: date | None = None
    bought: bool = True

    @property
    def holds_on(self) -> date | None:
        """The first day whose opening charges an announced pin; None when there is none."""
        if self.notice_on is None:
            return None
        return max(self.from_on, self.notice_on + NOTICE)


class Pins:
    """The pins of one subscription, ready to be asked."""

    __slots__ = ("_announced", "_bought", "_versions")

    def __init__(self, pins: Iterable[Pin]) -> None:
        self._bought: dict[str, list[Pin]] = {}
        self._announced: dict[str, list[Pin]] = {}
        self._versions: dict[tuple[str, str], Price] = {}
        for pin in pins:
            self._versions[pin.product, pin.price.version] = pin.price
            kept = self._bought if pin.bought else self._announced
            kept.setdefault(pin.product, []).append(pin)

    def price(self, product: str, *, opening: date, at: datetime) -> Price | None:
        """The price in force at `at`, in the cycle that opened on `opening`; None without one.

        Of several announced ones that have taken hold, the latest `from_on` counts; a later
        purchase from zero pins anew.
        """
        bought = self._last_bought(product, at)
        announced = self._last_announced(product, opening, bought)
        pin = announced or bought
        return None if pin is None else pin.price

    def version(self, product: str, version: str) -> Price:
        """The price of a version that was in force once. ValueError where no pin names it."""
        price = self._versions.get((product, version))
        if price is None:
            raise ValueError(
                f"No pin names the version {version} of {product}, which a state names. Pass all "
                f"pins, also those that hold no longer."
            )
        return price

    def _last_bought(self, product: str, at: datetime) -> Pin | None:
        last: Pin | None = None
        for pin in self._bought.get(product, ()):
            if pin.at is not None and pin.at > at:
                continue
            if last is None or last.at is None or (pin.at is not None and pin.at >= last.at):
                last = pin
        return last

    def _last_announced(self, product: str, opening: date, bought: Pin | None) -> Pin | None:
        since = None if bought is None else bought.at
        last: Pin | None = None
        for pin in self._announced.get(product, ()):
            if pin.holds_on is None or pin.holds_on > opening:
                continue
            if since is not None and pin.at is not None and pin.at < since:
                continue
            if last is None or pin.from_on >= last.from_on:
                last = pin
        return last
