"""The page of one member: who they are, what they may, and what has become of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import access, accesses, doors, member_details, member_page, modules
from accounts.access import Standing
from accounts.forms.member import ADMINISTRATORS, NONE, AccessForm, DetailsForm
from accounts.history import history_of
from accounts.models import Member
from accounts.refusals import ChangeRefused
from accounts.rights import Right


@doors.of_account(Right.SEE_TEAM)
@require_safe
def page(request: HttpRequest, account_id: int, member_id: int) -> HttpResponse:
    """Everything about one member, each part with a form for who may change it."""
    here, member = _entered(request, account_id, member_id, needs=Right.SEE_TEAM)
    return _shown(request, here, member)


@doors.of_account(Right.UPDATE_TEAM)
@require_POST
def details(request: HttpRequest, account_id: int, member_id: int) -> HttpResponse:
    """Save a member's name and e-mail address."""
    here, member = _entered(request, account_id, member_id, needs=Right.UPDATE_TEAM)
    with_email = member_page.changes_their_address(member)
    form = DetailsForm(request.POST, member=member, with_email=with_email)
    if form.is_valid():
        try:
            member_details.describe(
                here=here,
                member_id=member.pk,
                name=form.cleaned_data["name"],
                email=form.cleaned_data.get("email"),
                at=timezone.now(),
            )
        except ChangeRefused as refusal:
            form.add_error("email" if with_email else "name", str(refusal))
        else:
            messages.success(request, _("The details are saved."))
            return redirect("accounts:member", account_id, member.pk)
    return _shown(request, here, member, details=form)


@doors.of_account(Right.UPDATE_TEAM, may_refuse=True)
@require_POST
def give_access(request: HttpRequest, account_id: int, member_id: int) -> HttpResponse:
    """Give a member another Access; admins are made by the primary account admin alone."""
    here, member = _entered(request, account_id, member_id, needs=Right.UPDATE_TEAM)
    form = AccessForm(request.POST, member=member, choices=member_page.choices(here, member))
    loses = ""
    if form.is_valid():
        try:
            given = _chosen(here, form.cleaned_data["access"])
            loses = _lost(here, member, given)
            if not loses or form.cleaned_data["aware"]:
                accesses.assign(
                    here=here, access_id=given, member_ids=[member.pk], at=timezone.now()
                )
                return _given(request, here, member)
        except ChangeRefused as refusal:
            form.add_error("access", str(refusal))
    return _shown(request, here, member, access=form, loses=loses)


@doors.of_account(Right.PRIMARY)
@require_POST
def purchase(request: HttpRequest, account_id: int, member_id: int) -> HttpResponse:
    """Grant a member the purchase permission, or take it back."""
    here, member = _entered(request, account_id, member_id, needs=Right.PRIMARY)
    granted = request.POST.get("granted") == "yes"
    try:
        member_details.set_purchase_permission(
            here=here, member_id=member.pk, granted=granted, at=timezone.now()
        )
    except ChangeRefused as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("%(name)s may buy now.") if granted else _("%(name)s may no longer buy.")
        messages.success(request, said % {"name": member.name})
    return redirect("accounts:member", account_id, member.pk)


def _entered(
    request: HttpRequest, account_id: int, member_id: int, *, needs: Right
) -> tuple[Standing, Member]:
    here = access.enter(request, account_id, needs=needs)
    rows = here.rows(Member.objects.select_related("access", "user", "account__parent"))
    return here, get_object_or_404(rows, pk=member_id)


def _shown(
    request: HttpRequest, here: Standing, member: Member, *, loses: str = "", **forms: Any
) -> HttpResponse:
    """The page; a form that was sent stands in it as it was typed, with what is wrong."""
    wrong = bool(forms)
    forms.setdefault(
        "details",
        DetailsForm(member=member, with_email=member_page.changes_their_address(member)),
    )
    forms.setdefault("access", AccessForm(member=member, choices=member_page.choices(here, member)))
    context = {
        "here": here,
        "member": member,
        "allowed": member_page.allowed(here, member),
        "forms": forms,
        "loses": loses,
        "gone": member.status == Member.Status.DELETED,
        "licences": member_page.page_of_licences(member),
        "history": history_of(member, here=here),
        "myself": here.member is not None and here.member.pk == member.pk,
    }
    return render(request, "accounts/member/page.html", context, status=422 if wrong else 200)


def _chosen(here: Standing, value: str) -> int | None:
    """The id of the chosen Access; that of administrators is made when it is first given."""
    if value == ADMINISTRATORS:
        here.need(Right.PRIMARY)
        return accesses.administrators_of(account_id=here.account.pk).pk
    return None if value == NONE else int(value)


def _lost(here: Standing, member: Member, access_id: int | None) -> str:
    """What the person would take from themselves, in words."""
    if here.member is None or here.member.pk != member.pk:
        return ""
    given = None if access_id is None else accesses.find(here, access_id)
    opens = frozenset() if given is None else access.rights_given(given)
    return modules.listed(accesses.loss(here, opens))


def _given(request: HttpRequest, here: Standing, member: Member) -> HttpResponse:
    member.refresh_from_db(fields=["access"])
    if member.access is None:
        said = _("%(name)s has no Access now.") % {"name": member.name}
    else:
        words = {"name": member.name, "access": member.access}
        said = _("%(name)s has the Access %(access)s now.") % words
    messages.success(request, said)
    now = access.standing(here.person, here.account.pk, visit=here.visit)
    if now is None or not now.may(Right.SEE_TEAM):
        return redirect("home")
    return redirect("accounts:member", here.account.pk, member.pk)
