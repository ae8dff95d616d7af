"""What a gateway promises, asked of both: the sandbox, and Stripe on the wire. Decision 45."""

from __future__ import annotations

from datetime import timedelta

import pytest
from djmoney.money import Money

from billing.gateways.base import (
    ActionNeeded,
    BadSignature,
    Cancelled,
    Card,
    Cause,
    ChargeAnswer,
    Charged,
    Declined,
    Form,
    KeyTaken,
    MethodPending,
    MethodReady,
    NeverSeen,
    Refunded,
    RefundRefused,
    Unknown,
)
from tests.billing.gateways.providers import BACK, PAYER, Provider, card
from tests.factories import instant

pytestmark = pytest.mark.django_db

NOW = instant("2026-02-20 12:00")
TEN = Money("10.00", "EUR")
FIFTY = Money("50.00", "EUR")


def charge(
    provider: Provider,
    key: str = "order-1-1",
    money: Money = TEN,
    *,
    behaviour: str = "good",
    return_to: str = BACK,
) -> ChargeAnswer:
    """A charge to a card that behaves so."""
    method = card(provider, behaviour)
    return provider.gateway.charge(key, money, PAYER, method, return_to)


def reference(provider: Provider, money: Money = FIFTY) -> str:
    """The provider's number of a charge that was made."""
    answer = charge(provider, "order-9-1", money)
    assert isinstance(answer, Charged)
    return answer.reference


# ---- charges ----


def test_a_good_card_is_charged_once_however_often_it_is_asked(provider):
    first = charge(provider)

    assert isinstance(first, Charged)
    assert charge(provider) == first == provider.gateway.look_up("order-1-1")
    assert provider.charged() == 1


def test_two_keys_are_two_charges(provider):
    first, second = charge(provider, "order-1-1"), charge(provider, "order-2-1")

    assert first != second
    assert provider.charged() == 2


@pytest.mark.parametrize(
    ("behaviour", "cause"),
    [
        ("funds", Cause.FUNDS),
        ("expired", Cause.EXPIRED),
        ("lost", Cause.LOST),
        ("declined", Cause.DECLINED),
    ],
)
def test_a_decline_says_why_and_stays(provider, behaviour, cause):
    first = charge(provider, behaviour=behaviour)

    assert isinstance(first, Declined)
    assert (first.cause, bool(first.reason)) == (cause, True)
    assert charge(provider, behaviour=behaviour) == first == provider.gateway.look_up("order-1-1")
    assert provider.charged() == 0


def test_who_has_no_card_is_declined_without_asking(provider):
    answer = provider.gateway.charge("order-1-1", TEN, PAYER, "", BACK)

    assert isinstance(answer, Declined)
    assert answer.cause is Cause.NO_METHOD
    assert provider.gateway.look_up("order-1-1") == NeverSeen()


def test_a_card_that_is_not_kept_is_not_charged(provider):
    method = card(provider)
    assert provider.gateway.forget_method(method)

    answer = provider.gateway.charge("order-1-1", TEN, PAYER, method, BACK)

    assert isinstance(answer, Declined)
    assert answer.cause is Cause.GONE


def test_a_card_of_somebody_else_is_not_charged(provider):
    card(provider)
    strange = card(provider, payer="8")

    answer = provider.gateway.charge("order-1-1", TEN, PAYER, strange, BACK)

    assert isinstance(answer, Declined)
    assert answer.cause is Cause.GONE


@pytest.mark.parametrize("money", [Money("10.01", "EUR"), Money("10.00", "USD")], ids=str)
def test_a_key_that_was_used_for_something_else_is_refused(provider, money):
    charge(provider)

    with pytest.raises(KeyTaken):
        charge(provider, money=money)


def test_a_key_that_was_never_used_was_never_seen(provider):
    assert provider.gateway.look_up("order-1-1") == NeverSeen()


# ---- no answer ----


def test_silence_may_hide_a_charge(provider):
    money = provider.unanswered(arrives=True)
    assert charge(provider, money=money) == Unknown()

    found = provider.gateway.look_up("order-1-1")

    assert isinstance(found, Charged)
    assert charge(provider, money=money) == found
    assert provider.charged() == 1


def test_silence_may_hide_a_request_that_never_arrived(provider):
    money = provider.unanswered(arrives=False)
    assert charge(provider, money=money) == Unknown()

    assert provider.gateway.look_up("order-1-1") == NeverSeen()
    again = charge(provider, money=money)

    assert isinstance(again, Charged)
    assert provider.gateway.look_up("order-1-1") == again
    assert provider.charged() == 1


# ---- 3-D Secure ----


def test_a_bank_that_asks_is_answered_on_its_page(provider):
    asked = charge(provider, behaviour="secure")
    assert isinstance(asked, ActionNeeded)
    assert asked.url.startswith("http")
    assert provider.gateway.look_up("order-1-1") == asked == charge(provider, behaviour="secure")

    provider.bank_answers("order-1-1", confirms=True)

    assert isinstance(provider.gateway.look_up("order-1-1"), Charged)
    assert provider.charged() == 1


def test_a_payer_may_refuse_at_their_bank(provider):
    charge(provider, behaviour="secure")
    provider.bank_answers("order-1-1", confirms=False)

    found = provider.gateway.look_up("order-1-1")

    assert isinstance(found, Declined)
    assert found.cause is Cause.REFUSED
    assert provider.gateway.cancel("order-1-1") == found


