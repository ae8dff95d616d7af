"""Disputes at Stripe: whose they are, what else it says of them, and when it says nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from djmoney.money import Money

from billing.gateways.base import Disputed, DisputeState, NeverSeen, Unknown
from tests.billing.gateways.providers import AtStripe
from tests.billing.gateways.stripe_wire import Refusal
from tests.billing.gateways.test_contract import FIFTY, reference

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_stripe(account) -> AtStripe:
    return AtStripe(account)


def opened(at_stripe: AtStripe) -> str:
    return at_stripe.disputes(reference(at_stripe), "open")


def test_a_dispute_of_another_site_at_the_same_account_is_none_of_ours(at_stripe):
    charged = reference(at_stripe)
    number = at_stripe.disputes(charged, "open")
    at_stripe.account.objects[charged]["metadata"] = {"key": "order-9-1", "site": "other.example"}

    assert at_stripe.gateway.look_up_dispute(number) == NeverSeen()


def test_a_dispute_of_a_charge_without_an_intent_is_none_of_ours(at_stripe):
    number = opened(at_stripe)
    at_stripe.account.objects[number]["payment_intent"] = None

    assert at_stripe.gateway.look_up_dispute(number) == NeverSeen()


def test_a_part_of_a_charge_may_be_disputed_and_the_fee_is_no_part_of_it(at_stripe):
    charged = reference(at_stripe, FIFTY)
    number = at_stripe.account.dispute(charged, "open", disputed=2000)

    found = at_stripe.gateway.look_up_dispute(number)

    assert isinstance(found, Disputed)
    assert found.money == Money("20.00", "EUR")
    assert found.evidence_by == datetime(2026, 3, 4, 23, 59, 59, tzinfo=UTC)
    assert found.url == f"https://dashboard.stripe.com/test/payments/{charged}"


def test_what_is_disputed_and_not_taken_yet_is_not_taken(at_stripe):
    number = opened(at_stripe)
    at_stripe.account.objects[number]["balance_transactions"] = []

    found = at_stripe.gateway.look_up_dispute(number)

    assert isinstance(found, Disputed)
    assert (found.state, found.taken) == (DisputeState.OPEN, False)


def test_a_state_that_stripe_adds_later_is_open(at_stripe):
    number = opened(at_stripe)
    at_stripe.account.objects[number]["status"] = "something_new"

    found = at_stripe.gateway.look_up_dispute(number)

    assert isinstance(found, Disputed)
    assert found.state is DisputeState.OPEN


def test_silence_about_a_dispute_says_nothing(at_stripe):
    number = opened(at_stripe)
    at_stripe.account.loses, at_stripe.account.loses_at = "after", "disputes"

    assert at_stripe.gateway.look_up_dispute(number) == Unknown()


def test_a_key_that_may_not_read_disputes_is_no_answer(at_stripe):
    number = opened(at_stripe)
    at_stripe.account.refuses = Refusal(403, type="invalid_request_error", message="May not")
    at_stripe.account.refuses_at = "disputes"

    assert at_stripe.gateway.look_up_dispute(number) == Unknown()


@pytest.mark.parametrize(("back", "came_again"), [(0, "0.00"), (2000, "20.00"), (1667, "16.67")])
def test_of_a_charge_that_was_refunded_in_part_a_part_comes_again(at_stripe, back, came_again):
    """Stripe calls it *lost* then; only its dashboard says that it was partially won."""
    charged = reference(at_stripe, FIFTY)
    number = at_stripe.disputes(charged, "open")
    at_stripe.disputes(charged, "lost")
    moved = at_stripe.account.objects[number]["balance_transactions"]
    moved.append({"object": "balance_transaction", "amount": back, "fee": 0})

    found = at_stripe.gateway.look_up_dispute(number)

    assert isinstance(found, Disputed)
    assert (found.state, found.taken) == (DisputeState.LOST, True)
    assert found.came_again == Decimal(came_again)


def test_it_came_again_by_its_share_where_stripe_keeps_another_currency(at_stripe):
    """50.00 EUR were taken as 54.00 USD, of which 21.60 came again: 20.00 EUR."""
    charged = reference(at_stripe, FIFTY)
    number = at_stripe.disputes(charged, "open")
    at_stripe.disputes(charged, "lost")
    at_stripe.account.objects[number]["balance_transactions"] = [
        {"object": "balance_transaction", "amount": moved, "fee": 0} for moved in (-5400, 2160)
    ]

    found = at_stripe.gateway.look_up_dispute(number)

    assert isinstance(found, Disputed)
    assert found.came_again == Decimal("20.00")
