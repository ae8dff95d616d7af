"""What a page is measured against: one of the same site that only reads, as often as it does.

And one that shows nothing but the shell, which says what every page of the portal costs whatever it
is about. `site.py` of this folder serves all of them, so server, settings, middleware and visitor
are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from accounts import access
from accounts.models import User
from tests.benchmarks import COUNT

# The session and its person, which every page of somebody signed in reads.
EVERY_PAGE: Final = 2


def bare(request: HttpRequest, queries: int) -> HttpResponse:
    """So many queries in all, each of one row by its primary key; no template."""
    person = access.person_of(request)
    for _ in range(queries - EVERY_PAGE):
        User.objects.get(pk=person.pk)
    return HttpResponse("bare")


def empty(request: HttpRequest, account_id: int, more: int) -> HttpResponse:
    """The shell with nothing in it, and so many more queries than it takes itself."""
    here = access.enter(request, account_id)
    for _ in range(more):
        User.objects.get(pk=access.person_of(request).pk)
    return render(request, "portal/base.html", {"here": here})


class Counted:
    """Says in the answer how many queries it took, where the request asks for that."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if COUNT not in request.headers:
            return self._get_response(request)
        asked = 0

        def count(execute: Callable[..., Any], *query: Any) -> Any:
            nonlocal asked
            asked += 1
            return execute(*query)

        with connection.execute_wrapper(count):
            response = self._get_response(request)
        response.headers[COUNT] = str(asked)
        return response


urlpatterns = [
    path("bare/<int:queries>/", bare),
    path("empty/<int:account_id>/<int:more>/", empty),
    path("", include("config.urls")),
]
