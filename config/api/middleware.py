"""Around every answer of the API: its headers, and problem details in the place of pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from config.api import counting, problems

PREFIX: Final = "/api/"
_KEPT: Final = ("Allow", "Retry-After", "WWW-Authenticate")


class ApiMiddleware:
    """Answers in the API's own form also where Django, or another middleware, refuses a request.

    Nothing that it answers is kept by a proxy.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if not request.path_info.startswith(PREFIX):
            return response
        if response.status_code >= 400 and response.get("Content-Type") != problems.MEDIA_TYPE:
            page, response = response, problems.answer(problems.of_status(response.status_code))
            for name in _KEPT:
                if name in page.headers:
                    response.headers[name] = page.headers[name]
        counting.mark(request, response)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
