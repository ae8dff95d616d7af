"""A gateway without a bank behind it: honest, with a memory, and sad paths to walk in a browser.

The card decides what becomes of a charge (`sandbox_cards`), and before it the amount
(`sandbox_rules`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from djmoney.money import Money

from billing.gateways import sandbox_cards, sandbox_disputes, sandbox_post, sandbox_refunds
from billing.gateways.base import (
    ActionNeeded,
    Cancelled,
    Card,
    Cause,
    ChargeAnswer,
    Charged,
    Declined,
    DisputeAnswer,
    Form,
    KeyTaken,
    MethodAnswer,
    NeverSeen,
    RefundAnswer,
    Told,
    Unknown,
)
from billing.gateways.sandbox_cards import Behaviour
from billing.gateways.sandbox_rules import is_lost, is_refused, is_silent
from billing.models import SandboxCard, SandboxCharge
from billing.models.sandbox import new_token

Outcome = SandboxCharge.Outcome
_WORDS: Final = {
    Cause.DECLINED: "The card was declined by the bank",
    Cause.FUNDS: "There is not enough money on the card",
    Cause.EXPIRED: "The card has expired",
    Cause.LOST: "The card was reported lost",
    Cause.CONFIRMATION: "The bank asks the cardholder to confirm the payment",
    Cause.REFUSED: "The cardholder did not confirm the payment",
    Cause.GONE: "The card is not kept here",
}
_NO_ANSWER: Final = frozenset({Behaviour.SILENT, Behaviour.NEVER_ARRIVES, Behaviour.LATE})


class SandboxGateway:
    """Remembers each key in the database, so that every process gets the same answer."""

    name = sandbox_post.NAME

    def charge(
        self, key: str, money: Money, payer: str, method: str, return_to: str = ""
    ) -> ChargeAnswer:
        if not method:
            return Declined("The payer has no payment method", Cause.NO_METHOD)
        card = sandbox_cards.kept(method, payer=payer)
        amount, currency = money.amount, money.currency.code
        decided = {"card": method, **_decide(money, card, return_to)}
        first = {"outcome": Outcome.LOST} if _is_lost(money, card) else decided
        row, arrived_first = SandboxCharge.objects.get_or_create(
            key=key, defaults={"payer": payer, "currency": currency, "amount": amount, **first}
        )
        if (row.amount, row.currency, row.payer) != (amount, currency, payer):
            raise KeyTaken(
                f"The key {key!r} was used for {row.amount} {row.currency} of payer {row.payer}. "
                "Use a new key for a new charge."
            )
        if arrived_first:
            _owe_messages(row, card)
            return Unknown() if _is_unanswered(money, card) else _answer(row)
        SandboxCharge.objects.filter(pk=row.pk, outcome=Outcome.LOST).update(**decided)
        row.refresh_from_db()
        return _answer(row)

    def look_up(self, key: str) -> ChargeAnswer | Cancelled | NeverSeen:
        row = SandboxCharge.objects.filter(key=key).exclude(outcome=Outcome.LOST).first()
        if row is None:
            return NeverSeen()
        return Cancelled() if row.outcome == Outcome.CANCELLED else _answer(row)

    def cancel(self, key: str) -> Cancelled | Charged | Declined | Unknown:
        undecided = SandboxCharge.objects.filter(key=key, outcome__in=[Outcome.WAITS, Outcome.LOST])
        undecided.update(outcome=Outcome.CANCELLED)
        row = SandboxCharge.objects.filter(key=key).first()
        if row is None or row.outcome == Outcome.CANCELLED:
            return Cancelled()
        answer = _answer(row)
        return Unknown() if isinstance(answer, ActionNeeded) else answer

    def refund(self, key: str, reference: str, money: Money) -> RefundAnswer:
        return sandbox_refunds.refund(key, reference, money)

    def look_up_refund(self, key: str) -> RefundAnswer | NeverSeen:
        return sandbox_refunds.look_up(key)

    def look_up_dispute(self, reference: str) -> DisputeAnswer:
        return sandbox_disputes.look_up(reference)

    def begin_method(self, key: str, payer: str, return_to: str) -> Form | Unknown:
        form, _ = SandboxCard.objects.get_or_create(
            key=key, defaults={"payer": payer, "return_to": return_to}
        )
        if form.payer != payer:
            raise KeyTaken(f"The key {key!r} was used for a card of payer {form.payer}.")
        return Form(_address("sandbox_card", form.token))

    def method_of(self, key: str) -> MethodAnswer | NeverSeen:
        form = SandboxCard.objects.filter(key=key).first()
        return NeverSeen() if form is None else sandbox_cards.standing(form)

    def card_of(self, reference: str) -> Card | None:
        return sandbox_cards.card_of(reference)

    def forget_method(self, reference: str) -> bool:
        sandbox_cards.forget(reference)
        return True

    def read_webhook(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> Told:
        return sandbox_post.read(body, headers, at=at)


def decide(charge: SandboxCharge, *, confirms: bool) -> bool:
    """The payer answers their bank; whether it was still waiting for them."""
    answer = (
        {"outcome": Outcome.CHARGED}
        if confirms
        else {"outcome": Outcome.DECLINED, "cause": Cause.REFUSED}
    )
    waiting = SandboxCharge.objects.filter(pk=charge.pk, outcome=Outcome.WAITS)
    decided = waiting.update(**answer)
    if decided:
        sandbox_post.owe(f"charge.{answer['outcome']}", charge.key)
    return bool(decided)


def _decide(money: Money, card: SandboxCard | None, return_to: str) -> dict[str, Any]:
    """What the bank makes of a charge that reaches it, as columns of its row."""
    if card is None:
        return {"outcome": Outcome.DECLINED, "cause": Cause.GONE}
    behaviour = Behaviour(card.behaviour)
    if is_refused(money):
        return {"outcome": Outcome.DECLINED, "cause": Cause.DECLINED}
    if behaviour in sandbox_cards.DECLINES:
        return {"outcome": Outcome.DECLINED, "cause": sandbox_cards.DECLINES[behaviour]}
    if behaviour is Behaviour.SECURE and return_to:
        return {"outcome": Outcome.WAITS, "token": new_token(), "return_to": return_to}
    if behaviour is Behaviour.SECURE:
        return {"outcome": Outcome.DECLINED, "cause": Cause.CONFIRMATION}
    return {"outcome": Outcome.SETTLING if behaviour is Behaviour.LATE else Outcome.CHARGED}


def _is_lost(money: Money, card: SandboxCard | None) -> bool:
    return card is not None and (is_lost(money) or card.behaviour == Behaviour.NEVER_ARRIVES)


def _is_unanswered(money: Money, card: SandboxCard | None) -> bool:
    return card is not None and (is_silent(money) or card.behaviour in _NO_ANSWER)


def _owe_messages(row: SandboxCharge, card: SandboxCard | None) -> None:
    if card is None:
        return
    if row.outcome == Outcome.SETTLING:
        sandbox_post.owe("charge.charged", row.key, delay=sandbox_post.LATE)
    elif row.outcome == Outcome.CHARGED and card.behaviour == Behaviour.TWICE:
        sandbox_post.owe("charge.charged", row.key, times=2)
    elif row.outcome == Outcome.CHARGED and card.behaviour in sandbox_disputes.BEGINS:
        sandbox_disputes.begin(row, state=sandbox_disputes.BEGINS[Behaviour(card.behaviour)])


def _answer(row: SandboxCharge) -> ChargeAnswer:
    if row.outcome == Outcome.CHARGED:
        return Charged(row.reference)
    if row.outcome == Outcome.WAITS:
        return ActionNeeded(_address("sandbox_secure", row.token or ""))
    if row.outcome == Outcome.SETTLING:
        return Unknown()
    # A charge that was given up is asked again by a mistake of ours: nothing is charged by it.
    cause = Cause(row.cause) if row.cause else Cause.DECLINED
    return Declined(_WORDS[cause], cause)


def _address(page: str, token: str) -> str:
    return f"{settings.SITE_URL}{reverse(f'billing:{page}', args=[token])}"
