"""What the desk says of disputes unasked: how many are not decided, and until when to answer."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from accounts import access
from billing.admin import figures
from billing.models import Dispute


@dataclass(frozen=True, slots=True)
class Notice:
    """So many disputes are not decided; ``first`` is the earliest day for evidence, if any."""

    count: int
    first: str


def undecided(request: HttpRequest) -> str:
    """How many are not decided, for the menu; empty for none. One query."""
    count = Dispute.objects.filter(state__in=Dispute.UNDECIDED).count()
    return str(count) if count else ""


def notice(request: HttpRequest) -> Notice | None:
    """The same for the first page, for who may see disputes; None for none. One query."""
    if not access.may(request.user, "view", on=Dispute):
        return None
    rows = Dispute.objects.filter(state__in=Dispute.UNDECIDED).order_by()
    days = list(rows.values_list("evidence_by", flat=True))
    if not days:
        return None
    first = min((day for day in days if day is not None), default=None)
    return Notice(len(days), figures.instant(first) if first is not None else "")
