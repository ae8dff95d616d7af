"""The desk's pages about issued documents, whose lines open *Why this amount?*."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.decorators import display

from accounts import doors
from accounts.access import EVERYBODY, Role, Staff, may
from accounts.admin.desk import ReadOnlyAdmin
from accounts.admin.letters import SUBJECT_PAGES
from accounts.admin.search import account_ids
from accounts.models import Letter
from billing.admin import document, figures, why_words
from billing.admin.corrections import raise_address
from billing.admin.filters import DocumentFilter, IssuedFilter, OpenDocumentFilter
from billing.admin.pages import drawn, found
from billing.admin.refunds import refund_address
from billing.admin.tables import addresses, page_of
from billing.documents.einvoice_limits import NoEInvoice, obstacle_of_currency
from billing.models import Correction, Dispute, Invoice, Line, NumberSeries, RefundAttempt
from billing.numbering import number
from billing.refunding import refundable
from billing.sending import letters_of
from billing.views.downloads import download
from billing.why import why

# A number of more digits was never given, and the column of the last one could not hold it.
_DIGITS = 9
SUBJECT_PAGES["invoice"] = "admin:billing_invoice_change"
STATE_TONES = {
    "Paid": "success",
    "Settled by credit": "success",
    "Open": "warning",
    "In credit": "info",
}


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    """Invoices and credit notes, the latest first. Nothing on them is ever edited."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE})
    list_display = (
        *("number", "payer", "issued_day", "for_day", "kind_label", "total_figure", "state"),
    )
    list_select_related = ("payer", "receivable")
    list_filter = (("issued_on", IssuedFilter), DocumentFilter, OpenDocumentFilter)
    ordering = ("-issued_on", "-pk")
    sortable_by = ()
    search_fields = ("number",)
    search_help_text = (
        "A number (also 418 for SL-2026-000418), or the payer's name, reference or e-mail address."
    )

    @display(description="Issued")
    def issued_day(self, invoice: Invoice) -> str:
        return figures.day(invoice.issued_on)

    @display(description="Cycle date")
    def for_day(self, invoice: Invoice) -> str:
        return figures.day(invoice.cycle_date)

    @display(description="Document", label={"invoice": "info", "credit_note": "warning"})
    def kind_label(self, invoice: Invoice) -> tuple[str, str]:
        return invoice.kind, invoice.get_kind_display()

    @display(description="Total")
    def total_figure(self, invoice: Invoice) -> str:
        return figures.figure(figures.money(invoice.total.amount, invoice.total.currency.code))

    @display(description="State", label=STATE_TONES)
    def state(self, invoice: Invoice) -> str:
        return figures.standing(invoice.receivable)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        numbered = Q(number__startswith=term.upper())
        if term.isascii() and term.isdecimal() and len(term) <= _DIGITS:
            numbered |= Q(number__in=_numbers(int(term)))
        payers = account_ids(term)
        return queryset.filter(numbered | Q(payer__in=payers) if payers else numbered), False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:invoice_id>/pdf/", view(self.pdf_view), name="billing_invoice_pdf"),
            path("<int:invoice_id>/xml/", view(self.xml_view), name="billing_invoice_xml"),
            path(
                "<int:invoice_id>/why/<int:line_id>/",
                view(self.why_view),
                name="billing_invoice_why",
            ),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> TemplateResponse:
        invoice = found(self, request, object_id)
        page = page_of(request)
        lines, more = document.lines(invoice, page=page)
        return drawn(
            self,
            request,
            "admin/billing/invoice/page.html",
            invoice,
            subtitle=invoice.payer.name,
            invoice=invoice,
            paper=document.paper(invoice),
            groups=document.groups(invoice, lines),
            beside=addresses(request, page=page, more=more),
            pdf_only=obstacle_of_currency(invoice.total.currency.code),
            movements=document.movements(invoice),
            corrections=document.corrections(invoice),
            disputes=document.disputes(invoice) if may(request.user, "view", on=Dispute) else [],
            letters=letters_of(invoice),
            may_send=may(request.user, "change", on=Letter),
            credit=self._credit_address(request, invoice),
            refund=self._refund_address(request, invoice),
        )

    def _refund_address(self, request: HttpRequest, invoice: Invoice) -> str:
        """Where its credit goes back; empty for who may not, and where nothing is in credit."""
        credit = invoice.receivable
        if not refundable(credit) or not may(request.user, "add", on=RefundAttempt):
            return ""
        return refund_address(credit)

    def _credit_address(self, request: HttpRequest, invoice: Invoice) -> str:
        """Where a credit note of it is raised; empty for who may not, and for a credit note."""
        is_invoice = invoice.kind == Invoice.Kind.INVOICE
        return (
            raise_address(invoice) if is_invoice and may(request.user, "add", on=Correction) else ""
        )

    @doors.of_staff(Invoice)
    def why_view(self, request: HttpRequest, invoice_id: int, line_id: int) -> TemplateResponse:
        """*Why this amount?* of one line; only its own part where a page asks for that."""
        invoice = found(self, request, str(invoice_id))
        if not Line.objects.filter(pk=line_id, bill__invoice=invoice).exists():
            raise Http404(f"Invoice {invoice} has no line {line_id}.")
        page = page_of(request, "why")
        answer = why(line_id, page=page)
        return drawn(
            self,
            request,
            "admin/billing/invoice/_why.html"
            if request.headers.get("HX-Request")
            else "admin/billing/invoice/why.html",
            invoice,
            title=f"Why {figures.money(answer.line.amount, answer.currency)}?",
            invoice=invoice,
            why=answer,
            opening=why_words.opening(answer),
            sentences=list(why_words.sentences(answer)),
            price=why_words.price(answer),
            table=why_words.causes(answer),
            original=_original(answer.line),
            beside=addresses(request, page=page, more=answer.more, name="why"),
            address=request.path,
        )

    @doors.of_staff(Invoice)
    def pdf_view(self, request: HttpRequest, invoice_id: int) -> HttpResponse:
        """The document as the customer gets it."""
        from billing.documents.pdf import invoice_pdf

        if not self.has_view_permission(request):
            raise PermissionDenied
        invoice = found(self, request, str(invoice_id))
        return HttpResponse(
            invoice_pdf(invoice.pk),
            content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="{invoice.number}.pdf"'},
        )

    @doors.of_staff(Invoice)
    def xml_view(self, request: HttpRequest, invoice_id: int) -> HttpResponse:
        """The document as the customer's e-invoice, in the document's language."""
        from billing.documents.einvoice import invoice_xml

        if not self.has_view_permission(request):
            raise PermissionDenied
        invoice = found(self, request, str(invoice_id))
        try:
            return download(invoice_xml(invoice.pk), invoice.number)
        except NoEInvoice as reason:
            self.message_user(request, f"{invoice} is PDF only: {reason}", messages.WARNING)
            return redirect("admin:billing_invoice_change", invoice.pk)


def _original(line: Line) -> str:
    """Where it is explained why the line that this one gives back was billed."""
    original = line.reverses
    if original is None or original.bill.invoice_id is None:
        return ""
    return reverse("admin:billing_invoice_why", args=[original.bill.invoice_id, original.pk])


def _numbers(sequence: int) -> list[str]:
    """How this plain number is written in each series and year."""
    series = NumberSeries.objects.filter(last__gte=sequence).values_list("code", "year")
    return [number(series=code, year=year, sequence=sequence) for code, year in series]
