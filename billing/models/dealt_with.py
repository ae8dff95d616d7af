"""Refunds that support had to look at, and has: how, who, and when."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models

from accounts.append_only import AppendOnly


class DealtWith(AppendOnly):
    """Who has dealt with a refund that was refused or came again, and how; once.

    ``reason`` is for the desk. ``put_back`` is the payment, above zero, by which money that came
    again stands in credit once more.
    """

    REASON_LENGTH: Final = 300

    refund = models.OneToOneField(
        "billing.RefundAttempt", models.PROTECT, related_name="dealt_with"
    )
    reason = models.CharField(max_length=REASON_LENGTH)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="refunds_dealt_with"
    )
    at = models.DateTimeField()
    put_back = models.OneToOneField(
        "billing.Payment", models.PROTECT, null=True, blank=True, related_name="puts_back"
    )

    class Meta:
        ordering = ("-pk",)
        verbose_name = "refund dealt with"
        verbose_name_plural = "refunds dealt with"

    def __str__(self) -> str:
        return f"{self.refund}: {self.reason}"
