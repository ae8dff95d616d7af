"""An order that was charged and cannot be settled is called off: once, and its money goes back."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from djmoney.money import Money

from accounts import mail
from accounts.models import Account, Letter
from billing import answering, calling_off, ledger, refund_sweep
from billing.auditing import audit
from billing.gateways.base import Charged, NeverSeen, RefundRefused, Unaskable, Unknown
from billing.gateways.sandbox import SandboxGateway
from billing.models import (
    CalledOff,
    Event,
    Invoice,
    Item,
    LedgerEntry,
    Order,
    Payment,
    PaymentAttempt,
    RefundAttempt,
    SandboxRefund,
)
from billing.refusals import ChangeRefused
from tests.billing.buying import GATEWAY, NOW, buy, waiting
from tests.billing.buying import customer as a_customer
from tests.billing.calling_off_book import REASON, called_off, cannot_settle, costs
from tests.billing.refunding_book import deposit
from tests.billing.running import bill, clock
from tests.billing.settling_book import LATER, credited, swept, unanswered
from tests.factories import UserFactory, instant

pytestmark = pytest.mark.django_db


def attempt_of(order: Order) -> PaymentAttempt:
    return PaymentAttempt.objects.get(order=order)


def test_the_order_ends_and_its_money_goes_back(customer):  # STAFF-2
    """10.37 came in, 10.37 went back: nothing is owed, on account, held or issued."""
    order = cannot_settle(customer)
    assert (order.state, attempt_of(order).state) == ("paying", "unknown")
    before = Event.objects.count(), Invoice.objects.count()

    refund = called_off(order)

    order.refresh_from_db()
    assert (order.state, order.reason) == ("cancelled", f"Called off by Ines of billing: {REASON}")
    assert (refund.state, refund.amount, refund.note) == ("refunded", Money("10.37", "EUR"), REASON)
    assert attempt_of(order).state == "cancelled"
    assert (Event.objects.count(), Invoice.objects.count()) == before
    assert deposit() == ("0.00", "0.00", True)
    entries = LedgerEntry.objects.filter(invoice=None).order_by("pk")
    assert [(one.kind, one.amount.amount) for one in entries] == [
        ("payment", Decimal("-10.37")),
        ("refund", Decimal("10.37")),
    ]
    assert ledger.balance(customer.account.pk) == {"EUR": Decimal(0)}
    assert list(audit()) == []


def test_who_why_and_when_stay(customer):
    order = cannot_settle(customer)

    called_off(order)

    kept = CalledOff.objects.get(order=order)
    assert (kept.reason, str(kept.person), kept.at) == (REASON, "Ines of billing", LATER)


def test_the_payer_is_billed_again(customer):  # decision 17
    order = cannot_settle(customer)
    opens = instant("2026-02-28 08:00")
    bill(at=opens)
    assert Invoice.objects.count() == 1

    called_off(order)
    bill(at=opens)

    assert Invoice.objects.latest("pk").total.amount == Decimal("114.95")  # 5 × 19.00, 21 %


def test_the_customer_is_told_and_told_again_when_it_went_back(customer):
    order = cannot_settle(customer)

    called_off(order)
    mail.deliver_due(clock=clock(LATER))

    letter = Letter.objects.get(name="order_called_off")
    assert letter.state == "sent"
    assert order.person.email in letter.to
    assert Letter.objects.filter(name="refund").count() == 1


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "Your order was called off: €10.37 goes back to you"),
        ("it", "Il tuo ordine è stato annullato: 10,37 € ti vengono restituiti"),
        ("cs", "Vaše objednávka byla zrušena: 10,37 € se vám vrací"),
    ],
)
def test_the_letter_says_why_and_how_much(customer, mailoutbox, language, subject):  # ALL-2
    Account.objects.update(language=language)
    called_off(cannot_settle(customer))

    mail.deliver_due(clock=clock(LATER))

    [told] = [one for one in mailoutbox if one.subject.replace("\xa0", " ") == subject]
    assert REASON in told.body
    assert "10" in told.body


@pytest.mark.parametrize(
    ("back", "words"),
    [(True, "Your money went back"), (False, "Your money goes back")],
    ids=["went back", "on its way"],
)
def test_the_customer_sees_it_on_the_orders_page(customer, back, words):
    order = cannot_settle(customer)
    called_off(order, gateway=SandboxGateway() if back else Silent())
    client = Client()
    client.force_login(customer.person)

    page = client.get(reverse("billing:order", args=[customer.account.pk, order.pk]))

    said = page.content.decode()
    for one in ("Called off: nothing was changed", words, REASON, "10.37"):
        assert one in said
    assert "Use another card" not in said


# ---- the gateway ----


class Silent(SandboxGateway):
    """Gives back what it is asked to, and its answer is lost."""

    def refund(self, key, reference, money):
        super().refund(key, reference, money)
        return Unknown()


class Refusing(SandboxGateway):
    def refund(self, key, reference, money):
        return RefundRefused("The card was closed")


def test_a_refund_without_an_answer_is_looked_up_and_given_back_once(customer):  # decision 44
    order = cannot_settle(customer)

    refund = called_off(order, gateway=Silent())
    assert (refund.state, deposit()) == ("unknown", ("-10.37", "10.37", True))
    refund_sweep.send_due(clock=clock(LATER + timedelta(minutes=5)), gateway=GATEWAY)

    refund.refresh_from_db()
    assert (refund.state, deposit()) == ("refunded", ("0.00", "0.00", True))
    assert SandboxRefund.objects.count() == 1
    assert list(audit()) == []


def test_a_process_that_dies_before_it_sends_leaves_the_refund_to_the_sweep(customer):
    order = cannot_settle(customer)

    class Dies(SandboxGateway):
        def refund(self, key, reference, money):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        called_off(order, gateway=Dies())
    order.refresh_from_db()
    assert (order.state, RefundAttempt.objects.get().state) == ("cancelled", "sent")
    refund_sweep.send_due(clock=clock(LATER + timedelta(minutes=11)), gateway=GATEWAY)

    assert RefundAttempt.objects.get().state == "refunded"
    assert deposit() == ("0.00", "0.00", True)


def test_a_refused_refund_stays_to_be_given_back(customer):
    order = cannot_settle(customer)

    refund = called_off(order, gateway=Refusing())

    assert (refund.state, deposit()) == ("refused", ("-10.37", "0.00", True))
    assert attempt_of(order).state == "stuck"
    assert list(audit()) == []


def test_what_can_be_settled_by_now_holds_and_is_not_called_off(customer):
    order = cannot_settle(customer)
    costs("30.00")

    with pytest.raises(ChangeRefused, match="is settled: it holds"):
        called_off(order)

    order.refresh_from_db()
    assert (order.state, CalledOff.objects.count()) == ("done", 0)
    assert Item.objects.get(product__code="desk").quantity == 1
    assert not RefundAttempt.objects.exists()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (NeverSeen(), "nothing was charged under order-"),
        (Unknown(), "does not answer now"),
        (Unaskable("No such key"), "cannot be asked what was charged: No such key"),
    ],
    ids=["never seen", "no answer", "broken"],
)
def test_without_the_gateways_word_nothing_is_given_back(customer, answer, words):
    order = cannot_settle(customer)

    class Says(SandboxGateway):
        def look_up(self, key):
            if isinstance(answer, Exception):
                raise answer
            return answer

    with pytest.raises(ChangeRefused, match=words):
        calling_off.plan(order_id=order.pk, gateway=Says())


# ---- once, and only where it is right ----


def test_an_order_is_called_off_once(customer):
    order = cannot_settle(customer)
    called_off(order)

    with pytest.raises(ChangeRefused, match="ended already: Called off by Ines"):
        called_off(order)

    assert (CalledOff.objects.count(), RefundAttempt.objects.count()) == (1, 1)


def test_the_database_keeps_it_to_once(customer):
    order = cannot_settle(customer)
    called_off(order)

    with pytest.raises(IntegrityError), transaction.atomic():
        CalledOff.objects.create(order=order, reason="Again", person=UserFactory(), at=LATER)


def test_a_late_answer_of_the_gateway_writes_nothing_more(customer):
    order = cannot_settle(customer)
    called_off(order)
    attempt = attempt_of(order)
    reference = Payment.objects.get(attempt=attempt).reference

    assert not answering.settle(attempt.pk, Charged(reference), gateway="sandbox", at=LATER)
    swept(order, at=LATER + timedelta(days=2))

    assert Counter(Payment.objects.filter(attempt=attempt).values_list("amount", flat=True)) == {
        Decimal("10.37"): 1
    }
    assert Order.objects.get(pk=order.pk).state == "cancelled"


def done(here) -> Order:
    return buy(here, seat=8)


def begun(here) -> Order:
    return waiting(here, seat=8)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (done, "is settled: it holds"),
        (begun, "No settlement of Order"),
        (unanswered, "No settlement of Order"),
    ],
)
def test_only_what_has_failed_to_settle_is_called_off(customer, make, words):
    order = make(customer)

    with pytest.raises(ChangeRefused, match=words):
        called_off(order)

    assert not CalledOff.objects.exists()


def test_a_reason_is_written(customer):
    order = cannot_settle(customer)

    with pytest.raises(ChangeRefused, match="a reason that the customer reads"):
        called_off(order, reason="  ")

    assert not CalledOff.objects.exists()


def test_looking_changes_nothing(customer):
    order = cannot_settle(customer)

    planned = calling_off.plan(order_id=order.pk, gateway=GATEWAY)

    assert planned.attempt == attempt_of(order)
    assert planned.reference.startswith("sandbox-")
    assert not Payment.objects.filter(attempt=planned.attempt).exists()
    assert Order.objects.get(pk=order.pk).state == "paying"


def test_credit_that_the_order_took_is_free_again():  # decision 49
    here = a_customer()
    credited("5.00")  # 6.05 with its tax
    order = cannot_settle(here)
    assert (order.credit, attempt_of(order).amount.amount) == (Decimal("6.05"), Decimal("4.32"))

    refund = called_off(order)

    assert refund.amount.amount == Decimal("4.32")
    bill(at=instant("2026-02-28 08:00"), now=NOW + timedelta(days=8))
    assert Invoice.objects.latest("pk").credit_used == Decimal("6.05")
    assert list(audit()) == []
