"""The seller as invoices name it, and the tax rates by country and date."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from accounts.append_only import AppendOnly


class SellerDetails(AppendOnly):
    """One version of the seller's details; the latest one is printed on new invoices.

    ``time_zone`` decides the local day of issue, and with it year and series of a number.
    """

    name = models.CharField(max_length=200)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=20)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=2)
    tax_id = models.CharField("tax ID", max_length=32)
    registration = models.CharField("company register", max_length=200, blank=True)
    time_zone = models.CharField(max_length=64)
    email = models.EmailField()
    bank_name = models.CharField(max_length=100)
    iban = models.CharField("IBAN", max_length=34)
    bic = models.CharField("BIC", max_length=11)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)
        verbose_name = "seller's details"
        verbose_name_plural = "seller's details"

    def __str__(self) -> str:
        return self.name


class TaxRate(models.Model):
    """The standard rate of one country from one date on, until its next one."""

    country = models.CharField(max_length=2)
    percent = models.DecimalField(max_digits=6, decimal_places=3)
    valid_from = models.DateField()

    history = HistoricalRecords()

    class Meta:
        ordering = ("country", "-valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=["country", "valid_from"], name="tax_rates_of_a_country_do_not_overlap"
            ),
            models.CheckConstraint(
                name="a_tax_rate_is_between_0_and_100_percent",
                condition=Q(percent__gte=0, percent__lte=100),
            ),
        )

    def __str__(self) -> str:
        return f"{self.country} {self.percent} % from {self.valid_from}"
