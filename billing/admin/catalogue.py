"""The desk's pages about products and tax rates, with their audit log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest
from unfold.contrib.filters.admin import AllValuesCheckboxFilter
from unfold.decorators import display

from accounts.access import EVERYBODY, Role, Staff
from accounts.admin.desk import AuditedAdmin, ReadOnlyAdmin, known_days
from accounts.countries import COUNTRIES
from billing.admin import figures
from billing.models import Invoice, NumberSeries, Product, TaxRate


class ProductForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A product whose plan product and level are of its own family."""

    class Meta:
        model = Product
        fields = ("family", "line", "level")
        error_messages: ClassVar = {"who_may_buy": {"required": "Choose who may buy it."}}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        family = values.get("family")
        for name in ("line", "level"):
            chosen = values.get(name)
            if chosen is not None and family and chosen.family != family:
                self.add_error(
                    name,
                    f"{chosen} is of the family {chosen.family}, this product of {family}. "
                    "Choose one of the same family.",
                )
        return values


@admin.register(Product)
class ProductAdmin(AuditedAdmin):
    """What the vendor sells."""

    staff = Staff(
        view=EVERYBODY,
        add=frozenset({Role.CATALOGUE}),
        change=frozenset({Role.CATALOGUE}),
        delete=frozenset({Role.CATALOGUE}),
    )
    form = ProductForm
    list_display = ("name_en", "code", "family", "kind", "subscription_code", "sold", "invented")
    list_filter = (("family", AllValuesCheckboxFilter),)
    ordering = ("position", "pk")
    sortable_by = ()
    search_fields = ("code__startswith", "name_en__istartswith")
    search_help_text = "How a product's code or English name begins."
    autocomplete_fields = ("requires", "line", "level")
    fieldsets = (
        (None, {"fields": ("code", "family", "subscription_code", "position", "placeholder")}),
        ("Kind", {"fields": ("kind", "line", "level")}),
        ("Names", {"fields": ("name_en", "name_it", "name_cs", "unit_en", "unit_it", "unit_cs")}),
        ("Sold", {"fields": ("who_may_buy", "closed_from", "requires")}),
    )

    @display(description="Sold")
    def sold(self, product: Product) -> str:
        if product.closed_from:
            return f"Closed to new customers from {figures.day(product.closed_from)}"
        return "To anyone"

    @display(description="Figures", label={True: "warning", False: "success"})
    def invented(self, product: Product) -> tuple[bool, str]:
        return product.placeholder, "Placeholder" if product.placeholder else "As listed"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Invoices and interfaces name a product by its code.
        return (*super().get_readonly_fields(request, obj), *(("code",) if obj else ()))


class TaxRateForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    class Meta:
        model = TaxRate
        error_messages: ClassVar = {
            NON_FIELD_ERRORS: {
                "unique_together": "This country has a rate from this day on already. "
                "Choose another day, or change that rate."
            },
            "valid_from": {"required": "Write the day from which the rate holds."},
        }
        fields = ("country", "percent", "valid_from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = "Write 0 to 100 percent."
        bounds = (MinValueValidator(0, words), MaxValueValidator(100, words))
        # A rate that invoices rest on is shown by a form without fields.
        for name, more in (("percent", bounds), ("valid_from", known_days())):
            if name in self.fields:
                self.fields[name].validators.extend(more)

    def clean_country(self) -> str:
        country = str(self.cleaned_data["country"]).upper()
        if country not in COUNTRIES:
            raise forms.ValidationError(
                f"{country} is no country of ISO 3166-1. Write its two letters, e.g. CZ."
            )
        return country


@admin.register(TaxRate)
class TaxRateAdmin(AuditedAdmin):
    """Standard rates by country and date. One that invoices may rest on is followed, not edited."""

    staff = Staff(
        view=EVERYBODY,
        add=frozenset({Role.BILLING}),
        change=frozenset({Role.BILLING}),
        delete=frozenset({Role.BILLING}),
    )
    form = TaxRateForm
    fields = ("country", "percent", "valid_from")
    list_display = ("country", "rate", "valid_from")
    ordering = ("country", "-valid_from")
    sortable_by = ()
    search_fields = ("country__iexact",)
    search_help_text = "A country's two letters."
    change_form_outer_before_template = "admin/billing/taxrate/_used.html"

    @display(description="Rate")
    def rate(self, rate: TaxRate) -> str:
        return f"{figures.number(rate.percent)} %"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and not _may_rest_on(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and not _may_rest_on(obj)


def _may_rest_on(rate: TaxRate | None) -> bool:
    """Whether an invoice was issued since the rate holds, on the calendar of any zone."""
    if rate is None:
        return False
    since = rate.valid_from - timedelta(days=1)
    return Invoice.objects.filter(issued_on__gte=since).exists()


@admin.register(NumberSeries)
class NumberSeriesAdmin(ReadOnlyAdmin):
    """The last number given in each series and year."""

    staff = Staff(view=frozenset({Role.BILLING, Role.READ_ONLY}))
    list_display = ("code", "year", "last")
    sortable_by = ()
