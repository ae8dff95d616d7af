"""The desk's price editor: what units cost is shown as one types; a used version is only followed.

A version that somebody has bought stays as it is: its price is what they agreed to. A change is a
new version, copied from it with one click, which moves nobody (PRICE-8).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import action, display

from accounts import doors
from accounts.access import EVERYBODY, Role, Staff, may
from accounts.admin.desk import AuditedAdmin, Rows
from billing.admin import figures
from billing.admin.price_form import (
    IDENTITY,
    TIERS,
    PriceForm,
    TierForm,
    TierForms,
    TierFormSet,
    core_price,
    in_order,
    kept_forms,
)
from billing.core import pricing
from billing.core.metering import above_allowance
from billing.core.money import to_minor_unit
from billing.models import Price, PricePin, Tier

SHOWN_UNITS: Final = (1, 10, 100, 1_000)
_MOMENT: Final = timedelta(microseconds=1)
_COPIED: Final = (
    *("product", "currency", "interval", "model", "timing", "basis", "increase", "decrease"),
    *("amount", "size", "allowance", "unit_factor"),
)


class TierRows(Rows):
    """The steps of a tiered or volume price."""

    model = Tier
    form = TierForm
    formset = TierFormSet
    verbose_name_plural = "tiers (of tiered and volume prices)"

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        copied = copied_price(request)
        return copied.tiers.count() if copied and obj is None else 0


@admin.register(Price)
class PriceAdmin(AuditedAdmin):
    """Versions of prices."""

    staff = Staff(
        view=EVERYBODY,
        add=frozenset({Role.CATALOGUE}),
        change=frozenset({Role.CATALOGUE}),
        delete=frozenset({Role.CATALOGUE}),
    )
    form = PriceForm
    inlines = (TierRows,)
    autocomplete_fields = ("product",)
    list_display = (
        *("product", "currency", "interval", "valid_from", "how", "listed_amount", "used_label"),
    )
    list_select_related = ("product",)
    list_filter = (("product", RelatedDropdownFilter),)
    search_fields = ("product__code",)
    search_help_text = "A product's code."
    sortable_by = ()
    actions_detail = ("new_version",)
    history_list_display = ("tiers",)
    change_form_outer_before_template = "admin/billing/price/_used.html"
    change_form_before_template = "admin/billing/price/_preview.html"
    fieldsets = (
        (None, {"fields": ("product", "currency", "interval", "valid_from")}),
        (
            "What is charged, and when",
            {"fields": ("basis", "timing", "increase", "decrease")},
        ),
        (
            "How much",
            {"fields": ("model", "amount", "size", "allowance", "unit_factor")},
        ),
    )

    class Media:
        js = ("admin_desk/price.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        pins = PricePin.objects.filter(price=OuterRef("pk"))
        return super().get_queryset(request).annotate(used=Exists(pins))

    @display(description="How")
    def how(self, price: Price) -> str:
        return f"{price.get_model_display()}, {price.get_timing_display().lower()}"

    @display(description="Amount")
    def listed_amount(self, price: Price) -> str:
        if price.amount is None:
            return "by tiers"
        return figures.unit_price(price.amount, price.currency)

    @display(description="Used", label={True: "success", False: "info"})
    def used_label(self, price: Price) -> tuple[bool, str]:
        used: bool = price.used  # type: ignore[attr-defined]  # annotated above
        return used, "Used: fixed" if used else "Not yet"

    def tiers(self, record: Any) -> str:
        """The tiers as they stood until the next change: a column of the audit log."""
        following = record.next_record
        until = following.history_date - _MOMENT if following else timezone.now()
        then = Tier.history.as_of(until).filter(price=record.id)
        words = " · ".join(tier_words(tier, record.currency) for tier in in_order(then))
        return words or ("not recorded" if record.amount is None else "none")

    # What was bought is fixed.

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A form, or for a version that stays as it is what it says, in figures as invoices do."""
        if self.has_change_permission(request, obj) or obj is None:
            return super().get_fieldsets(request, obj)
        shown = ("product", ("currency", "interval"), "valid_from", "basis", "timing")
        rules = ("increase", "decrease") if obj.basis == Price.Basis.SET else ()
        return ((None, {"fields": (*shown, *rules, "model", *figures_of(obj))}),)

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_inlines(request, obj) if self.has_change_permission(request, obj) else ()

    @display(description="Unit factor")
    def factor(self, price: Price) -> str:
        return figures.number(price.unit_factor)

    @display(description="Tiers")
    def tiers_in_words(self, price: Price) -> str:
        entry = getattr(price, "_history", None)
        if entry is not None:
            return self.tiers(entry)
        lines = [(tier_words(tier, price.currency),) for tier in in_order(price.tiers.all())]
        return format_html_join(mark_safe("<br>"), "{}", lines)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> Any:
        shown = context.get("original")
        if shown and not self.has_change_permission(request, shown):
            core = core_price(shown, tiers=shown.tiers.all())
            context["amounts"] = [_amount(core, units, shown.currency) for units in SHOWN_UNITS]
        return super().render_change_form(request, context, *args, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and not is_used(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and not is_used(obj)

    @doors.of_staff(Price, "add")
    @action(description="Copy into a new version", icon="content_copy", permissions=["add"])
    def new_version(self, request: HttpRequest, object_id: str) -> HttpResponse:
        query = urlencode({"copy": object_id})
        return HttpResponseRedirect(f"{reverse('admin:billing_price_add')}?{query}")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "add", on=Price)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        copied = copied_price(request)
        if copied is None:
            return dict(super().get_changeform_initial_data(request))
        return {name: getattr(copied, name) for name in _COPIED}

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        copied = copied_price(request)
        if copied and not obj.pk:
            kwargs["initial"] = list(copied.tiers.values("up_to", "unit", "flat"))
        return kwargs

    # What units cost, as one types.

    def get_urls(self) -> list[URLPattern]:
        preview = self.admin_site.admin_view(self.preview)
        return [path("preview/", preview, name="billing_price_preview"), *super().get_urls()]

    @doors.of_staff(Price, "add")
    def preview(self, request: HttpRequest) -> HttpResponse:
        """What 1, 10, 100 and 1,000 units cost, or what is wrong, of the form as it stands."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        known = request.GET.get("price", "")
        price = Price.objects.filter(pk=known).first() if known.isdecimal() else None
        form = PriceForm(request.POST, instance=price)
        tiers = TierForms(request.POST, instance=form.instance, prefix=TIERS)
        # Both are asked, so that both say what is wrong with them.
        form.is_valid(), tiers.is_valid()
        problems = dict(_problems(form, tiers))
        if problems.keys() - IDENTITY:
            return JsonResponse({"problems": problems, "amounts": []})
        core = core_price(form.instance, tiers=[tier.instance for tier in kept_forms(tiers.forms)])
        amounts = [_amount(core, units, form.instance.currency) for units in SHOWN_UNITS]
        return JsonResponse({"problems": problems, "amounts": amounts})

    @transaction.atomic
    def changeform_view(self, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(*args, **kwargs)


def figures_of(price: Price) -> Iterator[str]:
    """Which figures a version has, by the names that show them."""
    yield "tiers_in_words" if price.amount is None else "listed_amount"
    if price.model == Price.Model.PACKAGE:
        yield "size"
    if price.basis == Price.Basis.METERED:
        yield "allowance"
    if price.unit_factor != 1:
        yield "factor"


def tier_words(tier: Tier, currency: str) -> str:
    """One step of a price: up to 1,000: €49.00 and €0.00 a unit."""
    bound = "above" if tier.up_to is None else f"up to {figures.number(tier.up_to)}"
    unit, flat = (figures.unit_price(amount, currency) for amount in (tier.unit, tier.flat))
    if not tier.unit:
        return f"{bound}: {flat}"
    return f"{bound}: {unit} a unit" + (f" and {flat}" if tier.flat else "")


def is_used(price: Any) -> bool:
    """Whether an item has this version pinned, or had it. Not asked of an unsaved one."""
    if not isinstance(price, Price) or price.pk is None:
        return False
    known = getattr(price, "used", None)
    return PricePin.objects.filter(price=price).exists() if known is None else bool(known)


def copied_price(request: HttpRequest) -> Price | None:
    """The version that a new one is copied from, as the address says; only to fill a form."""
    wanted = request.GET.get("copy", "")
    if request.method != "GET" or not wanted.isdecimal():
        return None
    return Price.objects.filter(pk=wanted).first()


def _problems(form: Any, tiers: Any) -> Iterator[tuple[str, list[str]]]:
    for name, messages in form.errors.items():
        yield name, list(messages)
    for tier in tiers.forms:
        for name, messages in tier.errors.items():
            yield f"{tier.prefix}-{name}", list(messages)
    if tiers.non_form_errors():
        yield TIERS, list(tiers.non_form_errors())


def _amount(price: pricing.Price, units: int, currency: str) -> dict[str, str]:
    charged = above_allowance(units, price.allowance) * price.unit_factor
    try:
        amount = to_minor_unit(pricing.amount_of(price, charged), currency)
    except ValueError:
        text = f"beyond the last tier ({figures.number(price.limit or 0)})"
    else:
        text = figures.money(amount, currency)
    return {"units": figures.number(units), "amount": text}
