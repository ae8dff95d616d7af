"""Selling: to whom a product is sold, and together with what (PRICE-7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.models import Item, Product
from billing.refusals import ChangeRefused, NotWithPlan
from billing.speaking import day_words, named


def refuse_unsold(*, begun: Collection[str], together: Collection[str], on: date) -> None:
    """`ChangeRefused` where a product that is bought from zero is not sold to this account.

    ``begun`` are the codes of what is bought from zero on the local day ``on``, ``together`` of all
    that is held after the change. A product closed from a day on is sold to nobody who does not
    hold it; one that requires others is sold to holders of at least one of them, in any
    subscription of the account. `NotWithPlan` where what it requires is another plan than the one
    held. One query where something is bought from zero, else none; more to say why not.
    """
    if not begun:
        return
    needed: dict[str, set[str]] = defaultdict(set)
    rows: Any = Product.objects.filter(code__in=begun).annotate(needs=F("requires__code"))
    for product in rows:
        if product.closed_from and product.closed_from <= on:
            words = _(
                "%(product)s is not sold to new customers since %(day)s. Those who hold it keep "
                "it; choose another product."
            )
            day = day_words(product.closed_from)
            raise ChangeRefused(words % {"product": named(product), "day": day})
        needed[product.code] |= {product.needs} - {None}
    alone = [one for one in rows if needed[one.code] and needed[one.code].isdisjoint(together)]
    if not alone:
        return
    _refuse_with_another_plan({one.code: one for one in alone}, held=set(together) - set(begun))
    others = map(named, alone[0].requires.all())
    words = _("%(product)s is sold only together with %(others)s. Add that first.")
    names = pgettext("between names", " or ").join(others)
    raise ChangeRefused(words % {"product": named(alone[0]), "others": names})


def _refuse_with_another_plan(alone: Mapping[str, Product], *, held: Collection[str]) -> None:
    """`NotWithPlan` where one of these requires nothing but plans, in place of the one held.

    To add the plan that it requires is no advice then: one plan takes the place of another.
    """
    plans = Product.objects.filter(kind=Product.Kind.PLAN, code__in=held)
    by_family = {plan.family: plan for plan in plans.order_by("-position", "-pk")}
    found = {}
    for code, product in alone.items():
        needs = list(product.requires.all())
        mine = [by_family[one.family] for one in needs if one.family in by_family]
        if mine and all(one.kind == Product.Kind.PLAN for one in needs):
            found[code] = (product, mine[0])
    if found:
        said = [
            _("{product} is not sold with {plan}, which is your plan now.").format(
                product=named(product), plan=named(plan)
            )
            for product, plan in found.values()
        ]
        held_now = {code: named(plan) for code, (_product, plan) in found.items()}
        advice = _("Where it lies in your cart, take it out there.")
        raise NotWithPlan(" ".join([*said, advice]), plans=held_now)


def held_by(account_id: int) -> set[str]:
    """The codes of what an account holds, in any of its subscriptions. One query."""
    items = Item.objects.filter(subscription__account=account_id, quantity__gt=0)
    return set(items.values_list("product__code", flat=True))
