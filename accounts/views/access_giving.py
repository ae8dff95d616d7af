"""The page that gives an Access to members."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import access, access_list, accesses, doors, searching, who_may
from accounts.access import Standing
from accounts.models import Access, Member
from accounts.refusals import ChangeRefused
from accounts.rights import Right

PER_PAGE = 50
_MOST_NAMED = 3


@doors.of_account(Right.UPDATE_TEAM, may_refuse=True)
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, account_id: int, access_id: int) -> HttpResponse:
    """Tick who gets the Access. That of administrators is the primary account admin's to give."""
    here = access.enter(request, account_id, needs=Right.UPDATE_TEAM)
    given = get_object_or_404(here.rows(Access.objects.all()), pk=access_id)
    if given.is_administrators:
        here.need(Right.PRIMARY)
    ticked, refused = _ticked(request), ""
    if request.method == "POST":
        try:
            return _given(request, here, given, ticked)
        except ChangeRefused as refusal:
            refused = str(refusal)
    name = searching.typed(request.GET.get("q", ""))
    paginator = Paginator(access_list.without(here.account, given, name=name), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "here": here,
        "given": given,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number),
        "wanted": name,
        "ticked": ticked,
        "refused": refused,
        "back": _back(here, given),
    }
    return render(request, "accounts/accesses/give.html", context, status=409 if refused else 200)


def _ticked(request: HttpRequest) -> list[int]:
    ids = request.POST.getlist("member")
    if not all(one.isdecimal() and len(one) < 19 for one in ids):
        raise Http404("These are no members.")
    return [int(one) for one in ids]


def _given(
    request: HttpRequest, here: Standing, given: Access, member_ids: list[int]
) -> HttpResponse:
    if not member_ids:
        raise ChangeRefused(_("Nobody is ticked. Tick who gets this Access."))
    changed = accesses.assign(
        here=here, access_id=given.pk, member_ids=member_ids, at=timezone.now()
    )
    messages.success(request, _said(given, changed))
    return redirect(_back(here, given))


def _said(given: Access, changed: list[Member]) -> str:
    """Who has the Access now."""
    if not changed:
        return _("They have this Access already.")
    names = [member.name for member in changed[:_MOST_NAMED]]
    said = ngettext(
        "%(people)s has the Access %(access)s now.",
        "%(people)s have the Access %(access)s now.",
        len(changed),
    )
    people = who_may.together(names, more=max(0, len(changed) - _MOST_NAMED))
    return said % {"people": people, "access": given}


def _back(here: Standing, given: Access) -> str:
    """The page of the Access, for who may see it."""
    page = "access" if here.may(Right.SEE_ACCESSES) else "access_give"
    return reverse(f"accounts:{page}", args=[here.account.pk, given.pk])
