"""Refunds on their way: sent through the gateway, looked up where it did not answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from django.db import transaction
from django.db.models import QuerySet

from billing.answering import brief
from billing.collecting import CLAIMED_AT_ONCE, LEASE, LONGEST_WAIT, SHORTEST_WAIT
from billing.gateways.base import Gateway, NeverSeen, Refunded, RefundRefused, Unaskable, Unknown
from billing.models import RefundAttempt
from billing.refunding import settle

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Answer: TypeAlias = Refunded | RefundRefused | Unknown

State = RefundAttempt.State
_IN_THE_QUEUE = (State.QUEUED, State.SENT, State.UNKNOWN)


class AnotherGateway(ValueError):
    """The money came by a gateway that is not the one in use: asking this one mends nothing."""


@dataclass(slots=True)
class Sent:
    """What became of the refunds of one sweep."""

    refunded: int = 0
    refused: int = 0
    unknown: int = 0
    stuck: int = 0


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A refund of this worker ``until`` then; ``fresh``: the gateway cannot have heard of it."""

    refund: RefundAttempt
    fresh: bool
    until: datetime


def send_due(*, clock: Clock, gateway: Gateway, most: int | None = None) -> Sent:
    """Send the refunds that are due, at most so many; any number of workers may do so at once.

    Each is marked as sent before the gateway hears of it. One that is found sent or unknown has
    perhaps gone back: the gateway is asked by its key, and gives back under the same key only what
    it has never heard of (decision 21). Call it outside any transaction.
    """
    sent = Sent()
    left = most
    while left is None or left > 0:
        claimed = _claim(at=clock(), most=min(CLAIMED_AT_ONCE, left or CLAIMED_AT_ONCE))
        if not claimed:
            break
        for one in claimed:
            _send_one(one, gateway, clock, sent)
        left = None if left is None else left - len(claimed)
    return sent


def send(refund_id: int, *, clock: Clock, gateway: Gateway) -> RefundAttempt:
    """Send a refund that somebody has just asked for, now; it as it stands afterwards.

    Nothing where another process has it. Call it outside any transaction.
    """
    until = clock() + LEASE
    mine = RefundAttempt.objects.filter(pk=refund_id, state=State.QUEUED)
    if mine.update(state=State.SENT, next_try_at=until):
        refund = RefundAttempt.objects.select_related("payment").get(pk=refund_id)
        _send_one(_Claimed(refund, fresh=True, until=until), gateway, clock, Sent())
    return RefundAttempt.objects.select_related("paid_back").get(pk=refund_id)


def look_again(refund_id: int, *, clock: Clock, gateway: Gateway) -> bool:
    """Ask the gateway now what has become of a refund; whether it is known.

    For what the gateway tells by itself. One that went back and came again (its bank may say so
    days later) keeps its entry, and says to support that it did. Nothing where another process has
    it. Call it outside any transaction.
    """
    until = clock() + LEASE
    mine = RefundAttempt.objects.filter(pk=refund_id, state=State.UNKNOWN)
    if mine.update(state=State.SENT, next_try_at=until):
        refund = RefundAttempt.objects.select_related("payment").get(pk=refund_id)
        _send_one(_Claimed(refund, fresh=False, until=until), gateway, clock, Sent())
    else:
        went = RefundAttempt.objects.filter(
            pk=refund_id, state=State.REFUNDED, paid_back__gateway=gateway.name
        ).first()
        if went is not None:
            return _stayed(went, gateway)
    return not RefundAttempt.objects.filter(pk=refund_id, state=State.UNKNOWN).exists()


def _stayed(refund: RefundAttempt, gateway: Gateway) -> bool:
    """Whether the gateway says what became of money that went back; written down if it is here."""
    answer = gateway.look_up_refund(refund.key)
    if isinstance(answer, RefundRefused):
        reason = brief(f"It went back and came again: {answer.reason}")
        RefundAttempt.objects.filter(pk=refund.pk).update(reason=reason)
        logger.error("refund came again key=%s because=%s", refund.key, answer.reason)
    return not isinstance(answer, Unknown)


