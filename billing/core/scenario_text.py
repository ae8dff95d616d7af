"""A told story as a statement for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from billing.core.lines import Kind, Line
from billing.core.quote import Quote, Unsaved
from billing.core.scenario_telling import Reason, Story, ToldInvoice
from billing.core.totals import Totals

_REASONS = {Reason.CYCLE: "a cycle opens", Reason.CHANGE: "charged at once"}
_KINDS = {
    Kind.ADVANCE: "in advance",
    Kind.MEMBERS: "billable members",
    Kind.PRORATION: "prorated",
    Kind.CREDIT: "credit",
    Kind.PEAK: "peak",
    Kind.METERED: "metered",
    Kind.ONCE: "once",
}


def statement(story: Story) -> str:
    """Every invoice with its lines, each line with its sum written out, and the preview."""
    currency = story.scenario.customer.currency
    parts = ["\n".join(_invoice(invoice, currency)) for invoice in story.invoices]
    if story.preview is not None:
        parts.append("\n".join(_preview(story.preview, currency)))
    return "\n\n".join(parts)


def _invoice(invoice: ToldInvoice, currency: str) -> Iterator[str]:
    yield f"Invoice of {invoice.on} ({_REASONS[invoice.reason]})"
    yield from _lines(invoice.lines)
    yield from _foot(invoice.totals, currency)


def _lines(lines: Sequence[Line]) -> Iterator[str]:
    rows = [_row(line) for line in lines]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for product, kind, days, sum_, amount, because in rows:
        what = f"{product:<{widths[0]}}  {kind:<{widths[1]}}  {days}  {sum_:<{widths[3]}}"
        yield f"  {what}  {amount:>{widths[4]}}  {because}".rstrip()
    if not rows:
        yield "  nothing"


def _row(line: Line) -> tuple[str, str, str, str, str, str]:
    return (
        line.product,
        _KINDS[line.kind],
        f"{line.period.start} to {line.period.end}",
        _sum(line),
        f"{line.amount:f}",
        f"because of {', '.join(map(str, line.because))}" if line.because else "",
    )


def _sum(line: Line) -> str:
    """The line multiplied out: quantity, unit amount, months and share of days."""
    factors = [str(line.quantity)]
    if line.units is not None:
        factors = [f"{line.quantity} (counts as {line.units:f})"]
    if line.unit_amount is not None:
        factors.append(f"{line.unit_amount:f}")
    if line.months is not None:
        factors.append(f"{line.months} months")
    if line.share is not None:
        factors.append(f"{line.share[0]}/{line.share[1]} days")
    return " x ".join(factors)


def _foot(totals: Totals, currency: str) -> Iterator[str]:
    yield f"  Subtotal {totals.subtotal:f}"
    if totals.discount:
        yield f"  Discount {-totals.discount:f}"
    for tax in totals.charged_taxes:
        yield f"  Tax of {tax.rate:f} % on {tax.base:f}: {tax.amount:f}"
    yield f"  Total {totals.total:f} {currency}"


def _preview(quote: Quote, currency: str) -> Iterator[str]:
    yield f"Preview: due now, {quote.due_now.on}"
    yield from _lines(quote.due_now.lines)
    yield from _foot(quote.due_now.totals, currency)
    estimate = ", an estimate while use is metered" if quote.estimated else ""
    yield f"Preview: next invoice, {quote.next_invoice.on}{estimate}"
    yield from _lines(quote.next_invoice.lines)
    yield from _foot(quote.next_invoice.totals, currency)
    yield f"Preview: every cycle after, {quote.every_cycle.totals.total:f} {currency}"
    for unsaved in quote.unsaved:
        yield _kept(unsaved, currency)


def _kept(unsaved: Unsaved, currency: str) -> str:
    peak = f", the peak of {unsaved.peak_on}" if unsaved.peak_on is not None else ""
    return (
        f"Not saved until {unsaved.until}: {unsaved.amount:f} {currency} "
        f"for {unsaved.quantity} of {unsaved.product}{peak}"
    )
