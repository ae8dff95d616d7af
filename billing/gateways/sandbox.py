"""A gateway without a bank behind it: honest, with a memory, and sad paths by rule of amount."""

from __future__ import annotations

from typing import Final

from djmoney.money import Money

from billing.gateways import sandbox_refunds
from billing.gateways.base import (
    Charged,
    Declined,
    KeyTaken,
    NeverSeen,
    Refunded,
    RefundRefused,
    Unknown,
)
from billing.gateways.sandbox_rules import is_lost, is_refused, is_silent
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
        if arrived_first and is_silent(money):
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

    def refund(self, key: str, reference: str, money: Money) -> Refunded | RefundRefused | Unknown:
        return sandbox_refunds.refund(key, reference, money)

    def look_up_refund(self, key: str) -> Refunded | RefundRefused | Unknown | NeverSeen:
        return sandbox_refunds.look_up(key)


def _answer(row: SandboxCharge) -> Charged | Declined:
    if row.outcome == SandboxCharge.Outcome.DECLINED:
        return Declined(_REFUSAL)
    return Charged(row.reference)


def _outcome(money: Money) -> str:
    if is_refused(money):
        return SandboxCharge.Outcome.DECLINED
    if is_lost(money):
        return SandboxCharge.Outcome.LOST
    return SandboxCharge.Outcome.CHARGED
