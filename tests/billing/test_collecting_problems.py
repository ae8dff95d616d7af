"""Answers that cannot be written down: they hold up nobody else, and support sees them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from billing import answering, collecting, transfers
from billing.attempts import call_off_waiting
from billing.auditing import audit
from billing.gateways.base import Charged, Declined, KeyTaken, Unknown
from billing.gateways.sandbox import SandboxGateway
from billing.models import Payment, PaymentAttempt, Receivable, SandboxCharge
from billing.receivables import take_off
from tests.billing.running import bill, clock
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    UserFactory,
    instant,
)
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

NOW = instant("2026-01-01 08:00")


@lasting(autouse=True)
def queued() -> list[PaymentAttempt]:
    """Three payers owe 10.00 each; the first one is the one with the strange answer."""
    SellerFactory()
    PriceFactory(code="seat", amount=Decimal("10.00"))
    for _ in range(3):
        SubscriptionFactory(account=AccountFactory(tax_exempt=True), items={"seat": 1})
    bill(at=NOW)
    return list(PaymentAttempt.objects.order_by("pk"))


class Answering:
    """A gateway with an answer for each key; whatever it is not told about is charged."""

    name = "answering"

    def __init__(self, answers) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def charge(self, key, money, payer, method, return_to=""):
        self.asked.append(key)
        answer = self.answers.get(key, Charged(f"ref-{key}"))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def look_up(self, key):
        return self.charge(key, None, "", "")


def collect(gateway, *, at=NOW) -> collecting.Collected:
    return collecting.collect(clock=clock(at), gateway=gateway)


def states() -> list[str]:
    return list(PaymentAttempt.objects.order_by("pk").values_list("state", flat=True))


def test_a_long_refusal_is_cut_and_settled(queued):
    gateway = Answering({queued[0].key: Declined("Refused. " * 100)})

    collected = collect(gateway)

    assert collected == collecting.Collected(charged=2, declined=1)
    assert states() == ["declined", "charged", "charged"]
    reason = PaymentAttempt.objects.earliest("pk").reason
    assert reason.startswith("Refused. Refused.")
    assert (len(reason), reason[-1]) == (PaymentAttempt.REASON_LENGTH, "…")


def test_a_providers_long_number_is_kept_whole(queued):
    gateway = Answering({queued[0].key: Charged("r" * 255)})

    assert collect(gateway) == collecting.Collected(charged=3)
    assert Payment.objects.get(attempt=queued[0]).reference == "r" * 255


def test_an_answer_that_cannot_be_stored_stops_nobody_else(queued):
    taken(queued)
    gateway = Answering({queued[0].key: Charged("ref-taken")})

    collected = collect(gateway)

    assert collected == collecting.Collected(charged=1, unknown=1)
    held_up = PaymentAttempt.objects.earliest("pk")
    assert states() == ["unknown", "charged", "cancelled"]
    assert held_up.next_try_at == NOW + collecting.SHORTEST_WAIT
    assert held_up.reason.startswith("Charged, but it could not be written down")
    assert not Payment.objects.filter(attempt=held_up).exists()
    assert shown(state="support") == [held_up]


def test_it_is_written_down_as_soon_as_that_is_possible(queued):
    taken(queued)
    gateway = Answering({queued[0].key: Charged("ref-taken")})
    collect(gateway)

    gateway.answers = {}
    collect(gateway, at=NOW + timedelta(minutes=1))

    settled = PaymentAttempt.objects.earliest("pk")
    assert (settled.state, settled.reason) == ("charged", "")
    assert list(audit()) == []


def test_no_answer_is_no_problem_for_support(queued):
    collect(Answering({queued[0].key: Unknown()}))

    assert PaymentAttempt.objects.earliest("pk").reason == ""
    assert shown(state="support") == []


def test_a_gateway_that_breaks_is_shown_to_support(queued):
    collect(Answering({queued[0].key: RuntimeError("the bank's library is broken")}))

    assert "the bank's library is broken" in PaymentAttempt.objects.earliest("pk").reason
    assert shown(state="support") == [queued[0]]


# Decision 21: a key that names another charge is never asked about again by itself.


def test_a_key_used_for_another_charge_stops_and_waits_for_support(queued, caplog):
    gateway = Answering({queued[0].key: KeyTaken("The key was used for 99.00 EUR")})

    assert collect(gateway) == collecting.Collected(charged=2, stuck=1)
    assert collect(gateway, at=NOW + timedelta(days=30)) == collecting.Collected()

    stuck = PaymentAttempt.objects.earliest("pk")
    assert gateway.asked.count(stuck.key) == 1
    assert (stuck.state, stuck.reason) == ("stuck", "The key was used for 99.00 EUR")
    assert f"attempt stuck key={stuck.key} because=The key was used for 99.00" in caplog.text
    assert Receivable.objects.get(invoice=stuck.invoice).state == "open"
    assert shown(state="support") == [stuck]


def test_support_settles_what_is_stuck_by_hand(queued):
    collect(Answering({queued[0].key: KeyTaken("used for 99.00")}))

    settled = answering.settle(queued[0].pk, Charged("by-hand"), gateway="answering", at=NOW)

    assert settled
    assert states() == ["charged", "charged", "charged"]
    assert list(audit()) == []


def test_what_is_stuck_is_left_alone_by_a_transfer(queued):
    collect(Answering({queued[0].key: KeyTaken("used for 99.00")}))

    transfers.receive(
        invoice_id=queued[0].invoice_id, amount=Decimal("10.00"), at=NOW, reference="B-1"
    )

    assert states() == ["stuck", "charged", "charged"]
    assert Receivable.objects.get(invoice=queued[0].invoice).state == "paid"


def test_the_sandbox_says_that_a_key_is_taken(queued):
    SandboxCharge.objects.create(
        key=queued[0].key, payer="somebody", currency="EUR", amount=99, outcome="charged"
    )

    collect(SandboxGateway())

    assert states() == ["stuck", "charged", "charged"]


@pytest.mark.parametrize("words", ["nul \0 byte", "half a pair \ud800"])
def test_words_that_no_database_keeps_are_kept_without(queued, words):
    collect(Answering({queued[0].key: Declined(words), queued[1].key: KeyTaken(words)}))

    assert states() == ["declined", "stuck", "charged"]


def taken(queued) -> None:
    """The provider's number `ref-taken` names a payment of somebody else."""
    other = queued[2]
    payment = Payment(
        payer_id=other.payer_id, invoice=other.invoice, amount=other.amount, at=NOW,
        gateway="answering", reference="ref-taken",
    )  # fmt: skip
    take_off(payment)
    call_off_waiting(invoice_id=other.invoice_id, payer=other.payer, at=NOW)


def shown(**query: str) -> list[PaymentAttempt]:
    """What support finds in the desk's list."""
    from django.test import Client

    client = Client()
    client.force_login(UserFactory(superuser=True))
    page = client.get(reverse("admin:billing_paymentattempt_changelist"), query)
    return list(page.context["cl"].result_list)
