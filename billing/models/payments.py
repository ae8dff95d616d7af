"""Attempts to collect an invoice, and the payments that came of them."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q
from djmoney.models.fields import MoneyField

from accounts.append_only import AppendOnly
from billing.models.invoices import Invoice


class PaymentAttempt(models.Model):
    """One attempt to charge what is open of one invoice, or what is due now of one order.

    The gateway knows it by ``key``: asking twice with the same key never charges twice. An invoice
    or order has at most one attempt that is not settled; that of an order names its invoice once it
    is issued. ``unknown`` are those without an answer, or with
    one that could not be written down; ``action`` those whose bank waits for the payer, on the page
    at ``action_url``; ``stuck`` those that are not asked about again until support has looked;
    ``taken`` those that were charged and whose money a bank has taken back for good.
    ``method`` is what was charged, or is meant to be: chosen by who began it, or the default card
    of the moment in which it was sent. ``cause`` is why one was declined or
    cancelled (`Cause` of the gateways), ``reason`` the same in the provider's words, or what
    support has to look into.
    """

    REASON_LENGTH: Final = 200

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENT = "sent", "Sent to the gateway"
        UNKNOWN = "unknown", "Unknown"
        ACTION = "action", "The bank asks the payer"
        STUCK = "stuck", "Needs support"
        CHARGED = "charged", "Charged"
        DECLINED = "declined", "Declined"
        CANCELLED = "cancelled", "Cancelled"
        TAKEN = "taken", "Charged, and lost to a dispute"

    invoice = models.ForeignKey(
        "billing.Invoice", models.PROTECT, null=True, related_name="attempts", db_index=False
    )
    order = models.ForeignKey(
        "billing.Order", models.PROTECT, null=True, related_name="attempts", db_index=False
    )
    payer = models.ForeignKey(
        "accounts.Account", models.PROTECT, related_name="attempts", db_index=False
    )
    number = models.PositiveSmallIntegerField(default=1)
    amount = MoneyField(max_digits=15, decimal_places=3)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    method = models.ForeignKey(
        "billing.PaymentMethod",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attempts",
        db_index=False,
    )
    # The run writes rows without these.
    action_url = models.CharField(max_length=2000, blank=True, default="", db_default="")
    cause = models.CharField(max_length=12, blank=True, default="", db_default="")
    reason = models.CharField(
        max_length=REASON_LENGTH, blank=True, help_text="Why it stands as it does."
    )

    objects = models.Manager()

    class Meta:
        ordering = ("-pk",)
        indexes = (
            models.Index(
                fields=["next_try_at"],
                condition=Q(state__in=["queued", "sent", "unknown", "action"]),
                name="payment_attempt_to_settle",
            ),
            models.Index(
                fields=["id"], condition=Q(state="declined"), name="payment_attempt_declined"
            ),
            models.Index(
                fields=["id"],
                condition=Q(state__in=["unknown", "stuck"], reason__gt=""),
                name="payment_attempt_for_support",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["invoice", "number"], name="an_attempt_has_its_own_number"
            ),
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(state__in=["queued", "sent", "unknown", "action", "stuck", "charged"]),
                name="an_invoice_is_charged_once",
            ),
            models.UniqueConstraint(
                fields=["order", "number"],
                condition=Q(order__isnull=False),
                name="an_attempt_of_an_order_has_its_own_number",
            ),
            models.CheckConstraint(
                condition=Q(invoice__isnull=False) | Q(order__isnull=False),
                name="an_attempt_is_for_something",
            ),
        )

    def __str__(self) -> str:
        return self.key

    @property
    def billed(self) -> Invoice:
        """The invoice that it is for; ValueError for that of an order before it is issued."""
        if self.invoice is None:
            raise ValueError(f"{self} is for an order whose invoice is not issued yet.")
        return self.invoice

    @property
    def key(self) -> str:
        """The idempotency key that the gateway knows this attempt by."""
        if self.order_id is not None:
            return f"order-{self.order_id}-{self.number}"
        return f"invoice-{self.invoice_id}-{self.number}"


class Payment(AppendOnly):
    """Money that came in (plus) or went back (minus); a fact of one instant."""

    payer = models.ForeignKey("accounts.Account", models.PROTECT, related_name="payments")
    attempt = models.OneToOneField(
        PaymentAttempt, models.PROTECT, null=True, blank=True, related_name="payment"
    )
    invoice = models.ForeignKey(
        "billing.Invoice", models.PROTECT, null=True, blank=True, related_name="payments"
    )
    amount = MoneyField(max_digits=15, decimal_places=3)
    at = models.DateTimeField()
    gateway = models.CharField(max_length=20)
    reference = models.CharField(max_length=255, help_text="The gateway's or bank's own number.")

    class Meta:
        ordering = ("-pk",)
        indexes = (models.Index(fields=["reference"], name="payment_by_reference"),)
        constraints = (
            models.UniqueConstraint(
                fields=["gateway", "reference"], name="a_payment_is_recorded_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount} by {self.gateway}"
