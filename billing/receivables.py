"""What is open of a document or on account: how it stands, and how payments change it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from billing import ledger
from billing.models import Deposit, LedgerEntry, Payment, Receivable


def standing(
    left: Decimal, *, closed_by: Receivable.State, at: datetime
) -> tuple[Receivable.State, datetime | None]:
    """How a document stands of which ``left`` is open, and since when nothing is.

    Whatever is not zero is open: above, it is owed; below, it is the payer's credit, on a credit
    note as on an invoice paid twice, and pays for the next invoices. Decision 14.
    """
    if left:
        return Receivable.State.OPEN, None
    return closed_by, at


def take_off(payment: Payment) -> None:
    """Write a payment down, enter it in the ledger, and take it off what its invoice leaves open.

    Belongs into a transaction that has locked the payer. More than is open leaves a credit.
    """
    payment.save()
    ledger.enter_payment(payment)
    receivable = Receivable.objects.get(invoice=payment.invoice)
    receivable.open -= payment.amount
    receivable.state, receivable.settled_at = standing(
        receivable.open.amount, closed_by=Receivable.State.PAID, at=payment.at
    )
    receivable.save(update_fields=["open", "state", "settled_at"])


def keep(payment: Payment, *, kept_back: bool = False) -> Deposit:
    """Write a payment down that stands on no document: it is credit, and pays for the next ones.

    Belongs into a transaction that has locked the payer. ``kept_back``: it is to be given back and
    pays for nothing.
    """
    payment.save()
    ledger.enter_payment(payment)
    deposit: Deposit = Deposit.objects.create(
        payment=payment, payer_id=payment.payer_id, open=-payment.amount, kept_back=kept_back
    )
    return deposit


def reverse(payment: Payment, of: Receivable | Deposit) -> None:
    """Write down a payment that takes back another one of the opposite sign, where that one stands.

    Money that went back and came again is the credit that it was taken from; what a bank line was
    thought to pay is open again, or in credit no more. Belongs into a transaction that has locked
    the payer.
    """
    payment.save()
    ledger.enter_payment(payment, kind=LedgerEntry.Kind.REVERSAL)
    _take_off(payment, of)


def dispute(payment: Payment, of: Receivable | Deposit) -> Decimal:
    """Write down money that a bank took back (below zero) or gave again, off what it had paid.

    Returns by how much the payer's credit changed. Belongs into a transaction that has locked the
    payer. 50.00 taken of an invoice that was paid with 70.00 of 50.00: −20.00, and 30.00 are open.
    """
    credit = max(-of.open.amount, Decimal(0))
    payment.save()
    ledger.enter_payment(payment, kind=LedgerEntry.Kind.DISPUTE)
    _take_off(payment, of)
    return max(-of.open.amount, Decimal(0)) - credit


def hold(credit: Receivable | Deposit, amount: Decimal) -> None:
    """Hold so much of a credit for what is on its way back: no invoice uses it meanwhile."""
    credit.held += amount
    credit.save(update_fields=["held"])


def let_go(credit: Receivable | Deposit, amount: Decimal) -> None:
    """Give back to the credit what was held of it: it did not go back."""
    credit.held -= amount
    credit.save(update_fields=["held"])


def give_back(payment: Payment, credit: Receivable | Deposit) -> None:
    """Write down the money that went back (below zero), taken from what was held of a credit."""
    payment.save()
    ledger.enter_payment(payment)
    credit.held += payment.amount.amount
    _take_off(payment, credit)


def _take_off(payment: Payment, of: Receivable | Deposit) -> None:
    """Take a payment, or one below zero, off what is open; and save how it stands then."""
    of.open -= payment.amount
    changed = ["open", "held"]
    if isinstance(of, Receivable):
        of.state, of.settled_at = standing(
            of.open.amount, closed_by=Receivable.State.PAID, at=payment.at
        )
        changed += ["state", "settled_at"]
    of.save(update_fields=changed)
