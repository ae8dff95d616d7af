"""Money that goes back, and money that stands on no document yet."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from djmoney.models.fields import MoneyField

from billing.models.payments import PaymentAttempt


class Deposit(models.Model):
    """What is left of a payment that stands on no document: credit, below zero as on a credit note.

    ``kept_back``: it was charged for something that does not hold, so it pays for no invoice and is
    to be given back. ``held`` of it is on its way back.
    """

    payment = models.OneToOneField(
        "billing.Payment", models.PROTECT, primary_key=True, related_name="deposit"
    )
    payer = models.ForeignKey(
        "accounts.Account", models.PROTECT, related_name="deposits", db_index=False
    )
    open = MoneyField(max_digits=15, decimal_places=3)
    held = models.DecimalField(max_digits=15, decimal_places=3, default=0)
    kept_back = models.BooleanField(default=False)

    objects = models.Manager()

    class Meta:
        ordering = ("pk",)
        verbose_name = "money on account"
        verbose_name_plural = "money on account"
        indexes = (models.Index(fields=["payer"], condition=Q(open__lt=0), name="deposit_open"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(open__lte=0) & Q(held__gte=0) & Q(held__lte=-F("open")),
                name="no_more_of_a_deposit_is_held_than_is_left",
            ),
        )

    def __str__(self) -> str:
        return f"{self.open} on account"


class RefundAttempt(models.Model):
    """One attempt to give back money of one payment, taken from one credit of the payer.

    ``invoice`` is the document whose credit it is (a credit note, or an invoice that was paid
    twice); None: the payment's own deposit. The gateway knows it by ``key``: asking twice with the
    same key gives back once. Until it is settled the credit is held, so that no invoice uses it. A
    payment has at most one that is not. ``note`` is why, for the customer; ``reason`` is why it
    stands as it does, for support; of one that went back, that its money came again. ``paid_back``
    is the payment, below zero, that came of it; one that came ``again`` was put back into credit
    (`DealtWith`).
    """

    REASON_LENGTH: Final = PaymentAttempt.REASON_LENGTH
    NOTE_LENGTH: Final = 300

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENT = "sent", "Sent to the gateway"
        UNKNOWN = "unknown", "Unknown"
        STUCK = "stuck", "Needs support"
        REFUNDED = "refunded", "Refunded"
        REFUSED = "refused", "Refused"
        AGAIN = "again", "Came again"

    UNSETTLED: Final = (State.QUEUED, State.SENT, State.UNKNOWN, State.STUCK)
    # Their money is not with the customer, and can go back another time.
    NOT_GONE: Final = (State.REFUSED, State.AGAIN)

    payment = models.ForeignKey("billing.Payment", models.PROTECT, related_name="refunds")
    invoice = models.ForeignKey(
        "billing.Invoice", models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    payer = models.ForeignKey("accounts.Account", models.PROTECT, related_name="refunds")
    number = models.PositiveSmallIntegerField()
    amount = MoneyField(max_digits=15, decimal_places=3)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    note = models.CharField(max_length=NOTE_LENGTH)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="refunds")
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    queued_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    paid_back = models.OneToOneField(
        "billing.Payment", models.PROTECT, null=True, blank=True, related_name="refund"
    )

    objects = models.Manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = "refund"
        indexes = (
            models.Index(
                fields=["next_try_at"],
                condition=Q(state__in=["queued", "sent", "unknown"]),
                name="refund_to_settle",
            ),
            models.Index(
                fields=["id"],
                condition=Q(state__in=["unknown", "stuck", "refused"])
                | Q(state="refunded", reason__gt=""),
                name="refund_for_support",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["payment", "number"], name="a_refund_has_its_own_number"
            ),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(state__in=["queued", "sent", "unknown", "stuck"]),
                name="a_payment_has_one_unsettled_refund",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="a_refund_gives_more_than_nothing"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["refunded", "again"], paid_back__isnull=False)
                | (~Q(state__in=["refunded", "again"]) & Q(paid_back__isnull=True)),
                name="a_refund_is_a_payment_once_it_is_refunded",
            ),
        )

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """The idempotency key that the gateway knows this refund by."""
        return f"refund-{self.payment_id}-{self.number}"
