"""What the API answers instead: problem details (RFC 9457) that say what to do next. API-4."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from accounts.refusals import ChangeRefused, FieldRefused
from billing.contact_calls import KeyReused
from billing.contacts import LimitReached

MEDIA_TYPE: Final = "application/problem+json"
REALM: Final = 'Bearer realm="Seatledger"'
# How many mistakes of one request are told.
_MOST: Final = 100


class Problem(Exception):
    """A request that is not done. ``slug`` names the kind of problem, ``more`` are its numbers."""

    def __init__(
        self,
        status: HTTPStatus,
        slug: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.slug, self.detail = status, slug, detail
        self.headers, self.more = headers or {}, more


def answer(problem: Problem) -> HttpResponse:
    """The problem as it is sent."""
    told = {
        "type": f"{settings.SITE_URL}/api/v1/docs#problem-{problem.slug}",
        "title": TITLES[problem.slug],
        "status": problem.status.value,
        "detail": problem.detail,
        **problem.more,
    }
    body = json.dumps(told, ensure_ascii=False)
    return HttpResponse(
        body, content_type=MEDIA_TYPE, status=problem.status, headers=dict(problem.headers)
    )


TITLES: Final[Mapping[str, str]] = {
    "no-key": "The request shows no key that works",
    "scope": "The key does not allow this",
    "not-found": "There is no such thing",
    "method": "The address does not take this method",
    "too-many": "Too many requests",
    "malformed": "The request cannot be read",
    "wrong": "Something in the request is wrong",
    "refused": "It cannot be done now",
    "limit": "A limit is reached",
    "key-reused": "The key of the request has counted something else",
    "failed": "The server failed",
}


def unknown_key() -> Problem:
    """Nobody is known by what the request shows."""
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        "no-key",
        "Send a key that works as Authorization: Bearer sl_…. It may be mistyped or revoked: its "
        "account's primary account admin makes keys on Settings, API keys.",
        headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'},
    )


def no_key() -> Problem:
    """The request shows nothing at all."""
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        "no-key",
        "Send a key as Authorization: Bearer sl_…. The account's primary account admin makes one "
        "on Settings, API keys.",
        headers={"WWW-Authenticate": REALM},
    )


def refuse_unknown(request: HttpRequest, known: Collection[str]) -> None:
    """`Problem` for a parameter of the query that nobody knows: passed over, a slip would stay."""
    unknown = sorted(request.GET.keys() - set(known))
    if unknown:
        detail = f"There is no parameter {unknown[0]}. There are {', '.join(known)}."
        errors = [{"where": f"query.{name}", "message": "there is no such parameter"}
                  for name in unknown[:_MOST]]  # fmt: skip
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "wrong", detail, errors=errors)


def of_status(status: int) -> Problem:
    """What is said where something else than the API's own code has answered."""
    slug, detail = _ELSEWHERE.get(status, _ELSEWHERE[400 if status < 500 else 500])
    return Problem(HTTPStatus(status), slug, detail)


_ELSEWHERE: Final[Mapping[int, tuple[str, str]]] = {
    400: ("malformed", "Send a request as the API's document describes it."),
    403: ("scope", "Send a key whose scopes allow this, from an address that may."),
    404: ("not-found", "There is no such address, or the key does not see it. Compare it with "
          "the API's document."),
    405: ("method", "Use one of the methods that the header Allow names."),
    413: ("malformed", "The body is too large. Send less at a time."),
    500: ("failed", "Nothing is known to be done. Send the same request with the same key again."),
}  # fmt: skip


def register(api: NinjaAPI) -> None:
    """Have the API answer so whatever its operations raise."""
    api.add_exception_handler(Problem, _told)
    api.add_exception_handler(AuthenticationError, lambda *_: answer(no_key()))
    api.add_exception_handler(ValidationError, _wrong)
    api.add_exception_handler(HttpError, _malformed)
    api.add_exception_handler(Http404, _not_found)
    api.add_exception_handler(LimitReached, _limit)
    api.add_exception_handler(KeyReused, _reused)
    api.add_exception_handler(FieldRefused, _field)
    api.add_exception_handler(ChangeRefused, _refused)


def _told(request: HttpRequest, problem: Any) -> HttpResponse:
    return answer(problem)


def _wrong(request: HttpRequest, wrong: Any) -> HttpResponse:
    """Each mistake with its place in the request: ``body.records.3.quantity``."""
    errors = [
        {"where": ".".join(map(str, _place(one["loc"]))), "message": one["msg"]}
        for one in wrong.errors[:_MOST]
    ]
    first = errors[0]
    detail = f"{first['where']}: {first['message']}. Correct what errors names and send it again."
    return answer(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "wrong", detail, errors=errors))


def _place(location: tuple[Any, ...]) -> tuple[Any, ...]:
    """Where it is; the name of the parameter that takes the body is nobody's business."""
    return location if location[0] != "body" else (location[0], *location[2:])


def _malformed(request: HttpRequest, error: Any) -> HttpResponse:
    detail = f"{error}. Send JSON as the API's document describes it."
    return answer(Problem(HTTPStatus(error.status_code), "malformed", detail))


def _not_found(request: HttpRequest, missing: Any) -> HttpResponse:
    detail = f"{missing} A key of an account sees that account alone. Compare the address."
    return answer(Problem(HTTPStatus.NOT_FOUND, "not-found", detail))


def _limit(request: HttpRequest, reached: Any) -> HttpResponse:
    numbers = {
        "limit": {
            "name": "contacts",
            "limit": reached.contacts.limit,
            "used": reached.contacts.stored,
            "asked": reached.wanted,
        }
    }
    return answer(Problem(HTTPStatus.CONFLICT, "limit", str(reached), **numbers))


def _reused(request: HttpRequest, refusal: Any) -> HttpResponse:
    return answer(Problem(HTTPStatus.CONFLICT, "key-reused", str(refusal)))


def _field(request: HttpRequest, refusal: Any) -> HttpResponse:
    """What was well formed and cannot be so stands with its place, as what was not."""
    errors = [{"where": f"body.{refusal.field}", "message": str(refusal)}]
    problem = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "wrong", str(refusal), errors=errors)
    return answer(problem)


def _refused(request: HttpRequest, refusal: Any) -> HttpResponse:
    return answer(Problem(HTTPStatus.CONFLICT, "refused", str(refusal)))
