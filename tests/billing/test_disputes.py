"""Disputes: the books follow what the provider has taken, whenever and however often it rings."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest
from django.db import IntegrityError, transaction

from billing import (
    collecting,
    credit_moves,
    disputing,
    ledger,
    papers,
    refund_sweep,
    refunding,
    transfers,
)
from billing import webhooks as bells
from billing.auditing import audit
from billing.gateways.base import Disputed, DisputeState, Told, about_dispute
from billing.gateways.sandbox_cards import Behaviour
from billing.models import (
    Deposit,
    Dispute,
    Invoice,
    LedgerEntry,
    Payment,
    PaymentAttempt,
    Receivable,
    SandboxMessage,
    WebhookReceived,
)
from billing.papers import Wanted
from billing.refusals import ChangeRefused
from tests.billing.buying import GATEWAY, customer
from tests.billing.calling_off_book import called_off, cannot_settle
from tests.billing.crediting_book import MARCH, raised
from tests.billing.dispute_book import (
    InDollars,
    OfAnother,
    Saying,
    Silent,
    Slow,
    at_bank,
    charged,
    decided,
    heard,
    payment_of,
    stands,
)
from tests.billing.refunding_book import asked
from tests.billing.running import bill, clock
from tests.billing.test_dealing import Refusing
from tests.factories import instant
from tests.standing import chief

pytestmark = pytest.mark.django_db

LATER: Final = instant("2026-03-20 10:00")


def entries(invoice: Invoice) -> list[tuple[str, str]]:
    rows = LedgerEntry.objects.filter(payer=invoice.payer).order_by("pk")
    return [(one.kind, f"{one.amount.amount:.2f}") for one in rows]


def statement(invoice: Invoice) -> list[tuple[str, str]]:
    """What changed the payer's credit, and what there was after each."""
    moves = credit_moves.moves(invoice.payer)
    return [(str(one.what), f"{one.balance.amount:.2f}") for one in moves]


# ---- how one goes ----


def test_a_disputed_payment_is_open_again():
    invoice = charged()

    assert heard()

    dispute = Dispute.objects.get()
    assert (dispute.reference, dispute.amount, dispute.taken) == (
        *(at_bank().reference, payment_of(invoice).amount),
        Decimal("50.00"),
    )
    assert stands(invoice) == ("50.00", "0.00", "open")
    assert entries(invoice)[-1] == ("dispute", "50.00")
    assert ledger.balance(invoice.payer_id) == {"EUR": Decimal("50.00")}
    assert list(audit()) == []


@pytest.mark.parametrize(
    ("state", "is_open", "owed"), [("won", "0.00", "0.00"), ("lost", "50.00", "50.00")]
)
def test_what_the_bank_decides_stays(state, is_open, owed):
    invoice = charged()
    heard()
    decided(state)

    assert heard(at=LATER)

    assert stands(invoice) == (is_open, "0.00", state)
    assert f"{ledger.balance(invoice.payer_id)['EUR']:.2f}" == owed
    assert Receivable.objects.get(invoice=invoice).state == ("paid" if state == "won" else "open")
    assert list(audit()) == []


@pytest.mark.parametrize("decides", ["won", "lost"])
@pytest.mark.parametrize("times", [1, 2])
def test_late_double_and_disordered_messages_end_the_same(decides, times):
    """It was decided before the first message came: there is nothing but the end to be heard."""
    invoice = charged()
    decided(decides)

    for kind in ("dispute.closed", "dispute.created"):
        for number in range(times):
            told = Told(f"{kind}-{number}", kind, about_dispute(at_bank().reference))
            bells.receive(told, gateway="sandbox", at=MARCH)
    assert bells.handle_due(gateway=GATEWAY, clock=clock(MARCH)) == 2 * times

    assert stands(invoice) == (
        *(("50.00", "0.00") if decides == "lost" else ("0.00", "0.00")),
        decides,
    )
    assert Payment.objects.filter(dispute_move__isnull=False).count() == (decides == "lost")
    assert list(audit()) == []


def test_the_provider_tells_of_it_a_minute_later():
    charged()

    (message,) = SandboxMessage.objects.filter(kind="dispute.created")

    assert (message.key, message.delay) == (about_dispute(at_bank().reference), 1)


