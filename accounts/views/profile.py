"""The pages about the person who reads them: their profile, and the language of who is a guest."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_from_request, gettext, override
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from accounts import access, doors
from accounts import profile as profiles
from accounts.forms.profile import ProfileForm
from accounts.zones import zones

_COOKIE = settings.LANGUAGE_COOKIE_NAME


@doors.opens_to(doors.Audience.SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """One's own name, language, time zone and e-mails."""
    access.reenter(request)
    person = access.person_of(request)
    form = ProfileForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        profiles.change(
            person=person,
            name=form.cleaned_data["name"],
            language=form.cleaned_data["language"],
            time_zone=form.cleaned_data["time_zone"],
            by_email=form.by_email,
        )
        return _saved(request, form.cleaned_data["language"])
    context = {"form": form, "zones": zones()}
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, language: str) -> HttpResponse:
    """To the profile again, in the language that holds from now on, signed out as well."""
    response = redirect("accounts:profile")
    if language:
        response.set_cookie(_COOKIE, language, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(_COOKIE)
        request.COOKIES.pop(_COOKIE, None)
    with override(language or get_language_from_request(request)):
        messages.success(request, gettext("Your profile is saved."))
    return response


@doors.opens_to(doors.Audience.EVERYBODY)
@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Read pages in another language, also signed out: the browser keeps the choice."""
    response: HttpResponse = set_language(request)
    return response
