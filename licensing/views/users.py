"""*Manage → Users*: who works as what, in which queues, and which licences they hold so (LIC-7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access, doors, questions, who_may
from accounts.access import Standing
from accounts.models import Member
from accounts.refusals import ChangeRefused, FieldRefused
from accounts.rights import Right
from accounts.team_list import PAGE
from licensing import user_list, working
from licensing.availability import NoLicenceFree
from licensing.forms.users import WorkForm
from licensing.models import Queue
from licensing.user_list import Wanted


@doors.of_account(Right.SEE_TEAM)
@require_safe
def index(request: HttpRequest, account_id: int) -> HttpResponse:
    """The people of the account with what makes them hold licences."""
    here = access.enter(request, account_id, needs=Right.SEE_TEAM)
    at, wanted = timezone.now(), Wanted.read(request.GET)
    found = user_list.members(here.account, wanted=wanted, at=at)
    page = Paginator(found, PAGE).get_page(wanted.team.page)
    may = here.may(Right.UPDATE_TEAM)
    context = {
        "here": here,
        "wanted": wanted,
        "tabs": user_list.tabs(here.account, wanted),
        "types": Member.Type.choices,
        "rows": user_list.rows(list(page.object_list)),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "may_update": may,
        "who": "" if may else who_may.can_change(here.account, Right.UPDATE_TEAM),
    }
    return render(request, "licensing/users/index.html", context)


@doors.of_account(Right.SEE_TEAM, post=Right.UPDATE_TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def user(request: HttpRequest, account_id: int, member_id: int) -> HttpResponse:
    """What one person works as; queues are chosen by who may see queues."""
    right = Right.SEE_TEAM if request.method in doors.READS else Right.UPDATE_TEAM
    here = access.enter(request, account_id, needs=right)
    member = _person(here, member_id)
    now = list(Queue.objects.filter(logins__member=member))
    form = WorkForm(
        request.POST or None,
        member=member,
        queues=_choosable(here, now),
        now=now,
        sees_queues=here.may(Right.SEE_QUEUES),
    )
    refused, to_licences = "", ""
    if form.is_valid():
        try:
            working.work_as(here=here, member_id=member.pk, at=timezone.now(), **form.changes)
        except FieldRefused as field:
            form.add_error(field.field, str(field))
        except ChangeRefused as refusal:
            refused = str(refusal)
            if isinstance(refusal, NoLicenceFree) and here.may(Right.SEE_LICENSING):
                to_licences = reverse("licensing:licences", args=[account_id])
            form.look_again(Queue.objects.filter(logins__member=member))
        else:
            messages.success(request, _holds_now(_person(here, member_id)))
            return redirect("licensing:user", account_id, member.pk)
    status = 409 if refused else 422 if form.errors else 200
    context = {
        **_page(here, member, now),
        "form": form,
        "refused": refused,
        "to_licences": to_licences,
    }
    return render(request, "licensing/users/user.html", context, status=status)


def _person(here: Standing, member_id: int) -> Member:
    """The account's person of this id: bots work as nothing, and the deleted no more."""
    people = here.rows(Member.objects.filter(bot=False).exclude(status=Member.Status.DELETED))
    return get_object_or_404(people.select_related("access", "account"), pk=member_id)


def _choosable(here: Standing, now: Sequence[Queue]) -> list[Queue]:
    """The active queues, and those that the member is in."""
    found = here.rows(Queue.objects.all())
    kept = {queue.pk for queue in now}
    return [queue for queue in found if queue.active or queue.pk in kept]


def _page(here: Standing, member: Member, now: Sequence[Queue]) -> dict[str, Any]:
    may = here.may(Right.UPDATE_TEAM)
    return {
        "here": here,
        "member": member,
        "queues": now,
        "holds": questions.holdings([member])[member.pk],
        "may_update": may,
        "who": "" if may else who_may.can_change(here.account, Right.UPDATE_TEAM),
        "sees_queues": here.may(Right.SEE_QUEUES),
        "queues_there_are": here.rows(Queue.objects.all()).exists(),
    }


def _holds_now(member: Member) -> str:
    """What is so after saving."""
    held = questions.holdings([member])[member.pk]
    if not held:
        return _("Saved. %(name)s holds no licence.") % {"name": member.name}
    return _("Saved. %(name)s: %(held)s.") % {"name": member.name, "held": "; ".join(held)}
