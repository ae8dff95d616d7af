"""The accounts below an agency or a reseller: found, ordered, and told with their people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, F, OrderBy, Q, QuerySet

from accounts import searching
from accounts.models import Account, Member

PAGE: Final = 50
_ORDERS: Final[dict[str, Any]] = {"name": F("name_key"), "since": F("opened_at")}


@dataclass(frozen=True, slots=True)
class Child:
    """An account below, its people at work, and its primary account admin if it has one."""

    account: Account
    people: int
    billable: int
    primary: str

    @property
    def pays_itself(self) -> bool:
        return self.account.payer_id == self.account.pk


def children(parent: Account, *, role: str, q: str = "", sort: str = "") -> QuerySet[Account]:
    """The accounts of this role below ``parent`` whose name has ``q`` in it, in order."""
    found = Account.objects.filter(parent=parent, role=role)
    if q:
        found = found.filter(searching.contains("name", q))
    column = _ORDERS.get(sort.removeprefix("-"), _ORDERS["name"])
    return found.order_by(OrderBy(column, descending=sort.startswith("-")), "name_key", "pk")


def with_people(accounts: Sequence[Account]) -> list[Child]:
    """These accounts with what is said of their people. Two queries."""
    ids = [account.pk for account in accounts]
    at_work = Member.objects.filter(account__in=ids, status=Member.Status.ACTIVE, bot=False)
    numbers = {
        account_id: (people, billable)
        for account_id, people, billable in at_work.values_list("account")
        .annotate(people=Count("pk"), billable=Count("pk", filter=Q(billing_role=False)))
        .order_by()
    }
    primaries = Member.objects.filter(account__in=ids, primary_admin=True)
    names = dict(primaries.values_list("account", "name"))
    return [
        Child(account, *numbers.get(account.pk, (0, 0)), primary=names.get(account.pk, ""))
        for account in accounts
    ]
