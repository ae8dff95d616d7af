"""The log: every dated, signed change of a quantity, and every price that was agreed."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.append_only import AppendOnly


class Event(AppendOnly):
    """One change of an item's quantity; written by ``billing.events`` alone.

    ``was`` is the number in force just before, ``becomes`` the number wanted; ``holds`` says when
    it takes hold: at once, or at the next opening. ``replaces`` marks one side of a replacement,
    the other having its instant: credited and charged pro rata at once (decision 7).
    """

    class Holds(models.TextChoices):
        NOW = "now", "At once"
        OPENING = "opening", "At the next opening"

    item = models.ForeignKey("billing.Item", models.PROTECT, related_name="events", db_index=False)
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    holds = models.CharField(max_length=7, choices=Holds)
    was = models.PositiveBigIntegerField()
    becomes = models.PositiveBigIntegerField()
    replaces = models.BooleanField(default=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    actor_name = models.CharField(max_length=150, help_text="Who, as known at that moment.")
    cause = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("item", "sequence")
        indexes = (models.Index(fields=["item", "at"], name="event_by_time"),)
        constraints = (
            models.UniqueConstraint(
                fields=["item", "sequence"], name="an_event_has_its_place_in_the_log"
            ),
        )

    def __str__(self) -> str:
        return f"{self.was} → {self.becomes}"


class PricePin(AppendOnly):
    """A price version agreed for an item: bought (holds at once) or announced (rule of RSL-5).

    ``holds_from`` is a local date. An announced one takes hold at the first opening on or after it
    that is at least 14 local days after ``noticed_on``; without a notice, never.
    """

    item = models.ForeignKey("billing.Item", models.PROTECT, related_name="pins", db_index=False)
    sequence = models.PositiveIntegerField()
    price = models.ForeignKey("billing.Price", models.PROTECT, related_name="pins")
    at = models.DateTimeField()
    holds_from = models.DateField()
    bought = models.BooleanField()
    noticed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("item", "sequence")
        constraints = (
            models.UniqueConstraint(
                fields=["item", "sequence"], name="a_price_pin_has_its_place_in_the_log"
            ),
        )

    def __str__(self) -> str:
        return f"{self.price} for item {self.item_id}"
