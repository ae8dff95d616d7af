"""Payers that a run could not bill: written down with a reason, quiet once they are billed."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import DatabaseError
from django.db.models import F

from billing.models import BillingRun, RunFailure

_REASON_LENGTH: Final = 500


@dataclass(frozen=True, slots=True)
class Failed:
    """A payer that could not be billed: what is so and what to do next, and the trace."""

    payer_id: int
    reason: str
    detail: str


def because(payer_id: int, problem: Exception) -> Failed:
    """The failure of a payer whose billing raised ``problem``."""
    return Failed(
        payer_id=payer_id,
        reason=f"{_sentence(problem)} Nothing was billed. Correct it, then retry.",
        detail="".join(traceback.format_exception(problem)),
    )


def record(run_id: int, found: Sequence[Failed], *, at: datetime) -> int:
    """Write the failures down; one already written counts one more try. How many were new."""
    if not found:
        return 0
    known = set(
        RunFailure.objects.filter(
            run_id=run_id, payer_id__in=[one.payer_id for one in found]
        ).values_list("payer_id", flat=True)
    )
    for one in found:
        if one.payer_id in known:
            RunFailure.objects.filter(run_id=run_id, payer_id=one.payer_id).update(
                reason=one.reason[:_REASON_LENGTH],
                detail=one.detail,
                failed_at=at,
                tries=F("tries") + 1,
                resolved_at=None,
            )
    new = [one for one in found if one.payer_id not in known]
    RunFailure.objects.bulk_create(
        RunFailure(
            run_id=run_id,
            payer_id=one.payer_id,
            reason=one.reason[:_REASON_LENGTH],
            detail=one.detail,
            failed_at=at,
        )
        for one in new
    )
    return len(new)


def resolve(run: BillingRun, payer_ids: Iterable[int], *, at: datetime) -> None:
    """These payers are billed now: what failed of them before, in any real run, is quiet.

    A dry run resolves its own failures alone.
    """
    open_ones = RunFailure.objects.filter(payer_id__in=list(payer_ids), resolved_at=None)
    open_ones = open_ones.filter(run=run) if run.dry_run else open_ones.filter(run__dry_run=False)
    open_ones.update(resolved_at=at)


def _sentence(problem: Exception) -> str:
    if isinstance(problem, DatabaseError):
        constraint = getattr(getattr(problem.__cause__, "diag", None), "constraint_name", None)
        if constraint:
            return f"The database refuses it: {constraint.replace('_', ' ')}."
    words = str(problem).strip().rstrip(".") or "no message"
    if isinstance(problem, ValueError):
        return f"{words}."
    return f"{type(problem).__name__}: {words}."
