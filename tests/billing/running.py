"""Billing in tests: a run from its start to its end, at an instant of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from billing import run
from billing.gateways.base import ChargeAnswer
from billing.gateways.sandbox import SandboxGateway
from billing.models import BillingRun, PaymentAttempt, PaymentMethod


def clock(at: datetime) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: at


def charge(attempt: PaymentAttempt) -> ChargeAnswer:
    """The gateway charges what the attempt is for, and nobody writes its answer down."""
    payer = str(attempt.payer_id)
    method = PaymentMethod.objects.get(payer=attempt.payer, is_default=True)
    return SandboxGateway().charge(attempt.key, attempt.amount, payer, method.reference)


def bill(*, at: datetime, now: datetime | None = None, **options: Any) -> BillingRun:
    """Everybody due at this instant is billed, now (by default at that very instant)."""
    ticking = clock(now or at)
    started = run.start(at=at, clock=ticking, source=BillingRun.Source.COMMAND, **options)
    run.work(started.pk, worker="test", clock=ticking)
    started.refresh_from_db()
    return started
