"""Collecting: what is queued is charged through the gateway, and what came of it written down."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from django.db import transaction
from django.db.models import QuerySet

from accounts.locks import lock_payers
from billing import ordering
from billing.answering import brief, settle
from billing.attempts import call_off, owe_letter, wait_for_payer
from billing.disputes import is_of_card, taken_back
from billing.gateways.base import (
    ActionNeeded,
    Cancelled,
    Cause,
    ChargeAnswer,
    Charged,
    Declined,
    Gateway,
    NeverSeen,
    Unaskable,
    Unknown,
)
from billing.means import default_of, in_its_place
from billing.models import PaymentAttempt, PaymentMethod, Receivable

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Answer: TypeAlias = ChargeAnswer | Cancelled

# How long a worker may take for the attempts it has claimed before another one looks them up.
LEASE: Final = timedelta(minutes=10)
# Few, so that a worker that is killed leaves few to be looked up.
CLAIMED_AT_ONCE: Final = 20
# An unanswered attempt is asked about again after as long as it has waited, within these bounds.
SHORTEST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)

_IN_THE_QUEUE: Final = (
    PaymentAttempt.State.QUEUED,
    PaymentAttempt.State.SENT,
    PaymentAttempt.State.UNKNOWN,
    PaymentAttempt.State.ACTION,
)


@dataclass(slots=True)
class Collected:
    """What became of the attempts of one collection."""

    charged: int = 0
    declined: int = 0
    unknown: int = 0
    waiting: int = 0
    stuck: int = 0
    cancelled: int = 0


def collect(*, clock: Clock, gateway: Gateway, most: int | None = None) -> Collected:
    """Charge the attempts that are due, at most so many; any number of workers may do so at once.

    Each is marked as sent before the gateway hears of it. One that is found sent or unknown was
    perhaps charged: the gateway is asked by its key, and it is only charged where the gateway has
    never heard of it, for no more than is open (decision 21), and by no card whose bank has taken
    what it paid of the invoice back. One whose bank has waited for too long is given up there
    (decision 17). An attempt that cannot be asked about
    or written down is put off with the reason, for support to see, and holds up no other. Call it
    outside any transaction: nobody waits for a bank while holding locks.
    """
    collected = Collected()
    left = most
    while left is None or left > 0:
        claimed = _claim(at=clock(), most=min(CLAIMED_AT_ONCE, left or CLAIMED_AT_ONCE))
        if not claimed:
            break
        for attempt in claimed:
            _collect_one(attempt, gateway, clock, collected)
        left = None if left is None else left - len(claimed)
    return collected


def collect_one(attempt_id: int, *, clock: Clock, gateway: Gateway, return_to: str = "") -> None:
    """Charge what somebody waits for, now: an attempt that no gateway has heard of yet.

    ``return_to`` is the page to which their bank sends them back, if it asks them something.
    Nothing where another process has it. Call it outside any transaction.
    """
    fresh = (PaymentAttempt.State.QUEUED,)
    _take(attempt_id, fresh, clock, gateway, fresh=True, waited_for=True, return_to=return_to)


def look_again(attempt_id: int, *, clock: Clock, gateway: Gateway) -> None:
    """Ask the gateway now what has become of an attempt without an answer, and write it down.

    For who comes back from their bank, and for what the gateway tells by itself. Nothing where
    another process has it, or nothing is open. Call it outside any transaction.
    """
    unanswered = (PaymentAttempt.State.UNKNOWN, PaymentAttempt.State.ACTION)
    _take(attempt_id, unanswered, clock, gateway)


def give_up(attempt_id: int, *, clock: Clock, gateway: Gateway) -> None:
    """Call off an attempt whose bank waits for the payer, who does not want to pay it any more.

    What the bank has decided meanwhile is written down. Call it outside any transaction.
    """
    waiting = (PaymentAttempt.State.ACTION,)
    _take(attempt_id, waiting, clock, gateway, gives_up=Cause.CALLED_OFF)


def _take(
    attempt_id: int,
    states: tuple[PaymentAttempt.State, ...],
    clock: Clock,
    gateway: Gateway,
    **how: Any,
) -> None:
    """Claim one attempt out of its turn, and collect it."""
    until = clock() + LEASE
    mine = PaymentAttempt.objects.filter(pk=attempt_id, state__in=states)
    if mine.update(state=PaymentAttempt.State.SENT, next_try_at=until):
        attempt = PaymentAttempt.objects.get(pk=attempt_id)
        _collect_one(_Claimed(attempt, until=until, **how), gateway, clock, Collected())


@dataclass(frozen=True, slots=True)
class _Claimed:
    """An attempt of this worker ``until`` then; ``fresh``: the gateway cannot have heard of it.

    ``waited_for``: who confirmed it is there to hear the answer, and their bank may ask them
    something and send them on to ``return_to``. ``gives_up``: it is not to be charged any more,
    for this cause.
    """

    attempt: PaymentAttempt
    until: datetime
    fresh: bool = False
    waited_for: bool = False
    return_to: str = ""
    gives_up: Cause | None = None


def _claim(*, at: datetime, most: int) -> Sequence[_Claimed]:
    """The oldest attempts that are due, marked as sent and leased to this worker."""
    until = at + LEASE
    with transaction.atomic():
        found = list(
            PaymentAttempt.objects.select_for_update(skip_locked=True)
            .filter(state__in=_IN_THE_QUEUE, next_try_at__lte=at)
            .order_by("next_try_at", "pk")[:most]
        )
        PaymentAttempt.objects.filter(pk__in=[one.pk for one in found]).update(
            state=PaymentAttempt.State.SENT, next_try_at=until
        )
    return [_claimed(one, until) for one in found]


def _claimed(found: PaymentAttempt, until: datetime) -> _Claimed:
    """As the sweep takes it: nobody waits, and a bank that is due has waited for too long."""
    overdue = found.state == PaymentAttempt.State.ACTION
    return _Claimed(
        found,
        until,
        fresh=found.state == PaymentAttempt.State.QUEUED,
        gives_up=Cause.UNANSWERED if overdue else None,
    )


def _collect_one(claimed: _Claimed, gateway: Gateway, clock: Clock, collected: Collected) -> None:
    attempt = claimed.attempt
    answer: Answer | None = None
    try:
        answer = _ask(claimed, gateway, clock, collected)
        _write_down(claimed, answer, gateway=gateway.name, at=clock())
    except Unaskable as problem:
        collected.stuck += 1
        _stick(claimed, because=str(problem), at=clock())
    except Exception as problem:
        # Whatever is wrong with one attempt must not stop the others.
        logger.exception("attempt not settled key=%s answer=%s", attempt.key, answer)
        collected.unknown += 1
        _put_off(claimed, because=_words(answer, problem), at=clock())
    else:
        _count(answer, collected)


def _write_down(claimed: _Claimed, answer: Answer | None, *, gateway: str, at: datetime) -> None:
    attempt = claimed.attempt
    if isinstance(answer, Charged | Declined):
        settle(attempt.pk, answer, gateway=gateway, at=at)
    elif isinstance(answer, ActionNeeded):
        wait_for_payer(_still_leased(claimed), attempt, url=answer.url, at=at)
    elif isinstance(answer, Cancelled):
        _end(claimed, cause=claimed.gives_up or Cause.UNANSWERED, at=at)
    elif isinstance(answer, Unknown):
        _put_off(claimed, because="", at=at)


def _count(answer: Answer | None, collected: Collected) -> None:
    collected.charged += isinstance(answer, Charged)
    collected.declined += isinstance(answer, Declined)
    collected.unknown += isinstance(answer, Unknown)
    collected.waiting += isinstance(answer, ActionNeeded)
    collected.cancelled += isinstance(answer, Cancelled)


def _ask(claimed: _Claimed, gateway: Gateway, clock: Clock, collected: Collected) -> Answer | None:
    """What the gateway says of the attempt; None when it is not to be charged by this worker."""
    attempt = claimed.attempt
    if claimed.gives_up is not None:
        return gateway.cancel(attempt.key)
    if not claimed.fresh:
        known = gateway.look_up(attempt.key)
        if not isinstance(known, NeverSeen):
            return known
    at = clock()
    if at >= claimed.until:
        return None  # another worker may be asking by now
    if attempt.order_id is not None and not claimed.waited_for:
        # Whoever confirmed it has been told nothing: they look, and confirm again.
        collected.cancelled += _end(claimed, cause=Cause.INTERRUPTED, at=at)
        return None
    if _more_than_open(attempt):
        collected.cancelled += _call_off(claimed, at=at)
        return None
    return _charged_unless_taken_back(claimed, gateway, collected, at=at)


def _charged_unless_taken_back(
    claimed: _Claimed, gateway: Gateway, collected: Collected, *, at: datetime
) -> Answer | None:
    attempt = claimed.attempt
    method = _method_of(attempt, gateway)
    if method is None or not _took_back(attempt, method):
        return _charge_at(gateway, claimed, method)
    collected.cancelled += _end(claimed, cause=Cause.DISPUTED, at=at)
    return None


def _method_of(attempt: PaymentAttempt, gateway: Gateway) -> PaymentMethod | None:
    """The card that was chosen for it, or what it was replaced by; else the payer's default one.

    One that the payer has removed since, or that another provider keeps, is not charged.
    """
    method = None if attempt.method is None else in_its_place(attempt.method)
    if method is None or method.gateway != gateway.name or method.removed_at is not None:
        return default_of(attempt.payer_id, gateway=gateway.name)
    return method


def _took_back(attempt: PaymentAttempt, method: PaymentMethod) -> bool:
    """Whether this card's bank has taken what it paid of the invoice back. PLAN-11."""
    if attempt.number == 1 or attempt.invoice_id is None:
        return False  # no card has paid for it before
    return any(is_of_card(one, method) for one in taken_back(attempt.invoice_id))


