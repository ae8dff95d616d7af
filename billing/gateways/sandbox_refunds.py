"""How the sandbox's bank gives money back: never more than a charge took, sad paths by amount."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from djmoney.money import Money

from billing.core.money import to_minor_unit
from billing.gateways.base import KeyTaken, NeverSeen, Refunded, RefundRefused, Unknown
from billing.gateways.sandbox_disputes import is_disputed
from billing.gateways.sandbox_rules import is_lost, is_refused, is_silent
from billing.models import SandboxCharge, SandboxRefund

Outcome = SandboxRefund.Outcome


@transaction.atomic
def refund(key: str, reference: str, money: Money) -> Refunded | RefundRefused | Unknown:
    """Decide about a refund the first time its key arrives; the same ever after."""
    charge = _locked(reference)
    known = SandboxRefund.objects.filter(key=key).first()
    if known is None:
        row = _first(key, reference, money, charge)
        return Unknown() if is_silent(money) else _answer(row)
    if (known.charge, known.amount, known.currency) != (reference, *_plain(money)):
        raise KeyTaken(
            f"The key {key!r} was used for {known.amount} {known.currency} of {known.charge}. "
            "Use a new key for a new refund."
        )
    if known.outcome == Outcome.LOST:
        known.outcome, known.reason = _decide(money, charge)
        known.save(update_fields=["outcome", "reason"])
    return _answer(known)


def look_up(key: str) -> Refunded | RefundRefused | Unknown | NeverSeen:
    """What became of the refund with this key."""
    row = SandboxRefund.objects.filter(key=key).exclude(outcome=Outcome.LOST).first()
    return NeverSeen() if row is None else _answer(row)


def _locked(reference: str) -> SandboxCharge | None:
    """The charge of this number, so that two refunds of it are decided one after the other."""
    number = reference.removeprefix("sandbox-")
    if not number.isdecimal():
        return None
    charges = SandboxCharge.objects.select_for_update()
    return charges.filter(pk=number, outcome=SandboxCharge.Outcome.CHARGED).first()


def _first(key: str, reference: str, money: Money, charge: SandboxCharge | None) -> SandboxRefund:
    outcome, reason = (Outcome.LOST, "") if is_lost(money) else _decide(money, charge)
    amount, currency = _plain(money)
    return SandboxRefund.objects.create(
        key=key,
        charge=reference,
        amount=amount,
        currency=currency,
        outcome=outcome,
        reason=reason,
    )


def _decide(money: Money, charge: SandboxCharge | None) -> tuple[Outcome, str]:
    amount, currency = _plain(money)
    if charge is None:
        return Outcome.REFUSED, "There is no such charge"
    if charge.currency != currency:
        return Outcome.REFUSED, f"The charge was in {charge.currency}"
    if is_disputed(charge):
        return Outcome.REFUSED, "The charge is disputed"
    left = charge.amount - _given_back(charge)
    if amount > left:
        return (
            Outcome.REFUSED,
            f"Only {to_minor_unit(left, currency)} {currency} of the charge are left",
        )
    if is_refused(money):
        return Outcome.REFUSED, "The payer's bank takes nothing back on this card"
    return Outcome.REFUNDED, ""


def _given_back(charge: SandboxCharge) -> Decimal:
    done = SandboxRefund.objects.filter(charge=charge.reference, outcome=Outcome.REFUNDED)
    return sum(done.values_list("amount", flat=True), Decimal(0))


def _plain(money: Money) -> tuple[Decimal, str]:
    return money.amount, money.currency.code


def _answer(row: SandboxRefund) -> Refunded | RefundRefused:
    if row.outcome == Outcome.REFUSED:
        return RefundRefused(row.reason)
    return Refunded(row.reference)
