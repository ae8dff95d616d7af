"""One transfer for several invoices: split in one transaction, and undone as a whole."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing import credit_moves, ledger, matching, refunding, splitting
from billing.auditing import audit
from billing.models import (
    BankLine,
    BankMatch,
    Deposit,
    Invoice,
    LedgerEntry,
    Payment,
    Receivable,
)
from billing.refusals import ChangeRefused
from tests.admin.book import RENEWAL
from tests.billing.running import bill
from tests.billing.test_bank_import import invoiced, line_of, take_in
from tests.factories import AccountFactory, UserFactory, instant
from tests.lasting import lasting

pytestmark = pytest.mark.django_db


@lasting
def three() -> list[Invoice]:
    """February, March and April of one payer by transfer, 50.00 open of each."""
    invoiced()
    for moment in ("2026-03-01 06:00", "2026-04-01 06:00"):
        bill(at=instant(moment))
    return list(Invoice.objects.order_by("issued_on"))


def came(amount: str, text: str = "", *, reference: str = "B-1") -> BankLine:
    take_in(line_of(amount, text, reference))
    return BankLine.objects.get(reference=reference)


def split(line: BankLine, parts: dict[Invoice, str]) -> list[BankMatch]:
    return splitting.assign_parts(
        line.pk,
        {one.pk: Decimal(part) for one, part in parts.items()},
        payer_id=Invoice.objects.earliest("pk").payer_id,
        by=UserFactory(name="Ines of billing"),
        at=RENEWAL,
    )


def still_open() -> list[str]:
    rows = Receivable.objects.order_by("due_on", "pk")
    return [f"{row.open.amount:.2f}" for row in rows]


def suggested(line: BankLine) -> list[str]:
    payer = Invoice.objects.earliest("pk").payer
    rows = splitting.payable(line, payer)
    parts = splitting.suggested(line, rows)
    return [f"{parts[row.invoice_id]:.2f}" for row in rows]


def test_a_line_pays_several_invoices_and_the_rest_is_credit(three):
    first, second, _third = three
    matches = split(came("120.00"), {first: "50.00", second: "50.00"})

    assert len(matches) == 3
    assert still_open() == ["0.00", "0.00", "50.00"]
    assert Deposit.objects.get().open.amount == Decimal("-20.00")
    assert ledger.balance(first.payer_id) == {"EUR": Decimal("30.00")}
    assert [one.part for one in matches] == [1, 2, 3]
    assert {one.payment.reference for one in matches} >= {"B-1"}
    assert BankLine.objects.get().state == "matched"
    assert list(audit()) == []


def test_parts_may_be_less_than_what_is_open(three):
    split(came("70.00"), dict(zip(three, ("10.00", "20.00", "40.00"), strict=True)))

    assert still_open() == ["40.00", "30.00", "10.00"]
    assert not Deposit.objects.exists()


@pytest.mark.parametrize(
    ("amount", "names", "parts"),
    [
        ("120.00", None, ["50.00", "50.00", "20.00"]),
        ("40.00", None, ["40.00", "0.00", "0.00"]),
        ("200.00", None, ["50.00", "50.00", "50.00"]),
        ("80.00", 2, ["30.00", "0.00", "50.00"]),
    ],
)
def test_the_oldest_due_come_first_and_those_it_names_before_them(three, amount, names, parts):
    text = "" if names is None else f"{three[names].number} and more"

    assert suggested(came(amount, text)) == parts


def test_it_is_undone_as_a_whole(three):
    first, second, _third = three
    matches = split(came("120.00"), {first: "50.00", second: "50.00"})

    matching.undo(matches[1].pk, by=UserFactory(), at=RENEWAL)

    assert still_open() == ["50.00", "50.00", "50.00"]
    assert Deposit.objects.get().open.amount == 0
    assert not BankMatch.objects.filter(undone_at=None).exists()
    assert BankLine.objects.get().state == "open"
    reversals = LedgerEntry.objects.filter(kind="reversal").order_by("pk")
    assert [f"{one.amount.amount:.2f}" for one in reversals] == ["50.00", "50.00", "20.00"]
    assert list(audit()) == []
    with pytest.raises(ChangeRefused, match="undone already"):
        matching.undo(matches[0].pk, by=UserFactory(), at=RENEWAL)
    # And the line is split once more, under numbers of its own.
    split(BankLine.objects.get(), {first: "50.00"})
    assert list(audit()) == []


def test_nothing_is_undone_where_one_part_has_been_used(three):
    """The 20.00 on account paid for May: the invoices that the rest paid stay paid."""
    first, second, _third = three
    matches = split(came("120.00"), {first: "50.00", second: "50.00"})
    bill(at=instant("2026-05-01 06:00"))
    before = Payment.objects.count()

    with pytest.raises(ChangeRefused, match="paid for later invoices"):
        matching.undo(matches[0].pk, by=UserFactory(), at=RENEWAL)

    assert Payment.objects.count() == before
    assert still_open()[:2] == ["0.00", "0.00"]


def test_nothing_is_undone_where_one_part_is_going_back(three):
    first, _second, _third = three
    matches = split(came("60.00"), {first: "50.00"})
    rest = Deposit.objects.get().payment
    refunding.record(
        payment_id=rest.pk,
        amount=Decimal("10.00"),
        invoice_id=None,
        note="Paid too much",
        reference="OUT-1",
        by=UserFactory(),
        at=RENEWAL,
    )

    with pytest.raises(ChangeRefused, match="went back to the customer already"):
        matching.undo(matches[0].pk, by=UserFactory(), at=RENEWAL)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (("50.00", "50.00", "20.01"), r"brings €120\.00, the parts come to €120\.01"),
        (("50.01", "0", "0"), r"€50\.00 are open of SL-"),
        (("0", "0", "0"), "No invoice is paid"),
        (("-1.00", "1.00", "0"), "zero or more"),
        (("0.001", "0", "0"), "2 decimals"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(three, parts, words):
    line = came("120.00")

    with pytest.raises(ChangeRefused, match=words):
        split(line, dict(zip(three, parts, strict=True)))

    assert not Payment.objects.exists()
    assert BankLine.objects.get().state == "open"


def test_a_line_is_split_once(three):
    line = came("120.00")
    split(line, {three[0]: "50.00"})

    with pytest.raises(ChangeRefused, match="matched already"):
        split(line, {three[1]: "50.00"})


def test_an_invoice_of_somebody_else_gets_nothing(three):
    other = AccountFactory(transfer=True)

    with pytest.raises(ChangeRefused, match="is none of"):
        splitting.assign_parts(
            came("50.00").pk,
            {three[0].pk: Decimal("50.00")},
            payer_id=other.pk,
            by=UserFactory(),
            at=RENEWAL,
        )


def test_a_rest_in_another_currency_than_the_payers_is_refused(three):
    payer = three[0].payer
    type(payer).objects.filter(pk=payer.pk).update(currency="USD")

    with pytest.raises(ChangeRefused, match=r"€10\.00 would be left"):
        split(came("60.00"), {three[0]: "50.00"})


def test_the_statement_tells_the_rest(three):
    split(came("60.00"), {three[0]: "50.00"})

    (move,) = credit_moves.moves(three[0].payer)
    assert (move.what, f"{move.amount.amount:.2f}") == ("deposit", "10.00")
