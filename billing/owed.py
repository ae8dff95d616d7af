"""What an account owes and what it has in credit, by currency."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from djmoney.money import Money

from accounts.models import Account
from billing.models import Deposit, Receivable


@dataclass(frozen=True, slots=True)
class Owed:
    """Of one currency: what is open, and the credit that the next invoices use first."""

    open: Money
    credit: Money


def standing_of(payer: Account) -> list[Owed]:
    """One entry for each currency in which something is open or in credit. Two queries.

    Money on account is credit as well; what is on its way back, or kept back, pays for nothing.
    """
    open_by: dict[str, Decimal] = defaultdict(Decimal)
    credit_by: dict[str, Decimal] = defaultdict(Decimal)
    rows = Receivable.objects.filter(payer=payer, state=Receivable.State.OPEN)
    for receivable in rows.only("open", "open_currency", "held"):
        money = receivable.open
        if money.amount > 0:
            open_by[str(money.currency)] += money.amount
        else:
            credit_by[str(money.currency)] += -money.amount - receivable.held
    for deposit in Deposit.objects.filter(payer=payer, open__lt=0, kept_back=False):
        credit_by[str(deposit.open.currency)] += -deposit.open.amount - deposit.held
    return [
        Owed(Money(open_by[currency], currency), Money(credit_by[currency], currency))
        for currency in sorted({*open_by, *credit_by})
    ]
