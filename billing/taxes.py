"""Tax rates by country and date, and how a payer is taxed on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from django.db.models import QuerySet, Subquery

from billing.models import SellerDetails, TaxRate

Seller: TypeAlias = tuple[int, str]
"""The id and the country of the seller's details."""


class TaxRates:
    """The standard rates of all countries, each from its date until the country's next one."""

    def __init__(self, rows: Iterable[tuple[str, date, Decimal]]) -> None:
        """``rows``: country, valid from, percent; oldest first."""
        self._rates: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
        for country, valid_from, percent in rows:
            self._rates[country].append((valid_from, percent))

    def on(self, country: str, day: date) -> Decimal | None:
        """The rate of a country in percent on this day; None where there is none."""
        valid = [percent for since, percent in self._rates.get(country, ()) if since <= day]
        return valid[-1] if valid else None


def rates_and_seller(*, using: str) -> tuple[TaxRates, Seller | None]:
    """The rates as they stand, and who sells now; None where nobody is written down yet.

    One query, which reads the seller beside each rate; a second one where there is no rate.
    """
    now = seller_now().using(using)
    beside = (Subquery(now.values("pk")), Subquery(now.values("country")))
    rows = list(rates_by_date(*beside).using(using))
    found = rows[0][3:] if rows else now.first()
    seller = None if found is None or found[0] is None else (found[0], found[1])
    return TaxRates(row[:3] for row in rows), seller


def rates_by_date(*beside: Subquery) -> QuerySet[TaxRate, tuple[Any, ...]]:
    """The rates as `TaxRates` takes them, each with these besides."""
    rates = TaxRate.objects.order_by("valid_from")
    return rates.values_list("country", "valid_from", "percent", *beside)


def seller_now() -> QuerySet[SellerDetails, Seller]:
    """Who sells now: one row, none where nobody is written down yet."""
    return SellerDetails.objects.order_by("-pk").values_list("pk", "country")[:1]
