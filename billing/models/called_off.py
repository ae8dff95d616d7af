"""Orders that the desk has called off: why, by whom, and when."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models

from accounts.append_only import AppendOnly


class CalledOff(AppendOnly):
    """Who called off an order that was charged and cannot be settled, once; what was charged goes
    back. ``reason`` is read by the customer too.
    """

    REASON_LENGTH: Final = 300

    order = models.OneToOneField("billing.Order", models.PROTECT, related_name="called_off")
    reason = models.CharField(max_length=REASON_LENGTH)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="orders_called_off"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)
        verbose_name = "order called off"
        verbose_name_plural = "orders called off"

    def __str__(self) -> str:
        return f"{self.order}: {self.reason}"
