"""What a suspended person sees of their account: who can activate them, and a button to ask it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts import access, doors, returns, team_words
from accounts.deeds import Doer
from accounts.models import Member
from accounts.refusals import ChangeRefused


@doors.opens_to(doors.Audience.SUSPENDED)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, account_id: int) -> HttpResponse:
    """They are suspended here; sent, the request to be activated again (RSL-6)."""
    member = access.suspended(request.user, account_id)
    if member is None:
        # Activated meanwhile: the account is open again. Anybody else is a stranger to the page.
        if access.standing(request.user, account_id, visit=access.visit_of(request)) is None:
            raise Http404(f"Nobody suspended in account {account_id}.")
        return redirect("home")
    if request.method != "POST":
        return told(request, member)
    try:
        returns.ask(member_id=member.pk, at=timezone.now(), by=Doer(person=member.user))
    except ChangeRefused:
        return redirect("home")
    return redirect("accounts:suspended", account_id)


def told(request: HttpRequest, member: Member, *, status: int = 200) -> HttpResponse:
    """The page, also in the place of every other page of the account."""
    context = {"member": member, "who_may": team_words.who_activates(member.account)}
    return render(request, "accounts/suspended.html", context, status=status)
