"""Crediting: a credit note gives back stored, rounded lines of an issued invoice (STAFF-2)."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from djmoney.money import Money

from accounts.keys import reserve
from accounts.locks import lock_payers
from accounts.models import Account, User
from billing import ledger
from billing.attempts import call_off_waiting, owe_letter
from billing.core.credit import CreditNote, CreditTooHigh, credit_note
from billing.core.money import minor_digits, to_minor_unit
from billing.creditable import Creditable, beyond, creditable
from billing.models import Bill, Correction, Invoice, Line, Receivable, SellerDetails
from billing.numbering import Drawn, draw, number, series_of
from billing.reading import highest_parts
from billing.receivables import standing
from billing.refusals import ChangeRefused, QuoteChanged

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]

_COPIED = (
    "item_id", "product_code", "names", "kind", "starts_on", "ends_on", "quantity", "units",
    "unit_amount", "tiers", "share_days", "cycle_days", "months", "price_id", "event_ids",
    "last_sequence", "counted",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planned:
    """A credit note as it would be issued; amounts are what it gives, above zero.

    ``takes_off`` of its total covers what its own invoice leaves open, ``to_balance`` is the rest.
    """

    of: Creditable
    note: CreditNote
    takes_off: Decimal

    @property
    def to_balance(self) -> Decimal:
        return self.note.total - self.takes_off

    @property
    def currency(self) -> str:
        return str(self.of.invoice.total.currency.code)

    @property
    def lines(self) -> list[tuple[Line, Decimal]]:
        return [(self.of.lines[place], amount) for place, amount in self.note.credited]

    @property
    def seen(self) -> str:
        """What a page gives back to say that this is the note its reader confirms, once."""
        shown = [
            self.of.invoice.pk,
            len(self.of.notes),
            [[place, str(amount)] for place, amount in self.note.credited],
            [str(self.note.total), str(self.note.tax), str(self.takes_off)],
        ]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def plan(*, invoice_id: int, amounts: Mapping[int, Decimal]) -> Planned:
    """What a credit note of these amounts (by the id of the line, before its discount) would be.

    Nothing is written. `ChangeRefused` for what cannot be given back: more of a line than is left,
    nothing at all, or lines whose sum others below zero have lowered.
    """
    invoice = Invoice.objects.select_related("receivable").get(pk=invoice_id)
    return _plan(creditable(invoice), amounts)


def whole(*, invoice_id: int) -> dict[int, Decimal]:
    """All that is left of an invoice, line by line, as `plan` and `credit` take it."""
    return {key: left for key, left in creditable(_issued(invoice_id)).left.items() if left}


def credit(
    *,
    invoice_id: int,
    amounts: Mapping[int, Decimal],
    seen: str,
    reason: str,
    by: User,
    clock: Clock,
) -> Invoice:
    """Issue the credit note of these amounts, as it was shown, and owe its letter.

    It takes off what its own invoice leaves open; the rest is the payer's credit balance and pays
    for the next invoices. A charge that waits is called off but for what is left of it. All notes
    of an invoice together are never more than it was billed, line by line, rate by rate and in all.

    `QuoteChanged` where the note would not be what was ``seen`` any more, `ChangeRefused` as `plan`
    raises it, and without a reason.
    """
    if not reason.strip():
        raise ChangeRefused("A credit note has a reason that the customer may read. Write it.")
    payer_id = Invoice.objects.values_list("payer_id", flat=True).get(pk=invoice_id)
    with transaction.atomic():
        payer = lock_payers([payer_id])[payer_id]
        planned = _plan(creditable(_issued(invoice_id)), amounts)
        if planned.seen != seen:
            raise QuoteChanged(
                f"{planned.of.invoice} has changed since this was shown. Look at it again."
            )
        note = _issue(planned, payer, clock)
        Correction.objects.create(note=note, reason=reason.strip(), person=by, at=note.issued_at)
        _settle(planned, note)
        owe_letter(note, payer=payer, at=note.issued_at)
        call_off_waiting(invoice_id=invoice_id, payer=payer, at=note.issued_at)
    logger.info(
        "credit note issued invoice=%s note=%s total=%s by=%s",
        planned.of.invoice.number, note.number, note.total, by.pk,
    )  # fmt: skip
    return note


def _issued(invoice_id: int) -> Invoice:
    return Invoice.objects.select_related("receivable").get(pk=invoice_id)


def _plan(of: Creditable, amounts: Mapping[int, Decimal]) -> Planned:
    currency = of.invoice.total.currency.code
    _refuse_unpayable(of, amounts, currency)
    credited = sorted((of.places[key], amount) for key, amount in amounts.items())
    try:
        note = credit_note(of.billed, credited, earlier=of.notes, currency=currency)
    except CreditTooHigh as problem:
        raise ChangeRefused(str(problem)) from None
    if note.total <= 0:
        raise ChangeRefused(
            "These lines come to nothing: a credit note gives something. Choose other lines."
        )
    still_open = to_minor_unit(of.invoice.receivable.open.amount, currency)
    return Planned(of, note, takes_off=max(min(still_open, note.total), Decimal(0)))


def _refuse_unpayable(of: Creditable, amounts: Mapping[int, Decimal], currency: str) -> None:
    if not amounts:
        raise ChangeRefused("Nothing is chosen. Write for at least one line what to give back.")
    if unknown := amounts.keys() - of.places.keys():
        raise ChangeRefused(f"{of.invoice} has no line {min(unknown)}. Choose among its own.")
    for line in of.lines:
        if line.pk in amounts:
            _refuse_unpayable_line(line, amounts[line.pk], of.left[line.pk], currency)


def _refuse_unpayable_line(line: Line, amount: Decimal, left: Decimal, currency: str) -> None:
    if to_minor_unit(amount, currency) != amount:
        raise ChangeRefused(
            f"{currency} has {minor_digits(currency)} decimals. Write another amount than {amount} "
            f"for {line.names['en']}."
        )
    if problem := beyond(amount, line=line, left=left, currency=currency):
        raise ChangeRefused(problem)


# ---- writing ----


def _issue(planned: Planned, payer: Account, clock: Clock) -> Invoice:
    """Write the document with its bills and lines, numbered last (decision 15)."""
    [key] = reserve(Invoice, count=1)
    _write_bills(planned, key, at=clock())
    seller = SellerDetails.objects.first()
    if seller is None:
        raise ChangeRefused("Nothing says who sells: write the seller's details first.")
    series = series_of(Invoice.Kind.CREDIT_NOTE)
    drawn = draw(wanted={series: 1}, zone=seller.time_zone, clock=clock)
    return Invoice.objects.create(
        pk=key, seller=seller, **_named(series, drawn), **_foot(planned), **_about(planned, payer)
    )


def _named(series: str, drawn: Drawn) -> dict[str, Any]:
    sequence = drawn.first[series]
    return {
        "series": series,
        "year": drawn.year,
        "sequence": sequence,
        "number": number(series=series, year=drawn.year, sequence=sequence),
        "issued_at": drawn.issued_at,
        "issued_on": drawn.issued_on,
        "due_on": drawn.issued_on,
    }


def _about(planned: Planned, payer: Account) -> dict[str, Any]:
    """What it is about: its invoice, with the customer as that one names them."""
    invoice = planned.of.invoice
    reason, day = Invoice.Reason.CORRECTION, invoice.cycle_date
    highest = highest_parts([payer.pk], since=day, using="default")
    return {
        "kind": Invoice.Kind.CREDIT_NOTE,
        "payer": payer,
        "reason": reason,
        "cycle_date": day,
        "part": highest.get((payer.pk, reason, day), 0) + 1,
        "customer": invoice.customer,
        "language": payer.language,
        "pays_by": payer.pays_by,
        "corrects": invoice,
    }


def _foot(planned: Planned) -> dict[str, Any]:
    """Its amounts, signed as charges."""
    note, [tax] = planned.note, planned.of.invoice.taxes
    given = {"base": str(-note.net), "amount": str(-note.tax)}
    return {
        "subtotal": -note.net - note.discount,
        "discount": -note.discount,
        "taxes": [{**tax, **given}],
        "tax": -note.tax,
        "total": Money(-note.total, planned.currency),
    }


def _write_bills(planned: Planned, invoice_id: int, *, at: datetime) -> None:
    """A bill for each one that lines are given back of, with lines that name theirs."""
    for original, base, lines in _by_bill(planned):
        subtotal = sum((amount for _, amount in lines), Decimal(0))
        bill = Bill.objects.create(
            subscription_id=original.subscription_id,
            invoice_id=invoice_id,
            reason=Bill.Reason.CORRECTION,
            number=original.number,
            starts_on=original.starts_on,
            ends_on=original.ends_on,
            at=at,
            subtotal=-subtotal,
            discount_percent=original.discount_percent,
            discount=base - subtotal,
        )
        Line.objects.bulk_create(
            Line(
                bill=bill,
                position=position,
                amount=-amount,
                reverses=line,
                **{name: getattr(line, name) for name in _COPIED},
            )
            for position, (line, amount) in enumerate(lines, start=1)
        )


def _by_bill(
    planned: Planned,
) -> Iterator[tuple[Bill, Decimal, Sequence[tuple[Line, Decimal]]]]:
    for bill, base in zip(planned.of.bills, planned.note.bases, strict=True):
        mine = [(line, amount) for line, amount in planned.lines if line.bill_id == bill.pk]
        if mine:
            yield bill, base, mine


def _settle(planned: Planned, note: Invoice) -> None:
    """Enter the note in the ledger, and take off what its own invoice leaves open."""
    at, currency = note.issued_at, planned.currency
    ledger.enter_documents(
        [
            ledger.IssuedDocument(
                invoice_id=note.pk,
                payer_id=note.payer_id,
                kind=note.kind,
                currency=currency,
                total=note.total.amount,
                issued_at=at,
            )
        ]
    )
    state, settled_at = standing(planned.to_balance, closed_by=Receivable.State.SETTLED, at=at)
    Receivable.objects.create(
        invoice=note,
        payer_id=note.payer_id,
        open=Money(-planned.to_balance, currency),
        state=state,
        due_on=note.due_on,
        settled_at=settled_at,
    )
    if planned.takes_off:
        own = planned.of.invoice.receivable
        own.open -= Money(planned.takes_off, currency)
        own.state, own.settled_at = standing(
            own.open.amount, closed_by=Receivable.State.SETTLED, at=at
        )
        own.save(update_fields=["open", "state", "settled_at"])
