"""The first page: it leads each person to where they belong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts import access, doors


@doors.opens_to(doors.Audience.SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """To the account one was in last or the only one, to the choice of them, or to the desk."""
    here = access.reenter(request)
    if here is not None:
        return redirect("account", here.account.pk)
    person = access.person_of(request)
    mine = access.accounts_of(person).values_list("pk", flat=True)[:2]
    if len(mine) == 1:
        return redirect("account", mine[0])
    return redirect("admin:index" if person.is_staff and not mine else "accounts")
