"""The dialogs of the Team page: what follows from a deed, and then the deed (RSL-6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import access, bots, doors, questions, team, team_words, visits
from accounts.access import Standing
from accounts.foresight import Foreseen
from accounts.forms.team import BotForm, DeedForm
from accounts.models import Member
from accounts.refusals import ChangeRefused, FieldRefused
from accounts.rights import Right
from accounts.team import Deed
from accounts.team_list import Tab, Wanted

# A page's rows; more are no ticked list any more.
_MOST = 500


@doors.of_account(Right.SUSPEND, may_refuse=True)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, account_id: int, member_id: int, deed: str) -> HttpResponse:
    """Suspend, activate, delete, approve or decline one member."""
    here = access.enter(request, account_id, needs=Right.SUSPEND)
    return _decide(request, here, Deed(deed), [member_id])


@doors.of_account(Right.SUSPEND, may_refuse=True)
@require_http_methods(["GET", "HEAD", "POST"])
def many(request: HttpRequest, account_id: int) -> HttpResponse:
    """Suspend all members that were ticked, or none of them."""
    here = access.enter(request, account_id, needs=Right.SUSPEND)
    ticked = request.GET.getlist("member")
    if not ticked:
        messages.warning(request, _("Nobody is ticked. Tick who is to be suspended."))
        return redirect(_back(request, here))
    if len(ticked) > _MOST or not all(one.isdecimal() and len(one) < 19 for one in ticked):
        raise Http404("These are no members.")
    return _decide(request, here, Deed.SUSPEND, [int(one) for one in ticked])


@doors.of_account(Right.UPDATE_TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def add_bot(request: HttpRequest, account_id: int) -> HttpResponse:
    """Add a bot by its name."""
    here = access.enter(request, account_id, needs=Right.UPDATE_TEAM)
    at = timezone.now()
    foreseen = bots.foresee(here=here, at=at)
    form = BotForm(request.POST or None, asks=visits.reason_needed(here, costs=foreseen.costs))
    back = f"{reverse('accounts:team', args=[account_id])}?tab={Tab.BOTS}"
    refused, status = "", 422 if form.is_bound else 200
    if form.is_valid():
        try:
            bot = bots.add(here=here, at=at, seen=_seen(request), **form.cleaned_data)
        except FieldRefused as field:
            form.add_error(field.field, str(field))
        except ChangeRefused as refusal:
            refused, status = str(refusal), 409
        else:
            messages.success(request, team_words.added(bot))
            return redirect(back)
    context = {
        "form": form,
        "foreseen": foreseen,
        "refused": refused,
        "waits": not here.may(Right.SUSPEND),
        "who_may": team_words.who_may(here.account),
        "back": back,
    }
    return render(request, "accounts/team/add_bot.html", context, status=status)


def _decide(
    request: HttpRequest, here: Standing, deed: Deed, member_ids: Sequence[int]
) -> HttpResponse:
    """The dialog of a deed about these members; sent back as it was shown, the deed is done."""
    shown = _shown(here, deed, member_ids)
    asks = deed is Deed.DECLINE or visits.reason_needed(here, costs=shown.foreseen.costs)
    form = DeedForm(request.POST or None, asks=asks, declines=deed is Deed.DECLINE)
    refused, status = "", 422 if form.is_bound else 200
    if form.is_valid():
        try:
            done = team.do(
                deed=deed,
                here=here,
                member_ids=member_ids,
                at=shown.at,
                seen=_seen(request),
                **form.cleaned_data,
            )
        except ChangeRefused as refusal:
            refused, status = str(refusal), 409
            shown = _shown(here, deed, member_ids)
        else:
            messages.success(request, team_words.done(deed, done))
            left = deed is Deed.DELETE and here.visit is None and here.member in done
            return redirect("home" if left else _back(request, here))
    elif shown.objections:
        status = 409
    context = {
        "here": here,
        "shown": shown,
        "form": form,
        "refused": refused,
        "title": team_words.title(deed, shown.members),
        "button": team_words.button(deed, shown.members, foreseen=shown.foreseen),
        "lasting": team_words.lasting(deed, shown.members),
        "dangerous": deed in {Deed.DELETE, Deed.DECLINE},
        "myself": here.visit is None and here.member in shown.members,
        "back": _back(request, here),
        "hand_over": _hand_over(here, shown.members),
    }
    return render(request, "accounts/team/deed.html", context, status=status)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a dialog shows: about whom it is, why it cannot be done, or what follows."""

    at: datetime
    members: list[Member]
    objections: list[str]
    foreseen: Foreseen
    holds: list[tuple[Member, list[str]]]


def _shown(here: Standing, deed: Deed, member_ids: Sequence[int]) -> _Shown:
    at = timezone.now()
    try:
        members = team.members_in_order(here.account, member_ids)
    except Member.DoesNotExist as unknown:
        raise Http404(str(unknown)) from unknown
    holds = questions.holdings(members)
    return _Shown(
        at=at,
        members=members,
        objections=team.objections(deed=deed, here=here, members=members, at=at),
        foreseen=team.foresee(deed=deed, here=here, members=members, at=at),
        holds=[(member, holds[member.pk]) for member in members],
    )


def _seen(request: HttpRequest) -> str:
    """What follows, as the page that was sent back had shown it."""
    return request.POST.get("seen", "")


def _hand_over(here: Standing, members: Sequence[Member]) -> str:
    """Where the primary account admin, if it is about them, hands the role over first."""
    if here.may(Right.PRIMARY) and any(member.primary_admin for member in members):
        return reverse("accounts:hand_over", args=[here.account.pk])
    return ""


def _back(request: HttpRequest, here: Standing) -> str:
    """The list from which the dialog was opened, as it was searched and ordered."""
    query = Wanted.read(request.GET).query
    address = reverse("accounts:team", args=[here.account.pk])
    return f"{address}?{query}" if query else address
