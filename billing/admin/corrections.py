"""The desk's pages about credit notes: choose lines, look at what becomes of it, raise the note."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import display

from accounts import access
from accounts.access import EVERYBODY, Role, Staff
from accounts.admin.desk import DeskAdmin
from accounts.admin.in_step import names_a_row
from accounts.admin.search import account_ids
from billing import crediting
from billing.admin import figures
from billing.admin.document import LINES_A_PAGE, shown_tax
from billing.admin.tables import addresses, page_of
from billing.creditable import Creditable, creditable
from billing.crediting import Planned
from billing.forms.giving_back import GivingBackForm
from billing.models import Correction, Invoice
from billing.refusals import ChangeRefused, QuoteChanged

_REFUSED = 409
_WRONG = 422


@admin.register(Correction)
class CorrectionAdmin(DeskAdmin):
    """Credit notes that somebody has raised, with their reasons, the latest first."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE}, add=frozenset({Role.BILLING}))
    fields = ("note", "reason", "person", "moment")
    readonly_fields = ("moment",)
    list_display = ("note_number", "invoice", "payer", "total_figure", "reason", "person", "moment")
    list_select_related = ("note__payer", "note__corrects", "person")
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("reason",)
    search_help_text = "A number of the note or its invoice, or the payer's name or reference."
    show_add_link = False

    @display(description="Credit note")
    def note_number(self, correction: Correction) -> str:
        return correction.note.number

    @display(description="Invoice")
    def invoice(self, correction: Correction) -> str:
        return str(correction.note.corrects)

    @display(description="Payer")
    def payer(self, correction: Correction) -> str:
        return str(correction.note.payer)

    @display(description="Gives")
    def total_figure(self, correction: Correction) -> str:
        money = correction.note.total
        return figures.figure(figures.money(-money.amount, money.currency.code))

    @display(description="Raised")
    def moment(self, correction: Correction) -> str:
        return figures.instant(correction.at)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        numbered = Q(note__number=term.upper()) | Q(note__corrects__number=term.upper())
        return queryset.filter(numbered | Q(note__payer__in=account_ids(term))), False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # Raising one.

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Choose lines of the invoice that the address names, look, confirm."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        invoice = _invoice(request)
        if invoice is None:
            return self._choosing(request)
        try:
            of = creditable(invoice)
        except ChangeRefused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return self._choosing(request, found=True)
        return self._raising(request, of)

    def _choosing(self, request: HttpRequest, *, found: bool = False) -> HttpResponse:
        """Asks for an invoice's number, with what was written; and says where there is none."""
        number = request.GET.get("number", "").strip()
        unknown = bool(number) and not found
        return self._drawn(request, "choose", None, number=number, unknown=unknown)

    def _raising(self, request: HttpRequest, of: Creditable) -> HttpResponse:
        page = page_of(request)
        first = (page - 1) * LINES_A_PAGE
        shown = of.lines[first : first + LINES_A_PAGE]
        deed = request.POST.get("deed", "")
        everything = "all" in {deed, request.POST.get("everything")}
        form = GivingBackForm(
            request.POST if deed else None, of=of, shown=shown, everything=everything
        )
        more = len(of.lines) > first + LINES_A_PAGE
        beside = addresses(request, page=page, more=more)
        context: dict[str, Any] = {"form": form, "rows": _rows(form), "beside": beside}
        if deed in {"", "back"}:
            return self._drawn(request, "lines", of, **context)
        if not form.is_valid():
            return self._drawn(request, "lines", of, status=_WRONG, **context)
        amounts = crediting.whole(invoice_id=of.invoice.pk) if everything else form.amounts
        try:
            if deed == "raise":
                return self._raise(request, of, amounts)
            planned = crediting.plan(invoice_id=of.invoice.pk, amounts=amounts)
        except (ChangeRefused, QuoteChanged) as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return self._drawn(request, "lines", of, status=_REFUSED, **context)
        note = _paper(planned)
        return self._drawn(request, "preview", of, note=note, everything=everything, **context)

    def _raise(
        self, request: HttpRequest, of: Creditable, amounts: Mapping[int, Decimal]
    ) -> HttpResponse:
        note = crediting.credit(
            invoice_id=of.invoice.pk,
            amounts=amounts,
            seen=request.POST.get("seen", ""),
            reason=request.POST.get("reason", ""),
            by=access.person_of(request),
            clock=timezone.now,
        )
        given = figures.money(-note.total.amount, note.total.currency.code)
        self.message_user(
            request, f"Credit note {note} over {given} is issued; its letter is on the way."
        )
        return HttpResponseRedirect(reverse("admin:billing_invoice_change", args=[note.pk]))

    def _drawn(
        self,
        request: HttpRequest,
        template: str,
        of: Creditable | None,
        *,
        status: int = 200,
        **context: Any,
    ) -> TemplateResponse:
        request.current_app = self.admin_site.name
        head = _head(of) if of else {}
        return TemplateResponse(
            request,
            f"admin/billing/correction/{template}.html",
            {
                **self.admin_site.each_context(request),
                "title": f"Credit note for {of.invoice}" if of else "Credit note",
                "opts": self.opts,
                "media": self.media,
                "address": request.get_full_path(),
                **head,
                **context,
            },
            status=status,
        )


def raise_address(invoice: Invoice) -> str:
    """Where a credit note of this invoice is raised."""
    return f"{reverse('admin:billing_correction_add')}?invoice={invoice.pk}"


def _invoice(request: HttpRequest) -> Invoice | None:
    """The invoice that the address names, by its id or by its number."""
    rows = access.rows(request.user, Invoice.objects.select_related("payer", "receivable"))
    key, number = request.GET.get("invoice", ""), request.GET.get("number", "").strip()
    if number:
        return rows.filter(number=number.upper()).first()
    return rows.filter(pk=int(key)).first() if names_a_row(key) else None


def _head(of: Creditable) -> dict[str, Any]:
    currency = of.invoice.total.currency.code
    return {
        "invoice": of.invoice,
        "nothing_left": not any(of.left.values()),
        "facts": {
            "total": figures.money(of.billed.total, currency),
            "left": figures.money(of.total_left, currency),
            "open": figures.money(of.invoice.receivable.open.amount, currency),
        },
    }


def _rows(form: GivingBackForm) -> list[dict[str, Any]]:
    """The lines of the page: what was billed, what is left, and how much goes back."""
    currency = form.of.invoice.total.currency.code
    return [
        {
            "line": line,
            "days": figures.days(line.starts_on, line.ends_on),
            "billed": figures.money(line.amount, currency),
            "left": figures.money(left, currency),
            "field": field if left else None,
        }
        for line, left, field in form.rows
    ]


def _paper(planned: Planned) -> dict[str, Any]:
    """The note as its preview shows it."""
    note, currency = planned.note, planned.currency
    [tax] = planned.of.invoice.taxes
    given = {**tax, "base": str(note.net), "amount": str(note.tax)}
    return {
        "lines": [
            (line, figures.days(line.starts_on, line.ends_on), figures.money(amount, currency))
            for line, amount in planned.lines
        ],
        "paper": {
            "subtotal": figures.money(note.net + note.discount, currency),
            "discount": figures.money(-note.discount, currency) if note.discount else "",
            "taxes": [shown_tax(given, currency)],
            "total": figures.money(note.total, currency),
        },
        "takes_off": figures.money(planned.takes_off, currency) if planned.takes_off else "",
        "to_balance": figures.money(planned.to_balance, currency) if planned.to_balance else "",
        "seen": planned.seen,
    }
