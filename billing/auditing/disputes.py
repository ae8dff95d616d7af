"""Disputes: whether what is taken is what the ledger moved, and stands where it can be taken."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from billing.auditing.findings import Finding, differs
from billing.models import Dispute

_CAN_TAKE = (Dispute.State.OPEN, Dispute.State.LOST)


def dispute_findings(payer_ids: list[int], using: str) -> Iterator[Finding]:
    """What is wrong with the disputes of these payers."""
    rows = Dispute.objects.using(using).filter(payer__in=payer_ids).select_related("payment")
    for dispute in rows.prefetch_related("moves__payment").order_by("pk"):
        about = f"dispute {dispute}"
        moves = list(dispute.moves.all())
        moved = -sum((one.payment.amount.amount for one in moves), Decimal(0))
        if moved != dispute.taken:
            yield Finding(dispute.payer_id, f"{about}, taken", differs(dispute.taken, moved))
        if dispute.taken > dispute.payment.amount.amount:
            said = f"{dispute.taken} taken of {dispute.payment.amount.amount}"
            yield Finding(dispute.payer_id, about, said)
        if dispute.taken and dispute.state not in _CAN_TAKE:
            yield Finding(dispute.payer_id, about, f"taken, though it is {dispute.state}")
        if any(one.payment.invoice_id != dispute.payment.invoice_id for one in moves):
            yield Finding(dispute.payer_id, about, "moved money of another document")
