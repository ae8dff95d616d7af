"""Counted use: one meter per item and cycle, the records that filled it, and their days."""

from __future__ import annotations

from django.db import models


class Meter(models.Model):
    """What was used of one metered item in one cycle (decision 19).

    The run sets ``closed`` before it reads ``used``; nothing is added to a closed meter.
    ``rolled_up`` says that days stand for the records.
    """

    item = models.ForeignKey("billing.Item", models.PROTECT, related_name="meters", db_index=False)
    cycle_start = models.DateField()
    used = models.PositiveBigIntegerField(default=0)
    last_sequence = models.PositiveBigIntegerField(default=0)
    closed = models.BooleanField(default=False)
    rolled_up = models.BooleanField(default=False)

    class Meta:
        ordering = ("item", "-cycle_start")
        constraints = (
            models.UniqueConstraint(
                fields=["item", "cycle_start"], name="one_meter_per_item_and_cycle"
            ),
        )
        indexes = (
            models.Index(
                fields=["cycle_start"],
                condition=models.Q(closed=True, rolled_up=False),
                name="meters_to_roll_up",
            ),
        )

    def __str__(self) -> str:
        return f"{self.used} used since {self.cycle_start}"


class UsageRecord(models.Model):
    """One report of use, counted once by the caller's key."""

    account = models.ForeignKey(
        "accounts.Account", models.PROTECT, related_name="usage", db_index=False
    )
    meter = models.ForeignKey(Meter, models.PROTECT, related_name="records", db_index=False)
    sequence = models.PositiveBigIntegerField(help_text="Its place in the meter, from 1.")
    key = models.CharField(max_length=100)
    at = models.DateTimeField()
    quantity = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("meter", "sequence")
        constraints = (
            models.UniqueConstraint(fields=["account", "key"], name="a_use_is_counted_once"),
            models.UniqueConstraint(
                fields=["meter", "sequence"], name="a_use_has_its_place_in_the_meter"
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} at {self.at}"


class UsageDay(models.Model):
    """What a meter counted of one local day, once its records are older than 90 days.

    ``records`` is how many reports there were; their keys are forgotten (decision 19).
    """

    meter = models.ForeignKey(Meter, models.PROTECT, related_name="days", db_index=False)
    day = models.DateField()
    records = models.PositiveBigIntegerField()
    quantity = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("meter", "day")
        constraints = (
            models.UniqueConstraint(fields=["meter", "day"], name="a_meter_has_a_day_once"),
        )

    def __str__(self) -> str:
        return f"{self.quantity} on {self.day}"
