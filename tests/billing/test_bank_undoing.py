"""Bank matches undone: never credit that an order has reserved."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.access import Standing
from billing import matching
from billing.matching import Kind, Target
from billing.models import BankLine, BankMatch, Invoice, Receivable
from billing.refusals import ChangeRefused
from tests.billing.buying import customer
from tests.billing.settling_book import BEFORE, LATER, paid_exactly, swept, unanswered
from tests.billing.test_bank_import import line_of, take_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def on_account(here: Standing) -> Target:
    return Target(Kind.ACCOUNT, here.account.pk)


def on_invoice(_here: Standing) -> Target:
    """One that the card has paid already: all of it is credit."""
    return Target(Kind.INVOICE, Invoice.objects.earliest("pk").pk)


def came(amount: str, target: Target, *, reference: str = "B-1") -> BankMatch:
    take_in(line_of(amount, reference=reference), at=BEFORE)
    line = BankLine.objects.get(reference=reference)
    return matching.assign(line.pk, target, by=UserFactory(), at=BEFORE)


def undo(match: BankMatch) -> None:
    matching.undo(match.pk, by=UserFactory(), at=LATER)


@pytest.mark.parametrize("target", [on_account, on_invoice])
def test_credit_that_an_order_has_reserved_is_not_undone(target):  # decision 49
    """12.10 came; 8 seats for 19.71 take it and 7.61 of the card, whose bank does not answer."""
    here = customer()
    match = came("12.10", target(here))
    order = unanswered(here)
    assert (order.credit, order.total.amount) == (Decimal("12.10"), Decimal("19.71"))

    with pytest.raises(ChangeRefused, match=r"12\.10 EUR of the credit are reserved for"):
        undo(match)

    assert BankLine.objects.get().state == "matched"
    paid_exactly(swept(order))


def test_credit_beside_what_is_reserved_is_undone_to_the_cent():  # decision 49
    """Of 17.10 in credit 12.10 are reserved: 5.00 of it can be undone, and then no cent more."""
    here = customer()
    came("12.09", on_account(here))
    order_takes = came("0.01", on_account(here), reference="B-2")
    order = unanswered(here)
    assert order.credit == Decimal("12.10")
    free = came("5.00", on_account(here), reference="B-3")

    undo(free)

    with pytest.raises(ChangeRefused, match="reserved"):
        undo(order_takes)
    paid_exactly(swept(order))


def test_what_closed_an_invoice_takes_no_credit_when_it_is_undone():
    """5.00 of an invoice are open again; the 12.10 that an order has reserved stay."""
    here = customer()
    invoice = Invoice.objects.get()
    Receivable.objects.filter(invoice=invoice).update(open=Decimal("5.00"), state="open")
    paid = came("5.00", on_invoice(here))
    came("12.10", on_account(here), reference="B-2")
    order = unanswered(here)
    assert order.credit == Decimal("12.10")

    undo(paid)

    assert Receivable.objects.get(invoice=invoice).open.amount == Decimal("5.00")
    assert order.unsettled
