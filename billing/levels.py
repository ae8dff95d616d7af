"""Levels: which plans are sold, and what it means that one takes the place of another. PLAN-5."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _
from djmoney.money import Money

from billing.core.display import format_number
from billing.core.money import to_minor_unit
from billing.core.periods import Interval, local_day
from billing.core.pricing import Price, amount_of
from billing.documents.wording import quantity_of
from billing.models import PlanLevel, PlanLine, Product
from billing.offering import Choice, choice_of
from billing.plans import HeldPlan
from billing.prices import prices_of

_MONTHS_IN_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Sold:
    """How somebody buys: in which currency, for which interval, on which local day."""

    currency: str
    interval: str
    on: date

    @staticmethod
    def to(held: HeldPlan, *, at: datetime) -> Sold:
        """How the holder of a plan buys another one."""
        row = held.row
        return Sold(row.currency, row.interval, local_day(at, row.time_zone))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plan that is sold, or held: how its contact limit and the seats of its level are chosen."""

    product: Product
    level: PlanLevel
    contacts: Choice
    seats: Choice | None

    def each_cycle(self, contacts: int, seats: int, *, sold: Sold) -> Money | None:
        """What these numbers cost a whole cycle at listed prices, before discount and taxes.

        None where the plan cannot hold so many.
        """
        if contacts > self.contacts.most or seats > self.most_seats:
            return None
        found = _cost(self.contacts.price, contacts, sold)
        return found if self.seats is None else found + _cost(self.seats.price, seats, sold)

    @property
    def most_seats(self) -> int:
        return self.seats.most if self.seats else 0


def candidates(line: PlanLine, *, sold: Sold, held: HeldPlan | None = None) -> list[Candidate]:
    """The plans of a plan product that are sold so, from the lowest level up; also the one held.

    What is held keeps its own price. Three queries.
    """
    mine = Q(closed_from=None) | Q(closed_from__gt=sold.on)
    if held is not None:
        mine |= Q(pk=held.product.pk)
    sells = Product.objects.filter(mine, kind=Product.Kind.PLAN, line=line)
    plans = list(sells.select_related("level", "line").order_by("level__position", "position"))
    users = {
        one.level_id: one
        for one in Product.objects.filter(
            kind=Product.Kind.USERS, level__in=[plan.level_id for plan in plans]
        )
    }
    choices = _choices([*plans, *users.values()], sold, held)
    found = []
    for plan in plans:
        contacts, level = choices.get(plan.pk), plan.level
        if contacts is not None and level is not None:
            seats = users.get(level.pk)
            found.append(Candidate(plan, level, contacts, choices.get(seats.pk) if seats else None))
    return found


def saved_by_a_year(plan: Product, *, contacts: int, seats: int, sold: Sold) -> Money | None:
    """What a year of a plan costs less than twelve months of it; None where it saves nothing."""
    if plan.line is None:
        return None
    costs = []
    for interval, times in ((Interval.MONTH, _MONTHS_IN_YEAR), (Interval.YEAR, 1)):
        terms = replace(sold, interval=interval.value)
        found = [one for one in candidates(plan.line, sold=terms) if one.product == plan]
        cost = found[0].each_cycle(contacts, seats, sold=terms) if found else None
        if cost is None:
            return None
        costs.append(cost * times)
    saved = costs[0] - costs[1]
    return saved if saved.amount > 0 else None


def add_ons(plans: Iterable[Product], *, sold: Sold, owned: Collection[int]) -> list[Choice]:
    """What could be added to one of these plans, and is not among what is owned (product ids)."""
    products = list(
        Product.objects.filter(kind=Product.Kind.ADD_ON, requires__in=list(plans))
        .filter(Q(closed_from=None) | Q(closed_from__gt=sold.on))
        .exclude(pk__in=owned)
        .distinct()
        .order_by("position", "pk")
    )
    choices = _choices(products, sold, None)
    return [choices[product.pk] for product in products if product.pk in choices]


def replacing(
    held: HeldPlan, *, by: Candidate, contacts: int | None = None, seats: int | None = None
) -> dict[str, int]:
    """What is wanted, by product code, where a plan takes the place of the one held. Decision 7.

    The contact limit and the number of user seats stay, unless another one is named: what the new
    level includes becomes free, and the others cost what it asks.
    """
    contacts = held.contacts if contacts is None else contacts
    seats = held.seats if seats is None else seats
    changes = {held.product.code: 0, by.product.code: contacts}
    same = by.seats is not None and by.seats.product == held.users
    if same and seats == held.seats:
        return changes  # what is scheduled for them stays, too (PRICE-5)
    if held.users is not None and held.seats:
        changes[held.users.code] = 0
    if by.seats is not None and seats:
        changes[by.seats.product.code] = seats
    return changes


def obstacles(held: HeldPlan, *, by: Candidate, language: str) -> Iterator[tuple[Product, str]]:
    """What must go before this plan can hold what is held: of which product, and why. PLAN-5.

    It is where the prices of its contacts and seats end.
    """
    said = {"level": by.level.names[language]}
    if held.contacts > by.contacts.most:
        said["most"] = _counted(held.product, by.contacts.most, language)
        said["number"] = format_number(held.contacts, language)
        text = _("{level} holds {most} at most, you have {number}: lower the contact limit first.")
        yield held.product, text.format(**said)
    if held.users is not None and held.seats > by.most_seats:
        said["most"] = _counted(held.users, by.most_seats, language)
        said["number"] = format_number(held.seats, language)
        text = _("{level} holds {most} at most, you have {number}: give seats back first.")
        yield held.users, text.format(**said)


def _choices(products: list[Product], sold: Sold, held: HeldPlan | None) -> dict[int, Choice]:
    """How the number of each product is chosen, by id: those that have a price."""
    keys = [product.pk for product in products]
    versions, prices = prices_of(keys)
    found = {}
    for product in products:
        price = held.prices.get(product.code) if held else None
        if price is None:
            version = versions.on(
                product.pk, currency=sold.currency, interval=sold.interval, day=sold.on
            )
            price = None if version is None else prices[version]
        if price is not None and (one := choice_of(product, held=0, price=price)):
            found[product.pk] = one
    return found


def _cost(price: Price, number: int, sold: Sold) -> Money:
    yearly = sold.interval == Interval.YEAR and price.interval is Interval.MONTH
    exact = amount_of(price, number) * (_MONTHS_IN_YEAR if yearly else 1)
    return Money(to_minor_unit(exact, sold.currency), sold.currency)


def _counted(product: Product, number: int, language: str) -> str:
    return quantity_of(number, product.names[f"unit_{language}"], language)
