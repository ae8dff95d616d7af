"""The desk's pages about bank lines: a file is taken in, lines are matched, a match is undone."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from accounts import access, doors
from accounts.access import EVERYBODY, Role, Staff
from accounts.admin.desk import DeskList, ReadOnlyAdmin
from accounts.admin.in_step import names_a_row
from accounts.models import Account
from billing import matching
from billing.admin import bank_columns, bank_deeds, figures
from billing.forms.bank import TargetForm
from billing.matching import Kind, Target
from billing.matching_suggestions import suggestions
from billing.models import BankLine, BankUpload, Invoice
from billing.refusals import ChangeRefused

_WRONG = 422
_REFUSED = 409


class LineFilter(DropdownFilter):
    """Lines to be matched, unless others are asked for."""

    title = "state"
    parameter_name = "state"
    all_option: ClassVar[list[str]] = ["", "To be matched"]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("matched", "Matched"), ("aside", "Set aside"), ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BankLine]) -> QuerySet[BankLine]:
        state = self.value() or BankLine.State.OPEN
        return queryset if state == "all" else queryset.filter(state=state)


class LineList(DeskList):
    """A list of lines, each with what it may be for."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        lines: list[Any] = list(self.result_list)  # type: ignore[has-type]  # the stubs give it none
        found = suggestions([line for line in lines if line.state == BankLine.State.OPEN])
        may = access.may(request.user, "add", on=BankLine)
        for line in lines:
            line.may_be_matched = may
            line.suggested = found.get(line.pk, [])
        self.result_list = lines


