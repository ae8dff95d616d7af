"""Contacts: how many are stored of which limit, and how that came. PLAN-10."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from accounts import access, doors, naming
from accounts.access import Standing
from accounts.rights import Right
from billing import buyers
from billing.contacts import contacts_of
from billing.models import ContactEntry
from billing.plans import plans_of
from billing.views.automatic import said_of

_PER_PAGE: Final = 50
_SOURCES: Final = {
    ContactEntry.Source.IMPORT: _("Import"),
    ContactEntry.Source.MANUAL: _("Added by hand"),
    ContactEntry.Source.API: _("API"),
    ContactEntry.Source.FORMS: _("Forms"),
    ContactEntry.Source.REMOVED: pgettext_lazy("contacts", "Removed"),
    ContactEntry.Source.COUNTED: _("Counted anew"),
}


@doors.of_account(Right.SEE_BILLING)
@require_safe
def contacts(request: HttpRequest, account_id: int) -> HttpResponse:
    """What is used of the contact limit, and each step of it, the latest first."""
    here = access.enter(request, account_id, needs=Right.SEE_BILLING)
    rows = here.rows(ContactEntry.objects.select_related("actor")).order_by("-sequence")
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    plans = [one for one in plans_of(here.account) if buyers.may_buy(one, here)]
    context = {
        "here": here,
        "contacts": contacts_of(account_id),
        "plan": plans[0] if len(plans) == 1 else None,
        "agreed": said_of(here),
        "entries": list(_entries(list(page), here)),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
    }
    return render(request, "billing/contacts.html", context)


def _entries(rows: Sequence[ContactEntry], here: Standing) -> Iterator[dict[str, Any]]:
    names = naming.names_for(here, [one.actor for one in rows])
    for one in rows:
        yield {
            "at": one.at,
            "source": _SOURCES[ContactEntry.Source(one.source)],
            "who": names.of(one.actor),
            "step": one.step,
            "stored": one.stored,
            "note": one.note,
        }
