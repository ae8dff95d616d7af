"""What an account owes and what it has in credit, by currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from djmoney.money import Money

from accounts.models import Account
from billing.models import Deposit, Receivable


@dataclass(frozen=True, slots=True)
class Owed:
    """Of one currency: what is open, and the credit that the next invoices use first."""

    open: Money
    credit: Money


def standing_of(payer: Account) -> list[Owed]:
    """One entry for each currency in which something is open or in credit. One query.

    Money on account is credit as well; what is on its way back, or kept back, pays for nothing.
    """
    return standing_in(open_rows(payer.pk))


def open_rows(payer_id: int) -> QuerySet[Any, Any]:
    """What is open or in credit of a payer, as rows for `standing_in`."""
    documents = Receivable.objects.filter(payer=payer_id, state=Receivable.State.OPEN)
    deposits = Deposit.objects.filter(payer=payer_id, open__lt=0, kept_back=False)
    rows: QuerySet[Any, Any] = _amounts(documents).union(_amounts(deposits), all=True)
    return rows


def standing_in(rows: Iterable[tuple[str, Decimal, Decimal]]) -> list[Owed]:
    """The same of what `open_rows` reads."""
    open_by: dict[str, Decimal] = defaultdict(Decimal)
    credit_by: dict[str, Decimal] = defaultdict(Decimal)
    for currency, amount, held in rows:
        if amount > 0:
            open_by[currency] += amount
        else:
            credit_by[currency] += -amount - held
    return [
        Owed(Money(open_by[currency], currency), Money(credit_by[currency], currency))
        for currency in sorted({*open_by, *credit_by})
    ]


def _amounts(rows: QuerySet[Any]) -> Any:
    # The stubs take the column for Money; read as a value it is its amount.
    return rows.order_by().values_list("open_currency", "open", "held")
