"""Disputes: a cardholder's bank asks for the money of a payment again, and decides later."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import F, Q
from djmoney.models.fields import MoneyField

from accounts.append_only import AppendOnly


class Dispute(models.Model):
    """One dispute of one payment, as its provider had it at the last word that was heard of it.

    ``amount`` is what is disputed, in the currency of the payment; ``taken`` is what the provider
    has taken of it by now, as the ledger has it. ``heard`` counts the words that were written down,
    so that an older one never comes after a newer. ``reason`` is the provider's word; ``url`` is
    where evidence is given, until ``evidence_by``.
    """

    class State(models.TextChoices):
        INQUIRY = "inquiry", "The bank asks"
        OPEN = "open", "Disputed"
        WON = "won", "Won"
        LOST = "lost", "Lost"
        CLOSED = "closed", "Closed without a dispute"

    REASON_LENGTH: Final = 60
    # The provider waits for evidence, or for the bank.
    UNDECIDED: Final = (State.INQUIRY, State.OPEN)

    gateway = models.CharField(max_length=20)
    reference = models.CharField(max_length=200, help_text="The provider's own number.")
    payment = models.ForeignKey("billing.Payment", models.PROTECT, related_name="disputes")
    payer = models.ForeignKey("accounts.Account", models.PROTECT, related_name="disputes")
    invoice = models.ForeignKey(
        "billing.Invoice", models.PROTECT, null=True, blank=True, related_name="disputes"
    )
    amount = MoneyField(max_digits=15, decimal_places=3)
    taken = models.DecimalField(max_digits=15, decimal_places=3, default=0)
    state = models.CharField(max_length=7, choices=State)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    url = models.CharField(max_length=500, blank=True)
    evidence_by = models.DateTimeField(null=True, blank=True)
    heard = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(help_text="When it was first heard of.")
    heard_at = models.DateTimeField()

    objects = models.Manager()

    class Meta:
        ordering = ("-pk",)
        indexes = (
            models.Index(
                fields=["id"],
                condition=Q(state__in=["inquiry", "open"]),
                name="dispute_undecided",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["gateway", "reference"], name="a_dispute_is_written_down_once"
            ),
            models.CheckConstraint(
                condition=Q(taken__gte=0) & Q(taken__lte=F("amount")),
                name="no_more_is_taken_than_is_disputed",
            ),
            models.CheckConstraint(
                condition=Q(taken=0) | Q(state__in=["open", "lost"]),
                name="nothing_is_taken_without_a_dispute",
            ),
        )

    def __str__(self) -> str:
        return self.reference


class DisputeMove(AppendOnly):
    """Money that a dispute moved: a payment below zero that was taken, above that came again.

    ``credit`` is by how much the payer's credit changed by it: below zero where it was taken out of
    credit; what is left of it opened a document, or paid it.
    """

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="moves", db_index=False)
    number = models.PositiveSmallIntegerField()
    payment = models.OneToOneField("billing.Payment", models.PROTECT, related_name="dispute_move")
    credit = models.DecimalField(max_digits=15, decimal_places=3)

    class Meta:
        ordering = ("dispute", "number")
        constraints = (
            models.UniqueConstraint(
                fields=["dispute", "number"], name="a_move_of_a_dispute_has_its_own_number"
            ),
        )

    def __str__(self) -> str:
        return f"{self.dispute} {self.number}"
