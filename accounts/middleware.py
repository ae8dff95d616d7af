"""What every request knows besides its person: a visit of support, and how the reader reads."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts import visits
from accounts.models import User

Answer = Callable[[HttpRequest], HttpResponse]


class VisitMiddleware:
    """Sets ``request.visit``: the visit in which support acts as a customer, or None."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        visit_id = request.session.get(visits.SESSION_KEY)
        visit = None
        if visit_id is not None and isinstance(request.user, User):
            visit = visits.running(visit_id=visit_id, person=request.user, at=timezone.now())
            if visit is None:
                del request.session[visits.SESSION_KEY]
        request.visit = visit  # type: ignore[attr-defined]  # read by accounts.access
        return self._get_response(request)


class ReaderMiddleware:
    """Shows pages in the language and the time zone that a person has chosen in their profile."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        if isinstance(person, User) and person.language:
            translation.activate(person.language)
            request.LANGUAGE_CODE = person.language
        if isinstance(person, User) and person.time_zone:
            with timezone.override(ZoneInfo(person.time_zone)):
                return self._get_response(request)
        return self._get_response(request)
