"""The first page: it leads each person to where they belong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import access, doors, joining, memberships


@doors.opens_to(doors.Audience.SIGNED_IN)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the account one was in last or the only one, to the choice of them, or to the desk.

    Who belongs nowhere opens an account, unless they are invited to one, are suspended in one
    (which tells them whom to ask), or work for the vendor.
    """
    here = access.reenter(request)
    if here is not None:
        return redirect("accounts:start", here.account.pk)
    person = access.person_of(request)
    mine = access.accounts_of(person).values_list("pk", flat=True)[:2]
    if len(mine) == 1:
        return redirect("accounts:start", mine[0])
    if mine or joining.waiting_for(person, at=timezone.now()):
        return redirect("accounts:accounts")
    shut_out = memberships.suspended_in(person)
    if len(shut_out) == 1:
        return redirect("accounts:suspended", shut_out[0].pk)
    if shut_out:
        return redirect("accounts:accounts")
    return redirect("admin:index" if person.is_staff else "accounts:open")
