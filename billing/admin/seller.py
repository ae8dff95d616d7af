"""The desk's page about the seller: a change is a new version; issued invoices keep theirs."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import admin
from django.db.models import QuerySet, Subquery
from django.forms.models import model_to_dict
from django.http import HttpRequest
from django.utils import timezone
from stdnum import bic, iban
from stdnum.exceptions import ValidationError as BadNumber
from unfold.decorators import display

from accounts.access import EVERYBODY, Role, Staff, may
from accounts.admin.desk import ReadOnlyAdmin
from accounts.countries import COUNTRIES
from accounts.tax_ids import written_tax_id
from billing.admin import figures
from billing.core.periods import local_day
from billing.models import SellerDetails

FIELDS: Final = (
    *("name", "street", "postcode", "city", "country", "tax_id", "registration", "time_zone"),
    *("email", "bank_name", "iban", "bic"),
)


class SellerForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """Every field as invoices print it."""

    class Meta:
        model = SellerDetails
        fields = FIELDS

    def clean_country(self) -> str:
        country = str(self.cleaned_data["country"]).upper()
        if country not in COUNTRIES:
            raise forms.ValidationError("Write the two letters of ISO 3166-1, e.g. CZ.")
        return country

    def clean_time_zone(self) -> str:
        zone = str(self.cleaned_data["time_zone"])
        try:
            local_day(timezone.now(), zone)
        except ValueError as unknown:
            raise forms.ValidationError(str(unknown)) from None
        return zone

    def clean_iban(self) -> str:
        try:
            return str(iban.validate(self.cleaned_data["iban"]))
        except BadNumber:
            raise forms.ValidationError(
                "This is no IBAN: a digit is wrong or missing. It looks like CZ65 0800 …"
            ) from None

    def clean_bic(self) -> str:
        try:
            return str(bic.validate(self.cleaned_data["bic"]))
        except BadNumber:
            raise forms.ValidationError(
                "This is no BIC. It has 8 or 11 letters and digits, e.g. GIBACZPX."
            ) from None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if {"country", "tax_id"} <= values.keys():
            try:
                values["tax_id"] = written_tax_id(values["tax_id"], country=values["country"])
            except ValueError as wrong:
                message = str(wrong)
                self.add_error("tax_id", f"{message[:1].upper()}{message[1:]}.")
        latest = SellerDetails.objects.first()
        if not self.errors and latest and values == model_to_dict(latest, FIELDS):
            raise forms.ValidationError("Nothing differs from the version in force.")
        return values


@admin.register(SellerDetails)
class SellerDetailsAdmin(ReadOnlyAdmin):
    """Versions of the seller's details, the one in force first."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE}, add=frozenset({Role.BILLING}))
    form = SellerForm
    fields = FIELDS
    list_display = ("name", "tax_id", "written", "in_force")
    sortable_by = ()

    @display(description="Written")
    def written(self, details: SellerDetails) -> str:
        return figures.instant(details.written_at)

    @display(description="State", label={"in force": "success", "earlier": "info"})
    def in_force(self, details: SellerDetails) -> str:
        latest: int = details.latest  # type: ignore[attr-defined]  # annotated below
        return "in force" if details.pk == latest else "earlier"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        latest = SellerDetails.objects.order_by("-pk").values("pk")[:1]
        return super().get_queryset(request).annotate(latest=Subquery(latest))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "add", on=SellerDetails)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        latest = SellerDetails.objects.first()
        return model_to_dict(latest, FIELDS) if latest else {}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.written_at = timezone.now()
        super().save_model(request, obj, form, change)
