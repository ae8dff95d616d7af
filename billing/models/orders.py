"""Carts and orders: changes that somebody has put together, and those that were confirmed."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from djmoney.models.fields import MoneyField

TRANSFER_PREFIX: Final = "ORD"


class Cart(models.Model):
    """What one person has put together in one account: one cart for everything that is sold.

    Confirming empties it. ``replaces`` marks changes that take each other's place (decision 7).
    """

    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="carts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="carts")
    touched_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-touched_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["account", "person"], name="a_person_has_one_cart_in_an_account"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account} · {self.person}"


class CartLine(models.Model):
    """One change in a cart: the quantity wanted, and the one that was in force when it was put."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    product = models.ForeignKey("billing.Product", models.CASCADE, related_name="+")
    was = models.PositiveBigIntegerField()
    becomes = models.PositiveBigIntegerField()
    replaces = models.BooleanField(default=False)

    class Meta:
        ordering = ("product__position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["cart", "product"], name="a_cart_changes_a_product_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.product}: {self.was} → {self.becomes}"


class Order(models.Model):
    """Changes that somebody has confirmed, with the lines that were shown to them (decision 17).

    ``at`` is the instant of the confirmation, which the events keep. ``changes`` are rows of
    product code, quantity before, quantity wanted; ``quote`` is what was shown, amounts as strings,
    with the conditions under which its invoice is issued (`billing/frozen.py`, decision 49).
    ``total`` is due now, ``credit`` is taken of it from the payer's balance, the rest is charged.
    Until it is settled nothing stands in the log and no invoice is issued; a payer has at most one
    that is not, and the run passes over them meanwhile. One that waits for a bank transfer is none
    of these: it freezes nothing, and is priced again when its money comes, until ``expires_at``. An
    account has at most one that waits.
    """

    class State(models.TextChoices):
        PAYING = "paying", "Being paid"
        DONE = "done", "Done"
        DECLINED = "declined", "Declined"
        CANCELLED = "cancelled", "Cancelled"
        STUCK = "stuck", "Needs support"
        WAITING = "waiting", "Waits for a transfer"
        EXPIRED = "expired", "Expired"
        REPRICED = "repriced", "To be confirmed again"

    UNSETTLED: Final = (State.PAYING, State.STUCK)

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="orders")
    payer = models.ForeignKey(
        "accounts.Account", models.PROTECT, related_name="orders_to_pay", db_index=False
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="orders")
    token = models.CharField(max_length=64, unique=True, help_text="Of the page that confirmed it.")
    at = models.DateTimeField()
    cause = models.CharField(max_length=200, blank=True)
    fingerprint = models.CharField(max_length=64)
    changes = models.JSONField()
    replaces = models.BooleanField(default=False)
    interval = models.CharField(
        max_length=5, blank=True, help_text="Of the subscription that it opens, if it opens one."
    )
    quote = models.JSONField()
    total = MoneyField(max_digits=15, decimal_places=3)
    credit = models.DecimalField(max_digits=15, decimal_places=3, default=0)
    pays_by = models.CharField(max_length=8)
    state = models.CharField(max_length=9, choices=State, default=State.PAYING)
    reason = models.CharField(max_length=200, blank=True, help_text="Why it stands as it does.")
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="Until when it waits for a bank transfer."
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    invoice = models.ForeignKey(
        "billing.Invoice", models.PROTECT, null=True, blank=True, related_name="orders"
    )

    objects = models.Manager()

    class Meta:
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=["account", "-id"], name="order_of_an_account"),
            models.Index(
                fields=["expires_at"], condition=Q(state="waiting"), name="order_that_waits"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["payer"],
                condition=Q(state__in=["paying", "stuck"]),
                name="a_payer_has_one_unsettled_order",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state="waiting"),
                name="an_account_has_one_order_that_waits",
            ),
        )

    def __str__(self) -> str:
        return f"Order {self.pk}"

    @property
    def unsettled(self) -> bool:
        return self.state in self.UNSETTLED

    @property
    def transfer_reference(self) -> str:
        """What a bank transfer for it names, so that it is recognised: ORD-000042."""
        return f"{TRANSFER_PREFIX}-{self.pk:06d}"
