"""The first page: it leads each person to where they belong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts import doors


@doors.opens_to(doors.Audience.SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """To the desk, where the people of the vendor work."""
    return redirect("admin:index")
