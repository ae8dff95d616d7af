"""Bank lines: taken in once, matched where there is no doubt, and undone where it was wrong."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account
from billing import bank_import, matching, tasks
from billing.auditing import audit
from billing.bank_file import FileMistakes
from billing.bank_import import TakenIn
from billing.matching import Kind, Target
from billing.matching_suggestions import suggestions
from billing.models import (
    BankImport,
    BankLine,
    BankMatch,
    Deposit,
    Invoice,
    LedgerEntry,
    Order,
    Payment,
    Receivable,
)
from billing.refunding import payments_to_refund
from billing.refusals import ChangeRefused
from tests.admin.book import RENEWAL
from tests.billing.buying import NOW, buy, customer, seats
from tests.billing.running import bill, clock
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

HEAD = "date,amount,currency,reference,payer,text\n"


@lasting
def invoice() -> Invoice:
    return invoiced()


def invoiced() -> Invoice:
    """5 seats at 10.00 by transfer: 50.00 open."""
    SellerFactory()
    PriceFactory(code="seat", amount=Decimal("10.00"))
    account = AccountFactory(transfer=True, name="Alfa Telefon")
    SubscriptionFactory(account=account, starts_on=date(2026, 2, 1), items={"seat": 5})
    bill(at=RENEWAL)
    return Invoice.objects.filter(payer=account).latest("pk")


def take_in(*lines: str, at=RENEWAL) -> TakenIn:
    content = (HEAD + "\n".join(lines)).encode()
    return bank_import.take_in(content, name="march.csv", by=None, clock=clock(at))


def line_of(amount: str, text: str = "", reference: str = "B-1", payer: str = "") -> str:
    return f"2026-03-14,{amount},EUR,{reference},{payer},{text}"


def open_of(invoice: Invoice) -> Any:
    invoice.receivable.refresh_from_db()
    return invoice.receivable.open.amount


def one() -> BankLine:
    return BankLine.objects.get()


@pytest.mark.parametrize("blanks", ["-", " ", "", "/"])
def test_what_names_an_invoice_and_brings_its_amount_settles_it(invoice, blanks):
    taken = take_in(line_of("50.00", f"Payment {invoice.number.replace('-', blanks)} thanks"))

    assert (taken.new, taken.matched) == (1, 1)
    assert (open_of(invoice), invoice.receivable.state) == (0, "paid")
    assert (one().state, one().matches.get().payment.reference) == ("matched", "B-1")
    assert list(audit()) == []


@pytest.mark.parametrize(
    ("amount", "text"),
    [("49.99", "{}"), ("50.01", "{}"), ("50.00", ""), ("50.00", "{} SL-2026-999999"),
     ("50.00", "1{}"), ("50.00", "{}9")],
)  # fmt: skip
def test_all_else_is_to_be_matched(invoice, amount, text):
    take_in(line_of(amount, text.format(invoice.number)))

    assert (one().state, open_of(invoice)) == ("open", 50)


def test_the_same_or_an_overlapping_file_adds_nothing_twice(invoice):
    first = line_of("50.00", invoice.number)
    take_in(first)

    taken = take_in(first, line_of("1.00", reference="B-2"))

    assert (taken.new, taken.known) == (1, 1)
    assert BankLine.objects.count() == 2
    assert LedgerEntry.objects.filter(kind="payment").count() == 1
    assert list(BankImport.objects.order_by("pk").values_list("new", "known")) == [(1, 0), (1, 1)]


def test_a_file_with_a_mistake_leaves_nothing(invoice):
    with pytest.raises(FileMistakes):
        take_in(line_of("50.00", invoice.number), line_of("x"))

    assert not BankImport.objects.exists()


def test_two_equal_lines_of_one_file_are_a_mistake_and_leave_nothing(invoice):
    """Nothing says whether 30.00 came twice, or stand there twice."""
    with pytest.raises(FileMistakes) as wrong:
        take_in(line_of("30.00"), line_of("1.00"), line_of("30.00", "Second"))

    (mistake,) = wrong.value.mistakes
    assert mistake.startswith("Line 4: reference, day and amount are those of line 2")
    assert not BankLine.objects.exists()


def test_a_line_that_fails_holds_up_no_other(caplog):  # JOBS-5
    """Nobody can read what the first line's order changes; the second pays an invoice."""
    here = customer()
    Account.objects.update(pays_by="transfer")
    here.account.refresh_from_db()
    order = buy(here, seat=8)
    Order.objects.update(changes=[None])
    Receivable.objects.update(open=Decimal("5.00"), state="open")
    broken = line_of("19.71", order.transfer_reference)

    taken = take_in(broken, line_of("5.00", Invoice.objects.get().number, "B-2"), at=NOW)

    lines = BankLine.objects.order_by("number")
    assert (taken.new, taken.matched) == (2, 1)
    assert [one.state for one in lines] == ["open", "matched"]
    assert all(one.tried_at for one in lines)
    assert "bank line not matched" in caplog.text
    assert Payment.objects.get(gateway="bank").reference == "B-2"


def test_a_waiting_order_is_settled_by_its_reference():  # PLAN-11
    here = customer()
    Account.objects.update(pays_by="transfer")
    here.account.refresh_from_db()
    order = buy(here, seat=8)

    taken = take_in(line_of("19.71", order.transfer_reference.lower()), at=NOW)

    order.refresh_from_db()
    assert (taken.matched, order.state, seats(here)) == (1, "done", 8)
    match = BankMatch.objects.get()
    assert match.order == order

    matching.undo(match.pk, by=here.person, at=NOW)
    assert order.invoice is not None
    assert (open_of(order.invoice), seats(here)) == (Decimal("19.71"), 8)
    assert list(audit()) == []


