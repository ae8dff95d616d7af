"""What customers may not do by themselves: this file says why, before they confirm it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.utils.translation import gettext

from accounts.models import Account
from billing import plan_rules
from billing.core.pricing import Decrease
from billing.models import Product
from billing.objections import Objection, Proposal
from billing.wishes import Wish


def against(proposal: Proposal, wishes: Sequence[Wish], *, replaces: bool) -> list[Objection]:
    """What speaks against the wishes where nobody of support makes them. PRICE-5, PLAN-9."""
    found = [*_asked_of_support(wishes), *blocked(proposal.account, proposal.changes)]
    kinds = {proposal.products[code].kind for code in proposal.changes}
    if replaces or Product.Kind.PLAN in kinds:
        found += plan_rules.against(proposal, replaces=replaces)
    return found


def _asked_of_support(wishes: Iterable[Wish]) -> Iterator[Objection]:
    """Lower numbers that the price leaves to support, which writes them down itself. PRICE-5."""
    for found in wishes:
        for log, step in found.steps:
            entry = step.entry
            price = log.price_at(entry.at)
            lower = entry.becomes < entry.was and not entry.replaces
            if lower and price is not None and price.decrease is Decrease.BY_REQUEST:
                text = gettext("A lower number is asked of support, and holds from the renewal on.")
                yield Objection(log.code, text)


def blocked(account: Account, changes: Mapping[str, tuple[int, int]]) -> Iterator[Objection]:
    """Who is past due beyond the policy may reduce, and not increase (decision 13).

    ``changes``: by product code, the number in force and the one wanted.
    """
    payer = account if account.payer_id == account.pk else account.payer
    if account.blocked_at is None and payer.blocked_at is None:
        return
    for code, (was, becomes) in changes.items():
        if becomes > was:
            text = gettext("This account is blocked until what is open is paid.")
            yield Objection(code, text)
