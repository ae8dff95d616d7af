"""What speaks against a change of plans that the customer makes by themselves. PLAN-5, PLAN-9."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from billing.models import PlanLine, Product
from billing.objections import Objection, Proposal
from billing.speaking import named

# What stands beside a plan, and is lowered by itself.
_BESIDE: Final = (Product.Kind.ADD_ON, Product.Kind.LICENCE)


def against(proposal: Proposal, *, replaces: bool) -> list[Objection]:
    """What speaks against it: a second plan, a plan that is given up, and what support does.

    ``replaces``: its changes take each other's place, and are credited at once (decision 7): so
    only more than before may take the place of what is held. Where no plan comes or goes, there is
    nothing to say.
    """
    plans = _Plans(proposal)
    said = [*plans.two_of_a_family(), *plans.given_up()]
    if replaces:
        said += [*plans.not_upwards(), *plans.fewer(), *plans.left_alone()]
    return said


@dataclass(frozen=True, slots=True)
class _Plans:
    """The plans of a proposal, before and after."""

    proposal: Proposal

    def begun(self) -> list[Product]:
        changed = self._changed(Product.Kind.PLAN)
        return [one for one, was, becomes in changed if becomes and not was]

    def ended(self) -> list[Product]:
        changed = self._changed(Product.Kind.PLAN)
        return [one for one, was, becomes in changed if was and not becomes]

    def two_of_a_family(self) -> Iterator[Objection]:
        """A plan beside another one of its family: it would take its place.

        Such as more contacts of a plan that has given way since they were put into the cart.
        """
        begun, held = self.begun(), defaultdict(list)
        for code, number in self.proposal.held.items():
            product = self.proposal.products[code]
            if number and product.kind == Product.Kind.PLAN:
                held[product.family].append(product)
        for plan in begun:
            kept = [one for one in held[plan.family] if one not in begun]
            if kept:
                text = _(
                    "Your plan is {plan} now, and {product} would take its place: take this out,"
                    " and choose the number where your plan stands."
                )
                yield Objection(plan.code, text.format(plan=named(kept[0]), product=named(plan)))
            elif len(held[plan.family]) > 1:
                text = _("One plan takes the place of another: choose it where your plan stands.")
                yield Objection(plan.code, text)

    def given_up(self) -> Iterator[Objection]:
        """A plan that ends without another one in its place."""
        families = {plan.family for plan in self.begun()}
        for plan in self.ended():
            if plan.family not in families:
                text = _("A plan is given up by cancelling it, and not by its number.")
                yield Objection(plan.code, text)

    def not_upwards(self) -> Iterator[Objection]:
        """A lower level, or a plan product that does not hold the present one. PLAN-9."""
        for plan in self.begun():
            for other in self.ended():
                if other.family == plan.family and not is_upgrade(other, plan):
                    text = _("A lower level or another plan product is asked of support.")
                    yield Objection(plan.code, text)

    def fewer(self) -> Iterator[Objection]:
        """Fewer contacts or seats than before: they are lowered by themselves, at renewal."""
        counted = (Product.Kind.PLAN.value, Product.Kind.USERS.value)
        for kind in counted:
            changed = list(self._changed(kind))
            if sum(was for _, was, _ in changed) > sum(becomes for _, _, becomes in changed):
                text = _("Lower numbers hold from the renewal on: change the plan first.")
                yield Objection(changed[-1][0].code, text)
        for code, (was, becomes) in self.proposal.changes.items():
            if becomes < was and self.proposal.products[code].kind in _BESIDE:
                text = _("A lower number is no part of another plan: change it by itself.")
                yield Objection(code, text)

    def left_alone(self) -> Iterator[Objection]:
        """What is held, and is not sold together with the plan that comes. PRICE-7."""
        gone = {plan.pk for plan in self.ended()}
        kept = [
            self.proposal.products[code] for code, number in self.proposal.held.items() if number
        ]
        there = {product.pk for product in kept}
        wants: dict[int, set[int]] = defaultdict(set)
        needed = Product.requires.through.objects.filter(from_product__in=there)
        for product_id, other_id in needed.values_list("from_product_id", "to_product_id"):
            wants[product_id].add(other_id)
        for product in kept:
            if wants[product.pk] & gone and not wants[product.pk] & there:
                text = _("{product} is not sold with this plan: have support remove it first.")
                for plan in self.begun():
                    yield Objection(plan.code, text.format(product=named(product)))

    def _changed(self, kind: str) -> Iterator[tuple[Product, int, int]]:
        for code, (was, becomes) in self.proposal.changes.items():
            if self.proposal.products[code].kind == kind:
                yield self.proposal.products[code], was, becomes


def is_upgrade(was: Product, becomes: Product) -> bool:
    """Whether a customer may go from one plan to the other by themselves. PLAN-5, PLAN-6.

    To a level that is not lower, of the same plan product or of one that bundles it.
    """
    if was.level is None or becomes.level is None or was.level.position > becomes.level.position:
        return False
    if was.line_id == becomes.line_id:
        return True
    return PlanLine.bundles.through.objects.filter(
        from_planline=becomes.line_id, to_planline=was.line_id
    ).exists()
