"""Selling: to whom a product is sold, and together with what (PRICE-7)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

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
    subscription of the account.
    """
    if not begun:
        return
    for product in Product.objects.filter(code__in=begun).prefetch_related("requires"):
        if product.closed_from and product.closed_from <= on:
            words = _(
                "%(product)s is not sold to new customers since %(day)s. Those who hold it keep "
                "it; choose another product."
            )
            day = day_words(product.closed_from)
            raise ChangeRefused(words % {"product": named(product), "day": day})
        needed = list(product.requires.all())
        if needed and not any(other.code in together for other in needed):
            names = pgettext("between names", " or ").join(named(other) for other in needed)
            words = _("%(product)s is sold only together with %(others)s. Add that first.")
            raise ChangeRefused(words % {"product": named(product), "others": names})


def held_by(account_id: int) -> set[str]:
    """The codes of what an account holds, in any of its subscriptions. One query."""
    items = Item.objects.filter(subscription__account=account_id, quantity__gt=0)
    return set(items.values_list("product__code", flat=True))
