"""The pages of Accesses: the list, one with what it opens and who has it, and who gets it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access, access_list, accesses, doors, modules, searching, who_may
from accounts.access import Standing
from accounts.acting import givable
from accounts.forms.accesses import NameForm, RightsForm, words
from accounts.models import Access
from accounts.refusals import ChangeRefused
from accounts.rights import Right, see, update

PER_PAGE = 50


@doors.of_account(Right.SEE_ACCESSES)
@require_safe
def index(request: HttpRequest, account_id: int) -> HttpResponse:
    """The account's Accesses, 50 a page."""
    here = access.enter(request, account_id, needs=Right.SEE_ACCESSES)
    name, sort = searching.typed(request.GET.get("q", "")), request.GET.get("sort", "")
    page, pages = _paged(request, access_list.wanted(here.account, name=name, sort=sort))
    shown = list(page)
    if not name and page.number == 1 and not any(one.is_administrators for one in shown):
        found = Access.objects.filter(account=account_id, kind=Access.Kind.ADMINISTRATORS)
        if not found.exists():
            shown.insert(0, Access(account=here.account, kind=Access.Kind.ADMINISTRATORS))
    context = {
        "here": here,
        "rows": access_list.rows(here.account, shown),
        "page": page,
        "pages": pages,
        "wanted": name,
        "may_update": here.may(Right.UPDATE_ACCESSES),
        "who": _who(here),
    }
    return render(request, "accounts/accesses/index.html", context)


@doors.of_account(Right.UPDATE_ACCESSES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, account_id: int) -> HttpResponse:
    """A new Access: its name; what it opens is ticked on its own page."""
    here = access.enter(request, account_id, needs=Right.UPDATE_ACCESSES)
    form = NameForm(request.POST or None)
    if form.is_valid():
        try:
            made = accesses.create(here=here, name=form.cleaned_data["name"], at=timezone.now())
        except ChangeRefused as refused:
            form.add_error("name", str(refused))
        else:
            said = _("%(name)s is created and opens nothing yet. Tick what it opens, then save.")
            messages.success(request, said % {"name": made.name})
            return redirect("accounts:access_manage", account_id, made.pk)
    context = {"here": here, "form": form}
    return render(request, "accounts/accesses/new.html", context, status=_status(request))


@doors.of_account(Right.UPDATE_ACCESSES)
@require_http_methods(["GET", "HEAD", "POST"])
def clone(request: HttpRequest, account_id: int, access_id: int) -> HttpResponse:
    """A new Access that opens what another one does."""
    here, source = _entered(request, account_id, access_id, needs=Right.UPDATE_ACCESSES)
    suggested = _("Copy of %(name)s") % {"name": source}
    form = NameForm(request.POST or None, initial={"name": suggested[:100]})
    if form.is_valid():
        try:
            made = accesses.clone(
                here=here,
                access_id=source.pk,
                name=form.cleaned_data["name"],
                at=timezone.now(),
            )
        except ChangeRefused as refused:
            form.add_error("name", str(refused))
        else:
            said = _("%(name)s is created and opens what %(source)s does. Nobody has it yet.")
            messages.success(request, said % {"name": made.name, "source": source})
            return redirect("accounts:access_manage", account_id, made.pk)
    context = {"here": here, "form": form, "source": source}
    return render(request, "accounts/accesses/new.html", context, status=_status(request))


@doors.of_account(Right.SEE_ACCESSES, post=Right.UPDATE_ACCESSES)
@require_http_methods(["GET", "HEAD", "POST"])
def general(request: HttpRequest, account_id: int, access_id: int) -> HttpResponse:
    """Tab *General*: the name, and who has the Access."""
    here, found = _entered(request, account_id, access_id, needs=_needed(request))
    form = NameForm(request.POST or None, initial={"name": found.name, "seen": found.name})
    if form.is_valid():
        try:
            accesses.rename(here=here, access_id=found.pk, at=timezone.now(), **form.cleaned_data)
        except ChangeRefused as refused:
            found.refresh_from_db()
            form.add_error("name", str(refused))
            form.show_again(seen=found.name)
        else:
            messages.success(request, _("The name is saved."))
            return redirect("accounts:access", account_id, found.pk)
    having = accesses.members_with(found).select_related("user").order_by("name_key", "pk")
    page, pages = _paged(request, having)
    context = _page(here, found) | {
        "form": form,
        "members": page,
        "pages": pages,
        "on_general": True,
    }
    return render(request, "accounts/accesses/general.html", context, status=_status(request))


@doors.of_account(Right.SEE_ACCESSES, post=Right.UPDATE_ACCESSES)
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, account_id: int, access_id: int) -> HttpResponse:
    """Tab *Manage*: which modules the Access opens to see and to change (LIC-2)."""
    here, found = _entered(request, account_id, access_id, needs=_needed(request))
    opens = access.rights_given(found)
    form = RightsForm(request.POST or None, opens=opens)
    refused, loses = "", ""
    if request.method == "POST" and form.is_valid():
        wanted = _wanted(here, form)
        loses = _lost(here, found, wanted)
        if not loses or form.cleaned_data["aware"]:
            try:
                return _changed(request, here, found, seen=form.cleaned_data["seen"], to=wanted)
            except ChangeRefused as refusal:
                refused = str(refusal)
                form.show_again(seen=words(access.rights_given(found)))
    shown = _modules(here, found, form)
    context = _page(here, found) | {
        "form": form,
        "refused": refused,
        "loses": loses,
        "modules": shown,
        "beyond": _beyond(here, found, shown),
        "sales": settings.SUPPORT_EMAIL,
        "on_manage": True,
    }
    status = 409 if refused else _status(request)
    return render(request, "accounts/accesses/manage.html", context, status=status)


