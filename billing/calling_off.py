"""Calling off: an order that was charged and cannot be settled ends, and its money goes back.

What keeps it from being settled is mended where it can be; this is for what cannot, as for a price
that was withdrawn (decision 57).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from djmoney.money import Money

from accounts.locks import lock_payers
from accounts.models import User
from billing import collecting, ordering, refund_sweep, refunding
from billing.answering import brief
from billing.gateways.base import Charged, Gateway, Unaskable, Unknown
from billing.models import CalledOff, Deposit, Order, Payment, PaymentAttempt, RefundAttempt
from billing.refusals import ChangeRefused

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
State: Final = PaymentAttempt.State
# Its answer could not be written down, or is being asked for once more at this moment.
STANDS_STILL: Final = (State.UNKNOWN, State.SENT)


@dataclass(frozen=True, slots=True)
class Planned:
    """What calling off gives back: the money of an attempt, charged under ``reference``."""

    attempt: PaymentAttempt
    order: Order
    reference: str


@dataclass(frozen=True, slots=True)
class GoneBack:
    """An order that was called off, as its customer sees it; ``back``: all of it went back."""

    reason: str
    amount: Money
    back: bool


def stands_still(attempt: PaymentAttempt) -> bool:
    """Whether the answer to an order's charge could not be written down, so that support looks."""
    return attempt.state in STANDS_STILL and bool(attempt.reason)


def plan(*, order_id: int, gateway: Gateway) -> Planned:
    """What calling off an order would give back; nothing is written.

    `ChangeRefused` where the order is not to be called off: it is settled or has ended, no
    settlement of it has failed, or the gateway does not say that it was charged. Call it outside
    any transaction: the gateway is asked.
    """
    attempt, order = _of(order_id)
    try:
        answer = gateway.look_up(attempt.key)
    except Unaskable as problem:
        raise ChangeRefused(f"The gateway cannot be asked what was charged: {problem}") from None
    if isinstance(answer, Charged):
        return Planned(attempt, order, answer.reference)
    if isinstance(answer, Unknown):
        raise ChangeRefused("The gateway does not answer now. Try again in a minute.")
    raise ChangeRefused(
        f"{gateway.name} says that nothing was charged under {attempt.key}, so there is nothing to "
        "give back. The order ends by itself."
    )


def call_off(
    *, order_id: int, reason: str, by: User, gateway: Gateway, clock: Clock
) -> RefundAttempt:
    """Call an order off for good and send its money back; the refund as it stands afterwards.

    It is settled once more before: an order that can hold holds, and is not called off. Then, in
    one transaction, the order ends with who, why and when, what was charged is written down and its
    refund asked for; then it is sent. Without an answer the refund is looked up by the sweep.
    `ChangeRefused` where `plan` refuses, and without a reason, which the customer reads. Call it
    outside any transaction.

    Worked example: 19.71 were charged for 3 seats, whose price was withdrawn meanwhile. Called off:
    19.71 came in and stand on account, kept back; sent: 19.71 went back, nothing is on account.
    """
    attempt, _order = _of(order_id)
    if not reason.strip():
        raise ChangeRefused(
            "An order is called off for a reason that the customer reads. Write it."
        )
    collecting.look_again(attempt.pk, clock=clock, gateway=gateway)
    planned = plan(order_id=order_id, gateway=gateway)
    refund = _write_down(planned, reason=reason.strip(), by=by, gateway=gateway.name, at=clock())
    return refund_sweep.send(refund.pk, clock=clock, gateway=gateway)


def gone_back(order: Order) -> GoneBack | None:
    """What an order that was called off gives back; None for any other. Two queries at most."""
    found = CalledOff.objects.filter(order=order).first()
    if found is None:
        return None
    deposit = Deposit.objects.select_related("payment").get(payment__attempt__order=order)
    return GoneBack(found.reason, deposit.payment.amount, back=not deposit.open.amount)


def _of(order_id: int) -> tuple[PaymentAttempt, Order]:
    """The attempt of an order that may be called off, and the order; else `ChangeRefused`."""
    order = Order.objects.select_related("payer", "person").get(pk=order_id)
    if order.state == Order.State.DONE:
        raise ChangeRefused(f"{order} is settled: it holds, and nothing goes back.")
    if not order.unsettled:
        raise ChangeRefused(f"{order} has ended already: {order.reason or order.state}")
    attempt = order.attempts.order_by("-number").first()
    if attempt is None or not stands_still(attempt):
        raise ChangeRefused(
            f"No settlement of {order} has failed. What became of its payment is asked for by "
            "itself: wait for the answer."
        )
    return attempt, order


@transaction.atomic
def _write_down(
    planned: Planned, *, reason: str, by: User, gateway: str, at: datetime
) -> RefundAttempt:
    """End the order, write its money down, and ask for it to go back.

    `ChangeRefused` where the order was settled or called off since it was looked at.
    """
    lock_payers([planned.order.payer_id])
    attempt, order = _of(planned.order.pk)
    CalledOff.objects.create(order=order, reason=reason, person=by, at=at)
    ordering.end(
        order, state=Order.State.CANCELLED, reason=brief(f"Called off by {by}: {reason}"), at=at
    )
    payment = Payment(
        payer_id=attempt.payer_id,
        attempt=attempt,
        amount=attempt.amount,
        at=at,
        gateway=gateway,
        reference=planned.reference,
    )
    ordering.keep_back(payment, because="Its order was called off: it is to be given back.")
    attempt.settled_at = at
    attempt.save(update_fields=["state", "reason", "settled_at"])
    refund = refunding.ask(
        payment_id=payment.pk,
        amount=payment.amount.amount,
        invoice_id=None,
        note=reason,
        number=1,
        by=by,
        at=at,
    )
    ordering.owe_letter(order, name="order_called_off", at=at)
    logger.info("order called off order=%s amount=%s by=%s", order.pk, payment.amount, by.pk)
    return refund
