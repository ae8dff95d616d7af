"""What an account holds now, in words: its subscriptions, each item with its price and its cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from djmoney.money import Money

from accounts.models import Account
from billing.core.charges import charge
from billing.core.lines import Kind, Line
from billing.core.periods import Cycle
from billing.core.pricing import Basis, Model, Price, Timing
from billing.documents.reading import priced
from billing.documents.wording import Charge, price_words, quantity_words
from billing.foreseeing import Now, Running, look
from billing.models import Product
from billing.openings import openings_of
from billing.prices import snapshot
from billing.reading import SubscriptionRow

_KINDS: Final = {
    Basis.SET: Kind.ADVANCE,
    Basis.MEMBERS: Kind.MEMBERS,
    Basis.PEAK: Kind.PEAK,
    Basis.METERED: Kind.METERED,
}


@dataclass(frozen=True, slots=True)
class Held:
    """One item in force.

    ``included`` of the number cost nothing. ``each_cycle`` is what the number in force costs a
    whole cycle, before discount and taxes; None of metered use, which nobody knows before it
    happens, and of what is charged once.
    """

    product: Product
    name: str
    quantity: int
    number: str
    price: str
    basis: str
    timing: str
    allowance: int
    included: int
    each_cycle: Money | None


@dataclass(frozen=True, slots=True)
class HeldTogether:
    """A subscription that runs: its items, and what it is billed next (local day).

    ``next`` is with discount and taxes, None where nobody can say it; ``estimated`` where something
    metered may be added.
    """

    subscription: SubscriptionRow
    next_on: date
    next: Money | None
    estimated: bool
    ends_on: date | None
    items: tuple[Held, ...]

    @property
    def each_cycle(self) -> Money:
        """What the items cost a whole cycle, before discount and taxes."""
        zero = Money(0, self.subscription.currency)
        return sum((one.each_cycle for one in self.items if one.each_cycle is not None), zero)

    def of_kind(self, kind: str) -> list[Held]:
        """The items whose product is of this kind."""
        return [one for one in self.items if one.product.kind == kind]

    @property
    def plan(self) -> Held | None:
        """The plan that it holds. PLAN-1."""
        return next(iter(self.of_kind(Product.Kind.PLAN)), None)


def held_by(account: Account, *, at: datetime, language: str) -> list[HeldTogether]:
    """The account's running subscriptions with what is in force, in a fixed number of queries."""
    return in_words(look(account, at=at), at=at, language=language)


def in_words(running: Iterable[Running], *, at: datetime, language: str) -> list[HeldTogether]:
    """These subscriptions in this language; no query."""
    return [_Reading(one, at, language).together() for one in running]


class _Reading:
    """Puts the items of one subscription into words."""

    def __init__(self, running: Running, at: datetime, language: str) -> None:
        self._running, self._at, self._language = running, at, language
        openings = openings_of(running.row)
        self._cycle = openings.cycle(max(openings.number_at(at), 0) + 1)

    def together(self) -> HeldTogether:
        running = self._running
        amount = running.next.totals.total if running.next else None
        return HeldTogether(
            subscription=running.row,
            next_on=running.next_on,
            next=None if amount is None else Money(amount, running.row.currency),
            estimated=running.estimated,
            ends_on=running.row.ends_on,
            items=tuple(self._held(self._cycle)),
        )

    def _held(self, cycle: Cycle) -> Iterator[Held]:
        currency = self._running.row.currency
        for one in self._running.items:
            price, number = one.price, self._number(one)
            # What is called off at the next opening is still held.
            if not (one.quantity or price.basis in (Basis.MEMBERS, Basis.METERED)):
                continue
            line = charge(
                kind=_kind(price),
                product=one.product.code,
                price=price,
                quantity=number,
                cycle=cycle,
                currency=currency,
                because=(),
            )
            words = self._charge(one.product, price, number, line)
            known = price.basis is not Basis.METERED and price.timing is not Timing.ONCE
            yield Held(
                product=one.product,
                name=words.name,
                quantity=one.quantity,
                number=quantity_words(words, language=self._language) if known else "",
                price=price_words(words, currency=currency, language=self._language),
                basis=price.basis.value,
                timing=price.timing.value,
                allowance=price.allowance,
                included=price.included,
                each_cycle=Money(words.amount, currency) if known else None,
            )

    def _number(self, one: Now) -> int:
        """How many count in this moment; of metered use one unit, to name its price."""
        if one.price.basis is Basis.METERED:
            return 1
        return self._running.members if one.price.basis is Basis.MEMBERS else one.quantity

    def _charge(self, product: Product, price: Price, number: int, line: Line | None) -> Charge:
        names, day = product.names, self._at.date()
        return Charge(
            name=names[self._language],
            unit=names[f"unit_{self._language}"],
            kind=_kind(price),
            starts_on=line.period.start if line else day,
            ends_on=line.period.end if line else day,
            quantity=number,
            amount=line.amount if line else Decimal(0),
            units=line.units if line else None,
            unit_amount=price.amount if price.model is Model.PER_UNIT else None,
            months=line.months if line else None,
            allowance=price.allowance,
            **priced(snapshot(price)),
        )


def _kind(price: Price) -> Kind:
    return Kind.ONCE if price.timing is Timing.ONCE else _KINDS[price.basis]
