"""The desk's page about an account: its details to edit, and a tab for everything it has done."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.decorators import display

from accounts import doors
from accounts.access import EVERYBODY, Role, Staff, may, person_of
from accounts.addresses import written_addresses
from accounts.admin.desk import AuditedAdmin
from accounts.admin.search import accounts_like
from accounts.admin.visits import begin_address
from accounts.countries import COUNTRIES
from accounts.deeds import Doer
from accounts.locks import lock_payer_of
from accounts.models import Account, SupportVisit
from accounts.tax_ids import written_tax_id
from billing.admin import figures, panels
from billing.admin.filters import KindFilter
from billing.admin.pages import drawn, found
from billing.admin.request_page import enter_address
from billing.core.periods import local_day
from billing.models import ChangeRequest
from billing.subscribing import open_licensing

EDITABLE: Final = (
    *("name", "reference", "language", "time_zone", "email", "more_emails"),
    *("street", "postcode", "city"),
    *("country", "tax_id", "tax_id_state", "tax_exempt", "discount_percent", "pays_by"),
    *("agreed_terms", "terms_days", "credit_limit", "licensing_enabled"),
)


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """What support may correct. Invoices keep what was printed on them."""

    class Meta:
        model = Account
        fields = EDITABLE
        error_messages: ClassVar = {
            "pays_by": {"required": "Choose card or bank transfer."},
            "terms_days": {"required": "Write after how many days a transfer is due."},
            "discount_percent": {"required": "Write the discount in percent, 0 for none."},
        }

    def clean_reference(self) -> str | None:
        # Empty is not a reference: two accounts may lack one.
        return self.cleaned_data["reference"] or None

    def clean_country(self) -> str:
        country = str(self.cleaned_data["country"]).upper()
        if country not in COUNTRIES:
            raise forms.ValidationError("Write the two letters of ISO 3166-1, e.g. CZ.")
        return country

    def clean_more_emails(self) -> str:
        try:
            return ", ".join(written_addresses(self.cleaned_data["more_emails"]))
        except ValueError as wrong:
            raise forms.ValidationError(
                f"{str(wrong)!r} is no e-mail address. Write ones like jana@example.com, with "
                "commas between them."
            ) from None

    def clean_time_zone(self) -> str:
        zone = str(self.cleaned_data["time_zone"])
        try:
            local_day(timezone.now(), zone)
        except ValueError as unknown:
            raise forms.ValidationError(str(unknown)) from None
        return zone

    def clean_discount_percent(self) -> Any:
        percent = self.cleaned_data["discount_percent"]
        now = self.instance.discount_percent
        if percent < now:
            raise forms.ValidationError(
                f"A lower discount raises what is charged, and that needs a notice 14 days ahead. "
                f"Leave it at {now.normalize():f}, or raise it."
            )
        return percent

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("tax_id") and values.get("country"):
            try:
                values["tax_id"] = written_tax_id(values["tax_id"], country=values["country"])
            except ValueError as wrong:
                message = str(wrong)
                self.add_error("tax_id", f"{message[:1].upper()}{message[1:]}.")
        return values


@admin.register(Account)
class AccountAdmin(AuditedAdmin):
    """Customers, resellers, agencies and those below them."""

    staff = Staff(
        view=EVERYBODY - {Role.CATALOGUE},
        change=frozenset({Role.SUPPORT, Role.BILLING}),
    )
    form = AccountForm
    list_display = ("name", "reference", "role", "country", "paid_by", "currency", "state")
    list_select_related = ("payer",)
    list_filter = (KindFilter,)
    ordering = ("name_key", "pk")
    sortable_by = ()
    search_fields = ("name",)
    search_help_text = "How the name begins, the reference, the id, or an e-mail address."
    readonly_fields = (
        *("kind", "role", "currency", "parent", "payer", "opened", "blocked", "closed"),
        "tax_id_checked",
    )
    change_form_outer_before_template = "admin/accounts/account/_head.html"
    fieldsets = (
        (None, {"fields": ("name", "reference", ("role", "kind"), ("parent", "payer"))}),
        (
            "On invoices",
            {
                "fields": (
                    "email",
                    "more_emails",
                    "language",
                    "street",
                    ("postcode", "city"),
                    "country",
                )
            },
        ),
        ("Tax", {"fields": ("tax_id", ("tax_id_state", "tax_id_checked"), "tax_exempt")}),
        (
            "Payment",
            {
                "fields": (
                    ("currency", "pays_by"),
                    *("agreed_terms", ("terms_days", "credit_limit")),
                    *("discount_percent", "time_zone"),
                )
            },
        ),
        ("Modules", {"fields": ("licensing_enabled",)}),
        ("State", {"fields": ("opened", "blocked", "closed")}),
    )

    @display(description="Paid by")
    def paid_by(self, account: Account) -> str:
        return "itself" if account.payer_id == account.pk else account.payer.name

    @display(
        description="State", label={"open": "success", "blocked": "danger", "closed": "warning"}
    )
    def state(self, account: Account) -> tuple[str, str]:
        if account.closed_at:
            return "closed", "Closed"
        return ("blocked", "Blocked") if account.blocked_at else ("open", "Open")

    @display(description="Opened")
    def opened(self, account: Account) -> str:
        return figures.instant(account.opened_at)

    @display(description="Blocked", empty_value="No")
    def blocked(self, account: Account) -> str | None:
        return figures.instant(account.blocked_at) if account.blocked_at else None

    @display(description="Closed", empty_value="No")
    def closed(self, account: Account) -> str | None:
        return figures.instant(account.closed_at) if account.closed_at else None

    @display(description="Tax ID asked for", empty_value="Never")
    def tax_id_checked(self, account: Account) -> str | None:
        return figures.instant(account.tax_id_checked_at) if account.tax_id_checked_at else None

    def has_add_permission(self, request: HttpRequest) -> bool:
        # An account is opened with its payer, by import or sign-up.
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(accounts_like(term)) if term else queryset), False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        # Only what was changed here is written.
        columns = list(form.changed_data)
        if {"tax_id", "country"} & set(columns) and "tax_id_state" not in columns:
            obj.tax_id_state, obj.tax_id_checked_at = Account.TaxIdState.UNCHECKED, None
            columns += ["tax_id_state", "tax_id_checked_at"]
        obj.save(update_fields=columns)
        if "licensing_enabled" in columns and obj.licensing_enabled:
            by = Doer(person_of(request))
            open_licensing(account_id=obj.pk, at=timezone.now(), by=by)

    # One page: the details, and a tab for each log.

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.panel_view)
        return [
            *(
                path(
                    f"<int:account_id>/{panel.slug}/",
                    view,
                    {"slug": panel.slug},
                    name=f"accounts_account_{panel.slug}",
                )
                for panel in panels.PANELS
            ),
            *super().get_urls(),
        ]

    def lock(self, row: Any) -> None:
        # A run that is billing this payer goes first.
        lock_payer_of(row.pk)

    @transaction.atomic
    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        account = self.get_object(request, unquote(object_id))
        head = self._head(request, account) if account else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **head})

    @doors.of_staff(Account)
    def panel_view(self, request: HttpRequest, account_id: int, slug: str) -> TemplateResponse:
        """One tab of the account page."""
        account = found(self, request, str(account_id))
        panel = panels.named(slug)
        if panel is None or not may(request.user, "view", on=panel.model):
            raise PermissionDenied
        return drawn(
            self,
            request,
            "admin/accounts/account/panel.html",
            account,
            table=panel.table(request, account),
            **self._head(request, account, slug),
        )

    def _head(self, request: HttpRequest, account: Account, here: str = "") -> dict[str, Any]:
        """What stands above every tab: what is owed, the next bill, and the tabs."""
        tabs = [(panel.slug, panel.title) for panel in panels.PANELS if self._open(request, panel)]
        return {
            "account": account,
            "summary": panels.summary(account),
            "visit": begin_address(account.pk) if may(request.user, "add", on=SupportVisit) else "",
            "enter": enter_address(account.pk)
            if may(request.user, "add", on=ChangeRequest)
            else "",
            "tabs": [
                {
                    "title": title,
                    "here": slug == here,
                    "href": _address(account.pk, slug),
                }
                for slug, title in [("", "Details"), *tabs]
            ],
        }

    def _open(self, request: HttpRequest, panel: panels.Panel) -> bool:
        return may(request.user, "view", on=panel.model)


def _address(account_id: int, slug: str) -> str:
    name = f"admin:accounts_account_{slug or 'change'}"
    return reverse(name, args=[account_id])
