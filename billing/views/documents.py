"""One invoice or credit note: its lines, what stands beside it, and *Why this amount?*."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final

from allauth.core import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access, doors
from accounts.access import Standing
from accounts.rights import Right
from billing import disputes, papers, paying
from billing.core.periods import local_day
from billing.documents import explaining
from billing.documents.page import sums_of
from billing.documents.reading import charge_of, foot, reason_of
from billing.documents.wording import line_words
from billing.forms.sending import SendForm
from billing.models import Invoice, Line, Payment, PaymentAttempt, RefundAttempt
from billing.sending import send_copy
from billing.why import Change as Changed
from billing.why import MemberChange, Used, UsedOnDay, why
from billing.why_people import People, people_of

_LINES: Final = 100
_TAKEN: Final = PaymentAttempt.State.TAKEN


@doors.of_account(Right.SEE_BILLING, names_paid_for=True)
@require_safe
def document(request: HttpRequest, account_id: int, invoice_id: int) -> HttpResponse:
    """The document line by line, with what was credited, paid and given back of it. PLAN-12."""
    here = access.enter(request, account_id, needs=Right.SEE_BILLING)
    shown = get_object_or_404(_documents(here), pk=invoice_id)
    lines = Line.objects.filter(bill__invoice=shown).order_by("bill_id", "position")
    related = lines.select_related("bill__subscription__account", "price", "reverses")
    page = Paginator(related, _LINES).get_page(request.GET.get("page"))
    context = {
        "here": here,
        "document": shown,
        "state": papers.state_of(shown.receivable, disputed=shown.disputed),
        "reason": reason_of(shown),
        **_paying(here, shown),
        "groups": list(_groups(shown, page.object_list)),
        "page": page,
        "sums": sums_of(foot(shown, language=_language())),
        "beside": list(_beside(shown)),
    }
    return render(request, "billing/papers/document.html", context)


def _paying(here: Standing, shown: Invoice) -> dict[str, Any]:
    """Whether what is open can be paid now, or why no card is charged for it again."""
    if shown.receivable.open.amount <= 0:
        return {}
    found = paying.payable(shown, at=timezone.now())
    # Another card can pay what the bank of the first one has taken back.
    pays = not found.not_again or (found.last is not None and found.last.state == _TAKEN)
    return {"pays_now": pays and here.may(Right.PURCHASE), "not_again": found.not_again}


@doors.of_account(Right.SEE_BILLING, names_paid_for=True)
@require_safe
def explain(request: HttpRequest, account_id: int, invoice_id: int, line_id: int) -> HttpResponse:
    """*Why this amount?* of one line: who did what when, and the sum step by step."""
    here = access.enter(request, account_id, needs=Right.SEE_BILLING)
    shown = get_object_or_404(_documents(here), pk=invoice_id)
    line = get_object_or_404(Line.objects.filter(bill__invoice=shown), pk=line_id)
    answer, language = why(line.pk, page=_page(request)), _language()
    people = people_of(answer, here=here)
    original = answer.line.reverses
    context = {
        "here": here,
        "document": shown,
        "why": answer,
        "name": answer.line.names.get(language) or answer.line.names["en"],
        "opening": explaining.opening(answer, language=language),
        "steps": explaining.sentences(answer, language=language),
        "price": explaining.price(answer, language=language),
        "causes": [_cause(one, people) for one in answer.causes],
        "counts": answer.used is not None,
        "original": original if original is not None and original.bill.invoice_id else None,
        "newer": answer.page - 1,
        "older": answer.page + 1 if answer.more else 0,
    }
    return render(request, "billing/papers/why.html", context)


@doors.of_account(Right.SEE_BILLING)
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, account_id: int, invoice_id: int) -> HttpResponse:
    """To whom the document is to go by e-mail, and then send it."""
    here = access.enter(request, account_id, needs=Right.SEE_BILLING)
    shown = get_object_or_404(_documents(here), pk=invoice_id)
    form = SendForm(request.POST if request.method == "POST" else None, here=here)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        context = {"here": here, "document": shown, "form": form}
        return render(request, "billing/papers/send.html", context, status=status)
    action, person = "send_document", here.person
    if too_often := ratelimit.consume_or_429(request, action=action, user=person):
        return too_often
    send_copy(
        invoice=shown,
        to=form.addresses,
        language=_language() if form.to_myself else here.account.language,
        token=form.cleaned_data["token"],
        by=person,
        at=timezone.now(),
    )
    words = _("%(number)s is on its way to %(to)s.")
    messages.success(request, words % {"number": shown.number, "to": form.addresses})
    return HttpResponseRedirect(reverse("billing:document", args=[here.account.pk, shown.pk]))


def _documents(here: Standing) -> QuerySet[Any]:
    related = ("receivable", "corrects", "correction", "seller")
    rows = Invoice.objects.annotate(disputed=disputes.OF_INVOICE).select_related(*related)
    return here.rows(rows, by="payer")


def _groups(invoice: Invoice, lines: Iterable[Line]) -> Iterator[dict[str, Any]]:
    """The lines under the account that they are of, as the document names it."""
    currency, language = str(invoice.total.currency), _language()
    known: dict[str, str] = invoice.customer.get("accounts", {})
    for account, together in groupby(lines, key=lambda line: line.bill.subscription.account):
        own = account.pk == invoice.payer_id
        yield {
            "name": "" if own else known.get(str(account.pk), account.name),
            "lines": [
                {
                    "id": line.pk,
                    "words": line_words(
                        charge_of(line, language),
                        currency=currency,
                        language=language,
                        in_favour=invoice.kind == Invoice.Kind.CREDIT_NOTE,
                    ),
                }
                for line in together
            ],
        }


def _beside(invoice: Invoice) -> Iterator[dict[str, Any]]:
    """The notes of an invoice or the invoice of a note, and the money that came and went.

    All by the days of the seller's time zone, as the document itself is dated (`booked_days`).
    """
    zone = invoice.seller.time_zone
    if invoice.corrects is not None:
        yield _paper(papers.Kind.INVOICE, invoice.corrects, invoice.corrects.total)
    for note in invoice.corrections.select_related("correction").order_by("pk"):
        yield _paper(papers.Kind.CREDIT_NOTE, note, note.total, reason=reason_of(note))
    rows = Payment.objects.filter(invoice=invoice).order_by("pk")
    for payment in rows.select_related("refund", "dispute_move", "undoes"):
        refund = getattr(payment, "refund", None)
        yield {
            "kind": papers.kind_of(payment),
            "number": payment.reference,
            "on": local_day(payment.at, zone),
            "amount": payment.amount,
            "reason": refund.note if refund else _of_dispute(payment),
        }
    waiting = RefundAttempt.objects.filter(invoice=invoice, state__in=RefundAttempt.UNSETTLED)
    for refund in waiting:
        yield {
            "kind": papers.Kind.REFUND,
            "on": local_day(refund.queued_at, zone),
            "amount": -refund.amount,
            "reason": refund.note,
            "waits": True,
        }


def _of_dispute(payment: Payment) -> str:
    """Why money moved that a dispute has moved; nothing of any other."""
    if not hasattr(payment, "dispute_move"):
        return ""
    if payment.amount.amount < 0:
        return _("Disputed at the bank, which took it back.")
    return _("The dispute was decided, and the money came back to us.")


def _paper(kind: papers.Kind, shown: Invoice, amount: Any, *, reason: str = "") -> dict[str, Any]:
    return {
        "kind": kind,
        "id": shown.pk,
        "number": shown.number,
        "on": shown.issued_on,
        "amount": amount,
        "reason": reason,
    }


def _cause(cause: Any, people: People) -> dict[str, Any]:
    """One click as the page tells it."""
    if isinstance(cause, UsedOnDay):
        return {"day": cause.day, "records": cause.records, "quantity": cause.quantity}
    told: dict[str, Any] = {"at": cause.at, "who": people.who(cause), "why": people.why(cause)}
    match cause:
        case Changed():
            told |= {"was": cause.was, "becomes": cause.becomes, "waits": cause.waits}
        case MemberChange():
            told |= {"member": people.what_member(cause), "step": cause.step}
        case Used():
            told |= {"quantity": cause.quantity, "key": cause.key}
    return told


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    usual = text.isascii() and text.isdecimal() and len(text) < 7
    return max(int(text), 1) if usual else 1


def _language() -> str:
    return (translation.get_language() or "en").partition("-")[0]
