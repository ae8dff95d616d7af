"""Automatic upgrades: who has agreed that the contact limit is raised by itself, to how much."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class AutoUpgrade(models.Model):
    """Somebody's agreement that an account's contact limit may be raised by itself. PLAN-10.

    ``product`` is the plan it is for, ``up_to`` the highest limit; ``prices`` are rows of limit and
    what it costs each ``interval``, as it was shown then, before discount and taxes. ``concluded``
    is the number of the last order of it whose outcome was told; ``failures`` have followed each
    other since the last success, and nothing is tried before ``next_try_at``.
    """

    class Ended(models.TextChoices):
        BY_HAND = "by hand", "Ended by hand"
        AGREED_ANEW = "anew", "Agreed anew"
        AGREER = "agreer", "Who agreed may no longer buy"
        PRICE = "price", "The price has risen above what was agreed to"
        PLAN = "plan", "Another plan is held, or none"
        FAILED = "failed", "It failed three times"

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="auto_upgrades")
    product = models.ForeignKey("billing.Product", models.PROTECT, related_name="+")
    up_to = models.PositiveBigIntegerField()
    prices = models.JSONField()
    currency = models.CharField(max_length=3)
    interval = models.CharField(max_length=5)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    agreed_by_name = models.CharField(max_length=150, help_text="As known at that moment.")
    agreed_at = models.DateTimeField()
    concluded = models.PositiveBigIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=7, choices=Ended, blank=True)
    ended_by_name = models.CharField(max_length=150, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = "automatic upgrade"
        constraints = (
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(ended_at__isnull=True),
                name="an_account_has_one_automatic_upgrade",
            ),
            models.CheckConstraint(
                name="an_automatic_upgrade_ends_for_a_reason",
                condition=Q(ended_at__isnull=True, ended_because="")
                | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.product} to {self.up_to}"

    @property
    def token_prefix(self) -> str:
        """What the tokens of its orders begin with."""
        return f"auto-{self.pk}-"
