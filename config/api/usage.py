"""Use of counted services, reported one by one or 500 at once: each key counts once. API-2.

Answers are written here as they are sent; their shapes below describe them, and the tests compare
the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from accounts import access
from accounts.callers import Caller
from accounts.scopes import Scope
from billing.limits import LARGEST_USE
from config.api.keys import Key, caller_of
from config.api.problems import Problem
from config.api.sending import sent
from config.api.shapes import REFUSED, Asked, Id, Instant, ProblemDetails, RequestKey, Shape
from licensing import usage
from licensing.metered import Service
from licensing.usage import MOST, Counted, Outcome, Record, Why

router: Final = Router(tags=["Usage"])
_WRITES: Final = Key(Scope.USAGE_WRITE)
_SCOPE: Final = {"x-scope": Scope.USAGE_WRITE.value}


class Usage(Asked):
    """So much of a service was used in an account at an instant."""

    account: Id
    service: Service
    key: RequestKey
    at: Instant
    quantity: Annotated[int, Field(ge=0, le=LARGEST_USE, strict=True)]


class Batch(Asked):
    """Up to 500 records, of any accounts and services that the key sees."""

    records: Annotated[list[Usage], Field(min_length=1, max_length=MOST)]


class Answered(Shape):
    """What became of a record.

    ``outcome`` is accepted, duplicate (the same key has counted the same before) or refused.
    ``month`` is the first day of the month that it counts in; ``late`` says that this is not the
    month of its instant, because that one is billed already. ``used`` is what the service stands at
    after it, ``limit`` where it stops, null where nothing stops it. Of a refusal ``why`` names the
    reason and ``detail`` says what to do.
    """

    account: int
    service: Service
    key: str
    outcome: Outcome
    month: date | None
    late: bool
    used: int | None
    limit: int | None
    left: int | None
    why: Why | None
    detail: str | None


class BatchAnswered(Shape):
    """What became of each record, in the order in which they were sent."""

    results: list[Answered]


@router.post(
    "/usage",
    auth=_WRITES,
    response={200: Answered, 201: Answered, **REFUSED, 409: ProblemDetails},
    operation_id="report_usage",
    url_name="usage",
    summary="Report use",
    openapi_extra=_SCOPE,
)
def report(request: HttpRequest, record: Usage) -> HttpResponse:
    """Count one record: 201 where it is counted now, 200 where the same was counted before. 409
    where the limit has no room for it (nothing is counted then), and where its key has counted
    something else.
    """
    [counted] = _count(caller_of(request), [record])
    if counted.outcome is Outcome.REFUSED:
        raise _refused(counted)
    status = 201 if counted.outcome is Outcome.ACCEPTED else 200
    return sent(_answer(counted), status=status)


@router.post(
    "/usage/batch",
    auth=_WRITES,
    response={200: BatchAnswered, **REFUSED},
    operation_id="report_usage_batch",
    url_name="usage_batch",
    summary="Report up to 500 uses",
    openapi_extra=_SCOPE,
)
def report_many(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Count each record by itself, in one transaction: sent again after a failure, what was counted
    is answered as a duplicate.
    """
    counted = _count(caller_of(request), batch.records)
    return sent({"results": [_answer(one) for one in counted]})


def _count(caller: Caller, asked: Sequence[Usage]) -> list[Counted]:
    """What became of each record; of an account that the key does not see nothing is counted."""
    seen = access.accounts_seen(caller, {one.account for one in asked})
    records = [Record(one.account, one.service, one.key, one.at, one.quantity) for one in asked]
    counted = iter(usage.count([one for one in records if one.account_id in seen], now=caller.at))
    return [next(counted) if one.account_id in seen else _unseen(one) for one in records]


def _unseen(record: Record) -> Counted:
    text = _("There is no such account. Check its id.")
    return Counted(record, Outcome.REFUSED, why=Why.NO_ACCOUNT, text=text)


_PROBLEMS: Final = {
    Why.LIMIT: (HTTPStatus.CONFLICT, "limit"),
    Why.KEY_REUSED: (HTTPStatus.CONFLICT, "key-reused"),
    Why.NO_ACCOUNT: (HTTPStatus.NOT_FOUND, "not-found"),
}


def _refused(counted: Counted) -> Problem:
    why = counted.why or Why.TOO_MUCH
    status, slug = _PROBLEMS.get(why, (HTTPStatus.CONFLICT, "refused"))
    more: dict[str, Any] = {"why": why.value}
    if why is Why.LIMIT:
        more["limit"] = {
            "name": counted.record.service.value,
            "limit": counted.limit,
            "used": counted.used,
            "asked": counted.record.quantity,
        }
    return Problem(status, slug, counted.text, **more)


def _answer(counted: Counted) -> dict[str, Any]:
    record = counted.record
    return {
        "account": record.account_id,
        "service": record.service,
        "key": record.key,
        "outcome": counted.outcome,
        "month": None if counted.cycle is None else counted.cycle.isoformat(),
        "late": counted.late,
        "used": counted.used,
        "limit": counted.limit,
        "left": counted.left,
        "why": counted.why,
        "detail": counted.text or None,
    }
