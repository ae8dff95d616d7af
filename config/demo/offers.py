"""How the demo catalogue is written down: products with names, and versions of their prices."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from billing.models import PlanLevel, PlanLine, Price, Product, Tier

SINCE: Final = date(2020, 1, 1)

Names = tuple[str, str, str]
"""English, Italian, Czech."""

SEAT: Final = ("seat|seats", "postazione|postazioni", "místo|místa|míst")
LICENCE: Final = ("licence|licences", "licenza|licenze", "licence|licence|licencí")
PACK: Final = ("pack|packs", "pacchetto|pacchetti", "balíček|balíčky|balíčku|balíčků")


@dataclass(frozen=True, slots=True)
class Listed:
    """One price as it is listed: never converted from another currency."""

    currency: str
    amount: str | None = None
    tiers: tuple[tuple[int | None, str, str], ...] = ()
    interval: str = "month"
    valid_from: date = SINCE
    rules: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    """One product with its prices; ``rules`` are what all its prices have in common.

    ``line`` and ``level`` name a plan's place by its codes, `config.demo.plans` writes them.
    ``placeholder``: the published source gives no figure, so this one is invented.
    """

    code: str
    family: str
    names: Names
    prices: tuple[Listed, ...]
    rules: dict[str, Any]
    units: Names = SEAT
    subscription: str = "plan"
    who: str = Product.Who.PERMITTED
    placeholder: bool = False
    closed_from: date | None = None
    requires: tuple[str, ...] = ()
    kind: str = Product.Kind.OTHER
    line: str = ""
    level: str = ""


@transaction.atomic
def write(offers: tuple[Offer, ...]) -> None:
    """Put these products into the catalogue, in this order, unless they stand there."""
    standing = set(Product.objects.values_list("code", flat=True))
    for position, offer in enumerate(offers, 1):
        if offer.code not in standing:
            _write_one(offer, 10 * position)
    for offer in offers:
        if offer.requires and offer.code not in standing:
            product = Product.objects.get(code=offer.code)
            product.requires.set(Product.objects.filter(code__in=offer.requires))


def _write_one(offer: Offer, position: int) -> None:
    product = Product.objects.create(
        code=offer.code,
        family=offer.family,
        subscription_code=offer.subscription,
        position=position,
        who_may_buy=offer.who,
        closed_from=offer.closed_from,
        placeholder=offer.placeholder,
        kind=offer.kind,
        line=PlanLine.objects.get(code=offer.line) if offer.line else None,
        level=PlanLevel.objects.get(code=offer.level) if offer.level else None,
        **{f"name_{code}": name for code, name in zip(_LANGUAGES, offer.names, strict=True)},
        **{f"unit_{code}": unit for code, unit in zip(_LANGUAGES, offer.units, strict=True)},
    )
    for listed in offer.prices:
        price = Price.objects.create(
            product=product,
            currency=listed.currency,
            interval=listed.interval,
            valid_from=listed.valid_from,
            amount=None if listed.amount is None else Decimal(listed.amount),
            **(offer.rules | listed.rules),
        )
        Tier.objects.bulk_create(
            Tier(price=price, up_to=up_to, unit=Decimal(unit), flat=Decimal(flat))
            for up_to, unit, flat in listed.tiers
        )


_LANGUAGES: Final = ("en", "it", "cs")
