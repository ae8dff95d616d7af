"""A told story as the JSON value that `simulate` prints."""

from __future__ import annotations

from collections.abc import Sequence

from billing.core.lines import Json, Line
from billing.core.quote import Quote
from billing.core.scenario_telling import Story, ToldInvoice
from billing.core.totals import Totals


def answer(story: Story) -> dict[str, Json]:
    """The invoices and, where there is one, the preview, as docs/scenario.md describes them."""
    currency = story.scenario.customer.currency
    answered: dict[str, Json] = {
        "invoices": [_invoice(invoice, currency) for invoice in story.invoices]
    }
    if story.preview is not None:
        answered["preview"] = _preview(story.preview)
    return answered


def _invoice(invoice: ToldInvoice, currency: str) -> Json:
    totals = invoice.totals
    return {
        "date": invoice.on.isoformat(),
        "reason": invoice.reason.value,
        "currency": currency,
        "lines": _lines(invoice.lines),
        "subtotal": f"{totals.subtotal:f}",
        "discount": f"{totals.discount:f}",
        "taxes": _taxes(totals),
        "total": f"{totals.total:f}",
    }


def _taxes(totals: Totals) -> Json:
    return [
        {"rate": f"{tax.rate:f}", "base": f"{tax.base:f}", "amount": f"{tax.amount:f}"}
        for tax in totals.charged_taxes
    ]


def _preview(quote: Quote) -> Json:
    due_now, next_invoice = quote.due_now, quote.next_invoice
    return {
        "due_now": {"lines": _lines(due_now.lines), "total": f"{due_now.totals.total:f}"},
        "next_invoice": {
            "date": next_invoice.on.isoformat(),
            "lines": _lines(next_invoice.lines),
            "total": f"{next_invoice.totals.total:f}",
        },
        "every_cycle": {"total": f"{quote.every_cycle.totals.total:f}"},
    }


def _lines(lines: Sequence[Line]) -> Json:
    return [_line(line) for line in lines]


def _line(line: Line) -> Json:
    told: dict[str, Json] = {
        "product": line.product,
        "kind": line.kind.value,
        "from": line.period.start.isoformat(),
        "to": line.period.end.isoformat(),
        "quantity": str(line.quantity),
    }
    if line.units is not None:
        told["units"] = f"{line.units:f}"
    if line.unit_amount is not None:
        told["unit_amount"] = f"{line.unit_amount:f}"
    if line.months is not None:
        told["months"] = line.months
    if line.share is not None:
        told["share"] = f"{line.share[0]}/{line.share[1]}"
    return told | {"amount": f"{line.amount:f}", "because": list(line.because)}
