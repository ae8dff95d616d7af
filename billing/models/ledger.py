"""The ledger: every amount that a payer owes or has paid, once, in order."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from djmoney.models.fields import MoneyField

from accounts.append_only import AppendOnly


class LedgerEntry(AppendOnly):
    """One movement of what a payer owes: plus owes more, minus owes less.

    The sum of a payer's entries is what the payer owes (below zero: the credit balance). Written by
    ``billing.ledger`` alone.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", "Invoice"
        CREDIT_NOTE = "credit_note", "Credit note"
        PAYMENT = "payment", "Payment"
        REFUND = "refund", "Refund"
        REVERSAL = "reversal", "Reversal"
        DISPUTE = "dispute", "Dispute"

    payer = models.ForeignKey("accounts.Account", models.PROTECT, related_name="ledger_entries")
    kind = models.CharField(max_length=11, choices=Kind)
    amount = MoneyField(max_digits=15, decimal_places=3)
    at = models.DateTimeField()
    invoice = models.ForeignKey(
        "billing.Invoice",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ledger_entries",
        db_index=False,
    )
    payment = models.ForeignKey(
        "billing.Payment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ledger_entries",
        db_index=False,
    )

    class Meta:
        ordering = ("payer", "pk")
        verbose_name_plural = "ledger entries"
        constraints = (
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(kind__in=["invoice", "credit_note"]),
                name="an_invoice_is_entered_once",
            ),
            models.UniqueConstraint(
                fields=["payment", "kind"],
                condition=Q(payment__isnull=False),
                name="a_payment_is_entered_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
