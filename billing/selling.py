"""Selling: to whom a product is sold, and together with what (PRICE-7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.models import Item, Product
from billing.refusals import ChangeRefused
from billing.speaking import day_words, named


def refuse_unsold(*, begun: Collection[str], together: Collection[str], on: date) -> None:
    """`ChangeRefused` where a product that is bought from zero is not sold to this account.

    ``begun`` are the codes of what is bought from zero on the local day ``on``, ``together`` of all
    that is held after the change. A product closed from a day on is sold to nobody who does not
    hold it; one that requires others is sold to holders of at least one of them, in any
    subscription of the account. One query where something is bought from zero, else none.
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
    for product in rows:
        if needed[product.code] and needed[product.code].isdisjoint(together):
            others = map(named, product.requires.all())
            words = _("%(product)s is sold only together with %(others)s. Add that first.")
            names = pgettext("between names", " or ").join(others)
            raise ChangeRefused(words % {"product": named(product), "others": names})


def held_by(account_id: int) -> set[str]:
    """The codes of what an account holds, in any of its subscriptions. One query."""
    items = Item.objects.filter(subscription__account=account_id, quantity__gt=0)
    return set(items.values_list("product__code", flat=True))
