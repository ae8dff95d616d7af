"""The letters about disputes, to support's own mailbox: somebody has to answer the bank in time."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings
from django.urls import reverse

from accounts import mail
from accounts.mail import Message, NotOwedAnyMore
from accounts.models import Letter
from billing.core.display import format_day, format_money
from billing.core.money import to_minor_unit
from billing.models import Dispute
from billing.plain_letters import plain_letter

State: Final = Dispute.State
# Support reads English, as the desk is written.
_LANGUAGE: Final = "en"
# What is told: a question of the bank, and once more what is taken.
_NAMES: Final = {State.INQUIRY: "dispute_asked", State.OPEN: "dispute", State.LOST: "dispute"}


def owe(dispute: Dispute, *, at: datetime) -> None:
    """Owe the letter about how it stands, once for each dispute; of one that is won, none.

    Belongs into the transaction that writes the dispute down.
    """
    name = _NAMES.get(State(dispute.state))
    if name is not None:
        mail.owe(
            name=name,
            key=f"{name}:{dispute.pk}",
            account_id=dispute.payer_id,
            subject_id=dispute.pk,
            to=settings.SUPPORT_EMAIL,
            language=_LANGUAGE,
            at=at,
        )


def support(letter: Letter) -> Message:
    """What is disputed, of whom, why, and until when evidence is given.

    `NotOwedAnyMore` where the bank has decided for us, or has asked and taken nothing, by now.
    """
    dispute = Dispute.objects.select_related("payer", "invoice").get(pk=letter.subject_id)
    if dispute.state in {State.WON, State.CLOSED}:
        raise NotOwedAnyMore(f"It is decided by now: {dispute.get_state_display()}.")
    amount = dispute.amount
    money = format_money(
        to_minor_unit(amount.amount, amount.currency.code), amount.currency.code, _LANGUAGE
    )
    of = dispute.invoice.number if dispute.invoice is not None else "money on account"
    lead, after = _words(dispute, money, of)
    return plain_letter(
        language=letter.language,
        subject=f"{dispute.get_state_display()}: {money} of {of}, {dispute.payer}",
        lead=lead,
        facts=_facts(dispute),
        after=after,
        button="Open it at the desk",
        path=reverse("admin:billing_dispute_change", args=[dispute.pk]),
    )


def _words(dispute: Dispute, money: str, of: str) -> tuple[str, str]:
    """What has happened, and what to do about it."""
    if dispute.state == State.INQUIRY:
        return (
            f"The bank of {dispute.payer} asks about {money} of {of}. Nothing was taken.",
            "Answer it at the provider, or give the money back: that ends it.",
        )
    if dispute.state == State.LOST:
        return (
            f"The bank of {dispute.payer} keeps what it has taken of {money} of {of}.",
            "Ask the customer to pay another way, or write it off by a credit note.",
        )
    return (
        f"The bank of {dispute.payer} disputes {money} of {of}.",
        "Give evidence at the provider. Until the bank has decided nothing is charged for it by "
        "itself, and no refund of the payment is made.",
    )


def _facts(dispute: Dispute) -> list[str]:
    found = []
    if dispute.reason:
        found.append(f"Reason: {dispute.reason.replace('_', ' ')}.")
    if dispute.evidence_by is not None and dispute.state != State.LOST:
        day = format_day(dispute.evidence_by.date(), _LANGUAGE)
        found.append(f"Evidence is taken until {day}, {dispute.evidence_by:%H:%M} UTC.")
    return found
