"""Payment methods: the cards that a provider keeps for a payer, and forms that were opened for one.

No number and no security code of a card is in our database: the provider's form takes them.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

_MONTH: Final = (MinValueValidator(1), MaxValueValidator(12))
# As cards are called by their makers; another brand is shown as the provider spells it.
BRANDS: Final = {
    "amex": "American Express",
    "diners": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}


class PaymentMethod(models.Model):
    """A card that a provider keeps under ``reference``; ``removed_at`` once it does so no longer.

    ``forgotten_at``: when the provider has confirmed that. Of the cards that are kept one is the
    default, which everything is charged to.
    """

    payer = models.ForeignKey(
        "accounts.Account", models.PROTECT, related_name="payment_methods", db_index=False
    )
    gateway = models.CharField(max_length=20)
    reference = models.CharField(max_length=255, help_text="The provider's own number of it.")
    brand = models.CharField(max_length=20)
    last4 = models.CharField("last four digits", max_length=4)
    expires_month = models.PositiveSmallIntegerField(validators=_MONTH)
    expires_year = models.PositiveSmallIntegerField()
    is_default = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ("-is_default", "-pk")
        indexes = (
            models.Index(fields=["payer", "-id"], name="method_of_a_payer"),
            models.Index(
                fields=["id"],
                condition=Q(removed_at__isnull=False, forgotten_at__isnull=True),
                name="method_to_forget",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["gateway", "reference"], name="a_method_is_kept_once"),
            models.UniqueConstraint(
                fields=["payer"],
                condition=Q(is_default=True),
                name="a_payer_has_one_default_method",
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(removed_at__isnull=True),
                name="a_removed_method_is_no_default",
            ),
        )

    def __str__(self) -> str:
        return f"{self.brand_name} ···· {self.last4}"

    @property
    def brand_name(self) -> str:
        return BRANDS.get(self.brand, self.brand.title())

    @property
    def expires(self) -> str:
        """As it stands on the card: 03/28."""
        return f"{self.expires_month:02}/{self.expires_year % 100:02}"

    def is_expired(self, *, on: date) -> bool:
        """Whether it is no longer good on this day: it is to the end of its month."""
        return (self.expires_year, self.expires_month) < (on.year, on.month)


class MethodSetup(models.Model):
    """A provider's form that somebody has opened, to add a card or to replace one.

    ``next`` is the page of the account that they came from.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="method_setups")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    visit = models.ForeignKey(
        "accounts.SupportVisit", models.PROTECT, null=True, blank=True, related_name="+"
    )
    gateway = models.CharField(max_length=20)
    replaces = models.ForeignKey(
        PaymentMethod, models.PROTECT, null=True, blank=True, related_name="+"
    )
    becomes = models.ForeignKey(
        PaymentMethod, models.PROTECT, null=True, blank=True, related_name="+"
    )
    next = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    cause = models.CharField(max_length=12, blank=True, help_text="Why it was refused.")
    begun_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """The idempotency key that the provider knows this form by."""
        return f"method-{self.pk}"
