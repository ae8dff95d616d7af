"""Subscriptions and their items: what an account holds, and when it is billed next."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q

# The code of the subscription that holds an account's licences.
LICENSING: Final = "licensing"


class Subscription(models.Model):
    """A set of items billed together in cycles of its own.

    Cycle ``n`` is computed from ``starts_on``, ``interval`` and ``anchor_day``. ``next_number`` and
    ``next_opening`` (a local date of ``time_zone``) name the cycle that opens next;
    ``next_bill_at`` is the UTC instant at which the run has something to do: that opening, or an
    earlier change whose charge has no bill yet. ``opening`` is the bill of the running cycle, whose
    stored state is where the next one starts.
    """

    class Interval(models.TextChoices):
        MONTH = "month", "Month"
        YEAR = "year", "Year"

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="subscriptions")
    payer = models.ForeignKey(
        "accounts.Account", models.PROTECT, related_name="paid_subscriptions", db_index=False
    )
    code = models.SlugField(max_length=20, default="plan")
    currency = models.CharField(max_length=3)
    time_zone = models.CharField("billing zone", max_length=64)
    interval = models.CharField(max_length=5, choices=Interval, default=Interval.MONTH)
    starts_on = models.DateField()
    anchor_day = models.PositiveSmallIntegerField(null=True, blank=True)
    next_number = models.PositiveIntegerField(default=0)
    next_opening = models.DateField()
    next_bill_at = models.DateTimeField(null=True, help_text="Empty: nothing is billed any more.")
    opening = models.ForeignKey(
        "billing.Bill", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("account", "code")
        indexes = (
            models.Index(
                fields=["payer", "next_bill_at"],
                condition=Q(next_bill_at__isnull=False),
                name="subscription_to_bill",
            ),
            models.Index(fields=["next_bill_at", "payer"], name="subscription_by_due_instant"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["account", "code"],
                condition=Q(ends_on__isnull=True),
                name="an_account_has_one_subscription_of_a_code",
            ),
            models.CheckConstraint(
                name="an_anchor_is_a_day_of_a_month",
                condition=Q(anchor_day__isnull=True) | Q(anchor_day__gte=1, anchor_day__lte=31),
            ),
        )

    def __str__(self) -> str:
        return f"{self.account} · {self.code}"


class Item(models.Model):
    """One product of a subscription. ``quantity`` is the number in force, as the log says it."""

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="items")
    product = models.ForeignKey("billing.Product", models.PROTECT, related_name="items")
    quantity = models.PositiveBigIntegerField(default=0)
    price = models.ForeignKey(
        "billing.Price",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
        help_text="The pinned version; none while the quantity is zero.",
    )
    last_sequence = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("subscription", "product__position")
        constraints = (
            models.UniqueConstraint(
                fields=["subscription", "product"], name="a_subscription_holds_a_product_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product}"
