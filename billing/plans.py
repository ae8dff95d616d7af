"""Plans: which of the catalogue an account holds, and what stands beside each of them. PLAN-1."""

from __future__ import annotations

from accounts.models import Account
from billing.models import Product


def plans_of(account: Account) -> list[Product]:
    """The plans that the account holds, with their product and level. One query."""
    held = Product.objects.filter(
        kind=Product.Kind.PLAN, items__subscription__account=account, items__quantity__gt=0
    )
    return list(held.select_related("line", "level").distinct().order_by("position", "pk"))


def users_of(plan: Product) -> Product | None:
    """The user seats that go with a plan's level; None where its price has everybody in it."""
    return Product.objects.filter(kind=Product.Kind.USERS, level=plan.level_id).first()
