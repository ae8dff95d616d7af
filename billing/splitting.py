"""One transfer for several invoices: a bank line is split over them, and undone as a whole."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from djmoney.money import Money

from accounts.locks import lock_payers
from accounts.models import Account, User
from billing import transfers
from billing.core.display import format_money
from billing.core.money import minor_digits, to_minor_unit
from billing.matching import locked, named_in, own_reference
from billing.models import BankLine, BankMatch, Payment, Receivable
from billing.receivables import keep
from billing.refusals import ChangeRefused

logger = logging.getLogger(__name__)

# As many invoices are offered; who has more open splits the rest's credit again.
MOST: Final = 100


def payable(line: BankLine, payer: Account) -> Sequence[Receivable]:
    """The payer's invoices that a line can pay, the oldest due first. One query."""
    rows = Receivable.objects.filter(payer=payer, state=Receivable.State.OPEN, open__gt=0)
    of_currency = rows.filter(open_currency=line.amount.currency.code).select_related("invoice")
    return list(of_currency.order_by("due_on", "pk")[:MOST])


def suggested(line: BankLine, rows: Sequence[Receivable]) -> dict[int, Decimal]:
    """How much of a line each invoice gets: those that it names first, then the oldest due.

    120.00 for invoices of 50.00, 50.00 and 50.00: 50.00, 50.00 and 20.00.
    """
    named, _orders = named_in(line)
    left = line.amount.amount
    parts = dict.fromkeys((row.invoice_id for row in rows), Decimal(0))
    for row in sorted(rows, key=lambda one: one.invoice.number not in named):
        parts[row.invoice_id] = min(left, row.open.amount)
        left -= parts[row.invoice_id]
    return {key: to_minor_unit(part, line.amount.currency.code) for key, part in parts.items()}


def assign_parts(
    line_id: int, parts: Mapping[int, Decimal], *, payer_id: int, by: User, at: datetime
) -> list[BankMatch]:
    """Let a line pay so much of each of these invoices, by id; the rest is credit on account.

    One transaction: all of it, or nothing. `ChangeRefused` for a line that is matched already, for
    more than the line brings or than is open of an invoice, for an invoice of another payer or
    another currency, and where nothing is paid. Call it outside any transaction.

    Worked example: 120.00 pay 50.00 and 60.00; 10.00 are credit on account, and pay for the next
    invoices.
    """
    with transaction.atomic():
        payer = lock_payers([payer_id])[payer_id]
        line = locked(line_id)
        if line.state == BankLine.State.MATCHED:
            raise ChangeRefused(f"{line} was matched already. Look at what it paid.")
        wanted = {key: part for key, part in parts.items() if part}
        rest = line.amount.amount - sum(wanted.values(), Decimal(0))
        _refuse(line, payer, wanted, rest)
        matches = []
        for key, part in wanted.items():
            payment = transfers.receive(
                invoice_id=key, amount=part, at=at, reference=own_reference(line)
            )
            matches.append(_match(line, payment, by=by, at=at))
        if rest:
            matches.append(_match(line, _kept(line, payer, rest, at=at), by=by, at=at))
        line.state = BankLine.State.MATCHED
        line.save(update_fields=["state"])
    logger.info("bank line split line=%s parts=%s by=%s", line_id, len(matches), by.pk)
    return matches


def _refuse(line: BankLine, payer: Account, wanted: Mapping[int, Decimal], rest: Decimal) -> None:
    currency = line.amount.currency.code
    if not wanted:
        raise ChangeRefused("No invoice is paid by this. Write how much goes to which.")
    if rest < 0:
        raise ChangeRefused(
            f"The line brings {_plain(line.amount.amount, currency)}, the parts come to "
            f"{_plain(line.amount.amount - rest, currency)}."
        )
    if rest and currency != payer.currency:
        raise ChangeRefused(
            f"{_plain(rest, currency)} would be left, and {payer} has credit in {payer.currency} "
            "alone. Give all of it to invoices."
        )
    rows = Receivable.objects.filter(payer=payer, invoice__in=wanted, open_currency=currency)
    found = {row.invoice_id: row for row in rows.select_related("invoice")}
    for key, part in wanted.items():
        row = found.get(key)
        if row is None:
            raise ChangeRefused(f"One of the invoices is none of {payer}'s in {currency}.")
        refuse_part(row, part)


def refuse_part(row: Receivable, part: Decimal) -> None:
    """`ChangeRefused` for what cannot be paid of an invoice."""
    currency = row.open.currency.code
    if part < 0 or to_minor_unit(part, currency) != part:
        raise ChangeRefused(
            f"{currency} has {minor_digits(currency)} decimals. Write an amount of zero or more."
        )
    if part > row.open.amount:
        raise ChangeRefused(
            f"{_plain(row.open.amount, currency)} are open of {row.invoice.number}. What is more "
            "stays as credit: leave it to the rest."
        )


def _kept(line: BankLine, payer: Account, rest: Decimal, *, at: datetime) -> Payment:
    payment = Payment(
        payer=payer,
        amount=Money(rest, line.amount.currency),
        at=at,
        gateway=transfers.GATEWAY,
        reference=own_reference(line),
    )
    keep(payment)
    return payment


def _match(line: BankLine, payment: Payment, *, by: User, at: datetime) -> BankMatch:
    standing = line.matches.filter(undone_at=None).count()
    match: BankMatch = BankMatch.objects.create(
        line=line, part=standing + 1, payment=payment, at=at, person=by
    )
    return match


def _plain(amount: Decimal, currency: str) -> str:
    return format_money(to_minor_unit(amount, currency), currency, "en")
