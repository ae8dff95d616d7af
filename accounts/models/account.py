"""An account: a customer organisation, the tenant."""

from __future__ import annotations

from typing import Final

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from simple_history.models import HistoricalRecords

from accounts.folding import Folded
from accounts.rights import GRANTABLE

LONGEST_TERMS: Final = 365


class Account(models.Model):
    """A customer organisation. It always has one payer: itself or its parent."""

    class Kind(models.TextChoices):
        LIVE = "live", "Live"
        SANDBOX = "sandbox", "Sandbox"

    class Role(models.TextChoices):
        CUSTOMER = "customer", "Customer"
        AGENCY = "agency", "Agency"
        WORKSPACE = "workspace", "Agency workspace"
        RESELLER = "reseller", "Reseller"
        CLIENT = "client", "Reseller client"

    class TaxIdState(models.TextChoices):
        UNCHECKED = "unchecked", "Not checked yet"
        VALID = "valid", "Valid"
        INVALID = "invalid", "Invalid"
        UNAVAILABLE = "unavailable", "Check unavailable"

    class PaysBy(models.TextChoices):
        CARD = "card", "Card"
        TRANSFER = "transfer", "Bank transfer"

    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        ITALIAN = "it", "Italian"
        CZECH = "cs", "Czech"

    kind = models.CharField(max_length=8, choices=Kind, default=Kind.LIVE)
    role = models.CharField(max_length=9, choices=Role, default=Role.CUSTOMER)
    reference = models.CharField(
        max_length=64, unique=True, null=True, blank=True, help_text="The vendor's own number."
    )
    name = models.CharField(max_length=200)
    name_key = models.GeneratedField(
        expression=Folded("name"),
        output_field=models.CharField(max_length=200),
        db_persist=True,
        db_index=True,
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    payer = models.ForeignKey("self", models.PROTECT, related_name="pays_for")
    time_zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    currency = models.CharField(max_length=3, default="EUR")
    email = models.EmailField("invoice e-mail", blank=True)
    more_emails = models.CharField(
        "further invoice e-mails",
        max_length=240,
        blank=True,
        help_text="Addresses that get each invoice too, separated by commas.",
    )
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2)
    tax_id = models.CharField("tax ID", max_length=32, blank=True)
    tax_id_state = models.CharField(
        "tax ID check", max_length=11, choices=TaxIdState, default=TaxIdState.UNCHECKED
    )
    tax_id_checked_at = models.DateTimeField(
        "tax ID checked", null=True, blank=True, help_text="When the tax ID was last asked for."
    )
    tax_exempt = models.BooleanField(default=False)
    discount_percent = models.DecimalField(
        max_digits=6,
        decimal_places=3,
        default=0,
        validators=[
            MinValueValidator(0, "Write 0 to 100 percent."),
            MaxValueValidator(100, "Write 0 to 100 percent."),
        ],
    )
    pays_by = models.CharField(max_length=8, choices=PaysBy, default=PaysBy.CARD)
    terms_days = models.PositiveSmallIntegerField(
        default=14,
        validators=[MaxValueValidator(LONGEST_TERMS, "Write 0 to 365 days.")],
        help_text="Days from issue until a bank transfer is due, 365 at most.",
    )
    agreed_terms = models.BooleanField(
        "terms agreed",
        default=False,
        db_default=False,
        help_text="Whether what is ordered holds before the bank transfer for it has come.",
    )
    credit_limit = models.DecimalField(
        max_digits=15,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0, "Write zero or more.")],
        help_text=(
            "The most that may be open on agreed terms, in the account's currency. Empty: no limit."
        ),
    )
    licensing_enabled = models.BooleanField(
        default=False, help_text="Whether the Licensing module is part of the account."
    )
    opened_at = models.DateTimeField()
    blocked_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    history = HistoricalRecords(excluded_fields=["name_key", "tax_id_checked_at"])

    class Meta:
        ordering = ("name", "pk")
        indexes = (
            models.Index(fields=["name", "id"], name="account_by_name"),
            models.Index(Upper("email"), condition=~Q(email=""), name="account_by_email"),
            models.Index(
                fields=["tax_id_checked_at"],
                condition=~Q(tax_id="") & Q(tax_id_state__in=("unchecked", "unavailable")),
                name="account_tax_id_to_check",
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="an_account_is_paid_by_itself_or_its_parent",
                condition=Q(payer=F("id")) | Q(payer=F("parent")),
            ),
            models.CheckConstraint(
                name="a_discount_is_between_0_and_100_percent",
                condition=Q(discount_percent__gte=0, discount_percent__lte=100),
            ),
            models.CheckConstraint(
                name="an_account_reads_a_language_there_is",
                condition=Q(language__in=("en", "it", "cs")),
            ),
            models.CheckConstraint(
                name="terms_are_a_year_at_most",
                condition=Q(terms_days__gte=0, terms_days__lte=LONGEST_TERMS),
            ),
            models.CheckConstraint(
                name="a_credit_limit_is_zero_or_more",
                condition=Q(credit_limit__isnull=True) | Q(credit_limit__gte=0),
            ),
        )
        permissions = tuple((right.value, f"Can {right.value}") for right in GRANTABLE)

    def __str__(self) -> str:
        return self.name

    @property
    def invoice_emails(self) -> str:
        """Every address that gets the invoices, separated by commas."""
        return ", ".join(part for part in (self.email, self.more_emails) if part)

    @property
    def tax_id_counts(self) -> bool:
        """Whether the tax ID is taken into account: an unavailable check counts (ALL-5)."""
        return bool(self.tax_id) and self.tax_id_state != self.TaxIdState.INVALID
