"""Refunds that need a person: dealt with once, and money that came again is credit again."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Letter
from billing import credit_moves, dealing, ledger, papers, refund_sweep, refunding
from billing.auditing import audit
from billing.documents import refund_letters
from billing.gateways.base import RefundRefused
from billing.gateways.sandbox import SandboxGateway
from billing.models import DealtWith, Deposit, Invoice, LedgerEntry, Payment, RefundAttempt
from billing.papers import Wanted
from billing.refusals import ChangeRefused
from tests.billing.buying import customer
from tests.billing.calling_off_book import called_off, cannot_settle
from tests.billing.crediting_book import MARCH
from tests.billing.refunding_book import (
    asked,
    credit,
    deposit,
    paid_and_credited,
    payment_of,
    refunded,
)
from tests.billing.running import bill, clock
from tests.factories import UserFactory, instant

pytestmark = pytest.mark.django_db


class CameAgain(SandboxGateway):
    """Says days later that the money of each refund is here again."""

    def look_up_refund(self, key):
        return RefundRefused("The card was closed")


class Refusing(SandboxGateway):
    def refund(self, key, reference, money):
        return RefundRefused("The card was closed")


def came_again(note: Invoice, amount: str) -> RefundAttempt:
    """So much of the note went back, and came again."""
    refund = refunded(note, amount)
    refund_sweep.look_again(refund.pk, clock=clock(MARCH), gateway=CameAgain())
    return RefundAttempt.objects.get(pk=refund.pk)


def dealt(refund: RefundAttempt, *, puts_back: bool = False, reason: str = "Transferred it"):
    return dealing.deal_with(
        refund_id=refund.pk,
        reason=reason,
        puts_back=puts_back,
        by=UserFactory(name="Ines of billing"),
        at=MARCH,
    )


def listed() -> list[RefundAttempt]:
    return list(dealing.for_support(RefundAttempt.objects.all()))


def test_what_was_refused_is_dealt_with_and_its_amount_can_go_back():  # STAFF-2
    note = paid_and_credited()
    refund = refunded(note, "20.00", gateway=Refusing())
    assert (refund.state, listed()) == ("refused", [refund])

    kept = dealt(refund, reason="Asked for a bank account")

    assert listed() == []
    assert (kept.reason, str(kept.person), kept.at) == (
        *("Asked for a bank account", "Ines of billing"),
        MARCH,
    )
    assert credit(note) == ("-50.00", "0.00")
    assert refunding.left_of(payment_of(note)) == Decimal("50.00")
    assert refunded(note, "50.00").state == "refunded"


def test_what_came_again_and_the_customer_has_another_way_leaves_the_books():
    note = paid_and_credited()
    refund = came_again(note, "30.00")
    assert listed() == [refund]
    entries = LedgerEntry.objects.count()

    dealt(refund)

    refund.refresh_from_db()
    assert (refund.state, listed()) == ("refunded", [])
    assert (credit(note), LedgerEntry.objects.count()) == (("-20.00", "0.00"), entries)
    assert refunding.left_of(payment_of(note)) == Decimal("20.00")
    assert list(audit()) == []


def test_what_came_again_is_credit_again():
    """30.00 of 50.00 went back and came again: 50.00 are in credit, and can go back."""
    note = paid_and_credited()
    refund = came_again(note, "30.00")
    assert ledger.balance(note.payer_id) == {"EUR": Decimal("-20.00")}

    kept = dealt(refund, puts_back=True)

    refund.refresh_from_db()
    assert (refund.state, listed(), credit(note)) == ("again", [], ("-50.00", "0.00"))
    entry = LedgerEntry.objects.get(payment=kept.put_back)
    assert (entry.kind, entry.amount.amount, entry.invoice) == ("reversal", Decimal(-30), note)
    assert ledger.balance(note.payer_id) == {"EUR": Decimal("-50.00")}
    assert refunding.left_of(payment_of(note)) == Decimal("50.00")
    assert list(audit()) == []


def test_what_is_credit_again_goes_back_another_way():  # PLAN-11
    note = paid_and_credited()
    dealt(came_again(note, "50.00"), puts_back=True)

    back = refunding.record(
        payment_id=payment_of(note).pk, amount=Decimal("50.00"), invoice_id=note.pk,
        note="To your bank account", reference="OUT-1", by=UserFactory(), at=MARCH,
    )  # fmt: skip

    assert (back.state, credit(note)) == ("refunded", ("0.00", "0.00"))
    assert refunding.left_of(payment_of(note)) == 0
    assert list(audit()) == []


def test_money_that_came_again_is_not_offered_as_a_payment_of_its_own():
    note = paid_and_credited()
    kept = dealt(came_again(note, "50.00"), puts_back=True)

    offered = refunding.payments_to_refund(note.receivable)

    assert offered == [payment_of(note)]
    assert kept.put_back not in offered


def test_what_is_credit_again_pays_for_the_next_invoice():
    note = paid_and_credited()
    dealt(came_again(note, "50.00"), puts_back=True)

    bill(at=instant("2026-02-01 08:00"))

    assert Invoice.objects.latest("pk").credit_used == Decimal("50.00")
    assert credit(note) == ("0.00", "0.00")
    assert list(audit()) == []


def test_what_was_kept_back_is_to_be_given_back_again():
    refund = called_off(cannot_settle(customer()))
    refund_sweep.look_again(refund.pk, clock=clock(MARCH), gateway=CameAgain())

    dealt(refund, puts_back=True)

    assert deposit() == ("-10.37", "0.00", True)
    assert refunding.refundable(Deposit.objects.get()) == Decimal("10.37")
    assert list(audit()) == []


def test_the_customers_papers_and_statement_tell_it():  # PLAN-12
    note = paid_and_credited()
    kept = dealt(came_again(note, "30.00"), puts_back=True)

    moves = credit_moves.moves(note.payer)
    wanted = Wanted(state=papers.State.CAME_AGAIN)
    [paper] = papers.all_of(note.payer, wanted=wanted, language="en", zone="Europe/Prague")

    assert [(one.what, one.amount.amount, one.balance.amount) for one in moves[-2:]] == [
        ("refund", Decimal(-30), Decimal(20)),
        ("came_again", Decimal(30), Decimal(50)),
    ]
    assert (paper.id, paper.amount, paper.kind) == (kept.put_back_id, kept.refund.amount, "payment")
    assert str(paper.state.label) == "Came back"
    left = credit_moves.balances(note.payer)
    assert [one.left.amount for one in left] == [Decimal(50)]


# ---- once, and only where it is right ----


def unsettled(state: str) -> RefundAttempt:
    refund = asked(paid_and_credited(), "10.00")
    RefundAttempt.objects.filter(pk=refund.pk).update(state=state, reason="No answer")
    return refund


@pytest.mark.parametrize("state", ["queued", "sent", "unknown", "stuck"])
def test_what_nobody_knows_is_said_first(state):
    refund = unsettled(state)

    with pytest.raises(ChangeRefused, match="Nobody knows yet"):
        dealt(refund)

    assert not DealtWith.objects.exists()


@pytest.mark.parametrize("puts_back", [False, True])
def test_what_went_back_needs_nobody(puts_back):
    refund = refunded(paid_and_credited(), "10.00")

    with pytest.raises(ChangeRefused, match="nothing to deal with"):
        dealt(refund, puts_back=puts_back)


def test_what_did_not_go_back_is_not_put_back():
    note = paid_and_credited()
    refund = refunded(note, "20.00", gateway=Refusing())

    with pytest.raises(ChangeRefused, match="in credit already"):
        dealt(refund, puts_back=True)

    assert credit(note) == ("-50.00", "0.00")


def test_it_is_dealt_with_once_and_stays_as_written():
    note = paid_and_credited()
    refund = came_again(note, "30.00")
    dealt(refund, puts_back=True)

    with pytest.raises(ChangeRefused, match="Ines of billing has dealt with it already"):
        dealt(refund, puts_back=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        DealtWith.objects.create(refund=refund, reason="Again", person=UserFactory(), at=MARCH)

    assert credit(note) == ("-50.00", "0.00")
    assert Payment.objects.filter(amount__gt=0, payer=note.payer).count() == 2


def test_it_says_what_was_done():
    refund = refunded(paid_and_credited(), "20.00", gateway=Refusing())

    with pytest.raises(ChangeRefused, match="Write what was done"):
        dealt(refund, reason=" ")


def test_a_provider_that_tells_it_again_opens_nothing():
    note = paid_and_credited()
    refund = came_again(note, "30.00")
    dealt(refund, puts_back=True)

    refund_sweep.look_again(refund.pk, clock=clock(MARCH), gateway=CameAgain())

    assert listed() == []
    assert credit(note) == ("-50.00", "0.00")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("€30.00 is your credit again", "In credit now: €50.00", "your next invoices")),
        ("it", ("30,00", "50,00", "le tue prossime fatture")),
        ("cs", ("30,00", "50,00", "příští faktury")),
    ],
)
def test_the_customer_is_told_of_money_that_is_credit_again(language, words):  # STAFF-2
    """They were told that it goes back: without a letter they wait for it."""
    note = paid_and_credited(language=language, email="books@example.com")
    refund = came_again(note, "30.00")

    dealt(refund, puts_back=True)

    letter = Letter.objects.get(name="credit_again")
    assert (letter.to, letter.language) == ("books@example.com", language)
    message = refund_letters.credit_again(letter)
    said = f"{message.subject} {message.text}".replace("\N{NO-BREAK SPACE}", " ")
    for one in words:
        assert one in said, one


def test_money_for_an_order_that_was_called_off_is_said_to_be_given_back_another_way():
    refund = called_off(cannot_settle(customer()))
    refund_sweep.look_again(refund.pk, clock=clock(MARCH), gateway=CameAgain())
    refund.refresh_from_db()

    dealt(refund, puts_back=True)

    message = refund_letters.credit_again(Letter.objects.get(name="credit_again"))
    assert "We give it back to you another way." in message.text


def test_what_stays_gone_is_told_by_no_letter():
    dealt(came_again(paid_and_credited(), "30.00"))

    assert not Letter.objects.filter(name="credit_again").exists()
