"""Collecting: what is queued is charged through the gateway, and what came of it written down."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts import mail
from accounts.locks import lock_payers
from accounts.models import Account
from billing import ledger
from billing.gateways.base import Charged, Declined, Gateway, NeverSeen, Unknown
from billing.models import Payment, PaymentAttempt, Receivable

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]

# How long a worker may take for the attempts it has claimed before another one looks them up.
LEASE: Final = timedelta(minutes=10)
# Few, so that a worker that is killed leaves few to be looked up.
CLAIMED_AT_ONCE: Final = 20
# An unanswered attempt is asked about again after as long as it has waited, within these bounds.
SHORTEST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)

_OPEN_STATES: Final = (
    PaymentAttempt.State.QUEUED,
    PaymentAttempt.State.SENT,
    PaymentAttempt.State.UNKNOWN,
)


@dataclass(slots=True)
class Collected:
    """What became of the attempts of one collection."""

    charged: int = 0
    declined: int = 0
    unknown: int = 0


def collect(*, clock: Clock, gateway: Gateway, most: int | None = None) -> Collected:
    """Charge the attempts that are due, at most so many; any number of workers may do so at once.

    Each is marked as sent before the gateway hears of it. One that is found sent or unknown was
    perhaps charged: the gateway is asked by its key, and it is only charged where the gateway has
    never heard of it (decision 21). Call it outside any transaction: nobody waits for a bank while
    holding locks.
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


@dataclass(frozen=True, slots=True)
class _Claimed:
    """An attempt of this worker; ``fresh``: the gateway cannot have heard of it."""

    attempt: PaymentAttempt
    fresh: bool


def _claim(*, at: datetime, most: int) -> Sequence[_Claimed]:
    """The oldest attempts that are due, marked as sent and leased to this worker."""
    with transaction.atomic():
        found = list(
            PaymentAttempt.objects.select_for_update(skip_locked=True)
            .filter(state__in=_OPEN_STATES, next_try_at__lte=at)
            .order_by("next_try_at", "pk")[:most]
        )
        PaymentAttempt.objects.filter(pk__in=[one.pk for one in found]).update(
            state=PaymentAttempt.State.SENT, next_try_at=at + LEASE
        )
    return [_Claimed(one, one.state == PaymentAttempt.State.QUEUED) for one in found]


def _collect_one(claimed: _Claimed, gateway: Gateway, clock: Clock, collected: Collected) -> None:
    attempt = claimed.attempt
    try:
        answer = _ask(claimed, gateway)
    except Exception:
        # An attempt that the gateway cannot even be asked about must not stop the others.
        logger.exception("attempt not settled key=%s", attempt.key)
        answer = Unknown()
    if isinstance(answer, Unknown):
        collected.unknown += 1
        _put_off(attempt, at=clock())
        return
    settle(attempt.pk, answer, gateway=gateway.name, at=clock())
    if isinstance(answer, Charged):
        collected.charged += 1
    else:
        collected.declined += 1


def _ask(claimed: _Claimed, gateway: Gateway) -> Charged | Declined | Unknown:
    attempt = claimed.attempt
    if not claimed.fresh:
        known = gateway.look_up(attempt.key)
        if not isinstance(known, NeverSeen):
            return known
    return gateway.charge(attempt.key, attempt.amount, payer=str(attempt.payer_id))


def _put_off(attempt: PaymentAttempt, *, at: datetime) -> None:
    wait = min(max(at - attempt.queued_at, SHORTEST_WAIT), LONGEST_WAIT)
    PaymentAttempt.objects.filter(pk=attempt.pk, state=PaymentAttempt.State.SENT).update(
        state=PaymentAttempt.State.UNKNOWN, next_try_at=at + wait
    )
    logger.warning("attempt unanswered key=%s wait=%s", attempt.key, wait)


def settle(attempt_id: int, answer: Charged | Declined, *, gateway: str, at: datetime) -> bool:
    """Write down what the gateway answered: payment, ledger entry, receivable, letter; at once.

    Returns False when somebody had done so before: an attempt is settled once.
    """
    payer_id = PaymentAttempt.objects.values_list("payer_id", flat=True).get(pk=attempt_id)
    with transaction.atomic():
        payer = lock_payers([payer_id])[payer_id]
        attempt = PaymentAttempt.objects.select_related("invoice").get(pk=attempt_id)
        if attempt.state not in _OPEN_STATES:
            return False
        attempt.settled_at = at
        if isinstance(answer, Charged):
            attempt.state = PaymentAttempt.State.CHARGED
            _receive(attempt, answer, gateway=gateway, at=at)
        else:
            attempt.state = PaymentAttempt.State.DECLINED
            attempt.reason = answer.reason
        attempt.save(update_fields=["state", "settled_at", "reason"])
        _owe_letter(attempt, payer, at=at)
    logger.info(
        "attempt settled key=%s state=%s amount=%s", attempt.key, attempt.state, attempt.amount
    )
    return True


def _receive(attempt: PaymentAttempt, answer: Charged, *, gateway: str, at: datetime) -> None:
    """The money is ours: the payment, its place in the ledger, and less that is open.

    More than is open (a transfer came first) leaves a credit balance.
    """
    payment = Payment.objects.create(
        payer_id=attempt.payer_id,
        attempt=attempt,
        invoice_id=attempt.invoice_id,
        amount=attempt.amount,
        at=at,
        gateway=gateway,
        reference=answer.reference,
    )
    ledger.enter_payment(payment)
    receivable = Receivable.objects.get(invoice_id=attempt.invoice_id)
    receivable.open -= attempt.amount
    if not receivable.open.amount:
        receivable.state, receivable.settled_at = Receivable.State.PAID, at
    receivable.save(update_fields=["open", "state", "settled_at"])


def _owe_letter(attempt: PaymentAttempt, payer: Account, *, at: datetime) -> None:
    """The invoice, with what became of its payment."""
    mail.owe(
        name="invoice",
        key=f"invoice:{attempt.invoice_id}",
        account_id=attempt.payer_id,
        subject_id=attempt.invoice_id,
        to=payer.email,
        language=attempt.invoice.language,
        at=at,
    )
