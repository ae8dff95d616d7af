"""Around every answer of the API: its headers, and problem details in the place of pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.core.handlers.exception import convert_exception_to_response
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.middleware.locale import LocaleMiddleware
from django.urls import Resolver404, ResolverMatch, resolve

from config.api import counting, problems
from config.api.site import NAMESPACE
from config.problems import names_no_row

Answer = Callable[[HttpRequest], HttpResponse]
PREFIX: Final = "/api/"
_KEPT: Final = ("Allow", "Retry-After", "WWW-Authenticate")
# An answer to a program is never shown, so a browser that is led to one shall do nothing with it.
_SHOWS_NOTHING: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}


class ApiMiddleware:
    """Answers in the API's own form also where Django, or another middleware, refuses a request.

    Nothing that it answers is kept by a proxy. An operation is answered here: a program has neither
    session nor forms, so none of the middlewares that follow is for it but those that know the
    language and the host. What people read of the API goes on as every page does.
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response
        # The stubs speak of what may be awaited, too: it is whatever is given.
        operate: Any = LocaleMiddleware(CommonMiddleware(_operate))
        guarded: Any = convert_exception_to_response(operate)
        self._operate: Answer = guarded

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self._get_response(request)
        found = _found(request)
        request.resolver_match = found
        is_page = found is not None and found.namespace != NAMESPACE
        response = self._get_response(request) if is_page else self._operate(request)
        if response.status_code >= 400 and response.get("Content-Type") != problems.MEDIA_TYPE:
            page, response = response, problems.answer(problems.of_status(response.status_code))
            for name in _KEPT:
                if name in page.headers:
                    response.headers[name] = page.headers[name]
        counting.mark(request, response)
        for name, value in _SHOWS_NOTHING.items():
            response.headers.setdefault(name, value)
        return response


def _found(request: HttpRequest) -> ResolverMatch | None:
    """What the address leads to; None where it leads nowhere."""
    try:
        return resolve(request.path_info)
    except Resolver404:
        return None


def _operate(request: HttpRequest) -> HttpResponse:
    """What the operation answers."""
    found = request.resolver_match
    if found is None or names_no_row(found.kwargs):
        return problems.answer(problems.of_status(404))
    try:
        response: HttpResponse = found.func(request, *found.args, **found.kwargs)
    except Http404:
        return problems.answer(problems.of_status(404))
    return response
