"""Levels: which plans are sold, and what it means that one takes the place of another. PLAN-5."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from djmoney.money import Money

from accounts.statements import Statement
from billing.core import pricing
from billing.core.display import format_number
from billing.core.money import to_minor_unit
from billing.core.periods import Interval, local_day
from billing.core.pricing import amount_of
from billing.documents.wording import quantity_of
from billing.models import PlanLevel, PlanLine, Price, Product
from billing.offering import Choice, choice_of
from billing.plans import HeldPlan
from billing.prices import PriceBook, Versions, prices_of, versions_of, with_tiers

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
        found = cost_of(self.contacts.price, contacts, sold=sold)
        return found if self.seats is None else found + cost_of(self.seats.price, seats, sold=sold)

    @property
    def most_seats(self) -> int:
        return self.seats.most if self.seats else 0


@dataclass(frozen=True, slots=True)
class Plans:
    """Plans, the user seats of their levels by level id, and what both are sold at."""

    plans: Sequence[Product]
    users: Mapping[int | None, Product]
    versions: Versions
    prices: PriceBook


def plans_of_lines(lines: Iterable[PlanLine]) -> Plans:
    """All plans of these plan products, sold or not. One query."""
    plans, users, prices = _PLANS.read(lines=[line.pk for line in lines])
    return Plans(plans, {one.level_id: one for one in users}, *versions_of(prices))


def _plans(lines: Collection[int]) -> tuple[QuerySet[Any, Any], ...]:
    plans = Product.objects.filter(kind=Product.Kind.PLAN, line__in=lines)
    users = Product.objects.filter(
        kind=Product.Kind.USERS, level__in=plans.order_by().values("level")
    )
    both = (Q(product__in=found.order_by().values("pk")) for found in (plans, users))
    return (
        plans.select_related("level", "line").order_by("level__position", "position"),
        users,
        with_tiers(Price.objects.filter(next(both) | next(both))),
    )


_PLANS: Final = Statement(_plans)


def candidates(
    line: PlanLine, *, sold: Sold, held: HeldPlan | None = None, among: Plans | None = None
) -> list[Candidate]:
    """The plans of a plan product that are sold so, from the lowest level up; also the one held.

    What is held keeps its own price. One query, none ``among`` what was read already.
    """
    among = plans_of_lines([line]) if among is None else among
    mine = None if held is None else held.product
    plans = [
        plan
        for plan in among.plans
        if plan.line_id == line.pk
        and (plan.closed_from is None or plan.closed_from > sold.on or plan == mine)
    ]
    users = {
        level: seats for level, seats in among.users.items() if level in {p.level_id for p in plans}
    }
    choices = _priced([*plans, *users.values()], sold, held, among.versions, among.prices)
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
    """How the number of each product is chosen, by id: those that have a price. One query."""
    return _priced(products, sold, held, *prices_of(product.pk for product in products))


def _priced(
    products: Iterable[Product],
    sold: Sold,
    held: HeldPlan | None,
    versions: Versions,
    prices: PriceBook,
) -> dict[int, Choice]:
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


def cost_of(price: pricing.Price, number: int, *, sold: Sold) -> Money:
    """What this number costs a whole cycle at the listed price, before discount and taxes."""
    yearly = sold.interval == Interval.YEAR and price.interval is Interval.MONTH
    exact = amount_of(price, number) * (_MONTHS_IN_YEAR if yearly else 1)
    return Money(to_minor_unit(exact, sold.currency), sold.currency)


def _counted(product: Product, number: int, language: str) -> str:
    return quantity_of(number, product.names[f"unit_{language}"], language)