def test_where_nobody_is_there_a_bank_that_asks_has_declined(provider):
    found = charge(provider, behaviour="secure", return_to="")

    assert isinstance(found, Declined)
    assert found.cause is Cause.CONFIRMATION
    assert provider.gateway.look_up("order-1-1") == found


def test_a_charge_whose_bank_waits_is_given_up(provider):
    charge(provider, behaviour="secure")

    assert provider.gateway.cancel("order-1-1") == Cancelled()

    assert provider.gateway.cancel("order-1-1") == Cancelled()
    assert provider.gateway.look_up("order-1-1") == Cancelled()
    assert isinstance(charge(provider, behaviour="secure"), Declined)
    assert provider.charged() == 0


def test_what_the_bank_has_decided_is_not_given_up(provider):
    charge(provider, behaviour="secure")
    provider.bank_answers("order-1-1", confirms=True)

    assert isinstance(provider.gateway.cancel("order-1-1"), Charged)


def test_what_was_never_charged_is_given_up_at_once(provider):
    assert provider.gateway.cancel("order-1-1") == Cancelled()


# ---- refunds ----


def test_money_goes_back_once(provider):
    charged = reference(provider)
    first = provider.gateway.refund("refund-1-1", charged, TEN)

    assert isinstance(first, Refunded)
    assert provider.gateway.refund("refund-1-1", charged, TEN) == first
    assert provider.gateway.look_up_refund("refund-1-1") == first


def test_no_more_goes_back_than_was_charged(provider):
    charged = reference(provider)
    provider.gateway.refund("refund-1-1", charged, Money("30.00", "EUR"))

    refused = provider.gateway.refund("refund-1-2", charged, Money("20.01", "EUR"))

    assert isinstance(refused, RefundRefused)
    assert isinstance(
        provider.gateway.refund("refund-1-3", charged, Money("20.00", "EUR")), Refunded
    )


def test_nothing_goes_back_of_a_charge_that_there_is_not(provider):
    assert isinstance(provider.gateway.refund("refund-1-1", "pi_none", TEN), RefundRefused)
    assert provider.gateway.look_up_refund("refund-2-1") == NeverSeen()


@pytest.mark.parametrize("arrives", [True, False], ids=["done in fact", "never arrived"])
def test_silence_may_hide_a_refund_or_none(provider, arrives):
    charged = reference(provider)
    money = provider.unanswered(arrives=arrives, refund=True)
    assert provider.gateway.refund("refund-1-1", charged, money) == Unknown()

    found = provider.gateway.look_up_refund("refund-1-1")

    assert isinstance(found, Refunded) if arrives else found == NeverSeen()
    again = provider.gateway.refund("refund-1-1", charged, money)
    assert isinstance(again, Refunded)
    assert provider.gateway.look_up_refund("refund-1-1") == again


def test_a_key_of_a_refund_is_for_that_refund(provider):
    charged = reference(provider)
    provider.gateway.refund("refund-1-1", charged, TEN)

    with pytest.raises(KeyTaken):
        provider.gateway.refund("refund-1-1", charged, Money("11.00", "EUR"))


# ---- cards ----


def test_a_card_is_kept_by_the_providers_form(provider):
    form = provider.gateway.begin_method("method-1", PAYER, BACK)
    assert isinstance(form, Form)
    assert provider.gateway.method_of("method-1") == MethodPending()

    provider.fill_in("method-1", "good")

    found = provider.gateway.method_of("method-1")
    assert isinstance(found, MethodReady)
    assert found.card == Card("visa", "1111", 12, 2040)
    assert provider.gateway.card_of(found.reference) == found.card


def test_a_form_is_opened_once_for_each_key(provider):
    first = provider.gateway.begin_method("method-1", PAYER, BACK)

    assert provider.gateway.begin_method("method-1", PAYER, BACK) == first


def test_a_form_that_was_never_opened_was_never_seen(provider):
    assert provider.gateway.method_of("method-1") == NeverSeen()


def test_a_card_that_the_bank_refuses_is_not_kept(provider):
    provider.gateway.begin_method("method-1", PAYER, BACK)

    provider.fill_in("method-1", "unkept")

    assert not isinstance(provider.gateway.method_of("method-1"), MethodReady)


def test_a_card_is_forgotten_as_often_as_it_is_asked(provider):
    method = card(provider)

    assert provider.gateway.forget_method(method)
    assert provider.gateway.forget_method(method)
    assert provider.gateway.card_of(method) is None


# ---- webhooks ----


def test_a_webhook_says_what_it_is_about(provider):
    body, headers = provider.webhook("order-1-1", at=NOW)

    told = provider.gateway.read_webhook(body, headers, at=NOW)

    assert told.key == "order-1-1"
    assert told.id
    assert told.kind


def test_a_webhook_that_was_changed_is_refused(provider):
    body, headers = provider.webhook("order-1-1", at=NOW)

    with pytest.raises(BadSignature):
        provider.gateway.read_webhook(body.replace(b"order-1-1", b"order-2-1"), headers, at=NOW)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_webhook_is_refused(provider, minutes):
    body, headers = provider.webhook("order-1-1", at=NOW)

    with pytest.raises(BadSignature):
        provider.gateway.read_webhook(body, headers, at=NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize("header", ["", "t=1,v1=0", "nonsense"])
def test_a_webhook_of_nobody_is_refused(provider, header):
    body, headers = provider.webhook("order-1-1", at=NOW)

    with pytest.raises(BadSignature):
        provider.gateway.read_webhook(body, dict.fromkeys(headers, header), at=NOW)
