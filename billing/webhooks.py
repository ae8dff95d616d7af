"""Webhooks of payment providers: kept when they come in, and handled once each.

A message is a bell: what has become of what it names, the provider is asked by our own key. So a
second one, a late one and one that comes before its time change nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from django.db import transaction
from django.db.models import F

from billing import bank_steps, disputing, methods, refund_sweep
from billing.gateways.base import Gateway, Told, card_named, dispute_named
from billing.models import MethodSetup, RefundAttempt, WebhookReceived

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Handles: TypeAlias = Callable[[str, Gateway, Clock], bool]

# How long one may take before another worker takes a message over.
LEASE: Final = timedelta(minutes=5)
_SHORTEST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=6)


@transaction.atomic
def receive(told: Told, *, gateway: str, at: datetime) -> WebhookReceived:
    """Keep a message whose signature is right; one that came before is counted, and no more."""
    received, new = WebhookReceived.objects.get_or_create(
        gateway=gateway,
        event_id=told.id,
        defaults={"kind": told.kind, "key": told.key, "received_at": at, "next_try_at": at},
    )
    if not new:
        WebhookReceived.objects.filter(pk=received.pk).update(times=F("times") + 1)
    logger.info("webhook received gateway=%s id=%s kind=%s", gateway, told.id, told.kind)
    return received


def handle_due(*, gateway: Gateway, clock: Clock, most: int = 500) -> int:
    """Handle the messages that wait, the oldest first; how many are done with. JOBS-5.

    One whose answer is not there yet waits, longer each time. Call it outside any transaction.
    """
    due = WebhookReceived.objects.filter(
        gateway=gateway.name, handled_at=None, next_try_at__lte=clock()
    )
    found = list(due.order_by("next_try_at", "pk").values_list("pk", flat=True)[:most])
    return sum(handle(received_id=one, gateway=gateway, clock=clock) for one in found)


def handle(*, received_id: int, gateway: Gateway, clock: Clock) -> bool:
    """Handle one message, unless somebody has or does; whether it is done with by now."""
    at = clock()
    mine = WebhookReceived.objects.filter(
        pk=received_id, gateway=gateway.name, handled_at=None, next_try_at__lte=at
    )
    if not mine.update(next_try_at=at + LEASE):
        return False
    received = WebhookReceived.objects.get(pk=received_id)
    problem = ""
    try:
        done = _handled(received.key, gateway, clock)
    except Exception as broken:
        # Whatever is wrong with one message must not stop the others.
        logger.exception("webhook not handled id=%s", received.event_id)
        done, problem = False, f"{type(broken).__name__}: {broken}"
    _mark(received, done=done, problem=problem, at=clock())
    return done


def again(*, received_id: int, at: datetime) -> None:
    """Have a message handled once more, whatever came of it before."""
    WebhookReceived.objects.filter(pk=received_id).update(
        handled_at=None, next_try_at=at, problem=""
    )


def _handled(key: str, gateway: Gateway, clock: Clock) -> bool:
    """Do what follows; False where the provider has no answer yet. What is not ours is done."""
    handles = _HANDLERS.get(key.partition("-")[0])
    return True if handles is None else handles(key, gateway, clock)


def _mark(received: WebhookReceived, *, done: bool, problem: str, at: datetime) -> None:
    waited = at - received.received_at
    wait = min(max(waited, _SHORTEST_WAIT), _LONGEST_WAIT)
    WebhookReceived.objects.filter(pk=received.pk).update(
        handled_at=at if done else None,
        next_try_at=at if done else at + wait,
        problem=problem[: WebhookReceived.PROBLEM_LENGTH],
    )


def _charge(key: str, gateway: Gateway, clock: Clock) -> bool:
    attempt = bank_steps.attempt_of(key)
    return attempt is None or bank_steps.heard(attempt, gateway=gateway, clock=clock)


def _method(key: str, gateway: Gateway, clock: Clock) -> bool:
    number = key.partition("-")[2]
    setup = MethodSetup.objects.filter(pk=number).first() if number.isdecimal() else None
    if setup is None:
        return True
    methods.finish(setup_id=setup.pk, gateway=gateway, at=clock())
    return True


def _card(key: str, gateway: Gateway, clock: Clock) -> bool:
    methods.refresh(reference=card_named(key), gateway=gateway, at=clock())
    return True


def _refund(key: str, gateway: Gateway, clock: Clock) -> bool:
    payment, _, count = key.partition("-")[2].partition("-")
    if not (payment.isdecimal() and count.isdecimal()):
        return True
    found = RefundAttempt.objects.filter(payment_id=int(payment), number=int(count)).first()
    return found is None or refund_sweep.look_again(found.pk, clock=clock, gateway=gateway)


def _dispute(key: str, gateway: Gateway, clock: Clock) -> bool:
    return disputing.hear(dispute_named(key), gateway=gateway, clock=clock)


# Who knows what has a key that begins like this.
_HANDLERS: Final[dict[str, Handles]] = {
    "order": _charge,
    "invoice": _charge,
    "method": _method,
    "card": _card,
    "refund": _refund,
    "dispute": _dispute,
}
