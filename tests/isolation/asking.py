"""Knocking at one address as one persona: what was answered, and whether anything was written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache as once
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.core.handlers.base import BaseHandler
from django.db import DatabaseError, connection, transaction
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from django.urls import reverse

from tests.isolation.people import Persona

_WRITES: Final = re.compile(
    r'\s*(?:INSERT (?:OR \w+ )?INTO|REPLACE INTO|UPDATE|DELETE FROM|TRUNCATE)\s+"?(\w+)', re.I
)
# What changes nothing and locks nothing, so that nothing of it has to be undone.
_READS: Final = re.compile(
    r"\s*(?:SELECT|WITH|SAVEPOINT|RELEASE)\b(?!.*\b(?:INSERT|UPDATE|DELETE|SHARE|setval)\b)",
    re.I | re.S,
)
_NO_DATA: Final = frozenset({"django_session"})


class Outcome(StrEnum):
    """What a request comes to."""

    SIGN_IN = "sent to sign-in"
    NOT_FOUND = "404"
    FORBIDDEN = "403"
    UNASKED = "405"
    IN = "let in"
    BROKEN = "broken"


@dataclass
class Answer:
    """What was answered, and the tables that were written to meanwhile."""

    outcome: Outcome
    status: int = 0
    body: str = ""
    wrote: list[str] = field(default_factory=list)
    trouble: str = ""

    def __str__(self) -> str:
        return f"{self.outcome} ({self.trouble or self.status})"


@once
def _site() -> BaseHandler:
    """The site with every middleware, which looks for its files once."""
    site = BaseHandler()
    site.load_middleware()
    return site


class Knocker:
    """Asks as anybody, through every middleware; whatever a request changes is undone after it.

    So the same asked again is answered the same, and is not asked again.
    """

    def __init__(self, bodies: Mapping[str, Any]) -> None:
        """``bodies``: by method what is sent as JSON; nothing where it is not there."""
        self._bodies = bodies
        self._requests = RequestFactory()
        self._site = _site()
        self._answers: dict[tuple[str, str, str, str, bool], Answer] = {}
        self._undoing = ExitStack()

    def __enter__(self) -> Knocker:
        self._undoing.enter_context(_undone())
        return self

    def __exit__(self, *_: object) -> None:
        self._undoing.close()

    def ask(self, persona: Persona, method: str, path: str, *, htmx: bool = False) -> Answer:
        """One request, with nothing in it but who sends it."""
        asked = (persona.session, persona.token, method, path, htmx)
        if asked not in self._answers:
            self._answers[asked] = self._ask(persona, method, path, htmx)
        return self._answers[asked]

    def _ask(self, persona: Persona, method: str, path: str, htmx: bool) -> Answer:
        cache.clear()  # nobody knocks too often
        headers = {"HX-Request": "true"} if htmx else {}
        if persona.token:
            headers["Authorization"] = f"Bearer {persona.token}"
        sent: tuple[Any, ...] = ()
        if method in self._bodies:
            sent = (json.dumps(self._bodies[method]), "application/json")
        request = self._requests.generic(method, path, *sent, headers=headers)
        request.COOKIES[settings.SESSION_COOKIE_NAME] = persona.session
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # as test clients do
        watch = _Watch()
        with connection.execute_wrapper(watch):
            try:
                response = self._site.get_response(request)
            except Exception as problem:
                watch.changed = True
                answer = Answer(Outcome.BROKEN, trouble=f"{type(problem).__name__}: {problem}")
            else:
                body = _body(response)
                answer = Answer(_outcome(response), response.status_code, body, watch.wrote)
        if watch.changed:
            self._undoing.close()
            self._undoing.enter_context(_undone())
        return answer


@contextmanager
def _undone() -> Iterator[None]:
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as TestCase says of its own
    with block:
        yield
        transaction.set_rollback(True)


class _Watch:
    """Looks at every statement of a request: the tables written to, and whether to undo any."""

    def __init__(self) -> None:
        self.wrote: list[str] = []
        self.changed = False

    def __call__(self, run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not _only_reads(sql):
            self.changed = True
            found = _WRITES.match(sql)
            if found and found[1] not in _NO_DATA:
                self.wrote.append(found[1])
        try:
            return run(sql, params, many, context)
        except DatabaseError:
            self.changed = True  # a transaction that PostgreSQL goes on with no more
            raise


@once
def _only_reads(sql: str) -> bool:
    return bool(_READS.match(sql))


def _outcome(response: HttpResponseBase) -> Outcome:
    status = response.status_code
    leads_to = urlsplit(response.headers.get("Location") or response.headers.get("HX-Redirect", ""))
    if status == 401 or leads_to.path in {reverse(settings.LOGIN_URL), reverse("admin:login")}:
        return Outcome.SIGN_IN
    if status >= 500:
        return Outcome.BROKEN
    refused = {403: Outcome.FORBIDDEN, 404: Outcome.NOT_FOUND, 405: Outcome.UNASKED}
    return refused.get(status, Outcome.IN)


def _body(response: Any) -> str:
    """What a person reads of the answer: its text, and where it leads."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace") + response.headers.get("Location", "")
