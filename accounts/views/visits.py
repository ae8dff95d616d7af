"""The pages that end a visit of support in a customer's place."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts import access, doors, visits
from accounts.models import Account, SupportVisit


@doors.opens_to(doors.Audience.SIGNED_IN)
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End one's visit, and go back to the account's page at the desk."""
    visit = _named(request)
    request.session.pop(visits.SESSION_KEY, None)
    if visit is None:
        return redirect("home")
    visits.end(visit_id=visit.pk, at=timezone.now())
    messages.success(
        request, gettext("You have left %(account)s.") % {"account": visit.account.name}
    )
    return redirect(_desk(request, visit.account_id) or "home")


@doors.opens_to(doors.Audience.SIGNED_IN)
@require_safe
def ended(request: HttpRequest) -> HttpResponse:
    """Say that the visit is over: after an hour, or because it was ended elsewhere.

    Nothing changes by being read: it is said until its reader leaves the visit.
    """
    if access.visit_of(request) is not None:
        return redirect("home")
    visit = _named(request)
    if visit is None:
        # Nothing of theirs: without the key the next click is no click after a visit.
        request.session.pop(visits.SESSION_KEY, None)
        return redirect("home")
    context = {"visit": visit, "desk": _desk(request, visit.account_id)}
    return render(request, "accounts/visit_ended.html", context)


def _named(request: HttpRequest) -> SupportVisit | None:
    """The visit of this person that the session names; None where it names none of theirs."""
    visit_id = request.session.get(visits.SESSION_KEY)
    if visit_id is None:
        return None
    own = SupportVisit.objects.filter(pk=visit_id, person=access.person_of(request))
    return own.select_related("account", "member").first()


def _desk(request: HttpRequest, account_id: int) -> str:
    """The account's page at the desk, for who may still see it; empty for others."""
    if not access.may(request.user, "view", on=Account):
        return ""
    return reverse("admin:accounts_account_change", args=[account_id])
