"""What stands against fewer user seats: the people of the account who take them. PLAN-9."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account, Member
from accounts.rights import Right
from accounts.who_may import together
from billing.models import Product
from billing.objections import Objection, Proposal

_NAMED: Final = 3


def not_below_use(proposal: Proposal) -> Iterator[Objection]:
    """User seats that somebody takes cannot go; it names who takes them. PLAN-9.

    The names are for who may see the team, as in `licensing.licence_rules` (ALL-1).

    All levels together: seats of one level in the place of another's are as many as before. Whoever
    takes a place is active and neither a bot nor in the billing role. One query where seats go.
    """
    if all(becomes >= was for was, becomes in proposal.changes.values()):
        return
    codes = {code for code in proposal.held if proposal.products[code].kind == Product.Kind.USERS}
    changed = [code for code in proposal.changes if code in codes]
    after = sum(proposal.held[code] for code in codes)
    before = after - sum(
        becomes - was for code, (was, becomes) in proposal.changes.items() if code in codes
    )
    if not changed or after >= before:
        return
    used = _seated(proposal.account).count()
    if after < used:
        # Beside the line that takes them away.
        lowered = [
            code for code in changed if proposal.changes[code][1] < proposal.changes[code][0]
        ]
        yield _objection(proposal.account, lowered[0], used=used, wanted=after)


def _objection(account: Account, code: str, *, used: int, wanted: int) -> Objection:
    names = list(_seated(account).values_list("name", flat=True)[:_NAMED])
    said = {
        "who": together(names, more=used - len(names)),
        "used": used,
        "go": used - wanted,
    }
    bare = ngettext("%(used)s user seat is in use.", "%(used)s user seats are in use.", used)
    in_use = ngettext(
        "%(used)s user seat is in use, by %(who)s.",
        "%(used)s user seats are in use, by %(who)s.",
        used,
    )
    first = ngettext(
        "Suspend or delete %(go)s of them first.",
        "Suspend or delete %(go)s of them first.",
        used - wanted,
    )
    return Objection(
        product=code,
        text=f"{bare} {first}" % said,
        named=f"{in_use} {first}" % said,
        href=reverse("accounts:team", args=[account.pk]),
        link=_("To the team"),
        opened_by=Right.SEE_TEAM,
    )


def _seated(account: Account) -> QuerySet[Member]:
    people = account.members.filter(status=Member.Status.ACTIVE, bot=False, billing_role=False)
    return people.order_by("name", "pk")
