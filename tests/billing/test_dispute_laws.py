"""Whatever happens to a payment that is disputed: the books agree with themselves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Final

import pytest
from django.core.exceptions import ObjectDoesNotExist
from hypothesis import given
from hypothesis import strategies as st

from billing import credit_moves, matching, splitting, transfers
from billing.auditing import audit
from billing.matching import Kind, Target
from billing.models import (
    BankLine,
    BankMatch,
    Invoice,
    Payment,
    PaymentMethod,
    Receivable,
)
from billing.refusals import ChangeRefused
from tests.billing.crediting_book import MARCH, raised
from tests.billing.dispute_book import at_bank, charged, decided, heard, payment_of
from tests.billing.refunding_book import asked
from tests.billing.running import bill
from tests.billing.test_bank_import import take_in
from tests.billing.test_paying_disputed import other_card, pays
from tests.billing.test_settling_laws import forgotten
from tests.factories import UserFactory, instant

# Arithmetic: the database only keeps it.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def _matched(invoice: Invoice) -> None:
    """A bank line pays 30.00 of the invoice, or more than is open of it, and the rest is credit."""
    number = BankLine.objects.count()
    take_in(f"2026-03-14,30.00,EUR,B-{number},,")
    line = BankLine.objects.latest("pk")
    left = min(Receivable.objects.get(invoice=invoice).open.amount, Decimal(30))
    if number % 2 or left <= 0:
        matching.assign(line.pk, Target(Kind.INVOICE, invoice.pk), by=UserFactory(), at=MARCH)
    else:
        splitting.assign_parts(
            *(line.pk, {invoice.pk: left}), payer_id=invoice.payer_id, by=UserFactory(), at=MARCH
        )


def _pays(invoice: Invoice) -> None:
    """Somebody who may has another card charged, where that is possible."""
    if not PaymentMethod.objects.filter(payer=invoice.payer, last4="5556").exists():
        other_card(invoice)
    pays(invoice)


DEEDS: Final[dict[str, Callable[[Invoice], object]]] = {
    "heard": lambda _: heard(),
    "won": lambda _: _decide("won"),
    "lost": lambda _: _decide("lost"),
    "transfer": lambda invoice: transfers.receive(
        invoice_id=invoice.pk,
        amount=Decimal("20.00"),
        at=MARCH,
        reference=f"T-{Payment.objects.count()}",
    ),
    "note": lambda invoice: raised(invoice, seat="10.00"),
    "run": lambda _: bill(at=instant("2026-02-01 08:00")),
    "refund": lambda invoice: asked(
        invoice.corrections.latest("pk"), "5.00", payment=payment_of(invoice)
    ),
    "matched": _matched,
    "undone": lambda _: matching.undo(
        BankMatch.objects.filter(undone_at=None).latest("pk").pk, by=UserFactory(), at=MARCH
    ),
    "other card": _pays,
}


@given(deeds=st.lists(st.sampled_from(sorted(DEEDS)), max_size=9))
def test_whatever_happens_the_ledger_and_the_statement_agree(invoice_of_fifty, deeds):
    """In whatever order: what is open adds up to the ledger, and the statement to the credit."""
    with forgotten():
        for deed in deeds:
            with suppress(ChangeRefused, ObjectDoesNotExist, ValueError):
                DEEDS[deed](invoice_of_fifty)

        assert list(audit()) == []
        moves = credit_moves.moves(invoice_of_fifty.payer)
        left = sum(
            (one.left.amount for one in credit_moves.balances(invoice_of_fifty.payer)), Decimal(0)
        )
        assert (moves[-1].balance.amount if moves else Decimal(0)) == left


@pytest.fixture
def invoice_of_fifty(db: None) -> Invoice:
    return charged()


def _decide(state: str) -> None:
    if at_bank().state == "open":
        decided(state)
