"""A scenario: one customer's billing story, with everything that decides its invoices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from billing.core.happened import Change
from billing.core.members import MemberStatus
from billing.core.periods import Cycles
from billing.core.pins import Pin


@dataclass(frozen=True, slots=True)
class Customer:
    """Who is billed. `discount_percent` is taken off every subtotal."""

    time_zone: str
    currency: str
    country: str
    tax_id: str | None
    discount_percent: Decimal


@dataclass(frozen=True, slots=True)
class Seller:
    """Who bills. `tax_rates` are percents by the customer's country."""

    country: str
    tax_rates: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class MemberEntry:
    """The status of a member from `at` on; `path` is where the scenario says so."""

    at: datetime
    day: date
    member: str
    status: MemberStatus
    bot: bool
    path: str


@dataclass(frozen=True, slots=True)
class Usage:
    """A use of a metered product; `path` is where the scenario says so."""

    at: datetime
    day: date
    product: str
    quantity: int
    path: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Changes that somebody thinks of at one instant, on its local day."""

    at: datetime
    day: date
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One subscription and its story up to and with the local day `until`.

    `products` is the catalogue in its order. `changes`, `members` and `usage` are in file order,
    which need not be the order in time; each names its place in the file.
    """

    customer: Customer
    seller: Seller
    cycles: Cycles
    products: tuple[str, ...]
    pins: tuple[Pin, ...]
    changes: tuple[Change, ...]
    members: tuple[MemberEntry, ...]
    usage: tuple[Usage, ...]
    preview: Preview | None
    until: date


class ScenarioMistakes(ValueError):
    """A file that tells no story; `lines` says each mistake, with its JSON path."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))
