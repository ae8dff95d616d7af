"""The page on which somebody opens an account."""

from __future__ import annotations

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import access, doors, opening
from accounts.forms.opening import OpenForm
from accounts.refusals import ChangeRefused


@doors.opens_to(doors.Audience.SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def open_account(request: HttpRequest) -> HttpResponse:
    """An account for an organisation, of which one becomes the primary account admin."""
    access.reenter(request)
    form = OpenForm(request.POST or None, request=request)
    if form.is_valid():
        person = access.person_of(request)
        too_often = ratelimit.consume_or_429(request, action="open_account", user=person)
        if too_often is not None:
            return too_often
        try:
            account = opening.open_account(person=person, at=timezone.now(), **form.cleaned_data)
        except (ChangeRefused, ValueError):
            form.add_error(None, _("The form was sent before. Open it again."))
        else:
            words = _("%(account)s is open, and you are its primary account admin.")
            messages.success(request, words % {"account": account.name})
            return redirect("accounts:start", account.pk)
    status = 422 if form.errors else 200
    return render(request, "accounts/open.html", {"form": form}, status=status)
