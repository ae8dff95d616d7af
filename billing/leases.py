"""Pages of a run: claimed with a lease by one worker at a time, and counted when done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from billing.models import RunPage


def lease() -> timedelta:
    """How long a worker may be silent before another one takes its page over."""
    return timedelta(seconds=settings.BILLING_LEASE_SECONDS)


def claimable(at: datetime) -> Q:
    """Pages that nobody works on: waiting, or left behind by a worker that fell silent."""
    return Q(state=RunPage.State.WAITING) | Q(state=RunPage.State.CLAIMED, leased_until__lte=at)


def claim(*, run_id: int, worker: str, at: datetime) -> RunPage | None:
    """The run's first page that nobody works on, now leased to ``worker``; None when none is left.

    Two workers never get the same page while a lease lasts: the row is locked while it is chosen
    (others skip it), and on SQLite the transaction holds the only write lock.
    """
    with transaction.atomic():
        page = (
            RunPage.objects.select_for_update(skip_locked=True)
            .filter(claimable(at), run_id=run_id)
            .order_by("number")
            .first()
        )
        if page is None:
            return None
        page.state, page.worker, page.leased_until = RunPage.State.CLAIMED, worker, at + lease()
        page.save(update_fields=["state", "worker", "leased_until"])
    return page


def give_back(page: RunPage) -> None:
    """Let others have a page at once that this worker cannot finish."""
    RunPage.objects.filter(pk=page.pk, state=RunPage.State.CLAIMED, worker=page.worker).update(
        state=RunPage.State.WAITING, leased_until=None
    )


def add(
    page_id: int,
    *,
    at: datetime,
    invoices: int = 0,
    failures: int = 0,
    amounts: Mapping[str, Decimal] | None = None,
    done: bool,
) -> None:
    """Count what was just written, in the transaction that wrote it, so that both stand or fall.

    The lease is renewed, or the page is done. A worker whose lease ran out may count as well: what
    it wrote is written, and whoever took the page over finds nothing due any more.
    """
    page = RunPage.objects.select_for_update().get(pk=page_id)
    page.invoices += invoices
    page.failures += failures
    for currency, amount in (amounts or {}).items():
        page.amounts[currency] = str(Decimal(page.amounts.get(currency, "0")) + amount)
    if done:
        page.state, page.done_at, page.leased_until = RunPage.State.DONE, at, None
    elif page.state == RunPage.State.CLAIMED:
        page.leased_until = at + lease()
    page.save(update_fields=["invoices", "failures", "amounts", "state", "done_at", "leased_until"])
