"""Finding accounts by what people of support have at hand, through indexed columns alone."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Upper

from accounts.models import Account, Member
from accounts.searching import begins

# A name that so many accounts begin with is no search yet.
_MOST: Final = 500


def accounts_like(term: str) -> Q:
    """Accounts whose name begins so, or whose reference or e-mail address (also that of a member)
    is exactly this.

    Neither case nor accents of a name count: "novak" finds "Nováková". Nor does the case of an
    address.
    """
    found = begins(term) | Q(reference=term)
    if term.isdecimal() and len(term) < 19:
        found |= Q(pk=int(term))
    if "@" in term:
        members = _with_address(Member.objects.all(), term).values_list("account_id", flat=True)
        accounts = _with_address(Account.objects.order_by(), term).values_list("pk", flat=True)
        found |= Q(pk__in=[*members[:_MOST], *accounts[:_MOST]])
    return found


def _with_address(rows: QuerySet[Any], address: str) -> QuerySet[Any]:
    """Rows with this e-mail address in any case, as both databases have it indexed."""
    upper = Upper(Value(address))
    return rows.exclude(email="").alias(address=Upper("email")).filter(address=upper)


def account_ids(term: str) -> list[int]:
    """The ids of these accounts, for lists of what belongs to them; 500 at most."""
    found = Account.objects.filter(accounts_like(term)).order_by()
    return list(found.values_list("pk", flat=True)[:_MOST])
