"""The dialog that gives a member the billing role or takes it back: what follows, then the deed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import access, doors, visits
from accounts import billing_role as role
from accounts.forms.team import DeedForm
from accounts.models import Member
from accounts.refusals import ChangeRefused
from accounts.rights import Right


@doors.of_account(Right.SUSPEND)
@require_http_methods(["GET", "HEAD", "POST"])
def billing_role(request: HttpRequest, account_id: int, member_id: int) -> HttpResponse:
    """Say what the role, given or taken back, does to what the account pays; then do it."""
    here = access.enter(request, account_id, needs=Right.SUSPEND)
    people = here.rows(Member.objects.filter(bot=False).exclude(status=Member.Status.DELETED))
    member = get_object_or_404(people.select_related("account__parent"), pk=member_id)
    at, gives = timezone.now(), not member.billing_role
    if request.method == "POST":
        gives = request.POST.get("gives") == "yes"
    foreseen = role.foresee(here=here, member=member, billing_role=gives, at=at)
    asks = visits.reason_needed(here, costs=foreseen.costs)
    form = DeedForm(request.POST or None, asks=asks)
    refused, status = "", 422 if form.is_bound else 200
    if form.is_valid():
        try:
            role.settle(
                here=here,
                member_id=member.pk,
                billing_role=gives,
                seen=request.POST.get("seen", ""),
                at=at,
                **form.cleaned_data,
            )
        except ChangeRefused as refusal:
            refused, status = str(refusal), 409
        else:
            messages.success(request, _said(member, gives=gives))
            return redirect("accounts:member", account_id, member.pk)
    context = {
        "here": here,
        "member": member,
        "gives": gives,
        "foreseen": foreseen,
        "form": form,
        "refused": refused,
    }
    return render(request, "accounts/member/billing_role.html", context, status=status)


def _said(member: Member, *, gives: bool) -> str:
    said = (
        _("%(name)s has the billing role now and takes no seat.")
        if gives
        else _("%(name)s no longer has the billing role.")
    )
    return said % {"name": member.name}
