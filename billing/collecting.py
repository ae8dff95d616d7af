"""Collecting: what is queued is charged through the gateway, and what came of it written down."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from django.db import transaction
from django.db.models import QuerySet

from accounts.locks import lock_payers
from billing import ordering
from billing.attempts import call_off, owe_letter
from billing.gateways.base import Charged, Declined, Gateway, KeyTaken, NeverSeen, Unknown
from billing.models import Payment, PaymentAttempt, Receivable
from billing.receivables import take_off

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Answer: TypeAlias = Charged | Declined | Unknown

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
)
_UNSETTLED: Final = (*_IN_THE_QUEUE, PaymentAttempt.State.STUCK)


@dataclass(slots=True)
class Collected:
    """What became of the attempts of one collection."""

    charged: int = 0
    declined: int = 0
    unknown: int = 0
    stuck: int = 0
    cancelled: int = 0


def collect(*, clock: Clock, gateway: Gateway, most: int | None = None) -> Collected:
    """Charge the attempts that are due, at most so many; any number of workers may do so at once.

    Each is marked as sent before the gateway hears of it. One that is found sent or unknown was
    perhaps charged: the gateway is asked by its key, and it is only charged where the gateway has
    never heard of it, for no more than is open (decision 21). An attempt that cannot be asked about
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


def collect_one(attempt_id: int, *, clock: Clock, gateway: Gateway) -> None:
    """Charge what somebody waits for, now: an attempt that no gateway has heard of yet.

    Nothing where another process has it. Call it outside any transaction.
    """
    at = clock()
    until = at + LEASE
    mine = PaymentAttempt.objects.filter(pk=attempt_id, state=PaymentAttempt.State.QUEUED)
    if mine.update(state=PaymentAttempt.State.SENT, next_try_at=until):
        attempt = PaymentAttempt.objects.get(pk=attempt_id)
        claimed = _Claimed(attempt, fresh=True, until=until, waited_for=True)
        _collect_one(claimed, gateway, clock, Collected())


@dataclass(frozen=True, slots=True)
class _Claimed:
    """An attempt of this worker ``until`` then; ``fresh``: the gateway cannot have heard of it.

    ``waited_for``: who confirmed an order is there to hear the answer.
    """

    attempt: PaymentAttempt
    fresh: bool
    until: datetime
    waited_for: bool = False


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
    return [_Claimed(one, one.state == PaymentAttempt.State.QUEUED, until) for one in found]


def _collect_one(claimed: _Claimed, gateway: Gateway, clock: Clock, collected: Collected) -> None:
    attempt = claimed.attempt
    answer: Answer | None = None
    try:
        answer = _ask(claimed, gateway, clock, collected)
        if isinstance(answer, Charged | Declined):
            settle(attempt.pk, answer, gateway=gateway.name, at=clock())
    except KeyTaken as problem:
        collected.stuck += 1
        _stick(claimed, because=str(problem), at=clock())
    except Exception as problem:
        # Whatever is wrong with one attempt must not stop the others.
        logger.exception("attempt not settled key=%s answer=%s", attempt.key, answer)
        collected.unknown += 1
        _put_off(claimed, because=_words(answer, problem), at=clock())
    else:
        if isinstance(answer, Charged):
            collected.charged += 1
        elif isinstance(answer, Declined):
            collected.declined += 1
        elif isinstance(answer, Unknown):
            collected.unknown += 1
            _put_off(claimed, because="", at=clock())


def _ask(claimed: _Claimed, gateway: Gateway, clock: Clock, collected: Collected) -> Answer | None:
    """What the gateway says of the attempt; None when it is not to be charged by this worker."""
    attempt = claimed.attempt
    if not claimed.fresh:
        known = gateway.look_up(attempt.key)
        if not isinstance(known, NeverSeen):
            return known
    at = clock()
    if at >= claimed.until:
        return None  # another worker may be asking by now
    if attempt.order_id is not None and not claimed.waited_for:
        # Whoever confirmed it has been told nothing: they look, and confirm again.
        collected.cancelled += _call_off_order(claimed, at=at)
        return None
    if _more_than_open(attempt):
        collected.cancelled += _call_off(claimed, at=at)
        return None
    return gateway.charge(attempt.key, attempt.amount, payer=str(attempt.payer_id))


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


def _call_off_order(claimed: _Claimed, *, at: datetime) -> bool:
    """Call off an order of which nothing was charged, unless another worker has it by now."""
    payer_id = claimed.attempt.payer_id
    with transaction.atomic():
        lock_payers([payer_id])
        mine = _still_leased(claimed).select_related("order").first()
        if mine is not None:
            ordering.not_charged(mine, at=at)
        return mine is not None


