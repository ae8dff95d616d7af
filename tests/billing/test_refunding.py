"""Refunds: money goes back once, never more than was paid, never more than there is credit."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import Letter
from billing import answering, checkout, collecting, ledger, refund_sweep, refunding, transfers
from billing.auditing import audit
from billing.documents import refund_letters
from billing.gateways.base import (
    Charged,
    KeyTaken,
    NeverSeen,
    Refunded,
    RefundRefused,
    Unaskable,
)
from billing.gateways.sandbox import SandboxGateway
from billing.models import (
    Deposit,
    Invoice,
    LedgerEntry,
    Payment,
    PaymentAttempt,
    Receivable,
    RefundAttempt,
    SandboxRefund,
)
from billing.quoting import quote
from billing.refusals import ChangeRefused
from tests.billing.buying import GATEWAY, customer, waiting
from tests.billing.crediting_book import MARCH, raised, two_products
from tests.billing.refunding_book import (
    asked,
    credit,
    deposit,
    paid_and_credited,
    payment_of,
    refunded,
)
from tests.billing.running import bill, charge, clock
from tests.factories import UserFactory, instant

pytestmark = pytest.mark.django_db

LATER = MARCH + timedelta(hours=1)


def findings() -> list[str]:
    return list(map(str, audit()))


# ---- what comes of it ----


def test_money_goes_back_by_the_card_that_was_charged():  # STAFF-2
    note = paid_and_credited()

    refund = refunded(note, "30.00")

    assert (refund.state, refund.key) == ("refunded", f"refund-{payment_of(note).pk}-1")
    back = Payment.objects.get(amount__lt=0)
    assert (refund.paid_back, back.amount.amount) == (back, Decimal("-30.00"))
    assert back.reference == SandboxRefund.objects.get().reference
    entry = LedgerEntry.objects.get(payment=back)
    assert (entry.kind, entry.amount.amount) == ("refund", Decimal("30.00"))
    assert credit(note) == ("-20.00", "0.00")
    assert ledger.balance(note.payer_id) == {"EUR": Decimal("-20.00")}
    assert findings() == []


def test_a_note_that_went_back_whole_is_closed():
    note = paid_and_credited()

    refunded(note, "50.00")

    found = Receivable.objects.get(invoice=note)
    assert (found.state, found.settled_at) == ("paid", MARCH)
    assert findings() == []


def test_what_is_on_its_way_back_pays_for_no_invoice():
    note = paid_and_credited()
    asked(note, "30.00")

    assert credit(note) == ("-50.00", "30.00")
    shown = quote(account=note.payer, changes={"seat": 2}, at=MARCH)
    assert shown.credit == Decimal("20.00")
    bill(at=MARCH)

    assert credit(note) == ("-30.00", "30.00")
    refund_sweep.send_due(clock=clock(LATER), gateway=GATEWAY)
    assert credit(note) == ("0.00", "0.00")
    assert findings() == []


def test_the_customer_is_told():
    refund = refunded(paid_and_credited(language="it"), "50.00")

    letter = Letter.objects.get(name="refund")
    message = refund_letters.refund(letter)
    assert letter.key == f"refund:{refund.pk}"
    assert "50,00" in message.subject
    for told in ("Sold by mistake", "CN-2026-000001", "sandbox-refund-", "billing@example.com"):
        assert told in message.text
        assert told in message.html


# ---- what is refused ----


def test_no_more_goes_back_than_is_in_credit():
    note = paid_and_credited()
    refunded(note, "20.00")

    with pytest.raises(ChangeRefused, match=r"30\.00 EUR of this payment have not gone back"):
        asked(note, "30.01")
    refunded(note, "30.00")
    with pytest.raises(ChangeRefused, match=r"0\.00 EUR of this payment"):
        asked(note, "0.01")


def test_no_more_goes_back_than_the_credit_of_the_document():
    note = paid_and_credited()
    bill(at=instant("2026-02-01 08:00"))

    assert credit(note) == ("0.00", "0.00")
    with pytest.raises(ChangeRefused, match=r"0\.00 EUR are left in credit here"):
        asked(note, "50.00")


@pytest.mark.parametrize(
    ("amount", "words"),
    [("0", "more than nothing"), ("-1", "more than nothing"), ("0.001", "EUR has 2 decimals")],
)
def test_an_amount_that_is_none_is_refused(amount, words):
    with pytest.raises(ChangeRefused, match=words):
        asked(paid_and_credited(), amount)


def test_one_refund_of_a_payment_is_on_its_way_at_a_time():
    note = paid_and_credited()
    asked(note, "10.00")

    with pytest.raises(ChangeRefused, match="on its way already"):
        asked(note, "10.00")


def test_another_payers_credit_does_not_go_back():
    note, other = paid_and_credited(), paid_and_credited()

    with pytest.raises(ChangeRefused, match="of another payer"):
        asked(note, "10.00", payment=payment_of(other))


def test_credit_that_an_order_takes_is_reserved():  # decision 13
    """12.10 of the 19.71 that 3 more seats cost are taken from the credit."""
    here = customer()
    note = raised(Invoice.objects.get(), seat="10.00")
    order = waiting(here, seat=8)
    assert (order.state, order.credit) == ("paying", Decimal("12.10"))

    with pytest.raises(ChangeRefused, match=r"12\.10 EUR of the credit are reserved"):
        asked(note, "0.01")

    checkout.pay(order_id=order.pk, gateway=GATEWAY, clock=clock(order.at))
    assert credit(note) == ("0.00", "0.00")
    assert findings() == []


def test_a_refund_has_a_reason():
    note = paid_and_credited()

    with pytest.raises(ChangeRefused, match="has a reason"):
        refunding.ask(
            payment_id=payment_of(note).pk, amount=Decimal(1), invoice_id=note.pk, note=" ",
            number=1, by=UserFactory(), at=MARCH,
        )  # fmt: skip


# ---- without an answer (decision 21) ----


@pytest.mark.parametrize("amount", ["20.14", "21.14"], ids=["went back", "never arrived"])
def test_a_refund_without_an_answer_is_looked_up_and_given_back_once(amount):
    note = paid_and_credited()

    refund = refunded(note, amount)
    assert (refund.state, credit(note)) == ("unknown", ("-50.00", amount))
    for _ in range(2):
        refund_sweep.send_due(clock=clock(LATER), gateway=GATEWAY)

    refund.refresh_from_db()
    assert (refund.state, refund.number) == ("refunded", 1)
    assert Payment.objects.filter(amount__lt=0).count() == 1
    assert SandboxRefund.objects.count() == 1
    assert findings() == []


def test_a_refused_refund_leaves_the_credit_where_it_was():
    note = paid_and_credited()

    refund = refunded(note, "20.13")

    assert refund.state == "refused"
    assert "takes nothing back on this card" in refund.reason
    assert credit(note) == ("-50.00", "0.00")
    assert refunded(note, "50.00").key.endswith("-2")
    assert findings() == []


class Broken(SandboxGateway):
    """A gateway that raises this when it is asked."""

    def __init__(self, problem: Exception) -> None:
        self.problem = problem

    def refund(self, key, reference, money):
        raise self.problem

    def look_up_refund(self, key):
        return NeverSeen()


def test_a_gateway_that_breaks_is_asked_again():
    note = paid_and_credited()

    refund = refunded(note, "50.00", gateway=Broken(OSError("No route\0to host")))
    assert (refund.state, refund.reason) == (
        "unknown",
        "The gateway could not be asked: OSError: No route to host",
    )
    refund_sweep.send_due(clock=clock(LATER), gateway=GATEWAY)

    refund.refresh_from_db()
    assert (refund.state, refund.reason) == ("refunded", "")


@pytest.mark.parametrize(
    "problem", [KeyTaken("used"), Unaskable("0" * 300)], ids=["taken", "unaskable"]
)
def test_what_the_gateway_cannot_be_asked_needs_support(problem):
    note = paid_and_credited()

    refund = refunded(note, "50.00", gateway=Broken(problem))
    refund_sweep.send_due(clock=clock(LATER), gateway=GATEWAY)

    refund.refresh_from_db()
    assert (refund.state, credit(note)) == ("stuck", ("-50.00", "50.00"))
    assert len(refund.reason) == min(len(str(problem)), RefundAttempt.REASON_LENGTH)
    assert findings() == []


def test_money_of_another_gateway_needs_support():
    note = paid_and_credited()
    other = Broken(OSError())
    other.name = "stripe"

    refund = refunded(note, "50.00", gateway=other)

    assert (refund.state, refund.reason[:30]) == ("stuck", "The money came by sandbox, and")


@pytest.mark.parametrize(
    ("answer", "state", "left"),
    [(Refunded("r-1"), "refunded", "0.00"), (RefundRefused("Nothing went"), "refused", "-50.00")],
)
def test_support_says_what_became_of_it(answer, state, left):
    note = paid_and_credited()
    refund = refunded(note, "50.00", gateway=Broken(KeyTaken("The key was used.")))

    assert refunding.settle(refund.pk, answer, gateway="sandbox", at=LATER)
    assert not refunding.settle(refund.pk, answer, gateway="sandbox", at=LATER)

    refund.refresh_from_db()
    assert (refund.state, credit(note)) == (state, (left, "0.00"))
    assert findings() == []


# ---- bank transfers ----


def transferred(note: Invoice, amount: str, *, reference: str = "OUT-1") -> RefundAttempt:
    return refunding.record(
        payment_id=payment_of(note).pk, amount=Decimal(amount), invoice_id=note.pk,
        note="Sold by mistake", reference=reference, by=UserFactory(), at=MARCH,
    )  # fmt: skip


def by_transfer() -> Invoice:
    invoice = two_products(transfer=True, tax_exempt=True)
    transfers.receive(invoice_id=invoice.pk, amount=Decimal(79), at=MARCH, reference="IN-1")
    return raised(invoice)


def test_a_transfer_goes_back_by_the_banks_number():  # PLAN-11
    note = by_transfer()
    with pytest.raises(ChangeRefused, match="came by bank transfer"):
        asked(note, "79.00")

    refund = transferred(note, "79.00")

    assert transferred(note, "79.00") == refund
    assert refund.paid_back is not None
    assert (refund.state, refund.paid_back.gateway) == ("refunded", "bank")
    assert Payment.objects.filter(amount__lt=0).count() == 1
    assert "was transferred back" in refund_letters.refund(Letter.objects.get(name="refund")).text
    assert findings() == []


@pytest.mark.parametrize(
    ("amount", "reference", "words"),
    [("79.00", " ", "the bank's own number"), ("79.00", "IN-1", "names another payment")],
)
def test_a_transfer_back_has_a_number_of_its_own(amount, reference, words):
    with pytest.raises(ChangeRefused, match=words):
        transferred(by_transfer(), amount, reference=reference)


# ---- money for an order that was called off ----


def charged_late() -> PaymentAttempt:
    """The order was called off, and the money came all the same."""
    order = waiting(customer(), seat=8)
    attempt = PaymentAttempt.objects.get(order=order)
    late = order.at + timedelta(minutes=11)
    collecting.collect(clock=clock(late), gateway=GATEWAY)
    answer = charge(attempt)
    assert isinstance(answer, Charged)
    answering.settle(attempt.pk, answer, gateway="sandbox", at=late)
    attempt.refresh_from_db()
    return attempt


def test_money_for_an_order_that_was_called_off_is_kept_apart_and_given_back():
    attempt = charged_late()
    payment = Payment.objects.get(attempt=attempt)
    assert (attempt.state, deposit()) == ("stuck", ("-19.71", "0.00", True))
    assert findings() == []

    refund = refunding.ask(
        payment_id=payment.pk, amount=Decimal("19.71"), invoice_id=None,
        note="Charged by mistake", number=1, by=UserFactory(), at=MARCH,
    )  # fmt: skip
    refund_sweep.send(refund.pk, clock=clock(MARCH), gateway=GATEWAY)

    attempt.refresh_from_db()
    assert (attempt.state, deposit()) == ("cancelled", ("0.00", "0.00", True))
    assert "was given back" in attempt.reason
    assert ledger.balance(payment.payer_id) == {"EUR": Decimal(0)}
    assert findings() == []


def test_what_is_kept_back_pays_for_no_invoice():
    attempt = charged_late()

    bill(at=instant("2026-02-28 08:00"))

    assert deposit() == ("-19.71", "0.00", True)
    assert Invoice.objects.latest("pk").credit_used == 0
    assert findings() == []
    assert attempt.state == "stuck"


def test_money_on_account_pays_for_the_next_invoice_first():
    note = paid_and_credited()
    payment = payment_of(note)
    Deposit.objects.create(payment=payment, payer=note.payer, open=-payment.amount)

    bill(at=instant("2026-02-01 08:00"))

    assert deposit() == ("0.00", "0.00", False)
    assert credit(note) == ("-50.00", "0.00")


# ---- what the audit finds ----


def test_the_audit_names_what_is_held_for_nothing():
    note = paid_and_credited()
    Receivable.objects.filter(invoice=note).update(held=Decimal("5.00"))

    assert any("held of document" in found for found in findings())


def test_the_audit_names_money_that_went_back_without_a_refund():
    note = paid_and_credited()
    refunded(note, "50.00")
    RefundAttempt.objects.all().delete()

    assert any("went back without a refund" in found for found in findings())
