"""Tax rates by country and date, and how a payer is taxed on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from billing.models import TaxRate


class TaxRates:
    """The standard rates of all countries, each from its date until the country's next one."""

    def __init__(self, rows: Iterable[tuple[str, date, Decimal]]) -> None:
        """``rows``: country, valid from, percent; oldest first."""
        self._rates: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
        for country, valid_from, percent in rows:
            self._rates[country].append((valid_from, percent))

    @staticmethod
    def read(*, using: str = "default") -> TaxRates:
        """The rates as they stand. One query."""
        rows = TaxRate.objects.using(using).order_by("valid_from")
        return TaxRates(rows.values_list("country", "valid_from", "percent"))

    def on(self, country: str, day: date) -> Decimal | None:
        """The rate of a country in percent on this day; None where there is none."""
        valid = [percent for since, percent in self._rates.get(country, ()) if since <= day]
        return valid[-1] if valid else None
