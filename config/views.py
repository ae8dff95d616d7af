"""Pages that belong to no app: the way into an account, and how the portal looks."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts import access, doors
from accounts.models import User
from accounts.rights import Right
from config import portal, style_page

THEMES = ("light", "dark")
ROWS = 50


@doors.opens_to(doors.Audience.SIGNED_IN)
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts that one may enter."""
    access.reenter(request)
    found = access.accounts_of(access.person_of(request)).order_by("name", "pk")
    wanted = request.GET.get("q", "").strip()
    if wanted:
        found = found.filter(name__icontains=wanted)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    return render(request, "portal/accounts.html", {"page": page, "wanted": wanted})


@doors.of_account()
def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """To the first page of the account that one may see."""
    here = access.enter(request, account_id)
    if first := portal.first_page(here):
        return redirect(first)
    givers = access.holders(here.account, Right.UPDATE_ACCESSES)
    return render(request, "portal/nothing.html", {"account": here.account, "givers": givers})


@doors.opens_to(doors.Audience.STAFF)
def style(request: HttpRequest) -> HttpResponse:
    """Every component in every state, for the people who build pages."""
    _for_staff(request)
    theme = request.GET.get("theme", "")
    page = {
        "examples": style_page.examples(),
        "theme": theme if theme in THEMES else "",
        "is_light": theme == "light",
        "is_dark": theme == "dark",
        **style_page.samples(),
    }
    return render(request, "style/page.html", page)


@doors.opens_to(doors.Audience.STAFF)
def style_dialog(request: HttpRequest) -> HttpResponse:
    """The page that the sample of a dialog opens; it changes nothing."""
    _for_staff(request)
    form = style_page.DialogForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, f"3 → {form.cleaned_data['seats']} seats, usable now.")
        return redirect("style")
    status = 422 if form.errors else 200
    return render(request, "style/in_dialog.html", {"form": form}, status=status)


def _for_staff(request: HttpRequest) -> None:
    if not (isinstance(request.user, User) and request.user.is_staff):
        raise Http404("The style page is for the people of the vendor.")