def test_an_inquiry_moves_no_money_and_can_be_given_back():
    invoice = charged(behaviour=Behaviour.INQUIRED)
    heard()
    assert stands(invoice) == ("0.00", "0.00", "inquiry")
    note = raised(invoice)

    assert asked(note, "50.00", payment=payment_of(invoice)).state == "queued"

    decided("closed")
    heard()
    assert Dispute.objects.get().state == "closed"
    assert entries(invoice)[-1] == ("credit_note", "-50.00")


def test_an_inquiry_that_becomes_a_dispute_takes_the_money_then():
    invoice = charged(behaviour=Behaviour.INQUIRED)
    heard()
    decided("open")
    heard()

    assert stands(invoice) == ("50.00", "0.00", "open")


# ---- what must not happen ----


def test_nothing_charges_the_disputed_amount_by_itself():
    """It would be charged again without anybody's consent."""
    invoice = charged()
    heard()
    decided("lost")
    heard()

    collecting.collect(clock=clock(LATER), gateway=GATEWAY)
    bill(at=instant("2026-02-01 08:00"))

    assert PaymentAttempt.objects.filter(invoice=invoice).count() == 1
    assert stands(invoice)[0] == "50.00"


def test_a_refund_of_a_disputed_payment_is_refused():
    invoice = charged()
    note = raised(invoice, seat="20.00")
    heard()

    with pytest.raises(ChangeRefused, match="its bank decides to whom it belongs"):
        asked(note, "20.00", payment=payment_of(invoice))


def test_of_a_lost_one_nothing_is_left_to_go_back():
    invoice = charged()
    note = raised(invoice, seat="20.00")
    heard()
    decided("lost")
    heard()

    assert refunding.left_of(payment_of(invoice)) == 0
    with pytest.raises(ChangeRefused, match=r"0\.00 EUR of this payment have not gone back yet"):
        asked(note, "20.00", payment=payment_of(invoice))


def test_of_one_that_was_won_it_goes_back_as_before():
    invoice = charged()
    note = raised(invoice, seat="20.00")
    heard()
    decided("won")
    heard()

    # The money that came again is no payment of its own to be given back.
    credit = Receivable.objects.get(invoice=note)
    assert list(refunding.payments_to_refund(credit)) == [payment_of(invoice)]
    assert asked(note, "20.00", payment=payment_of(invoice)).state == "queued"


def test_a_dispute_is_written_down_once():
    invoice = charged()
    heard()
    dispute = Dispute.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Dispute.objects.create(
            gateway="sandbox",
            reference=dispute.reference,
            payment=payment_of(invoice),
            payer=invoice.payer,
            amount=dispute.amount,
            state="open",
            opened_at=MARCH,
            heard_at=MARCH,
        )


# ---- what is not there yet ----


def test_an_older_word_never_comes_after_a_newer():
    """One worker was told *open* and stood still while another wrote down *won*."""
    invoice = charged()
    heard()
    slow = Slow(lambda: decided("won"))

    assert not disputing.hear(at_bank().reference, gateway=slow, clock=clock(LATER))

    assert stands(invoice) == ("0.00", "0.00", "won")


def test_without_an_answer_it_is_asked_again():
    charged()
    assert not disputing.hear(at_bank().reference, gateway=Silent(), clock=clock(MARCH))
    assert not Dispute.objects.exists()


def test_one_about_a_charge_that_is_not_written_down_yet_waits():
    charged()

    assert not disputing.hear("x", gateway=OfAnother(), clock=clock(MARCH))


def test_one_about_nothing_of_ours_is_done_with():
    told = Told("1", "dispute.created", about_dispute("sandbox-dispute-99"))
    bells.receive(told, gateway="sandbox", at=MARCH)

    assert bells.handle_due(gateway=GATEWAY, clock=clock(MARCH)) == 1
    assert not Dispute.objects.exists()


