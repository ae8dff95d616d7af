"""Finding accounts by what people of support have at hand, through indexed columns alone."""

from __future__ import annotations

from typing import Final

from django.db.models import Q, Value
from django.db.models.functions import Lower

from accounts.models import Account, Member

# A name that so many accounts begin with is no search yet.
_MOST: Final = 500


def accounts_like(term: str) -> Q:
    """Accounts whose name begins so, or whose reference or e-mail address (also that of a member)
    is exactly this.

    Lower case is the database's own, as in the column that it compares with.
    """
    found = Q(name_key__startswith=Lower(Value(term))) | Q(reference=term)
    if term.isdecimal() and len(term) < 19:
        found |= Q(pk=int(term))
    if "@" in term:
        members = Member.objects.filter(email=term).values_list("account_id", flat=True)
        found |= Q(email=term) | Q(pk__in=list(members[:_MOST]))
    return found


def account_ids(term: str) -> list[int]:
    """The ids of these accounts, for lists of what belongs to them; 500 at most."""
    found = Account.objects.filter(accounts_like(term)).order_by()
    return list(found.values_list("pk", flat=True)[:_MOST])
