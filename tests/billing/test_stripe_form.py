"""Stripe's form on a page of ours: for the payer's browser alone, under a policy of its own."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Standing
from billing.models import MethodSetup, PaymentMethod
from tests.billing.gateways.stripe_wire import Stripe, keys, stripe_on_the_wire
from tests.factories import AccountFactory
from tests.standing import chief

pytestmark = pytest.mark.django_db


@pytest.fixture
def stripe(settings: Any):
    """Stripe is the gateway of the site, and stands on the wire."""
    settings.BILLING_GATEWAY = "billing.gateways.stripe.StripeGateway"
    with stripe_on_the_wire() as account:
        settings.STRIPE = keys(account.address)
        yield account


class Window(Client):
    """The browser of somebody in their account."""

    def __init__(self, here: Standing) -> None:
        super().__init__()
        self.here = here
        self.force_login(here.person)


@pytest.fixture
def client() -> Window:
    """The primary account admin of a payer by card who has none yet."""
    return Window(chief(AccountFactory(card=None)))


def begin(client: Any) -> str:
    """The address of the form."""
    add = reverse("billing:method_add", args=[client.here.account.pk])
    address: str = client.post(add).headers["Location"]
    return address


def directives(answer: Any) -> dict[str, str]:
    policy = answer.headers["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


def test_the_form_is_drawn_for_the_payer(client, stripe: Stripe):  # PLAN-11
    address = begin(client)
    page = client.get(address)

    body = page.content.decode()
    assert '<script src="https://js.stripe.com/v3/" defer></script>' in body
    assert 'data-key="pk_test_ofthetests00"' in body
    assert "_secret_x" in body
    assert "sk_test" not in body
    assert f"{address}return/" in body
    assert "no-store" in page.headers["Cache-Control"]


def test_this_page_alone_runs_a_script_of_stripes(client, stripe: Stripe):
    form = directives(client.get(begin(client)))
    others = directives(client.get(reverse("billing:methods", args=[client.here.account.pk])))

    assert form["script-src"] == "'self' https://js.stripe.com https://*.js.stripe.com"
    assert "https://hooks.stripe.com" in form["frame-src"]
    assert form["connect-src"] == "'self' https://api.stripe.com"
    assert form["frame-ancestors"] == "'none'"
    assert form["default-src"] == "'self'"
    assert not any("stripe" in value for value in others.values())


def test_who_comes_back_has_the_card(client, stripe: Stripe):  # PLAN-11
    address = begin(client)
    setup = MethodSetup.objects.get()
    stripe.fill_in(next(one for one in stripe.objects if one.startswith("seti_")))

    page = client.get(f"{address}return/", follow=True)

    assert "Visa ···· 1111 is kept" in page.content.decode()
    assert PaymentMethod.objects.get().gateway == "stripe"
    assert client.get(address).headers["Location"] == f"{address}return/"
    assert setup.key == "method-" + str(setup.pk)


def test_without_an_answer_nothing_is_shown_and_it_is_said(client, stripe: Stripe):
    address = begin(client)
    stripe.loses, stripe.loses_at = "before", "setup_intents"

    page = client.get(address, follow=True)

    assert "The payment provider does not answer" in page.content.decode()


def test_what_stripe_refuses_to_be_asked_breaks_no_page(client, stripe: Stripe):
    address = begin(client)
    stripe.objects.clear()

    assert "No card was added" in client.get(f"{address}return/", follow=True).content.decode()


def test_the_form_is_nobodys_while_another_gateway_is_in_use(client, stripe: Stripe, settings):
    address = begin(client)
    settings.BILLING_GATEWAY = "billing.gateways.sandbox.SandboxGateway"

    assert client.get(address).status_code == 404


def test_a_strangers_form_is_not_found(client, stripe: Stripe):
    address = begin(client)
    stranger = Client()
    stranger.force_login(chief(AccountFactory()).person)

    assert stranger.get(address).status_code == 404