def _charge_at(gateway: Gateway, claimed: _Claimed, method: PaymentMethod | None) -> Answer:
    """Charge this card, and keep which it was."""
    attempt = claimed.attempt
    _still_leased(claimed).update(method=method)
    return gateway.charge(
        attempt.key,
        attempt.amount,
        payer=str(attempt.payer_id),
        method=method.reference if method else "",
        return_to=claimed.return_to,
    )


def _more_than_open(attempt: PaymentAttempt) -> bool:
    if attempt.order_id is not None:
        return False  # its invoice is issued once it is paid
    return bool(attempt.amount > Receivable.objects.get(invoice=attempt.billed).open)


def _call_off(claimed: _Claimed, *, at: datetime) -> bool:
    """Call off what is over more than is open, unless another worker has the attempt by now."""
    payer_id = claimed.attempt.payer_id
    with transaction.atomic():
        payer = lock_payers([payer_id])[payer_id]
        mine = _still_leased(claimed).select_for_update(of=("self",)).first()
        return mine is not None and call_off(mine, payer=payer, at=at)


def _end(claimed: _Claimed, *, cause: Cause, at: datetime) -> bool:
    """End an attempt of which nothing was charged, unless another worker has it by now."""
    payer_id = claimed.attempt.payer_id
    with transaction.atomic():
        lock_payers([payer_id])
        mine = _still_leased(claimed).select_related("order").first()
        if mine is not None:
            ordering.not_charged(mine, cause=cause, at=at)
        return mine is not None


