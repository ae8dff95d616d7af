"""Disputes at Stripe: how one stands, and whether its money is with Stripe or with us."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import stripe
from stripe import StripeClient

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
    # Both are signed as what Stripe owes us; the fee stands beside the amount.
    moved = sum(one.amount for one in dispute.balance_transactions)
    due = dispute.evidence_details.due_by
    mode = "" if dispute.livemode else "/test"
    return Disputed(
        charge=intent.id,
        money=money_of(dispute.amount, dispute.currency),
        state=state,
        taken=state in _CAN_TAKE and moved < 0,
        reason=dispute.reason,
        url=f"{_PAGE}{mode}/payments/{intent.id}",
        evidence_by=datetime.fromtimestamp(due, UTC) if due else None,
    )
