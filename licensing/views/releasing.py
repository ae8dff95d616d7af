"""Release and reduce: who holds a licence, idle people first, and what fewer cost. LIC-4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import access, doors, who_may
from accounts.access import Standing
from accounts.foresight import reads_amounts
from accounts.rights import Right
from billing.quoting import Quoted, quote
from billing.refusals import ChangeRefused, QuoteChanged
from billing.showing import show
from billing.views.confirming import asked_to_confirm
from billing.whole import Whole, read_whole
from licensing.cards import Licence
from licensing.forms.releasing import ReleaseForm
from licensing.holdings import used_in
from licensing.releasing import Holder, confirmed_before, idle_first, release_and_reduce
from licensing.wording import licence_names

_REFUSED: Final = 409
_WRONG: Final = 422
# So many holders are shown at least, and always a few more than have to go.
_SHOWN: Final = 50
# No number that is owned has more.
_DIGITS: Final = 10


@doors.of_account(Right.UPDATE_LICENSING, may_refuse=True)
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, account_id: int, code: str) -> HttpResponse:
    """Choose who is to hold the licence no longer, and own so many fewer of it.

    Who they are is for those who may see the team, as on *Licence usage*.
    """
    here = access.enter(request, account_id, needs=Right.UPDATE_LICENSING)
    if code not in set(Licence) or not reads_amounts(here):
        raise Http404(f"{code} is not released here.")
    seen = request.POST.get("seen", "")
    if request.method == "POST" and confirmed_before(here=here, seen=seen):
        return redirect("licensing:licences", account_id)  # a second click
    if request.method == "POST":
        here.need(Right.UPDATE_TEAM)
    licence, at = Licence(code), timezone.now()
    step = _asked(request, here, licence)
    sees = here.may(Right.SEE_TEAM)
    found = idle_first(here.account, licence, most=max(_SHOWN, step.goes * 2)) if sees else []
    form = ReleaseForm(
        request.POST or None,
        holders=found,
        goes=step.goes,
        in_use=step.used,
        wrong_number=step.wrong,
        initial=_chosen(found, step.goes),
    )
    refused = ""
    if form.is_valid():
        try:
            _do(request, here, licence, form.cleaned_data["member"], step.becomes, at=at)
        except (ChangeRefused, QuoteChanged) as refusal:
            refused = str(refusal)
            step = _asked(request, here, licence)
        else:
            said = _said(licence, len(form.cleaned_data["member"]), step.becomes)
            messages.success(request, said)
            return redirect("licensing:licences", account_id)
    quoted, problem = _quoted(here, step, licence, at=at)
    context = {
        "here": here,
        "name": licence_names()[licence],
        "step": step,
        "typed": request.GET.get("to", step.becomes),
        "holders": _rows(found, form),
        "others": [one for one in quoted.objections if not one.href] if quoted else [],
        "more": step.used - len(found) if sees else 0,
        "hidden": bool(step.used) and not sees,
        "form": form,
        "refused": refused or problem,
        "may_release": here.may(Right.UPDATE_TEAM) and here.may(Right.SEE_QUEUES),
        "who": who_may.can_change(here.account, Right.UPDATE_TEAM),
        **_price(here, quoted, request.POST.get("reason", "")),
    }
    status = _REFUSED if refused else _WRONG if form.errors or step.wrong else 200
    return render(request, "licensing/release.html", context, status=status)


@dataclass(frozen=True, slots=True)
class _Step:
    """From so many that are owned to so many. ``wrong``: why the number is none; all stay then."""

    whole: Whole
    owned: int
    used: int
    becomes: int
    wrong: str

    @property
    def most(self) -> int:
        return self.owned - 1

    @property
    def goes(self) -> int:
        """How many people have to hold it no longer."""
        return 0 if self.wrong else max(self.used - self.becomes, 0)


def _asked(request: HttpRequest, here: Standing, licence: Licence) -> _Step:
    """What the address asks for, one less by itself; 404 where none is owned."""
    whole = read_whole(here.account, codes=[licence.value])
    owned, used = whole.held.get(licence.value, 0), used_in(here.account)[licence]
    if not owned:
        raise Http404(f"The account owns no {licence}.")
    asked = request.GET.get("to", "")
    number = asked.isascii() and asked.isdecimal() and len(asked) <= _DIGITS
    if number and int(asked) < owned:
        return _Step(whole, owned, used, int(asked), "")
    if not asked:
        return _Step(whole, owned, used, owned - 1, "")
    words = _("Write a whole number from 0 to %(most)s.") % {"most": owned - 1}
    return _Step(whole, owned, used, owned, words)


def _chosen(found: Sequence[Holder], goes: int) -> dict[str, Any]:
    """Those who did nothing for longest, as many as have to go."""
    return {"member": [str(one.member.pk) for one in found[:goes]]}


def _rows(found: Sequence[Holder], form: ReleaseForm) -> list[dict[str, Any]]:
    """The holders, and who of them is chosen."""
    chosen = {str(one) for one in form["member"].value() or ()}
    return [
        {"member": one.member, "why": one.why, "chosen": str(one.member.pk) in chosen}
        for one in found
    ]


def _do(
    request: HttpRequest,
    here: Standing,
    licence: Licence,
    member_ids: Sequence[str],
    becomes: int,
    *,
    at: datetime,
) -> None:
    release_and_reduce(
        here=here,
        licence=licence,
        member_ids=[int(one) for one in member_ids],
        becomes=becomes,
        seen=request.POST.get("seen", ""),
        at=at,
        reason=request.POST.get("reason", ""),
    )


def _quoted(
    here: Standing, step: _Step, licence: Licence, *, at: datetime
) -> tuple[Quoted | None, str]:
    """What owning so many costs, or why nobody can say; nothing of a number that is none."""
    if step.wrong:
        return None, ""
    changes = {licence.value: step.becomes}
    try:
        return quote(account=here.account, changes=changes, at=at, whole=step.whole), ""
    except (ChangeRefused, QuoteChanged) as refused:
        return None, str(refused)


def _price(here: Standing, quoted: Quoted | None, reason: str) -> dict[str, Any]:
    if quoted is None:
        return {"quote": None}
    back = reverse("licensing:licences", args=[here.account.pk])
    shown = show(quoted, language=(translation.get_language() or "en").partition("-")[0])
    return {"quote": shown, **asked_to_confirm(here, quoted, reason=reason, back=back)}


def _said(licence: Licence, released: int, becomes: int) -> str:
    """What is so afterwards."""
    said = {"licence": licence_names()[licence], "owned": becomes, "count": released}
    if not released:
        return _("%(licence)s: %(owned)s owned now.") % said
    words = ngettext(
        "%(licence)s: released from %(count)s person, %(owned)s owned now.",
        "%(licence)s: released from %(count)s people, %(owned)s owned now.",
        released,
    )
    return words % said
