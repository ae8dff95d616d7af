"""Trials: products that an account uses for free until a day, and what it keeps of them then."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Trial(models.Model):
    """So many of a product, free until a local day. JOBS-4, decisions 9 and 53.

    ``ends_on`` is the first day of ``time_zone`` that is no longer in it. ``keeps`` is the number
    that was bought for afterwards, zero for none; ``agreed`` what each cycle of it costs at most,
    before discount and taxes. Nothing of a trial stands in the log of events before it ends.
    """

    class Ended(models.TextChoices):
        BOUGHT = "bought", "Bought as confirmed"
        OVER = "over", "Nothing was bought"
        CALLED_OFF = "off", "Called off by support"
        REFUSED = "refused", "It could not be bought as confirmed"
        AGAINST = "against", "Something stood in the way of buying it"
        INSTEAD = "instead", "It was bought in another way meanwhile"

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="trials")
    product = models.ForeignKey("billing.Product", models.PROTECT, related_name="trials")
    quantity = models.PositiveBigIntegerField()
    ends_on = models.DateField(db_index=True)
    time_zone = models.CharField(max_length=64)
    granted_at = models.DateTimeField()
    granted_by_name = models.CharField(max_length=150, blank=True)
    note = models.CharField(max_length=200, blank=True)
    keeps = models.PositiveBigIntegerField(default=0)
    agreed = models.DecimalField(max_digits=15, decimal_places=3, default=0)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    kept_at = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=200, blank=True)
    noticed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=7, choices=Ended, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["account", "product"],
                condition=Q(ended_at__isnull=True),
                name="an_account_tries_a_product_once_at_a_time",
            ),
            models.CheckConstraint(
                name="a_trial_ends_for_a_reason",
                condition=Q(ended_at__isnull=True, ended_because="")
                | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
            ),
            models.CheckConstraint(name="a_trial_is_of_something", condition=Q(quantity__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product} until {self.ends_on}"
