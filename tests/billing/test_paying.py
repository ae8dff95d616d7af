"""An open invoice is paid by hand: by somebody who is there, one attempt at a time."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.access import Lacking
from accounts.models import AccountEvent, Letter
from billing import collecting, paying, transfers
from billing.gateways import sandbox
from billing.gateways.base import Cause
from billing.gateways.sandbox_cards import Behaviour
from billing.models import (
    Invoice,
    Payment,
    PaymentAttempt,
    PaymentMethod,
    Receivable,
    SandboxCharge,
)
from billing.refusals import ChangeRefused
from tests.billing.buying import GATEWAY
from tests.billing.keeping import kept
from tests.billing.running import bill, clock
from tests.factories import (
    AccountFactory,
    CardFactory,
    MemberFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    UserFactory,
    instant,
)
from tests.standing import chief, me, stands

pytestmark = pytest.mark.django_db

NOW = instant("2026-01-01 08:00")
LATER = NOW + timedelta(days=1)
BACK = "https://billing.example.com/back/"


def billed(card: Behaviour | None = Behaviour.SECURE):
    """A payer whose invoice of 10.00 waits to be charged by the run."""
    SellerFactory()
    PriceFactory(code="seat", amount=Decimal("10.00"))
    here = chief(AccountFactory(tax_exempt=True, card=card))
    SubscriptionFactory(account=here.account, items={"seat": 1})
    bill(at=NOW)
    return here


def declined(card: Behaviour | None = Behaviour.SECURE):
    """A payer whose invoice of 10.00 could not be charged by the run."""
    here = billed(card)
    collecting.collect(clock=clock(NOW), gateway=GATEWAY)
    return here


def invoice(here) -> Invoice:
    return Invoice.objects.get(payer=here.account)


def pays(here, *, at=LATER) -> PaymentAttempt:
    attempt = paying.begin(here=here, invoice_id=invoice(here).pk, at=at)
    collecting.collect_one(attempt.pk, clock=clock(at), gateway=GATEWAY, return_to=BACK)
    attempt.refresh_from_db()
    return attempt


def test_a_bank_that_asked_in_vain_is_answered_by_hand():
    here = declined()
    assert PaymentAttempt.objects.get().cause == Cause.CONFIRMATION

    attempt = pays(here)
    assert (attempt.number, attempt.state) == (2, "action")
    sandbox.decide(SandboxCharge.objects.get(key=attempt.key), confirms=True)
    collecting.look_again(attempt.pk, clock=clock(LATER), gateway=GATEWAY)

    assert Receivable.objects.get().state == "paid"
    assert Payment.objects.get().attempt == attempt
    deed = AccountEvent.objects.get(kind="paid_by_hand")
    assert (deed.about, deed.actor) == (invoice(here).number, here.person)


def test_who_was_told_that_it_is_not_paid_is_told_that_it_is():
    here = declined()
    attempt = pays(here)
    sandbox.decide(SandboxCharge.objects.get(key=attempt.key), confirms=True)

    for _ in range(2):
        collecting.look_again(attempt.pk, clock=clock(LATER), gateway=GATEWAY)

    first, second = Letter.objects.order_by("pk").values_list("key", flat=True)
    assert (first, second) == (f"invoice:{invoice(here).pk}", f"invoice:{invoice(here).pk}:2")


def test_one_that_is_not_answered_leaves_the_invoice_open():
    here = declined()
    attempt = pays(here)

    collecting.collect(clock=clock(LATER + timedelta(minutes=30)), gateway=GATEWAY)

    attempt.refresh_from_db()
    assert (attempt.state, attempt.cause) == ("cancelled", Cause.UNANSWERED)
    assert Receivable.objects.get().state == "open"
    assert pays(here, at=LATER + timedelta(hours=1)).number == 3


def test_there_is_one_attempt_at_a_time():  # decision 21
    here = declined()
    pays(here)

    with pytest.raises(ChangeRefused, match="answer to a payment is awaited"):
        pays(here)
    assert PaymentAttempt.objects.count() == 2


def test_one_that_waits_for_the_run_is_taken():
    here = billed(Behaviour.GOOD)

    attempt = pays(here)

    assert (attempt.number, attempt.state) == (1, "charged")


@pytest.mark.parametrize("waits", [False, True], ids=["begun anew", "taken from the run"])
@pytest.mark.parametrize("removed", [False, True], ids=["kept", "removed"])
def test_the_sweep_charges_the_card_that_was_chosen(waits, removed):  # JOBS-5, PLAN-11
    """Whoever pays dies before the gateway hears of it, and another card is the default by then.

    One that the payer has removed since is never charged: then it is the default card.
    """
    here = billed()
    if not waits:
        collecting.collect(clock=clock(NOW), gateway=GATEWAY)
    PaymentMethod.objects.filter(payer=here.account).update(is_default=False)
    chosen = CardFactory(payer=here.account, last4="5556")
    begun = paying.begin(here=here, invoice_id=invoice(here).pk, at=LATER)
    PaymentMethod.objects.filter(payer=here.account).update(is_default=False)
    other = CardFactory(payer=here.account, last4="7778")
    if removed:
        PaymentMethod.objects.filter(pk=chosen.pk).update(removed_at=LATER)

    collecting.collect(clock=clock(LATER + collecting.LEASE), gateway=GATEWAY)

    begun.refresh_from_db()
    charged = other if removed else chosen
    assert (begun.state, begun.method) == ("charged", charged)
    assert SandboxCharge.objects.get(key=begun.key).card == charged.reference


def test_what_is_left_is_charged_and_no_more():  # decision 21
    here = declined()
    transfers.receive(
        invoice_id=invoice(here).pk, amount=Decimal("4.00"), at=LATER, reference="bank-1"
    )
    kept(here, at=LATER, replaces=here.account.payment_methods.get().pk)

    attempt = pays(here)

    assert (attempt.amount.amount, attempt.state) == (Decimal("6.00"), "charged")
    assert Receivable.objects.get().open.amount == 0


def test_nothing_is_paid_twice():
    here = declined()
    transfers.receive(
        invoice_id=invoice(here).pk, amount=Decimal("10.00"), at=LATER, reference="bank-1"
    )

    with pytest.raises(ChangeRefused, match="Nothing is open"):
        pays(here)


def test_without_a_card_nothing_is_tried():  # CONV-3
    here = declined(card=None)
    assert PaymentAttempt.objects.get().cause == Cause.NO_METHOD
    assert not SandboxCharge.objects.exists(), "no provider is asked to charge nothing"

    with pytest.raises(ChangeRefused, match="Add one, then pay"):
        pays(here)
    kept(here, at=LATER)
    assert pays(here).state == "charged"


def test_an_expired_card_is_said_and_not_tried():  # CONV-3
    here = declined(card=None)
    kept(here, at=LATER, expires="01/2026")

    with pytest.raises(ChangeRefused, match="Replace it, then pay"):
        pays(here, at=instant("2026-02-03 08:00"))


def test_the_billing_role_reads_and_does_not_pay():
    here = declined()
    reader = stands(MemberFactory(account=here.account, signs_in=True, billing_role=True))

    with pytest.raises(Lacking):
        pays(reader)


def test_support_says_why_it_charges():  # STAFF-2
    here = declined(card=Behaviour.GOOD)
    Receivable.objects.update(open=Decimal("10.00"), state="open")
    PaymentAttempt.objects.update(state="declined")
    support = stands(me(here), visited_by=UserFactory(superuser=True))

    with pytest.raises(ChangeRefused, match="Write why"):
        paying.begin(here=support, invoice_id=invoice(here).pk, at=LATER)
    paying.begin(here=support, invoice_id=invoice(here).pk, at=LATER, reason="By phone")
