"""Whatever happens to a payment that is disputed: the books agree with themselves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import credit_moves, transfers
from billing.auditing import audit
from billing.models import Invoice, Payment
from billing.refusals import ChangeRefused
from tests.billing.crediting_book import MARCH, raised
from tests.billing.dispute_book import at_bank, charged, decided, heard, payment_of
from tests.billing.refunding_book import asked
from tests.billing.running import bill
from tests.billing.test_settling_laws import forgotten
from tests.factories import instant

# Arithmetic: the database only keeps it.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

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
}


@given(deeds=st.lists(st.sampled_from(sorted(DEEDS)), max_size=7))
def test_whatever_happens_the_ledger_and_the_statement_agree(invoice_of_fifty, deeds):
    """In whatever order: what is open adds up to the ledger, and the statement to the credit."""
    with forgotten():
        for deed in deeds:
            with suppress(ChangeRefused, Invoice.DoesNotExist, ValueError):
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
