"""A gateway without a bank behind it: honest, with a memory, and sad paths by rule of amount.

The minor amount decides: ending in 13 is declined, ending in 14 gets no answer, everything else is
charged. Of those without an answer the digit before decides: even (20.14) and the bank has charged,
as one learns by asking; odd (21.14) and the request never arrived.
"""

from __future__ import annotations

from typing import Final

from djmoney.money import Money

from billing.core.money import minor_digits
from billing.gateways.base import Charged, Declined, KeyTaken, NeverSeen, Unknown
from billing.models import SandboxCharge

_REFUSAL: Final = "The card was declined by the bank"


class SandboxGateway:
    """Remembers each key in the database, so that every process gets the same answer."""

    name = "sandbox"

    def charge(self, key: str, money: Money, payer: str) -> Charged | Declined | Unknown:
        amount, currency = money.amount, money.currency.code
        row, arrived_first = SandboxCharge.objects.get_or_create(
            key=key,
            defaults={
                "payer": payer,
                "currency": currency,
                "amount": amount,
                "outcome": _outcome(money),
            },
        )
        if (row.amount, row.currency, row.payer) != (amount, currency, payer):
            raise KeyTaken(
                f"The key {key!r} was used for {row.amount} {row.currency} of payer {row.payer}. "
                "Use a new key for a new charge."
            )
        if arrived_first and _is_silent(money):
            return Unknown()
        SandboxCharge.objects.filter(pk=row.pk, outcome=SandboxCharge.Outcome.LOST).update(
            outcome=SandboxCharge.Outcome.CHARGED
        )
        row.refresh_from_db()
        return _answer(row)

    def look_up(self, key: str) -> Charged | Declined | Unknown | NeverSeen:
        row = SandboxCharge.objects.filter(key=key).first()
        if row is None or row.outcome == SandboxCharge.Outcome.LOST:
            return NeverSeen()
        return _answer(row)


def _answer(row: SandboxCharge) -> Charged | Declined:
    if row.outcome == SandboxCharge.Outcome.DECLINED:
        return Declined(_REFUSAL)
    return Charged(row.reference)


def _outcome(money: Money) -> str:
    if _minor(money) % 100 == 13:
        return SandboxCharge.Outcome.DECLINED
    if _is_silent(money) and _minor(money) // 100 % 2:
        return SandboxCharge.Outcome.LOST
    return SandboxCharge.Outcome.CHARGED


def _is_silent(money: Money) -> bool:
    return _minor(money) % 100 == 14


def _minor(money: Money) -> int:
    return int(money.amount.scaleb(minor_digits(money.currency.code)))