@admin.register(BankLine)
class BankLineAdmin(ReadOnlyAdmin):
    """Money that came to the bank account, and what it paid."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE}, add=frozenset({Role.BILLING}))
    list_display = ("reference", "booked", "amount_figure", "said", "state_label", "may_be_for")
    list_filter = (LineFilter,)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("reference",)
    search_help_text = "The bank's own number, or the name of who paid, exactly."
    list_before_template = "admin/billing/bankline/_before.html"
    show_add_link = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DeskList]:
        return LineList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(Q(reference=term) | Q(payer_name=term)), False

    @display(description="Booked")
    def booked(self, line: BankLine) -> str:
        return figures.day(line.booked_on)

    @display(description="Amount")
    def amount_figure(self, line: BankLine) -> str:
        return figures.figure(_money(line))

    @display(description="Said")
    def said(self, line: BankLine) -> SafeString:
        return format_html("<div>{}<br><small>{}</small></div>", line.payer_name, line.text)

    @display(description="State", label={"open": "warning", "matched": "success", "aside": "info"})
    def state_label(self, line: BankLine) -> tuple[str, str]:
        return line.state, line.get_state_display()

    @display(description="May be for")
    def may_be_for(self, line: Any) -> SafeString | str:
        deed = reverse("admin:billing_bankline_deed", args=[line.pk])
        button = (
            '<div><button type="submit" class="desk-link" form="bank-deeds" formaction="{}" '
            'name="target" value="{} {}">{}<small> ({})</small></button></div>'
        )
        found = (
            (deed, str(one.target.kind), one.target.key, one.label, one.because)
            for one in line.suggested
        )
        if line.may_be_matched:
            lines = format_html_join("", button, found)
        else:
            lines = format_html_join("", "<div>{3}<small> ({4})</small></div>", found)
        return format_html("<div>{}</div>", lines)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access.may(request.user, "add", on=BankLine)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.deed_view)
        split = self.admin_site.admin_view(self.split_view)
        undo = self.admin_site.admin_view(self.undo_view)
        columns = self.admin_site.admin_view(self.columns_view)
        return [
            path("columns/<int:upload_id>/", columns, name="billing_bankline_columns"),
            path("<int:bank_line_id>/deed/", view, name="billing_bankline_deed"),
            path(
                "<int:bank_line_id>/split/<int:account_id>/", split, name="billing_bankline_split"
            ),
            path("<int:bank_line_id>/undo/<int:match_id>/", undo, name="billing_bankline_undo"),
            *super().get_urls(),
        ]

    # Taking in a file.

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Take in a bank's CSV file."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._sent(request, "import", bank_columns.send(request))

    @doors.of_staff(BankLine, "add")
    def columns_view(self, request: HttpRequest, upload_id: int) -> HttpResponse:
        """Say which column of a file is what."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        upload = BankUpload.objects.filter(pk=upload_id).first()
        if upload is None:
            raise Http404(f"There is no file {upload_id}: it is taken in, or was kept too long.")
        return self._sent(request, "columns", bank_columns.say(request, upload))

    def _sent(
        self, request: HttpRequest, template: str, answer: HttpResponse | bank_deeds.Drawn
    ) -> HttpResponse:
        if isinstance(answer, HttpResponse):
            return answer
        status, context = answer
        return self._drawn(request, template, status=status, **context)

    # One line.

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request) or request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        line = self._line(request, int(object_id) if names_a_row(object_id) else 0)
        return self._page(request, line, TargetForm())

    @doors.of_staff(BankLine, "add")
    def deed_view(self, request: HttpRequest, bank_line_id: int) -> HttpResponse:
        """Match a line, or set it aside."""
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        if not self.has_add_permission(request):
            raise PermissionDenied
        line = self._line(request, bank_line_id)
        form = TargetForm(request.POST)
        try:
            said = self._do(request, line, form)
        except (ChangeRefused, ValueError) as refused:
            self.message_user(request, str(refused), messages.ERROR)
            line.refresh_from_db()
            return self._page(request, line, TargetForm(), status=_REFUSED)
        if not said:
            return self._page(request, line, form, status=_WRONG)
        if request.POST.get("deed") == "split":
            return HttpResponseRedirect(said)
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:billing_bankline_change", args=[line.pk]))

    def _do(self, request: HttpRequest, line: BankLine, form: TargetForm) -> str:
        """Do what was asked; what to say of it, nothing where the form is wrong."""
        who, at, deed = access.person_of(request), timezone.now(), request.POST.get("deed", "")
        if deed in {"aside", "back"}:
            matching.set_aside(line.pk, aside=deed == "aside")
            return "It is set aside." if deed == "aside" else "It is to be matched again."
        target = _target(request.POST.get("target", ""))
        if target is None and form.is_valid():
            target = form.target
        if target is None:
            return ""
        if deed == "split":
            return _split_address(line, target)
        match = matching.assign(line.pk, target, by=who, at=at)
        return f"{_money(line)} is written down as {match.payment.reference}."

    @doors.of_staff(BankLine, "add")
    def split_view(self, request: HttpRequest, bank_line_id: int, account_id: int) -> HttpResponse:
        """Split a line over the open invoices of a payer."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        line = self._line(request, bank_line_id)
        payers = access.rows(request.user, Account.objects.filter(payer=F("pk")))
        payer = payers.filter(pk=account_id).first()
        if payer is None:
            raise Http404(f"No payer has the number {account_id}.")
        return self._sent(request, "split", bank_deeds.split(request, line, payer))

    @doors.of_staff(BankLine, "add")
    def undo_view(self, request: HttpRequest, bank_line_id: int, match_id: int) -> HttpResponse:
        """What undoing a match does to the money, and doing it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        line = self._line(request, bank_line_id)
        if not line.matches.filter(pk=match_id).exists():
            raise Http404(f"There is no match {match_id} of that line.")
        return self._sent(request, "undo", bank_deeds.undo(request, line, match_id))

    def _line(self, request: HttpRequest, line_id: int) -> BankLine:
        found: BankLine | None = self.get_queryset(request).filter(pk=line_id).first()
        if found is None:
            raise Http404(f"There is no bank line {line_id}.")
        return found

    def _page(
        self, request: HttpRequest, line: BankLine, form: TargetForm, *, status: int = 200
    ) -> TemplateResponse:
        related = ("payment__invoice", "payment__payer", "order", "person", "undone_by")
        matches = list(line.matches.select_related(*related))
        return self._drawn(
            request,
            "page",
            status=status,
            title=f"Bank line {line}",
            line=line,
            amount=_money(line),
            booked=figures.day(line.booked_on),
            may=self.has_add_permission(request),
            form=form,
            suggested=[
                {"one": one, "split": _split_of(line, one.target)}
                for one in suggestions([line])[line.pk]
            ],
            split=sum(one.undone_at is None for one in matches) > 1,
            matches=[
                {
                    "match": match,
                    "amount": figures.money(
                        match.payment.amount.amount, match.payment.amount.currency.code
                    ),
                    "at": figures.instant(match.at),
                    "undone": figures.instant(match.undone_at) if match.undone_at else "",
                }
                for match in matches
            ],
        )

    def _drawn(
        self, request: HttpRequest, template: str, *, status: int = 200, **context: Any
    ) -> TemplateResponse:
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            f"admin/billing/bankline/{template}.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "media": self.media,
                **context,
            },
            status=status,
        )


def _target(words: str) -> Target | None:
    """What a button names: a kind and an id."""
    kind, _, key = words.partition(" ")
    if kind in set(Kind) and names_a_row(key):
        return Target(Kind(kind), int(key))
    return None


def _split_of(line: BankLine, target: Target) -> str:
    """Where it is split, beside the account of who pays alone."""
    return _split_address(line, target) if target.kind is Kind.ACCOUNT else ""


def _split_address(line: BankLine, target: Target) -> str:
    """Where a line is split over the invoices of who would pay this; of an order nobody."""
    if target.kind is Kind.ORDER:
        raise ChangeRefused("An order is paid by the whole line. Split it over invoices.")
    payer_id = target.key
    if target.kind is Kind.INVOICE:
        payer_id = Invoice.objects.get(pk=target.key).payer_id
    return reverse("admin:billing_bankline_split", args=[line.pk, payer_id])


def _money(line: BankLine) -> str:
    return figures.money(line.amount.amount, line.amount.currency.code)
