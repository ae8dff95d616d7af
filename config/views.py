"""Pages that belong to no app: how the portal looks, and what the API is."""

from __future__ import annotations

import json

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import doors
from accounts.models import User
from config import style_page
from config.api import reading, site
from config.api.problems import TITLES

THEMES = ("light", "dark")


@doors.opens_to(doors.Audience.STAFF)
@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Every component in every state, for the people who build pages."""
    _for_staff(request)
    theme = request.GET.get("theme", "")
    page = {
        "examples": style_page.examples(),
        "theme": theme if theme in THEMES else "",
        "is_light": theme == "light",
        "is_dark": theme == "dark",
        **style_page.samples(),
    }
    return render(request, "style/page.html", page)


@doors.opens_to(doors.Audience.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def style_dialog(request: HttpRequest) -> HttpResponse:
    """The page that the sample of a dialog opens; it changes nothing."""
    _for_staff(request)
    form = style_page.DialogForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, f"3 → {form.cleaned_data['seats']} seats, usable now.")
        return redirect("style")
    status = 422 if form.errors else 200
    return render(
        request, "style/in_dialog.html", {"form": form, "back": reverse("style")}, status=status
    )


@doors.opens_to(doors.Audience.EVERYBODY)
@login_not_required
@require_safe
def api_document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document of the API: the same for everybody, with or without a key."""
    return HttpResponse(json.dumps(site.document()), content_type="application/json")


@doors.opens_to(doors.Audience.EVERYBODY)
@login_not_required
@csp(
    {
        **{key: [NONE] for key in ("default-src", "base-uri", "form-action", "frame-ancestors")},
        **{key: [SELF] for key in ("style-src", "img-src", "font-src")},
    }
)
@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """The same document to be read, without a script."""
    page = {"document": reading.read(site.document()), "problems": TITLES}
    return render(request, "api/docs.html", page)


def _for_staff(request: HttpRequest) -> None:
    if not (isinstance(request.user, User) and request.user.is_staff):
        raise Http404("The style page is for the people of the vendor.")
