"""The sandbox gateway: rules by amount, and the same answer for the same key."""

import pytest
from djmoney.money import Money

from billing.gateways.base import Charged, Declined, NeverSeen, Unknown
from billing.gateways.sandbox import SandboxGateway
from billing.models import SandboxCharge

pytestmark = pytest.mark.django_db

gateway = SandboxGateway()


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
    assert isinstance(gateway.charge("key", Money(amount, currency), "7"), answer)


@pytest.mark.parametrize("amount", ["10.00", "10.13"])
def test_the_same_key_gets_the_same_answer_from_every_process(amount):
    first = gateway.charge("key", Money(amount, "EUR"), "7")

    again = SandboxGateway().charge("key", Money(amount, "EUR"), "7")

    assert again == first == gateway.look_up("key")
    assert SandboxCharge.objects.count() == 1


def test_two_keys_are_two_charges():
    first = gateway.charge("one", Money("10.00", "EUR"), "7")
    second = gateway.charge("two", Money("10.00", "EUR"), "7")

    assert first != second


@pytest.mark.parametrize(
    ("amount", "payer"), [("10.01", "7"), ("10.00", "8")], ids=["amount", "payer"]
)
def test_a_key_that_was_used_for_something_else_is_refused(amount, payer):
    gateway.charge("key", Money("10.00", "EUR"), "7")

    with pytest.raises(ValueError, match="Use a new key"):
        gateway.charge("key", Money(amount, "EUR"), payer)


def test_silence_may_hide_a_charge():
    gateway.charge("key", Money("20.14", "EUR"), "7")

    found = gateway.look_up("key")

    assert isinstance(found, Charged)
    assert gateway.charge("key", Money("20.14", "EUR"), "7") == found


def test_silence_may_hide_a_request_that_never_arrived():
    gateway.charge("key", Money("21.14", "EUR"), "7")

    assert gateway.look_up("key") == NeverSeen()
    charged = gateway.charge("key", Money("21.14", "EUR"), "7")
    assert isinstance(charged, Charged)
    assert gateway.look_up("key") == charged


def test_a_key_that_was_never_used_is_unknown_to_it():
    assert gateway.look_up("key") == NeverSeen()
