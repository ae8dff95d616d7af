"""What is told about a charge later: by a payer who comes back, or by the provider itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from billing import answering, collecting
from billing.gateways.base import Charged, Declined, Gateway, Unknown
from billing.models import PaymentAttempt

Clock = Callable[[], datetime]
State = PaymentAttempt.State
UNANSWERED: Final = frozenset({State.UNKNOWN, State.ACTION})
# Who has these asks already, or nobody does any more; yet money that came in is written down.
_WITH_OTHERS: Final = frozenset({State.SENT, State.STUCK, State.CANCELLED})


def attempt_of(key: str) -> PaymentAttempt | None:
    """The attempt that the gateway knows by this key; None where there is none."""
    what, _, rest = key.partition("-")
    number, _, count = rest.partition("-")
    if what not in {"order", "invoice"} or not (number.isdecimal() and count.isdecimal()):
        return None
    of = {"order": number} if what == "order" else {"invoice": number, "order": None}
    return PaymentAttempt.objects.filter(number=count, **of).first()


def heard(attempt: PaymentAttempt, *, gateway: Gateway, clock: Clock) -> bool:
    """Something has become of this attempt: ask what, and write it down. False: no answer yet.

    Call it outside any transaction.
    """
    if attempt.state in UNANSWERED:
        collecting.look_again(attempt.pk, clock=clock, gateway=gateway)
        attempt.refresh_from_db()
        return attempt.state != State.UNKNOWN
    if attempt.state in _WITH_OTHERS:
        answer = gateway.look_up(attempt.key)
        if isinstance(answer, Charged | Declined):
            answering.settle(attempt.pk, answer, gateway=gateway.name, at=clock())
        return not isinstance(answer, Unknown)
    return True
