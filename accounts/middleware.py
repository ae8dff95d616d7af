"""What every request knows besides its person: a visit, the last account, how the reader reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django_htmx.http import HttpResponseClientRedirect

from accounts import access, doors, visits
from accounts.models import User

Answer = Callable[[HttpRequest], HttpResponse]


class VisitMiddleware:
    """Sets ``request.visit``: the visit in which support acts as a customer, or None.

    After a visit the next click into an account is not done: it leads to the page that says so.
    Pages of the desk, and those of the person alone, go on.
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        visit_id = request.session.get(visits.SESSION_KEY)
        visit = None
        if visit_id is not None and isinstance(request.user, User):
            visit = visits.running(visit_id=visit_id, person=request.user, at=timezone.now())
        request.visit = visit  # type: ignore[attr-defined]  # read by accounts.access
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        is_over = visits.SESSION_KEY in request.session and access.visit_of(request) is None
        door = doors.door_of(view)
        if not is_over or door is None or door.audience is not doors.Audience.ACCOUNT:
            return None
        leads_to = reverse("accounts:visit_ended")
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(leads_to)
        return redirect(leads_to)


class LastAccountMiddleware:
    """Keeps which account a person was in last: pages of the person alone are shown around it.

    A visit of support is no place of its person's own, and leaves nothing behind.
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        here = access.standing_of(request)
        if here is None or here.visit is not None:
            return response
        if request.session.get(access.LAST_ACCOUNT) != here.account.pk:
            request.session[access.LAST_ACCOUNT] = here.account.pk
        return response


class ReaderMiddleware:
    """Shows pages in the language and the time zone that a person has chosen in their profile.

    The desk speaks of customers in many zones: what it shows, and reads from its forms, is UTC.
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        if isinstance(person, User) and person.language:
            translation.activate(person.language)
            request.LANGUAGE_CODE = person.language
        own = person.time_zone if isinstance(person, User) else ""
        # An account that is entered then brings its zone; no other request may find it there.
        setattr(request, access.READS_ACCOUNTS_ZONE, not own)
        with timezone.override(ZoneInfo(own) if own else None):
            return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        page = request.resolver_match
        if page is not None and page.app_name == admin.site.name:
            timezone.activate(UTC)


class WrongFormMiddleware:
    """Answers 422 where allauth shows a form again because of what was wrong with it.

    Its views answer 200 then; everybody else's pages say 422 by themselves.
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        page = request.resolver_match
        if request.method == "POST" and page and page.func.__module__.startswith("allauth."):
            form = (response.context_data or {}).get("form")
            if form is not None and form.errors:
                response.status_code = 422
        return response
