"""What a payer was charged in each month, by product, as the issued documents say it. PLAN-1."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, F, Sum
from django.db.models.functions import Cast, Round, TruncMonth

from accounts.models import Account
from billing.models import Invoice, Line

_NOTHING = Decimal(0)
# Amounts have three decimals; whole numbers add up exactly on both databases.
_THOUSANDTHS = 1000


@dataclass(slots=True)
class Charges:
    """One month, in the payer's currency, signed as charges: credit notes are in it.

    ``by_product`` are the lines by product code, before discount and taxes; they, less ``discount``
    and with ``tax``, are the ``total`` of the documents.
    """

    by_product: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    discount: Decimal = _NOTHING
    tax: Decimal = _NOTHING
    total: Decimal = _NOTHING


def charged(*, payer: Account, since: date) -> dict[date, Charges]:
    """The charges of the documents issued from ``since`` on, by the first day of their month.

    Two queries, however many documents there are.
    """
    months: dict[date, Charges] = defaultdict(Charges)
    documents = Invoice.objects.filter(
        payer=payer, issued_on__gte=since, total_currency=payer.currency
    )
    grouped = documents.order_by().annotate(month=TruncMonth("issued_on")).values("month")
    for row in grouped.annotate(
        less=_summed("discount"), taxed=_summed("tax"), comes_to=_summed("total")
    ):
        month = months[row["month"]]
        month.discount = _amount(row["less"])
        month.tax = _amount(row["taxed"])
        month.total = _amount(row["comes_to"])
    for first, code, amount in _by_product(payer, since):
        months[first].by_product[code] = amount
    return months


def _by_product(payer: Account, since: date) -> Iterator[tuple[date, str, Decimal]]:
    lines = Line.objects.filter(
        bill__invoice__payer=payer,
        bill__invoice__issued_on__gte=since,
        bill__invoice__total_currency=payer.currency,
    )
    grouped = (
        lines.order_by()
        .annotate(month=TruncMonth("bill__invoice__issued_on"))
        .values("month", "product_code")
        .annotate(comes_to=_summed("amount"))
        .values_list("month", "product_code", "comes_to")
    )
    for first, code, amount in grouped:
        yield first, code, _amount(amount)


def _summed(column: str) -> Any:
    return Sum(Cast(Round(F(column) * _THOUSANDTHS), BigIntegerField()))


def _amount(thousandths: int) -> Decimal:
    return Decimal(thousandths) / _THOUSANDTHS
