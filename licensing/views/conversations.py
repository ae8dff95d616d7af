"""*Conversations → Manage seats*: what is owned, who uses it as what, and the way to more. CONV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access, doors, who_may
from accounts.access import Standing
from accounts.foresight import reads_amounts
from accounts.models import Member
from accounts.refusals import ChangeRefused
from accounts.rights import Right
from billing import buyers, requestable
from billing.core.periods import Interval
from billing.foreseeing import Running, look
from billing.holdings import Held, HeldTogether, in_words
from billing.models import Product
from billing.requestable import CONVERSATIONS
from billing.views import trials
from licensing import assigning, seat_list, seats
from licensing.assigning import NoSeatFree
from licensing.forms.conversations import LevelForm
from licensing.models import Level
from licensing.seat_list import Tab, Wanted

_REFUSED = 409


@doors.of_account(Right.SEE_CONVERSATIONS)
@require_safe
def index(request: HttpRequest, account_id: int) -> HttpResponse:
    """Seats owned, in use and free, who is what, and what idle ones cost. CONV-1, 6 and 9."""
    here = access.enter(request, account_id, needs=Right.SEE_CONVERSATIONS)
    at, wanted = timezone.now(), Wanted.read(request.GET)
    running = look(here.account, at=at)
    owned = seats.seats_of(here.account, at=at)
    beyond = seats.beyond(here.account, owned)
    numbers = seat_list.counts(here.account, at=at)
    found = seat_list.members(here.account, wanted=wanted, at=at)
    page = Paginator(found, seat_list.PAGE).get_page(wanted.page)
    shows_amounts = here.may(Right.SEE_BILLING) and reads_amounts(here)
    may = here.may(Right.UPDATE_CONVERSATIONS)
    idle = numbers[Tab.IDLE]
    context = {
        "here": here,
        "at": at,
        "wanted": wanted,
        "seats": owned,
        "held": list(_owning(running, at)),
        "trials": [trials.said(one, here=here) for one in seats.trials_of(here.account)],
        "closed_from": _closed_from(),
        "shows_amounts": shows_amounts,
        "people": numbers[Tab.AGENTS] + numbers[Tab.VIEWERS],
        "tabs": seat_list.tabs(wanted, numbers),
        "rows": seat_list.rows(here.account, list(page.object_list), beyond=beyond, at=at),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "idle": idle,
        "saving": seats.saving(running, seats=idle) if shows_amounts and idle else None,
        "may_update": may,
        "who": "" if may else who_may.can_change(here.account, Right.UPDATE_CONVERSATIONS),
        "sees_team": here.may(Right.SEE_TEAM),
        "sees_accesses": here.may(Right.SEE_ACCESSES),
        **_warning(here, owned, beyond),
        **_buyer(here),
    }
    return render(request, "licensing/conversations/index.html", context)


@doors.of_account(Right.UPDATE_CONVERSATIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def level(request: HttpRequest, account_id: int, member_id: int) -> HttpResponse:
    """What somebody is in Conversations; without a free seat, the way to buy one. CONV-8."""
    here = access.enter(request, account_id, needs=Right.UPDATE_CONVERSATIONS)
    at, member = timezone.now(), _person(here, member_id)
    now = seat_list.level_of(member)
    asked = request.GET.get("level", "")
    initial = asked if asked in Level.values else now
    form = LevelForm(request.POST or None, initial={"level": initial})
    refused, no_seat = "", False
    if form.is_valid():
        try:
            assigning.set_level(
                here=here, member_id=member.pk, level=form.cleaned_data["level"], at=at
            )
        except ChangeRefused as refusal:
            refused, no_seat = str(refusal), isinstance(refusal, NoSeatFree)
        else:
            messages.success(request, _said(_person(here, member_id)))
            return redirect("licensing:conversations", account_id)
    owned = seats.seats_of(here.account, at=at)
    context = {
        "here": here,
        "member": member,
        "form": form,
        "seats": owned,
        "refused": refused,
        "no_seat": no_seat,
        **_warning(here, owned, seats.beyond(here.account, owned)),
        **_buyer(here),
    }
    status = _REFUSED if refused else 422 if form.errors else 200
    return render(request, "licensing/conversations/level.html", context, status=status)


@doors.of_account(Right.SEE_CONVERSATIONS)
@require_safe
def email_support(request: HttpRequest, account_id: int) -> HttpResponse:
    """Email support, about seats of Conversations: purchase, remove, ask. CONV-3."""
    here = access.enter(request, account_id, needs=Right.SEE_CONVERSATIONS)
    at = timezone.now()
    owned = seats.seats_of(here.account, at=at)
    held = [
        one.product
        for one in requestable.in_force(look(here.account, at=at))
        if one.product.family == CONVERSATIONS
    ]
    context = {
        "here": here,
        "codes": [one.code for one in held if buyers.may_buy(one, here)],
        "may_ask": requestable.may_ask(here),
        "support": settings.SUPPORT_EMAIL,
        **_warning(here, owned, seats.beyond(here.account, owned)),
        **_buyer(here),
    }
    return render(request, "licensing/conversations/email_support.html", context)


@dataclass(frozen=True, slots=True)
class Owning:
    """Seats that are held: in words, what of them waits for ``from_on``, and how they are charged.

    ``by_month``: a yearly cycle bills twelve times the monthly fee. CONV-4.
    """

    held: Held
    together: HeldTogether
    becomes: int | None
    from_on: date
    by_month: bool


def _owning(running: list[Running], at: datetime) -> Iterator[Owning]:
    language = (translation.get_language() or "en").partition("-")[0]
    for one, together in zip(running, in_words(running, at=at, language=language), strict=True):
        now = {item.product.pk: item for item in one.items}
        for held in together.items:
            if held.product.family == CONVERSATIONS:
                item = now[held.product.pk]
                yearly = one.row.interval == Interval.YEAR
                by_month = yearly and item.price.interval is Interval.MONTH
                yield Owning(held, together, item.waiting, one.opens_on, by_month)


def _warning(here: Standing, owned: seats.Seats, beyond: list[Member]) -> dict[str, Any]:
    """What stands on every page of Conversations where more is in use than owned. CONV-8."""
    named = [one.name for one in beyond[: who_may.MOST_NAMED]]
    more = len(beyond) - len(named)
    return {"missing": owned, "beyond": who_may.together(named, more=more) if named else ""}


def _buyer(here: Standing) -> dict[str, Any]:
    """Where this person buys seats; empty, and who does, for anybody else. CONV-2."""
    product = _bought(here)
    may = product is not None and buyers.may_buy(product, here)
    buy = reverse("billing:change", args=[here.account.pk, product.code]) if product and may else ""
    return {
        "buys": buy,
        "code": product.code if product else "",
        "buyer": "" if may else buyers.who_may_buy(account=here.account, right=Right.PRIMARY),
    }


def _bought(here: Standing) -> Product | None:
    """The seats that the account holds, or held."""
    items = Product.objects.filter(family=CONVERSATIONS, items__subscription__account=here.account)
    return items.order_by("position", "pk").first()


def _closed_from() -> date | None:
    sold = Product.objects.filter(family=CONVERSATIONS, closed_from__isnull=False)
    return sold.values_list("closed_from", flat=True).first()


def _person(here: Standing, member_id: int) -> Member:
    """The account's person of this id: bots are nothing in Conversations."""
    people = Member.objects.filter(bot=False).exclude(status=Member.Status.DELETED)
    return get_object_or_404(here.rows(people.select_related("conversations")), pk=member_id)


def _said(member: Member) -> str:
    """What is so after saving."""
    said = {"name": member.name}
    if seat_list.level_of(member) is Level.AGENT:
        return _("%(name)s is an agent now, and takes a seat.") % said
    if seat_list.level_of(member) is Level.VIEWER:
        return _("%(name)s is a viewer now, and takes no seat.") % said
    return _("%(name)s has no access to Conversations any more.") % said