def _put_off(claimed: _Claimed, *, because: str, at: datetime) -> None:
    """Ask again later; ``because`` is for support, empty where there was no answer yet."""
    attempt = claimed.attempt
    wait = min(max(at - attempt.queued_at, SHORTEST_WAIT), LONGEST_WAIT)
    _still_leased(claimed).update(
        state=PaymentAttempt.State.UNKNOWN, next_try_at=at + wait, reason=brief(because)
    )
    logger.warning("attempt unanswered key=%s wait=%s", attempt.key, wait)


def _stick(claimed: _Claimed, *, because: str, at: datetime) -> None:
    """Ask no more until support has looked; the payer gets the invoice all the same.

    Nothing where another worker has the attempt, or has settled it, by now.
    """
    attempt, reason = claimed.attempt, brief(because)
    with transaction.atomic():
        payer = lock_payers([attempt.payer_id])[attempt.payer_id]
        if not _still_leased(claimed).update(state=PaymentAttempt.State.STUCK, reason=reason):
            return
        if attempt.order is not None:
            ordering.stick(attempt.order, because=reason)
        elif attempt.invoice is not None:
            owe_letter(attempt.invoice, payer=payer, at=at)
    logger.error("attempt stuck key=%s because=%s", attempt.key, reason)


def _still_leased(claimed: _Claimed) -> QuerySet[PaymentAttempt]:
    """The attempt, as long as nobody has claimed or settled it since."""
    return PaymentAttempt.objects.filter(
        pk=claimed.attempt.pk, state=PaymentAttempt.State.SENT, next_try_at=claimed.until
    )


def _words(answer: Answer | None, problem: Exception) -> str:
    """Why an attempt is put off: what is known of it, and what went wrong."""
    if isinstance(answer, Charged | Declined):
        known = f"{type(answer).__name__}, but it could not be written down"
    else:
        known = "The gateway could not be asked"
    return f"{known}: {type(problem).__name__}: {problem}"
