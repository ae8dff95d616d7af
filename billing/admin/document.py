"""What the desk's page of an invoice shows: its paper, its lines by account, its money."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from django.urls import reverse

from billing.admin import figures
from billing.admin.tables import Cell, Column, Row, Table
from billing.core.tax import Reason
from billing.documents.reading import charge_of
from billing.models import Invoice, LedgerEntry, Line, PaymentAttempt

LINES_A_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line, ready to be read."""

    id: int
    name: str
    kind: str
    days: str
    quantity: str
    unit_price: str
    share: str
    amount: str
    why: str


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one subscription of one account: an invoice may collect several."""

    account: str
    account_href: str
    cycle: str
    discount: str
    lines: tuple[ShownLine, ...]


def lines(invoice: Invoice, *, page: int) -> tuple[list[Line], bool]:
    """One page of an invoice's lines in the order of the document, and whether more follow."""
    first = (page - 1) * LINES_A_PAGE
    rows = Line.objects.filter(bill__invoice=invoice).select_related(
        "bill__subscription__account", "price", "reverses"
    )
    ordered = rows.order_by("bill_id", "position")
    found = list(ordered[first : first + LINES_A_PAGE + 1])
    return found[:LINES_A_PAGE], len(found) > LINES_A_PAGE


def groups(invoice: Invoice, shown: Iterable[Line]) -> Iterator[Group]:
    """These lines under the account and cycle that they belong to."""
    currency = invoice.total.currency.code
    for _, together in groupby(shown, key=lambda line: line.bill_id):
        of_bill = list(together)
        bill = of_bill[0].bill
        account = bill.subscription.account
        percent = figures.number(bill.discount_percent)
        yield Group(
            account=account.name,
            account_href=reverse("admin:accounts_account_change", args=[account.pk]),
            cycle=figures.days(bill.starts_on, bill.ends_on),
            discount=f"{percent} % off: {figures.money(-bill.discount, currency)}"
            if bill.discount
            else "",
            lines=tuple(_shown(line, invoice.pk, currency) for line in of_bill),
        )


def paper(invoice: Invoice) -> dict[str, Any]:
    """The figures at the head and the foot of the document."""
    currency = invoice.total.currency.code
    receivable = invoice.receivable
    return {
        "total": figures.money(invoice.total.amount, currency),
        "subtotal": figures.money(invoice.subtotal, currency),
        "discount": figures.money(-invoice.discount, currency) if invoice.discount else "",
        "taxes": [shown_tax(tax, currency) for tax in invoice.taxes],
        "open": figures.money(receivable.open.amount, currency),
        "state": figures.standing(receivable),
        "due": figures.day(receivable.due_on) if receivable.open.amount > 0 else "",
        "issued": figures.day(invoice.issued_on),
        "cycle": figures.day(invoice.cycle_date),
    }


def movements(invoice: Invoice) -> Table:
    """What was charged and paid for this document, and what was tried."""
    rows = [
        *(
            _entry(entry)
            for entry in LedgerEntry.objects.filter(invoice=invoice, payer=invoice.payer_id)
        ),
        *(
            _attempt(one)
            for one in PaymentAttempt.objects.filter(invoice=invoice).select_related("method")
        ),
    ]
    columns = (Column("When"), Column("What"), Column("Amount", figure=True), Column("State"))
    return Table("Payments and ledger", columns, tuple(rows), empty="Nothing was entered yet.")


def disputes(invoice: Invoice) -> list[dict[str, str]]:
    """The disputes of the payments of an invoice, the latest first, with the way to each."""
    return [
        {
            "reference": one.reference,
            "href": reverse("admin:billing_dispute_change", args=[one.pk]),
            "state": one.get_state_display(),
            "amount": figures.money(one.amount.amount, one.amount.currency.code),
        }
        for one in invoice.disputes.all()
    ]


