"""What the sandbox gateway remembers: one row for each idempotency key it has seen.

Nothing outside its gateway reads or writes these.
"""

from __future__ import annotations

from django.db import models


class SandboxCharge(models.Model):
    """A charge as the sandbox bank sees it.

    ``lost`` is a request that never reached the bank; asked again under the same key, it does.
    """

    class Outcome(models.TextChoices):
        CHARGED = "charged", "Charged"
        DECLINED = "declined", "Declined"
        LOST = "lost", "Lost on the way"

    key = models.CharField(max_length=100, unique=True)
    payer = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=15, decimal_places=3)
    outcome = models.CharField(max_length=8, choices=Outcome)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.key} {self.outcome}"

    @property
    def reference(self) -> str:
        """The bank's own number of the charge."""
        return f"sandbox-{self.pk}"


class SandboxRefund(models.Model):
    """Money that goes back as the sandbox bank sees it; lost and asked again as a charge is."""

    class Outcome(models.TextChoices):
        REFUNDED = "refunded", "Refunded"
        REFUSED = "refused", "Refused"
        LOST = "lost", "Lost on the way"

    key = models.CharField(max_length=100, unique=True)
    charge = models.CharField(max_length=64, db_index=True, help_text="The number of the charge.")
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=15, decimal_places=3)
    outcome = models.CharField(max_length=8, choices=Outcome)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.key} {self.outcome}"

    @property
    def reference(self) -> str:
        """The bank's own number of the refund."""
        return f"sandbox-refund-{self.pk}"
