"""What a gateway promises about disputes, asked of both, as `test_contract.py` asks the rest."""

from __future__ import annotations

import pytest

from billing.gateways.base import (
    Disputed,
    DisputeState,
    NeverSeen,
    Refunded,
    RefundRefused,
    about_dispute,
)
from tests.billing.gateways.providers import Provider
from tests.billing.gateways.test_contract import FIFTY, NOW, TEN, reference

pytestmark = pytest.mark.django_db


def disputed(provider: Provider, number: str) -> Disputed:
    found = provider.gateway.look_up_dispute(number)
    assert isinstance(found, Disputed)
    return found


def test_a_dispute_says_what_is_taken_of_which_charge(provider):
    charged = reference(provider)

    found = disputed(provider, provider.disputes(charged, "open"))

    assert (found.charge, found.money, found.state) == (charged, FIFTY, DisputeState.OPEN)
    assert found.taken
    assert found.reason == "fraudulent"
    assert found.url.startswith("http")


@pytest.mark.parametrize(("state", "taken"), [("won", False), ("lost", True)])
def test_a_decided_dispute_says_who_has_the_money(provider, state, taken):
    charged = reference(provider)
    provider.disputes(charged, "open")

    found = disputed(provider, provider.disputes(charged, state))

    assert (found.state, found.taken) == (DisputeState(state), taken)


def test_one_that_is_lost_for_a_part_says_what_came_again(provider):
    charged = reference(provider)
    provider.disputes(charged, "open")

    found = disputed(provider, provider.disputes(charged, "lost", came_again=TEN))

    assert (found.state, found.taken, found.money) == (DisputeState.LOST, True, FIFTY)
    assert found.came_again == TEN.amount


@pytest.mark.parametrize("state", ["inquiry", "closed"])
def test_an_inquiry_takes_nothing(provider, state):
    charged = reference(provider)
    number = provider.disputes(charged, "inquiry")
    if state == "closed":
        provider.disputes(charged, state)

    found = disputed(provider, number)

    assert (found.state, found.taken) == (DisputeState(state), False)
    assert isinstance(provider.gateway.refund("refund-1-1", charged, TEN), Refunded)


def test_an_inquiry_can_become_a_dispute(provider):
    charged = reference(provider)
    number = provider.disputes(charged, "inquiry")

    assert provider.disputes(charged, "open") == number
    assert disputed(provider, number).taken


def test_nothing_goes_back_of_a_disputed_charge(provider):
    charged = reference(provider)
    provider.disputes(charged, "open")

    assert isinstance(provider.gateway.refund("refund-1-1", charged, TEN), RefundRefused)


def test_a_dispute_that_there_is_not_was_never_seen(provider):
    assert provider.gateway.look_up_dispute("du_none") == NeverSeen()


def test_a_webhook_about_a_dispute_names_it(provider):
    number = provider.disputes(reference(provider), "open")
    body, headers = provider.dispute_webhook(number, at=NOW)

    assert provider.gateway.read_webhook(body, headers, at=NOW).key == about_dispute(number)