def corrections(invoice: Invoice) -> Table | None:
    """The credit notes of an invoice, or the invoice that a credit note corrects, and why."""
    notes = invoice.corrections.select_related("correction__person").order_by("pk")
    beside = [_beside(note, note) for note in notes]
    if invoice.corrects is not None:
        beside.insert(0, _beside(invoice.corrects, invoice))
    columns = (
        *(Column("Document"), Column("Issued"), Column("Total", figure=True)),
        *(Column("Reason"), Column("Raised by")),
    )
    return Table("Beside it", columns, tuple(beside), empty="") if beside else None


def _beside(shown: Invoice, note: Invoice) -> Row:
    """A document beside this one; ``note`` is the credit note of the two."""
    correction = note.correction if hasattr(note, "correction") else None
    money = shown.total
    return Row(
        (
            Cell(
                shown.number,
                href=reverse("admin:billing_invoice_change", args=[shown.pk]),
                below=shown.get_kind_display(),
            ),
            Cell(figures.day(shown.issued_on)),
            Cell(figures.money(money.amount, money.currency.code)),
            Cell(correction.reason if correction else ""),
            Cell(str(correction.person) if correction else ""),
        )
    )


def _shown(line: Line, invoice_id: int, currency: str) -> ShownLine:
    charge = charge_of(line, figures.LANGUAGE)
    times = f" × {line.months} months" if line.months else ""
    return ShownLine(
        id=line.pk,
        name=line.names["en"],
        kind=line.get_kind_display(),
        days=figures.days(line.starts_on, line.ends_on),
        quantity=figures.quantity(charge),
        unit_price=figures.price(charge, currency) + times,
        share=_share(line, charge.part_of, currency),
        amount=figures.money(line.amount, currency),
        why=reverse("admin:billing_invoice_why", args=[invoice_id, line.pk]),
    )


def _share(line: Line, part_of: Decimal | None, currency: str) -> str:
    """Which part it is: of the days of the cycle, or of the line that it gives back."""
    if part_of is not None:
        return f"a part of {figures.money(part_of, currency)}"
    return f"{line.share_days} of {line.cycle_days} days" if line.share_days else "whole"


def shown_tax(tax: dict[str, str], currency: str) -> dict[str, str]:
    """One tax of a document: its rate, or why there is none, what it is of, and its amount."""
    rate = figures.number(Decimal(tax["rate"])) if tax.get("rate") else "0"
    why = _UNTAXED.get(tax.get("reason", ""), f"Tax {rate} %")
    return {
        "label": f"{why}, on {figures.money(Decimal(tax['base']), currency)}",
        "amount": figures.money(Decimal(tax["amount"]), currency),
    }


# As the document itself says it; a country's rate of nothing is named as a rate.
_UNTAXED: Final[dict[str, str]] = {
    Reason.ZERO_RATE: "Tax 0 %",
    Reason.REVERSE_CHARGE: "Reverse charge: the customer accounts for the tax",
    Reason.EXEMPT: "Exempt from tax",
}


def _entry(entry: LedgerEntry) -> Row:
    amount = figures.money(entry.amount.amount, entry.amount.currency.code)
    state = Cell("Entered", tone="good")
    return Row(
        (Cell(figures.instant(entry.at)), Cell(entry.get_kind_display()), Cell(amount), state)
    )


_TONES: Final = {
    PaymentAttempt.State.CHARGED: "good",
    PaymentAttempt.State.DECLINED: "bad",
    PaymentAttempt.State.TAKEN: "bad",
}


def _attempt(attempt: PaymentAttempt) -> Row:
    amount = figures.money(attempt.amount.amount, attempt.amount.currency.code)
    tone = _TONES.get(PaymentAttempt.State(attempt.state), "waiting")
    card = attempt.method or "no card"
    return Row(
        (
            Cell(figures.instant(attempt.settled_at or attempt.queued_at)),
            Cell(f"Attempt {attempt.number} to charge {card}", below=attempt.reason),
            Cell(amount),
            Cell(attempt.get_state_display(), tone=tone),
        )
    )