def test_it_waits_for_a_refund_out_of_the_same_credit():
    """Paid twice, and the second 50.00 are on their way back: first it is known whether they went.

    The desk sees the dispute at once, and no other refund of the payment is made.
    """
    invoice = charged()
    transfers.receive(invoice_id=invoice.pk, amount=Decimal("50.00"), at=MARCH, reference="T-1")
    refund = refunding.ask(
        payment_id=payment_of(invoice).pk,
        amount=Decimal("50.00"),
        invoice_id=invoice.pk,
        note="Paid twice",
        number=1,
        by=chief(invoice.payer).person,
        at=MARCH,
    )
    key = about_dispute(at_bank().reference)
    bells.receive(Told("1", "dispute.created", key), gateway="sandbox", at=MARCH)
    assert bells.handle_due(gateway=GATEWAY, clock=clock(MARCH)) == 0
    assert stands(invoice) == ("-50.00", "50.00", "open")

    refund_sweep.send(refund.pk, clock=clock(MARCH), gateway=GATEWAY)
    refund.refresh_from_db()
    assert refund.state == "refused"
    assert bells.handle_due(gateway=GATEWAY, clock=clock(MARCH + timedelta(hours=1))) == 1

    assert stands(invoice) == ("0.00", "0.00", "open")
    assert list(audit()) == []


def test_a_dispute_in_another_currency_is_said_to_support():
    charged()
    bells.receive(Told("1", "k", about_dispute("x")), gateway="sandbox", at=MARCH)

    assert bells.handle_due(gateway=InDollars(), clock=clock(MARCH)) == 0

    assert "is in USD" in WebhookReceived.objects.get().problem


# ---- money elsewhere ----


def test_a_transfer_meanwhile_is_credit_when_it_is_won():
    invoice = charged()
    heard()
    transfers.receive(invoice_id=invoice.pk, amount=Decimal("50.00"), at=MARCH, reference="T-1")
    assert stands(invoice) == ("0.00", "0.00", "open")
    decided("won")
    heard()

    assert stands(invoice) == ("-50.00", "50.00", "won")
    statement = [
        (str(one.what), f"{one.balance.amount:.2f}") for one in credit_moves.moves(invoice.payer)
    ]
    assert statement == [("restored", "50.00")]
    assert list(audit()) == []


def test_credit_that_an_invoice_has_used_is_not_taken_again():
    """Paid twice, and February used the 50.00 too many: the dispute opens January."""
    invoice = charged()
    transfers.receive(invoice_id=invoice.pk, amount=Decimal("50.00"), at=MARCH, reference="T-1")
    bill(at=instant("2026-02-01 08:00"))
    heard()

    assert stands(invoice) == ("50.00", "0.00", "open")
    moves = [
        (str(one.what), f"{one.balance.amount:.2f}") for one in credit_moves.moves(invoice.payer)
    ]
    assert moves == [("overpaid", "50.00"), ("used", "0.00")]
    assert list(audit()) == []


@pytest.mark.parametrize(("gateway", "taken"), [(Refusing(), "10.37"), (GATEWAY, "0.00")])
def test_of_money_on_account_no_more_is_taken_than_is_left(gateway, taken):
    """What went back before is on no document: taken a second time, it is the seller's loss."""
    order = cannot_settle(customer())
    called_off(order, gateway=gateway)
    payment = Payment.objects.get(attempt__order=order)
    answer = Disputed(payment.reference, payment.amount, DisputeState.LOST, True, "", "", None)

    for _ in range(2):
        assert disputing.hear("x", gateway=Saying(answer), clock=clock(MARCH))

    assert f"{Dispute.objects.get().taken:.2f}" == taken
    assert Deposit.objects.get().open.amount == 0
    assert ledger.balance(payment.payer_id) == {"EUR": Decimal(0)}
    assert PaymentAttempt.objects.get(order=order).state == "cancelled"
    assert list(audit()) == []


def test_the_customer_reads_what_was_taken_and_what_came_again():  # PLAN-12
    invoice = charged()
    heard()
    decided("won")
    heard(at=LATER)

    rows = list(papers.all_of(invoice.payer, wanted=Wanted(), language="en", zone="Europe/Prague"))

    assert {str(one.state) for one in rows} == {"restored", "taken_back", "received", "paid"}
    for state, count in (
        ("taken_back", 1),
        ("disputed", 0),
        ("restored", 1),
        ("received", 1),
        ("returned", 0),
    ):
        wanted = Wanted.read({"state": state})
        assert papers.found(invoice.payer, wanted=wanted, zone="UTC").count() == count, state
