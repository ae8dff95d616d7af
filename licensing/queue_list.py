"""The list of an account's queues: which ones, in which order, with how many logged in."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Count, F, OrderBy, Q, QuerySet
from django.db.models.functions import Lower

from accounts import searching
from accounts.models import Account, Member
from licensing.models import Queue

PAGE: Final = 50
_ORDERS: Final[dict[str, Any]] = {
    "number": F("number"),
    "name": Lower("name"),
    "channel": F("channel"),
    "logins": F("people"),
}


def queues(account: Account, *, q: str = "", sort: str = "") -> QuerySet[Queue]:
    """The queues whose name or number has ``q`` in it; ``people`` counts who is logged in."""
    there = ~Q(logins__member__status=Member.Status.DELETED)
    found = Queue.objects.filter(account=account).annotate(people=Count("logins", filter=there))
    if q:
        found = found.filter(searching.contains("name", q) | Q(number__startswith=q))
    column = _ORDERS.get(sort.removeprefix("-"), _ORDERS["number"])
    return found.order_by(OrderBy(column, descending=sort.startswith("-")), "number")
