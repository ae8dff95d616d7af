"""Plans: which of the catalogue an account holds, and what stands beside each of them. PLAN-1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.models import Account
from billing.core.pricing import Price
from billing.foreseeing import Running
from billing.models import PlanLevel, PlanLine, Product
from billing.reading import SubscriptionRow


@dataclass(frozen=True, slots=True)
class HeldPlan:
    """A plan in force: its contact limit, and the user seats of its level."""

    product: Product
    line: PlanLine
    level: PlanLevel
    contacts: int
    users: Product | None
    seats: int
    row: SubscriptionRow
    prices: Mapping[str, Price]
    """The prices in force, by product code."""


def held_plans(running: Iterable[Running]) -> list[HeldPlan]:
    """The plans in force of these subscriptions."""
    found = []
    for together in running:
        in_force = [one for one in together.items if one.quantity]
        seats = [one for one in in_force if one.product.kind == Product.Kind.USERS]
        for one in in_force:
            line, level = one.product.line, one.product.level
            if line is None or level is None:
                continue
            mine = next((seat for seat in seats if seat.product.level_id == level.pk), None)
            found.append(
                HeldPlan(
                    product=one.product,
                    line=line,
                    level=level,
                    contacts=one.quantity,
                    users=mine.product if mine else None,
                    seats=mine.quantity if mine else 0,
                    row=together.row,
                    prices={item.product.code: item.price for item in in_force},
                )
            )
    return found


def plans_of(account: Account) -> list[Product]:
    """The plans that the account holds, with their product and level. One query."""
    held = Product.objects.filter(
        kind=Product.Kind.PLAN, items__subscription__account=account, items__quantity__gt=0
    )
    return list(held.select_related("line", "level").distinct().order_by("position", "pk"))


def users_of(plan: Product) -> Product | None:
    """The user seats that go with a plan's level; None where its price has everybody in it."""
    return Product.objects.filter(kind=Product.Kind.USERS, level=plan.level_id).first()
