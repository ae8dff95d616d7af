"""The sandbox gateway: rules by amount, and the same answer for the same key."""

import pytest
from djmoney.money import Money

from billing.gateways.base import (
    ChargeAnswer,
    Charged,
    Declined,
    KeyTaken,
    NeverSeen,
    Refunded,
    RefundRefused,
    Unknown,
)
from billing.gateways.sandbox import SandboxGateway
from billing.models import SandboxCard, SandboxCharge, SandboxRefund

pytestmark = pytest.mark.django_db

gateway = SandboxGateway()


@pytest.fixture(autouse=True)
def card() -> SandboxCard:
    """The good card of payer 7."""
    return SandboxCard.objects.create(key="card", payer="7", state="kept", behaviour="good")


def charge(key: str, amount: str, currency: str = "EUR", *, payer: str = "7") -> ChargeAnswer:
    money = Money(amount, currency)
    return SandboxGateway().charge(key, money, payer, SandboxCard.objects.get().reference)


@pytest.mark.parametrize(
    ("amount", "currency", "answer"),
    [
        ("10.00", "EUR", Charged),
        ("10.13", "EUR", Declined),
        ("113", "JPY", Declined),
        ("1.013", "KWD", Declined),
        ("1.130", "KWD", Charged),
        ("20.14", "EUR", Unknown),
        ("21.14", "EUR", Unknown),
    ],
)
def test_the_minor_amount_decides(amount, currency, answer):
    assert isinstance(charge("key", amount, currency), answer)


@pytest.mark.parametrize("amount", ["10.00", "10.13"])
def test_the_same_key_gets_the_same_answer_from_every_process(amount):
    first = charge("key", amount)

    again = charge("key", amount)

    assert again == first == gateway.look_up("key")
    assert SandboxCharge.objects.count() == 1


def test_two_keys_are_two_charges():
    first = charge("one", "10.00")
    second = charge("two", "10.00")

    assert first != second


@pytest.mark.parametrize(
    ("amount", "payer"), [("10.01", "7"), ("10.00", "8")], ids=["amount", "payer"]
)
def test_a_key_that_was_used_for_something_else_is_refused(amount, payer):
    charge("key", "10.00")

    with pytest.raises(ValueError, match="Use a new key"):
        charge("key", amount, payer=payer)


def test_silence_may_hide_a_charge():
    charge("key", "20.14")

    found = gateway.look_up("key")

    assert isinstance(found, Charged)
    assert charge("key", "20.14") == found


def test_silence_may_hide_a_request_that_never_arrived():
    charge("key", "21.14")

    assert gateway.look_up("key") == NeverSeen()
    charged = charge("key", "21.14")
    assert isinstance(charged, Charged)
    assert gateway.look_up("key") == charged


def test_a_key_that_was_never_used_is_unknown_to_it():
    assert gateway.look_up("key") == NeverSeen()


def charged(amount: str) -> str:
    answer = charge("charge", amount)
    assert isinstance(answer, Charged)
    return answer.reference


@pytest.mark.parametrize(
    ("amount", "answer"),
    [("10.00", Refunded), ("10.13", RefundRefused), ("20.14", Unknown), ("21.14", Unknown)],
)
def test_the_minor_amount_decides_about_a_refund_too(amount, answer):
    reference = charged("50.00")

    assert isinstance(gateway.refund("key", reference, Money(amount, "EUR")), answer)


@pytest.mark.parametrize("amount", ["10.00", "10.13"])
def test_the_same_key_gives_back_once(amount):
    reference = charged("50.00")
    first = gateway.refund("key", reference, Money(amount, "EUR"))

    again = SandboxGateway().refund("key", reference, Money(amount, "EUR"))

    assert again == first == gateway.look_up_refund("key")
    assert SandboxRefund.objects.count() == 1


def test_no_more_goes_back_than_was_charged():
    reference = charged("50.00")
    assert isinstance(gateway.refund("one", reference, Money("30.00", "EUR")), Refunded)

    refused = gateway.refund("two", reference, Money("20.01", "EUR"))

    assert isinstance(refused, RefundRefused)
    assert "20.00 EUR" in refused.reason
    assert isinstance(gateway.refund("three", reference, Money("20.00", "EUR")), Refunded)


@pytest.mark.parametrize("reference", ["sandbox-4711", "bank-1", ""])
def test_nothing_goes_back_of_a_charge_that_there_is_not(reference):
    assert isinstance(gateway.refund("key", reference, Money("1.00", "EUR")), RefundRefused)


def test_a_declined_charge_gives_nothing_back():
    charge("charge", "10.13")
    reference = SandboxCharge.objects.get().reference

    assert isinstance(gateway.refund("key", reference, Money("1.00", "EUR")), RefundRefused)


def test_silence_may_hide_a_refund():
    reference = charged("50.00")
    gateway.refund("key", reference, Money("20.14", "EUR"))

    found = gateway.look_up_refund("key")

    assert isinstance(found, Refunded)
    assert gateway.refund("key", reference, Money("20.14", "EUR")) == found


def test_silence_may_hide_a_refund_that_never_arrived():
    reference = charged("50.00")
    gateway.refund("key", reference, Money("21.14", "EUR"))

    assert gateway.look_up_refund("key") == NeverSeen()
    refunded = gateway.refund("key", reference, Money("21.14", "EUR"))
    assert isinstance(refunded, Refunded)
    assert gateway.look_up_refund("key") == refunded


def test_a_key_of_a_refund_is_for_that_refund():
    reference = charged("50.00")
    gateway.refund("key", reference, Money("10.00", "EUR"))

    with pytest.raises(KeyTaken, match="Use a new key"):
        gateway.refund("key", reference, Money("11.00", "EUR"))
