"""How long an account keeps the recordings of calls."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from licensing.cards import FREE_RETENTION_DAYS, Retention


class RecordingRetention(models.Model):
    """One retention for all users of an account: days free of charge, or months in threes. LIC-8.

    An account without a row has not chosen one, as after an import that only brought units.
    """

    account = models.OneToOneField(
        "accounts.Account", models.PROTECT, related_name="recording_retention", primary_key=True
    )
    days = models.PositiveSmallIntegerField(null=True)
    months = models.PositiveSmallIntegerField(null=True)
    since = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="calls_are_kept_for_days_or_for_months",
                condition=Q(days__isnull=True, months__gte=3)
                | Q(months__isnull=True, days__gte=1, days__lte=FREE_RETENTION_DAYS),
            ),
        )

    def __str__(self) -> str:
        return f"{self.months} months" if self.months else f"{self.days} days"

    @property
    def kept(self) -> Retention:
        """The same as the cards compute with it."""
        return Retention(months=self.months, days=self.days)
