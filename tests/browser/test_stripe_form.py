"""Stripe's form in a browser: under its policy, with a script that stands for Stripe's own.

What the browser would load from Stripe is answered here; the rest is ours, and on the wire.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.access import Standing
from billing.models import PaymentMethod
from tests.billing.gateways.stripe_wire import Stripe, keys, stripe_on_the_wire
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.looks import DESKTOP, PHONE_DARK, Look, told_in
from tests.factories import AccountFactory
from tests.standing import chief

# As much of Stripe.js as the page uses: a form that is ready, and a card that is taken or refused.
STANDS_FOR_STRIPE = """
window.Stripe = (key, { locale }) => ({
  elements: ({ clientSecret }) => ({
    clientSecret,
    create: () => ({
      handlers: {},
      on(name, handler) { this.handlers[name] = handler; },
      mount(place) {
        const label = document.createElement("label");
        label.textContent = `Card for ${key} in ${locale}: `;
        const input = document.createElement("input");
        input.id = "card";
        label.append(input);
        place.append(label);
        this.handlers.ready();
      },
    }),
  }),
  confirmSetup: async ({ elements, confirmParams }) => {
    const number = document.getElementById("card").value;
    if (number !== "4242") return { error: { message: "Your card number is invalid." } };
    await fetch(`https://api.stripe.com/v1/confirm/${elements.clientSecret}`);
    window.location.assign(confirmParams.return_url);
    return {};
  },
});
"""


@pytest.fixture
def stripe(site: str, settings: Any) -> Iterator[Stripe]:
    settings.BILLING_GATEWAY = "billing.gateways.stripe.StripeGateway"
    with stripe_on_the_wire() as account:
        settings.STRIPE = keys(account.address)
        yield account


@pytest.fixture
def here(stripe: Stripe) -> Standing:
    return chief(AccountFactory(card=None))


def answered(page: Page, stripe: Stripe) -> None:
    """What the browser asks of Stripe is answered in its place."""

    def confirmed(route: Any) -> None:
        stripe.fill_in(route.request.url.rpartition("/")[2].partition("_secret")[0])
        route.fulfill(json={}, headers={"Access-Control-Allow-Origin": "*"})

    script = {"content_type": "text/javascript", "body": STANDS_FOR_STRIPE}
    page.route("https://js.stripe.com/v3/", lambda route: route.fulfill(**script))
    page.route("https://api.stripe.com/**", confirmed)


@told_in(DESKTOP, PHONE_DARK)
def test_a_card_goes_to_stripe_and_its_owner_comes_back(
    visitor: Visitor, here: Standing, stripe: Stripe, look: Look
):  # PLAN-11
    page = visitor(here.person, look=look, new=True)
    answered(page, stripe)
    page.goto(f"/accounts/{here.account.pk}/billing/methods/")
    page.get_by_role("button", name="Add a card").click()
    card = page.get_by_label("Card for pk_test_ofthetests00 in en")
    accessible(page)
    fits(page)

    card.fill("1")
    page.get_by_role("button", name="Keep this card").click()
    expect(page.get_by_role("alert")).to_have_text("Your card number is invalid.")
    card.fill("4242")
    page.get_by_role("button", name="Keep this card").click()

    expect(page.locator(".messages")).to_contain_text("Visa ···· 1111 is kept")
    assert PaymentMethod.objects.get().gateway == "stripe"


def test_a_page_without_stripes_script_says_so(
    visitor: Visitor, here: Standing, stripe: Stripe, mishaps: Any
):
    page = visitor(here.person, new=True)
    page.route("https://js.stripe.com/v3/", lambda route: route.abort())
    page.goto(f"/accounts/{here.account.pk}/billing/methods/")

    page.get_by_role("button", name="Add a card").click()

    expect(page.get_by_role("alert")).to_contain_text("Stripe cannot be reached.")
    assert [one for one in mishaps.take() if "js.stripe.com" not in one] == []


@pytest.mark.proof
def test_without_script_the_page_says_what_else_there_is(
    visitor: Visitor, here: Standing, stripe: Stripe
):
    page = visitor(here.person, script=False)
    page.goto(f"/accounts/{here.account.pk}/billing/methods/")

    page.get_by_role("button", name="Add a card").click()

    expect(page.get_by_text("Stripe's form needs JavaScript.")).to_be_visible()
