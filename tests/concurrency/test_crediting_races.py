"""Threads that meet at one invoice: two credit notes, a note and a payment, a note and the run."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from accounts.models import User
from billing import collecting, crediting, run, transfers
from billing.auditing import audit
from billing.creditable import creditable
from billing.models import Invoice, Receivable
from billing.refusals import ChangeRefused, QuoteChanged
from tests.billing.buying import GATEWAY
from tests.billing.crediting_book import MARCH, line_of, two_products
from tests.billing.running import clock
from tests.concurrency.threads import together
from tests.factories import UserFactory, instant

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]


def raising(invoice: Invoice, amounts: dict[int, Decimal], by: User) -> Callable[[], str]:
    """Raise the note of these amounts, as it was shown before everybody began."""
    seen = crediting.plan(invoice_id=invoice.pk, amounts=amounts).seen

    def credit() -> str:
        try:
            note = crediting.credit(
                invoice_id=invoice.pk, amounts=amounts, seen=seen, reason="A mistake", by=by,
                clock=clock(MARCH),
            )  # fmt: skip
        except (ChangeRefused, QuoteChanged) as refused:
            return type(refused).__name__
        return str(note.number)

    return credit


def in_order(invoice: Invoice) -> None:
    assert list(map(str, audit())) == []
    assert creditable(Invoice.objects.get(pk=invoice.pk)).total_left >= 0


def test_two_notes_of_one_line_are_one():  # STAFF-2
    invoice = two_products()
    seats = {line_of(invoice, "seat").pk: Decimal("20.00")}
    by = UserFactory()

    answers = together(*[raising(invoice, seats, by)] * 4)

    assert sorted(answers) == ["CN-2026-000001", *["ChangeRefused"] * 3]
    in_order(invoice)


def test_a_note_and_a_transfer_share_what_is_open():
    invoice = two_products(transfer=True)
    everything = crediting.whole(invoice_id=invoice.pk)

    def pay() -> object:
        return transfers.receive(
            invoice_id=invoice.pk, amount=Decimal("95.59"), at=MARCH, reference="B-1"
        )

    answer, _ = together(raising(invoice, everything, UserFactory()), pay)

    left = sum(one.open.amount for one in Receivable.objects.filter(payer=invoice.payer))
    assert left == (0 if answer == "QuoteChanged" else Decimal("-95.59"))
    in_order(invoice)


def test_a_note_and_a_charge_of_its_invoice_are_both_written_down():
    invoice = two_products()
    everything = crediting.whole(invoice_id=invoice.pk)

    def collect() -> object:
        return collecting.collect(clock=clock(MARCH), gateway=GATEWAY)

    together(raising(invoice, everything, UserFactory()), collect)

    in_order(invoice)


def test_a_note_and_the_run_use_each_credit_once():
    invoice = two_products(transfer=True)
    transfers.receive(invoice_id=invoice.pk, amount=Decimal("95.59"), at=MARCH, reference="B-1")
    everything = crediting.whole(invoice_id=invoice.pk)
    february = instant("2026-02-01 08:00")
    started = run.start(at=february, clock=clock(MARCH), source="command")

    def work() -> int:
        return run.work(started.pk, worker="a", clock=clock(MARCH))

    together(raising(invoice, everything, UserFactory()), work)

    in_order(invoice)
