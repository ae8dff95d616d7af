"""Disputes at Stripe: how one stands, and whether its money is with Stripe or with us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import stripe
from djmoney.money import Money
from stripe import StripeClient

from billing.core.money import to_minor_unit
from billing.gateways.base import DisputeAnswer, Disputed, DisputeState, NeverSeen, Unknown
from billing.gateways.stripe_api import asked, money_of, refused, site

# Whatever Stripe adds later counts as open: somebody looks at it.
_STATES: Final[Mapping[str, DisputeState]] = {
    "warning_needs_response": DisputeState.INQUIRY,
    "warning_under_review": DisputeState.INQUIRY,
    "warning_closed": DisputeState.CLOSED,
    "prevented": DisputeState.CLOSED,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}
_CAN_TAKE: Final = frozenset({DisputeState.OPEN, DisputeState.LOST})
_PAGE: Final = "https://dashboard.stripe.com"


def look_up(api: StripeClient, reference: str) -> DisputeAnswer:
    """How a dispute stands, of an intent that is this site's."""
    params: Any = {"expand": ["payment_intent"]}
    try:
        found = asked(lambda: api.v1.disputes.retrieve(reference, params))
    except stripe.InvalidRequestError as problem:
        if problem.code == "resource_missing":
            return NeverSeen()
        raise refused(problem) from None
    return found if isinstance(found, Unknown) else _read(found)


def _read(dispute: stripe.Dispute) -> Disputed | NeverSeen:
    intent: Any = dispute.payment_intent
    if intent is None or intent.metadata.to_dict().get("site") != site():
        return NeverSeen()
    state = _STATES.get(dispute.status, DisputeState.OPEN)
    # Signed as what Stripe owes us; the fee stands beside the amount.
    moved = [one.amount for one in dispute.balance_transactions]
    due = dispute.evidence_details.due_by
    mode = "" if dispute.livemode else "/test"
    money = money_of(dispute.amount, dispute.currency)
    taken = state in _CAN_TAKE and sum(moved) < 0
    return Disputed(
        charge=intent.id,
        money=money,
        state=state,
        taken=taken,
        came_again=_came_again(money, moved) if taken else Decimal(0),
        reason=dispute.reason,
        url=f"{_PAGE}{mode}/payments/{intent.id}",
        evidence_by=datetime.fromtimestamp(due, UTC) if due else None,
    )


def _came_again(money: Money, moved: Sequence[int]) -> Decimal:
    """How much of it Stripe has given again: of a payment that had been refunded in part before.

    Such a dispute is *lost*, and in Stripe's dashboard partially won. What moved is in the currency
    of our account there, so it is told by its share: 40 of 100 taken came again, 20.00 of 50.00.
    """
    gone, back = -sum(one for one in moved if one < 0), sum(one for one in moved if one > 0)
    return to_minor_unit(Fraction(money.amount) * back / gone, money.currency.code)
