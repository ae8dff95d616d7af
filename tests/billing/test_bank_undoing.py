"""Bank matches undone: never credit that an order has reserved."""

from __future__ import annotations

import random
import re
from decimal import Decimal
from itertools import count

import pytest

from accounts.access import Standing
from billing import credit_moves, matching
from billing.auditing import audit
from billing.matching import Kind, Target
from billing.models import BankLine, BankMatch, Invoice
from billing.refusals import ChangeRefused
from tests.billing.buying import customer
from tests.billing.settling_book import BEFORE, LATER, paid_exactly, swept, unanswered
from tests.billing.test_bank_import import invoiced, line_of, take_in
from tests.billing.test_overview_pages import signed_in
from tests.billing.test_papers import in_credit, listed, shown, told
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
    with pytest.raises(ChangeRefused, match="later invoices"):
        undo(match)


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


def test_the_statement_tells_money_on_account_that_is_taken_back():  # PLAN-12
    payer = invoiced().payer

    undo(came("50.00", Target(Kind.ACCOUNT, payer.pk)))

    assert told(payer) == [("deposit", "50.00", "50.00"), ("reversal", "-50.00", "0.00")]
    assert in_credit(payer) == "0.00"
    assert ("undone", "taken_back", "-50.00") in listed(payer)
    assert listed(payer, state="returned") == []
    assert listed(payer, state="taken_back") == [("undone", "taken_back", "-50.00")]
    client = signed_in(payer, paying=True)
    for page in ("billing:papers", "billing:credit"):
        assert "Match undone" in shown(client, page, payer.pk)
    assert listed(payer, kind="refund") == []
    assert listed(payer, kind="undone") == [("undone", "taken_back", "-50.00")]


def test_beside_its_invoice_a_match_that_was_undone_is_no_refund():  # PLAN-12
    invoice = invoiced()
    undo(came("80.00", Target(Kind.INVOICE, invoice.pk)))

    page = shown(
        signed_in(invoice.payer, paying=True), "billing:document", invoice.payer_id, invoice.pk
    )

    assert "Match undone" in page
    assert not re.findall(r"<small>\s*Refund", page)


def test_an_invoice_that_is_open_again_is_paid_without_credit():  # PLAN-12
    """80.00 for the 50.00 of an invoice, undone; then the right 50.00, of which nothing is left."""
    invoice = invoiced()
    undo(came("80.00", Target(Kind.INVOICE, invoice.pk)))

    came("50.00", Target(Kind.INVOICE, invoice.pk), reference="B-2")

    assert told(invoice.payer) == [("overpaid", "30.00", "30.00"), ("reversal", "-30.00", "0.00")]
    assert in_credit(invoice.payer) == "0.00"


def test_the_statement_ends_with_what_is_stored_after_any_matches_and_undone_ones():  # PLAN-12
    """Thirty steps in a fixed random order: on the invoice, on account, and back."""
    invoice, chance, numbers = invoiced(), random.Random(50), count(1)
    targets = (Target(Kind.INVOICE, invoice.pk), Target(Kind.ACCOUNT, invoice.payer_id))
    matches: list[BankMatch] = []

    for _ in range(30):
        if matches and chance.random() < 0.5:
            undo(matches.pop(chance.randrange(len(matches))))
        else:
            amount = f"{chance.choice([7, 20, 50, 80])}.00"
            reference = f"B-{next(numbers)}"
            matches.append(came(amount, chance.choice(targets), reference=reference))
        moves = credit_moves.moves(invoice.payer)
        last = f"{moves[-1].balance.amount:.2f}" if moves else "0.00"
        assert last == in_credit(invoice.payer)

    assert list(audit()) == []
