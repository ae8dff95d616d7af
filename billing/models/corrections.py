"""Corrections: why a credit note was raised, and by whom."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models

from accounts.append_only import AppendOnly


class Correction(AppendOnly):
    """Who raised a credit note and why; ``reason`` is read by the customer too (STAFF-2)."""

    REASON_LENGTH: Final = 300

    note = models.OneToOneField("billing.Invoice", models.PROTECT, related_name="correction")
    reason = models.CharField(max_length=REASON_LENGTH)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="corrections")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)
        verbose_name = "credit note"

    def __str__(self) -> str:
        return f"{self.note}: {self.reason}"
