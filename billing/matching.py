"""Matching bank lines with what they pay: an invoice, an order, or the payer's account.

What names exactly one of them and brings its amount to the cent is matched by itself; all else is
matched by a person, and can be undone by a payment of the opposite sign.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.db import transaction

from accounts.locks import lock_payers
from accounts.models import Account, User
from billing import ordering, transfers, waiting
from billing.catching_up import catch_up
from billing.credit_moves import used_of
from billing.models import (
    BankLine,
    BankMatch,
    Deposit,
    Invoice,
    Order,
    Payment,
    Receivable,
    RefundAttempt,
)
from billing.receivables import keep, reverse
from billing.refusals import ChangeRefused

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
State: Final = BankLine.State
# Banks drop hyphens, or put blanks in their place.
_INVOICE: Final = re.compile(r"(?<![A-Z0-9])SL[\s\-/.]*(\d{4})[\s\-/.]*(\d{6,9})(?!\d)", re.I)
_ORDER: Final = re.compile(r"(?<![A-Z0-9])ORD[\s\-/.]*(\d{6,12})(?!\d)", re.I)


class Kind(StrEnum):
    """What a line can pay."""

    INVOICE = "invoice"
    ORDER = "order"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """One thing that a line can pay, by its id; of an account: its money on account."""

    kind: Kind
    key: int


def named_in(line: BankLine) -> tuple[set[str], set[int]]:
    """The numbers of invoices, and the ids of orders, that a line names."""
    said = f"{line.text} {line.reference}"
    invoices = {f"SL-{year}-{number}" for year, number in _INVOICE.findall(said)}
    return invoices, {int(number) for number in _ORDER.findall(said)}


def match_new(*, clock: Clock, import_id: int | None = None) -> int:
    """Match the lines that nobody has tried yet, where there is no doubt; how many were.

    A line that was begun and whose process died is taken up by the job. One that fails is logged
    and left to a person: it holds up no other. Call it outside any transaction.
    """
    lines = BankLine.objects.filter(state=State.OPEN, tried_at=None)
    if import_id is not None:
        lines = lines.filter(taken_in=import_id)
    matched = 0
    for line in lines.order_by("pk"):
        try:
            target = _beyond_doubt(line)
            if target is not None:
                assign(line.pk, target, by=None, at=clock())
                matched += 1
        except (ChangeRefused, ValueError) as refused:
            logger.info("bank line not matched line=%s because=%s", line.pk, refused)
        except Exception:
            # Whatever is wrong with one line must not stop the others.
            logger.exception("bank line not matched line=%s", line.pk)
        BankLine.objects.filter(pk=line.pk).update(tried_at=clock())
    return matched


def _beyond_doubt(line: BankLine) -> Target | None:
    """What a line names, and brings the amount of to the cent."""
    invoices, orders = named_in(line)
    if len(invoices) + len(orders) != 1:
        return None
    for number in invoices:
        found = Receivable.objects.filter(invoice__number=number, open=line.amount).first()
        return None if found is None else Target(Kind.INVOICE, found.invoice_id)
    for key in orders:
        order = Order.objects.filter(pk=key, state=Order.State.WAITING).first()
        if order is not None and waiting.to_transfer(order) == line.amount:
            return Target(Kind.ORDER, order.pk)
    return None


def assign(line_id: int, target: Target, *, by: User | None, at: datetime) -> BankMatch:
    """Let a line pay this; once, whoever else tries it at the same time.

    Over an invoice's open amount it leaves credit, under it the rest stays open (`transfers`); for
    an order see `waiting.receive`. `ChangeRefused` for a line that is matched already, for another
    currency and for what does not exist. Call it outside any transaction.
    """
    payer = _payer_of(target)
    if target.kind is Kind.ORDER:
        catch_up(payer, at=at)
    with transaction.atomic():
        lock_payers([payer.pk])
        line = locked(line_id)
        if line.state == State.MATCHED:
            raise ChangeRefused(f"{line} was matched already. Look at what it paid.")
        payment = _paid(line, target, payer, at)
        match: BankMatch = BankMatch.objects.create(
            line=line,
            payment=payment,
            order_id=target.key if target.kind is Kind.ORDER else None,
            at=at,
            person=by,
        )
        line.state = State.MATCHED
        line.save(update_fields=["state"])
    logger.info("bank line matched line=%s %s=%s", line_id, target.kind, target.key)
    return match


def _payer_of(target: Target) -> Account:
    if target.kind is Kind.INVOICE:
        invoice = Invoice.objects.filter(pk=target.key, kind=Invoice.Kind.INVOICE)
        found = [one.payer for one in invoice.select_related("payer")]
    elif target.kind is Kind.ORDER:
        found = [one.payer for one in Order.objects.filter(pk=target.key).select_related("payer")]
    else:
        found = [one.payer for one in Account.objects.filter(pk=target.key).select_related("payer")]
    if not found:
        raise ChangeRefused(f"There is no {target.kind} {target.key}.")
    return found[0]


def _paid(line: BankLine, target: Target, payer: Account, at: datetime) -> Payment:
    currency, amount = line.amount.currency.code, line.amount.amount
    wants = payer.currency
    if target.kind is Kind.INVOICE:
        wants = Invoice.objects.get(pk=target.key).total.currency.code
    if currency != wants:
        raise ChangeRefused(f"The line is in {currency}, this is in {wants}.")
    reference = own_reference(line)
    if target.kind is Kind.INVOICE:
        return transfers.receive(invoice_id=target.key, amount=amount, at=at, reference=reference)
    if target.kind is Kind.ORDER:
        return waiting.take_in(
            target.key, amount=amount, at=at, gateway=transfers.GATEWAY, reference=reference
        )
    payment = Payment(
        payer=payer, amount=line.amount, at=at, gateway=transfers.GATEWAY, reference=reference
    )
    keep(payment)
    return payment


def locked(line_id: int) -> BankLine:
    """The line, locked, with all of the same bank's number: so each payment is told apart.

    Belongs into the transaction that has locked the payer, before `own_reference`.
    """
    number = BankLine.objects.values_list("reference", flat=True).get(pk=line_id)
    alike = BankLine.objects.select_for_update(of=("self",)).filter(reference=number)
    return next(line for line in alike.order_by("pk") if line.pk == line_id)


def own_reference(line: BankLine) -> str:
    """The bank's number, told apart where another payment has it: of another day, or undone."""
    of_bank = Payment.objects.filter(gateway=transfers.GATEWAY)
    if not of_bank.filter(reference=line.reference).exists():
        return line.reference
    times = line.matches.count()
    return f"{line.reference} ({line.booked_on} {line.pk}.{times + 1})"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What undoing takes back of one match: the ``payment`` off the document or deposit it is on.

    ``credit`` of it is in credit, the rest opens the invoice again.
    """

    match: BankMatch
    payment: Payment
    of: Receivable | Deposit
    credit: Decimal

    @property
    def opens(self) -> Decimal:
        """By how much the invoice is open again."""
        return self.payment.amount.amount - self.credit


def undoing(match_id: int) -> list[TakenBack]:
    """What undoing a match takes back: of a line that was split, all of its parts.

    `ChangeRefused` where it was undone already, where some of the money has paid for something else
    since, is reserved for an order that is being paid (decision 49), or went back.
    """
    line_id = BankMatch.objects.values_list("line_id", flat=True).get(pk=match_id)
    rows = BankMatch.objects.filter(line=line_id, undone_at=None).order_by("part")
    matches = list(rows.select_related("payment__invoice", "payment__payer"))
    if match_id not in {one.pk for one in matches}:
        raise ChangeRefused("This match was undone already.")
    found = [_taken_back(one) for one in matches]
    credit = sum((one.credit for one in found), Decimal(0))
    if credit:
        of = found[0].payment
        ordering.refuse_reserved(of.payer_id, of.amount.currency.code, without=credit)
    return found


def undo(match_id: int, *, by: User, at: datetime) -> None:
    """Take back what a line paid, by payments and ledger entries of the opposite sign.

    The invoice is open again, or the account has the money no longer; what an order began stays,
    and its invoice is open. The line is to be matched again. All parts of a line that was split are
    undone, or none. Refuses what `undoing` refuses.
    """
    payer_id = BankMatch.objects.values_list("payment__payer_id", flat=True).get(pk=match_id)
    with transaction.atomic():
        lock_payers([payer_id])
        for one in undoing(match_id):
            back = Payment(
                payer_id=payer_id,
                invoice_id=one.payment.invoice_id,
                amount=-one.payment.amount,
                at=at,
                gateway=one.payment.gateway,
                reference=f"{one.payment.reference} undone",
            )
            reverse(back, one.of)
            match = one.match
            match.undone_at, match.undone_by, match.reversal = at, by, back
            match.save(update_fields=["undone_at", "undone_by", "reversal"])
        BankLine.objects.filter(matches=match_id).update(state=State.OPEN)
    logger.info("bank match undone match=%s by=%s", match_id, by.pk)


def _taken_back(match: BankMatch) -> TakenBack:
    """What is taken back of one match; `ChangeRefused` where its money is not there."""
    payment = match.payment
    amount = payment.amount.amount
    used = ChangeRefused("Some of this money has paid for later invoices. Credit those instead.")
    if payment.refunds.exclude(state__in=RefundAttempt.NOT_GONE).exists():
        raise ChangeRefused("Some of this money went back to the customer already.")
    if payment.invoice_id is None:
        deposit = Deposit.objects.get(payment=payment)
        if deposit.open != -payment.amount or deposit.held:
            raise used
        return TakenBack(match, payment, deposit, credit=amount)
    row = Receivable.objects.select_related("invoice", "payer").get(invoice=payment.invoice_id)
    # What stands on the invoice is one pot: once some is spent, nothing tells whose money it was.
    if row.open.amount + amount > row.invoice.total.amount or row.held or used_of(row):
        raise used
    in_credit = max(-row.open.amount, Decimal(0))
    return TakenBack(match, payment, row, credit=min(in_credit, amount))


def set_aside(line_id: int, *, aside: bool) -> None:
    """Put a line aside that is no customer's money, or back among those to be matched."""
    was, becomes = (State.OPEN, State.ASIDE) if aside else (State.ASIDE, State.OPEN)
    if not BankLine.objects.filter(pk=line_id, state=was).update(state=becomes):
        raise ChangeRefused("The line was changed meanwhile. Look at it again.")