@doors.of_account(Right.UPDATE_ACCESSES)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, account_id: int, access_id: int) -> HttpResponse:
    """Delete an Access that nobody has, once confirmed."""
    here, found = _entered(request, account_id, access_id, needs=Right.UPDATE_ACCESSES)
    refused = ""
    if request.method == "POST":
        try:
            name = accesses.delete(here=here, access_id=found.pk, at=timezone.now())
        except ChangeRefused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("%(name)s is deleted.") % {"name": name})
            return redirect("accounts:accesses", account_id)
    having = "" if found.is_administrators else accesses.why_kept(found)
    context = {"here": here, "found": found, "refused": refused, "having": having}
    return render(request, "accounts/accesses/delete.html", context, status=409 if refused else 200)


def _entered(
    request: HttpRequest, account_id: int, access_id: int, *, needs: Right
) -> tuple[Standing, Access]:
    here = access.enter(request, account_id, needs=needs)
    return here, get_object_or_404(here.rows(Access.objects.all()), pk=access_id)


def _needed(request: HttpRequest) -> Right:
    return Right.UPDATE_ACCESSES if request.method == "POST" else Right.SEE_ACCESSES


def _status(request: HttpRequest) -> int:
    """Of a form that is shown: what was sent was wrong."""
    return 422 if request.method == "POST" else 200


def _paged(request: HttpRequest, found: QuerySet[Any]) -> tuple[Any, Any]:
    paginator = Paginator(found, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    return page, paginator.get_elided_page_range(page.number)


def _who(here: Standing) -> str:
    """Who may change Accesses, for somebody who may not."""
    if here.may(Right.UPDATE_ACCESSES):
        return ""
    return who_may.can_change(here.account, Right.UPDATE_ACCESSES)


def _page(here: Standing, found: Access) -> dict[str, Any]:
    """What both tabs of an Access show."""
    return {
        "here": here,
        "found": found,
        "may_update": here.may(Right.UPDATE_ACCESSES) and not found.is_administrators,
        "may_clone": here.may(Right.UPDATE_ACCESSES),
        "may_give": here.may(Right.PRIMARY if found.is_administrators else Right.UPDATE_TEAM),
        "who": _who(here),
    }


def _wanted(here: Standing, form: RightsForm) -> frozenset[Right]:
    """What is ticked, and what stays because its box is closed to who lacks the right."""
    ticked: frozenset[Right] = form.cleaned_data["rights"]
    return ticked | (form.cleaned_data["seen"] - givable(here))


def _lost(here: Standing, found: Access, wanted: frozenset[Right]) -> str:
    """What the person would take from themselves, in words."""
    if here.member is None or here.member.access_id != found.pk:
        return ""
    return modules.listed(accesses.loss(here, wanted))


def _changed(
    request: HttpRequest,
    here: Standing,
    found: Access,
    *,
    seen: frozenset[Right],
    to: frozenset[Right],
) -> HttpResponse:
    what = accesses.change_rights(
        here=here, access_id=found.pk, seen=seen, rights=to, at=timezone.now()
    )
    having = accesses.members_with(found).count()
    said = ngettext(
        "Saved: %(what)s. This holds at once for %(number)s member.",
        "Saved: %(what)s. This holds at once for %(number)s members.",
        having,
    )
    if what:
        messages.success(request, said % {"what": what, "number": having})
    else:
        messages.info(request, _("Nothing was changed."))
    now = access.standing(here.person, here.account.pk, visit=here.visit)
    if now is None or not now.may(Right.SEE_ACCESSES):
        return redirect("home")
    return redirect("accounts:access_manage", here.account.pk, found.pk)


def _beyond(here: Standing, found: Access, shown: list[dict[str, Any]]) -> str:
    """Who can tick the boxes that are closed to somebody who may change the others."""
    if found.is_administrators or not here.may(Right.UPDATE_ACCESSES):
        return ""
    boxes = [box for module in shown if module["open"] for box in module["boxes"]]
    if all(box["may"] for box in boxes):
        return ""
    return who_may.can_change(here.account, Right.PRIMARY)


def _modules(here: Standing, found: Access, form: RightsForm) -> list[dict[str, Any]]:
    """The rows of the table: each module with its two boxes, or without where it is not there."""
    opens, may = access.rights_given(found), givable(here)
    if found.is_administrators or not here.may(Right.UPDATE_ACCESSES):
        may = frozenset()
    meanwhile = opens ^ form.cleaned_data["seen"] if form.is_bound and form.is_valid() else set()
    rows = []
    for module in access_list.shown_modules(here.account):
        described = modules.MODULES[module]
        levels = ((see(module), described.sees), (update(module), described.updates))
        boxes = [
            {
                "right": right.value,
                "sentence": sentence,
                "label": modules.said(right),
                "ticked": right in (form.ticked if right in may else opens),
                "may": right in may,
                "meanwhile": right in meanwhile,
            }
            for right, sentence in levels
        ]
        rows.append(
            {
                "name": described.name,
                "open": access.is_open(module, here.account),
                "boxes": boxes,
            }
        )
    return rows