def assign(target: Target, *, line: BankLine | None = None) -> BankMatch:
    return matching.assign((line or one()).pk, target, by=UserFactory(), at=RENEWAL)


def test_a_person_matches_less_and_the_rest_stays_open(invoice):
    take_in(line_of("30.00"))

    assign(Target(Kind.INVOICE, invoice.pk))

    assert open_of(invoice) == 20
    with pytest.raises(ChangeRefused, match="matched already"):
        assign(Target(Kind.ACCOUNT, invoice.payer_id))
    assert list(audit()) == []


def test_money_on_account_is_credit_and_undone_it_is_gone(invoice):
    take_in(line_of("30.00"))
    match = assign(Target(Kind.ACCOUNT, invoice.payer_id))
    assert Deposit.objects.get().open.amount == -30

    matching.undo(match.pk, by=UserFactory(), at=RENEWAL)

    assert not Deposit.objects.get().open.amount
    assert one().state == "open"
    assert list(audit()) == []


def test_a_wrong_match_is_undone_by_an_entry_and_matched_again(invoice):
    """50.00 of one are taken for the other's: +50.00 in the ledger, and both are as they were."""
    take_in(line_of("50.00", invoice.number))
    match, by = BankMatch.objects.get(), UserFactory()

    matching.undo(match.pk, by=by, at=RENEWAL)

    assert open_of(invoice) == 50
    amounts = LedgerEntry.objects.filter(payer=invoice.payer_id).values_list("amount", flat=True)
    assert [*map(int, amounts)] == [50, -50, 50]
    assert LedgerEntry.objects.latest("pk").kind == "reversal"
    assert list(audit()) == []
    assert not payments_to_refund(invoice.receivable)
    with pytest.raises(ChangeRefused, match="undone already"):
        matching.undo(match.pk, by=by, at=RENEWAL)
    tasks.match_bank_lines()
    assert one().state == "open"

    assign(Target(Kind.INVOICE, invoice.pk))
    assert open_of(invoice) == 0
    assert list(audit()) == []


def test_what_has_paid_for_something_else_is_not_undone(invoice):
    """80.00 for 50.00: 30.00 in credit pay for the next month."""
    take_in(line_of("80.00"))
    match = assign(Target(Kind.INVOICE, invoice.pk))
    bill(at=RENEWAL + timedelta(days=40))
    assert open_of(invoice) == 0

    with pytest.raises(ChangeRefused, match="later invoices"):
        matching.undo(match.pk, by=UserFactory(), at=RENEWAL)

    assert one().state == "matched"
    assert list(audit()) == []


def test_another_currency_and_what_does_not_exist_are_refused(invoice):
    take_in("2026-03-14,50.00,USD,B-1,,")

    for target in (Target(Kind.INVOICE, invoice.pk), Target(Kind.ACCOUNT, invoice.payer_id)):
        with pytest.raises(ChangeRefused, match="this is in EUR"):
            assign(target)
    with pytest.raises(ChangeRefused, match="There is no order 5"):
        assign(Target(Kind.ORDER, 5))
    assert not Payment.objects.filter(gateway="bank").exists()


def test_one_number_of_the_bank_on_two_days_is_two_payments(invoice):
    take_in(line_of("1.00"), line_of("1.00").replace("03-14", "03-15"))

    for line in BankLine.objects.all():
        assign(Target(Kind.INVOICE, invoice.pk), line=line)

    assert open_of(invoice) == 48


def test_a_line_is_set_aside_and_taken_back(invoice):
    take_in(line_of("0.05", "Interest"))

    matching.set_aside(one().pk, aside=True)
    assert one().state == "aside"
    with pytest.raises(ChangeRefused):
        matching.set_aside(one().pk, aside=True)
    matching.set_aside(one().pk, aside=False)
    assert one().state == "open"


def test_the_job_takes_up_what_an_import_left(invoice):  # JOBS-5
    take_in(line_of("50.00", invoice.number))
    matching.undo(BankMatch.objects.get().pk, by=UserFactory(), at=RENEWAL)
    BankLine.objects.update(tried_at=None)

    tasks.match_bank_lines()
    tasks.match_bank_lines()

    assert open_of(invoice) == 0


def test_suggestions_are_named_alike_and_of_the_payer(invoice, django_assert_num_queries):
    take_in(line_of("50.00", payer="Alfa Telefon"), line_of("7.00", invoice.number, "B-2"))

    found = suggestions(list(BankLine.objects.order_by("pk")))

    said = [[one.because for one in of] for of in found.values()]
    assert said == [["same amount", "payer"], ["named", "payer"]]
    with django_assert_num_queries(4):
        suggestions(list(BankLine.objects.order_by("pk")) * 20)


def test_the_command_says_what_came_of_it(invoice, tmp_path: Path, capsys):
    path = tmp_path / "march.csv"
    path.write_text(HEAD + line_of("50.00", invoice.number))

    call_command("import_payments", path)
    assert "1 new lines, 0 known already" in capsys.readouterr().out

    path.write_text(HEAD + line_of("x"))
    with pytest.raises(CommandError, match="1 mistake: nothing"):
        call_command("import_payments", path)
    assert "Line 2: amount" in capsys.readouterr().err
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_payments", tmp_path / "none.csv")
    assert not Order.objects.exists()