def _put_off(claimed: _Claimed, *, because: str, at: datetime) -> None:
    """Ask again later; ``because`` is for support, empty where there was no answer yet."""
    attempt = claimed.attempt
    wait = min(max(at - attempt.queued_at, SHORTEST_WAIT), LONGEST_WAIT)
    _still_leased(claimed).update(
        state=PaymentAttempt.State.UNKNOWN, next_try_at=at + wait, reason=_brief(because)
    )
    logger.warning("attempt unanswered key=%s wait=%s", attempt.key, wait)


def _stick(claimed: _Claimed, *, because: str, at: datetime) -> None:
    """Ask no more until support has looked; the payer gets the invoice all the same."""
    attempt, brief = claimed.attempt, _brief(because)
    with transaction.atomic():
        payer = lock_payers([attempt.payer_id])[attempt.payer_id]
        _still_leased(claimed).update(state=PaymentAttempt.State.STUCK, reason=brief)
        if attempt.order is not None:
            ordering.stick(attempt.order, because=brief)
        elif attempt.invoice is not None:
            owe_letter(attempt.invoice, payer=payer, at=at)
    logger.error("attempt stuck key=%s because=%s", attempt.key, brief)


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


def _brief(words: str) -> str:
    """The words of a stranger as one line that every database can keep."""
    line = " ".join(words.encode(errors="replace").decode().replace("\0", " ").split())
    longest = PaymentAttempt.REASON_LENGTH
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def settle(attempt_id: int, answer: Charged | Declined, *, gateway: str, at: datetime) -> bool:
    """Write down what the gateway answered: payment, ledger entry, receivable, letter; at once.

    Returns False when somebody had done so before: an attempt is settled once. Money that was
    charged under a cancelled attempt is written down all the same.
    """
    payer_id = PaymentAttempt.objects.values_list("payer_id", flat=True).get(pk=attempt_id)
    with transaction.atomic():
        payer = lock_payers([payer_id])[payer_id]
        attempt = PaymentAttempt.objects.select_related("invoice", "order__payer").get(
            pk=attempt_id
        )
        if not _is_open(attempt, answer):
            return False
        if isinstance(answer, Declined):
            attempt.state, attempt.reason = PaymentAttempt.State.DECLINED, _brief(answer.reason)
        if attempt.order is not None:
            _settle_order(attempt, answer, gateway=gateway, at=at)
        elif isinstance(answer, Charged):
            _charge(attempt, answer, gateway=gateway, at=at)
        attempt.settled_at = at
        attempt.save(update_fields=["state", "settled_at", "reason", "invoice"])
        if attempt.invoice is not None:
            owe_letter(attempt.invoice, payer=payer, at=at)
    logger.info(
        "attempt settled key=%s state=%s amount=%s", attempt.key, attempt.state, attempt.amount
    )
    return True


def _settle_order(
    attempt: PaymentAttempt, answer: Charged | Declined, *, gateway: str, at: datetime
) -> None:
    if isinstance(answer, Charged):
        reference = answer.reference
        ordering.settle_charged(attempt, gateway=gateway, reference=reference, at=at)
    else:
        ordering.declined(attempt, at=at)


def _is_open(attempt: PaymentAttempt, answer: Charged | Declined) -> bool:
    """Whether the answer is to be written down: also money that comes after a cancellation."""
    if attempt.state in (PaymentAttempt.State.CANCELLED, PaymentAttempt.State.STUCK):
        charged = isinstance(answer, Charged)
        stuck = attempt.state == PaymentAttempt.State.STUCK
        return (charged or stuck) and not Payment.objects.filter(attempt=attempt).exists()
    return attempt.state in _UNSETTLED


def _charge(attempt: PaymentAttempt, answer: Charged, *, gateway: str, at: datetime) -> None:
    """The money is ours. More than is open (a transfer came first) leaves a credit balance."""
    take_off(
        Payment(
            payer_id=attempt.payer_id,
            attempt=attempt,
            invoice_id=attempt.invoice_id,
            amount=attempt.amount,
            at=at,
            gateway=gateway,
            reference=answer.reference,
        )
    )
    if attempt.state == PaymentAttempt.State.CANCELLED:
        # It keeps its state: the attempt that took its place is the one that counts.
        attempt.reason = "It was charged after it was cancelled: the amount is the payer's credit."
        logger.error("attempt charged late key=%s", attempt.key)
    else:
        attempt.state, attempt.reason = PaymentAttempt.State.CHARGED, ""
