"""Disputes at the sandbox's bank: begun by test numbers, decided on a page of the bank's."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.urls import reverse
from djmoney.money import Money

from billing.gateways.base import Disputed, DisputeState, NeverSeen, about_dispute
from billing.gateways.sandbox_cards import Behaviour
from billing.gateways.sandbox_post import owe
from billing.models import SandboxCharge, SandboxDispute

State = SandboxDispute.State
# How what a test number begins stands at first.
BEGINS: Final[Mapping[str, State]] = {
    Behaviour.DISPUTED: State.OPEN,
    Behaviour.INQUIRED: State.INQUIRY,
}
# What can become of it from there.
_NEXT: Final[Mapping[str, tuple[State, ...]]] = {
    State.INQUIRY: (State.OPEN, State.CLOSED),
    State.OPEN: (State.WON, State.LOST),
}
_TAKEN: Final = (State.OPEN, State.LOST)
_PREFIX: Final = "sandbox-dispute-"
_DELAY: Final = 1  # minute


def begin(charge: SandboxCharge, *, state: State) -> None:
    """The cardholder disputes a charge, or their bank asks about it; told a minute later."""
    dispute = SandboxDispute.objects.create(charge=charge, state=state)
    owe("dispute.created", about_dispute(dispute.reference), delay=_DELAY)


def choices(dispute: SandboxDispute) -> tuple[State, ...]:
    """What can become of it now; nothing where it is decided."""
    return _NEXT.get(dispute.state, ())


def becomes(dispute: SandboxDispute, state: State, *, came_again: Decimal = Decimal(0)) -> bool:
    """The bank decides; whether it could, which is told then.

    ``came_again``, in the currency of the charge, is given again of one that is lost for the rest
    alone: ValueError for all of it or more, and of any other.
    """
    if came_again and not (state == State.LOST and 0 < came_again < dispute.charge.amount):
        raise ValueError(f"{came_again} of {dispute.charge.amount} cannot come again: {state}.")
    before = [was for was, after in _NEXT.items() if state in after]
    rows = SandboxDispute.objects.filter(pk=dispute.pk, state__in=before)
    decided = rows.update(state=state, came_again=came_again)
    if decided:
        kind = "dispute.created" if state == State.OPEN else "dispute.closed"
        owe(kind, about_dispute(dispute.reference))
    return bool(decided)


def is_disputed(charge: SandboxCharge) -> bool:
    """Whether the bank has taken, or took for good, the money of a charge."""
    return charge.disputes.filter(state__in=_TAKEN).exists()


def look_up(reference: str) -> Disputed | NeverSeen:
    """How the dispute of this number stands."""
    number = reference.removeprefix(_PREFIX)
    rows = SandboxDispute.objects.select_related("charge")
    found = rows.filter(pk=number).first() if number.isdecimal() else None
    if found is None:
        return NeverSeen()
    return Disputed(
        charge=found.charge.reference,
        money=Money(found.charge.amount, found.charge.currency),
        state=DisputeState(found.state),
        taken=found.state in _TAKEN,
        came_again=found.came_again,
        reason="fraudulent",
        url=f"{settings.SITE_URL}{reverse('billing:sandbox_dispute', args=[found.token])}",
        evidence_by=found.evidence_by,
    )