def _claim(*, at: datetime, most: int) -> Sequence[_Claimed]:
    """The oldest refunds that are due, marked as sent and leased to this worker."""
    until = at + LEASE
    with transaction.atomic():
        found = list(
            RefundAttempt.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state__in=_IN_THE_QUEUE, next_try_at__lte=at)
            .select_related("payment")
            .order_by("next_try_at", "pk")[:most]
        )
        RefundAttempt.objects.filter(pk__in=[one.pk for one in found]).update(
            state=State.SENT, next_try_at=until
        )
    return [_Claimed(one, one.state == State.QUEUED, until) for one in found]


def _send_one(claimed: _Claimed, gateway: Gateway, clock: Clock, sent: Sent) -> None:
    refund = claimed.refund
    answer: Answer | None = None
    try:
        answer = _ask(claimed, gateway, clock)
        if isinstance(answer, Refunded | RefundRefused):
            settle(refund.pk, answer, gateway=gateway.name, at=clock())
    except (Unaskable, AnotherGateway) as problem:
        sent.stuck += 1
        _stick(claimed, because=str(problem))
    except Exception as problem:
        # Whatever is wrong with one refund must not stop the others.
        logger.exception("refund not settled key=%s answer=%s", refund.key, answer)
        sent.unknown += 1
        _put_off(claimed, because=_words(answer, problem), at=clock())
    else:
        sent.refunded += isinstance(answer, Refunded)
        sent.refused += isinstance(answer, RefundRefused)
        if isinstance(answer, Unknown):
            sent.unknown += 1
            _put_off(claimed, because="", at=clock())


def _ask(claimed: _Claimed, gateway: Gateway, clock: Clock) -> Answer | None:
    """What the gateway says of the refund; None when another worker may be asking by now."""
    refund, payment = claimed.refund, claimed.refund.payment
    if payment.gateway != gateway.name:
        raise AnotherGateway(
            f"The money came by {payment.gateway}, and {gateway.name} is in use now. Give it back "
            "there, then write down what became of it."
        )
    if not claimed.fresh:
        known = gateway.look_up_refund(refund.key)
        if not isinstance(known, NeverSeen):
            return known
    if clock() >= claimed.until:
        return None
    return gateway.refund(refund.key, payment.reference, refund.amount)


def _put_off(claimed: _Claimed, *, because: str, at: datetime) -> None:
    """Ask again later; ``because`` is for support, empty where there was no answer yet."""
    refund = claimed.refund
    wait = min(max(at - refund.queued_at, SHORTEST_WAIT), LONGEST_WAIT)
    _still_leased(claimed).update(state=State.UNKNOWN, next_try_at=at + wait, reason=brief(because))
    logger.warning("refund unanswered key=%s wait=%s", refund.key, wait)


def _stick(claimed: _Claimed, *, because: str) -> None:
    """Ask no more until support has looked; the credit stays held."""
    _still_leased(claimed).update(state=State.STUCK, reason=brief(because))
    logger.error("refund stuck key=%s because=%s", claimed.refund.key, because)


def _still_leased(claimed: _Claimed) -> QuerySet[RefundAttempt]:
    """The refund, as long as nobody has claimed or settled it since."""
    return RefundAttempt.objects.filter(
        pk=claimed.refund.pk, state=State.SENT, next_try_at=claimed.until
    )


def _words(answer: Answer | None, problem: Exception) -> str:
    """Why a refund is put off: what is known of it, and what went wrong."""
    if isinstance(answer, Refunded | RefundRefused):
        known = f"{type(answer).__name__}, but it could not be written down"
    else:
        known = "The gateway could not be asked"
    return f"{known}: {type(problem).__name__}: {problem}"
