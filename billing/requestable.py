"""What an account can ask support to change: which kinds of request, and of which products each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from accounts import foresight
from accounts.access import Standing
from accounts.rights import Right
from billing import buyers
from billing.core.pricing import Model
from billing.features import Features, Shift
from billing.foreseeing import Now, Running
from billing.models import ChangeRequest, Product
from billing.models.requests import RequestKind
from billing.plan_rules import is_upgrade
from billing.plans import HeldPlan, held_plans

# The seats of the legacy product, which are given back by request (CONV-5).
CONVERSATIONS: Final = "conversations"


@dataclass(frozen=True, slots=True)
class Option:
    """A product that a request can name.

    Either it is ``held``, and less of it is asked for; or it shall take the place of the plan
    ``instead_of``, and ``lost`` is what only the latter can do, or can do more often.
    """

    product: Product
    held: Now | None = None
    instead_of: HeldPlan | None = None
    lost: tuple[Shift, ...] = ()

    @property
    def step(self) -> int:
        """In which steps it is counted; 0 where it is held once or not at all."""
        if self.held is None or self.held.price.model is Model.FLAT:
            return 0
        price = self.held.price
        return price.size or 1 if price.model is Model.PACKAGE else 1


def in_force(running: Iterable[Running]) -> list[Now]:
    """What is held of these subscriptions, without what ends at the next opening anyway."""
    return [
        one for together in running for one in together.items if one.quantity and one.waiting != 0
    ]


def options(running: Sequence[Running]) -> dict[str, list[Option]]:
    """By kind of request the products that it can name; kinds that can name none are left out.

    ``running`` are the account's subscriptions, as `foreseeing.look` sees them. The number of
    queries grows with the plans that are sold beside the one held.
    """
    found: dict[str, list[Option]] = {kind: [] for kind in RequestKind.values}
    for one in in_force(running):
        if one.product.kind == Product.Kind.ADD_ON:
            found[RequestKind.ADD_ON].append(Option(one.product, held=one))
        elif one.product.family == CONVERSATIONS:
            found[RequestKind.SEATS].append(Option(one.product, held=one))
    for plan in held_plans(running):
        for kind, option in _in_place_of(plan):
            found[kind].append(option)
    return {kind: several for kind, several in found.items() if several}


def may_ask(here: Standing) -> bool:
    """Whether this person may ask support for anything about what is bought. PLAN-9."""
    return here.may(Right.PURCHASE) and foresight.reads_amounts(here)


def undone_rows(account_id: int) -> QuerySet[ChangeRequest]:
    """The requests of an account that wait for somebody, the newest first."""
    found = ChangeRequest.objects.filter(account=account_id, state__in=ChangeRequest.UNDONE)
    return found.select_related("product")


def right_to_ask(product: Product | None) -> Right:
    """What a person needs to ask for a change of this product, or None to ask at all. PRICE-6."""
    return Right.PURCHASE if product is None else buyers.right_to_buy(product)


def askable(here: Standing, found: Mapping[str, Sequence[Option]]) -> dict[str, tuple[Option, ...]]:
    """Of what the account can ask for what this person may, and the kinds that name no product."""
    mine = {
        kind: tuple(one for one in several if here.may(right_to_ask(one.product)))
        for kind, several in found.items()
    }
    allowed: dict[str, tuple[Option, ...]] = {kind: one for kind, one in mine.items() if one}
    return allowed | dict.fromkeys(ChangeRequest.TALK, ())


def _in_place_of(plan: HeldPlan) -> Iterator[tuple[str, Option]]:
    """What could take a plan's place by request, lower levels first."""
    parts = set(plan.line.bundles.values_list("pk", flat=True))
    read = Features(plan.product.family)
    others = Product.objects.filter(kind=Product.Kind.PLAN, family=plan.product.family)
    for other in others.select_related("line", "level").order_by("level__position", "position"):
        kind = _kind(plan, other, parts=parts)
        if kind is not None:
            lost = read.between(plan.product, other).lost
            yield kind, Option(other, instead_of=plan, lost=lost)


def _kind(plan: HeldPlan, other: Product, *, parts: set[int]) -> str | None:
    """As which kind of request a plan is left for another one; None where one takes it oneself."""
    if other == plan.product or is_upgrade(plan.product, other):
        return None
    if other.line_id == plan.line.pk:
        return RequestKind.LEVEL
    if other.level_id != plan.level.pk:
        return None
    return RequestKind.UNBUNDLE if other.line_id in parts else RequestKind.PRODUCT
