"""Stripe in particular: what is no answer, what is kept before it can charge, how it counts."""

from __future__ import annotations

from decimal import Decimal

import pytest
import stripe
from djmoney.money import Money

from accounts.access import Standing
from billing import carts, causes, checkout, collecting, methods
from billing.due import due
from billing.gateways import stripe_api
from billing.gateways.base import (
    BadSignature,
    Cause,
    Charged,
    Declined,
    KeyTaken,
    MethodPending,
    NeverSeen,
    Refunded,
    RefundRefused,
    Unaskable,
    Unknown,
    about_card,
)
from billing.gateways.stripe import StripeGateway
from billing.models import PaymentAttempt, PaymentMethod, ProviderKey
from tests.billing.buying import NOW, customer, price_of, seats
from tests.billing.gateways.providers import BACK, PAYER, AtStripe, card, event
from tests.billing.gateways.stripe_wire import Refusal, keys
from tests.billing.running import bill, clock
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    instant,
)
from tests.standing import chief

pytestmark = pytest.mark.django_db

TEN = Money("10.00", "EUR")
END = instant("2026-03-01 08:00")


@pytest.fixture
def at_stripe(account) -> AtStripe:
    return AtStripe(account)


@pytest.fixture
def charge(at_stripe):
    """Charges a good card under this key."""
    method = card(at_stripe)

    def charge(key: str = "order-1-1", money: Money = TEN):
        return at_stripe.gateway.charge(key, money, PAYER, method, BACK)

    return charge


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("10.00", "EUR", 1000),
        ("10.5", "EUR", 1050),
        ("113", "JPY", 113),
        ("1.010", "KWD", 1010),
        ("113", "ISK", 11300),
        ("113", "UGX", 11300),
        ("113", "MGA", 113),
    ],
)
def test_amounts_are_counted_as_stripe_counts_them(amount, currency, units):
    assert stripe_api.minor_units(Money(amount, currency)) == units


@pytest.mark.parametrize("money", [Money("1.015", "KWD"), Money("1.5", "MGA")], ids=str)
def test_an_amount_that_is_too_fine_for_stripe_is_declined(charge, at_stripe, money):
    answer = charge(money=money)

    assert isinstance(answer, Declined)
    assert answer.cause is Cause.UNACCEPTED
    assert "too fine" in answer.reason
    assert at_stripe.gateway.look_up("order-1-1") == NeverSeen()


def test_an_amount_that_is_too_fine_under_a_key_of_another_charge_is_left_to_support(charge):
    charge(money=Money("1.010", "KWD"))

    with pytest.raises(Unaskable, match="too fine"):
        charge(money=Money("1.015", "KWD"))


def test_less_than_stripe_charges_is_declined(charge, at_stripe):
    assert charge(money=Money("0.49", "EUR")) == Declined(
        "Amount must be at least €0.50 eur", Cause.UNACCEPTED
    )
    assert at_stripe.gateway.look_up("order-1-1") == NeverSeen()
    assert isinstance(charge("order-1-2", Money("0.50", "EUR")), Charged)


@pytest.mark.parametrize(
    "outage",
    [
        Refusal(500, type="api_error", message="Something went wrong"),
        Refusal(503, message="Busy"),
        Refusal(429, type="invalid_request_error", code="lock_timeout", message="Locked"),
        Refusal(409, code="idempotency_key_in_use", message="In use"),
        Refusal(401, message="Invalid API Key provided"),
        Refusal(403, message="The key has not the right"),
    ],
    ids=lambda outage: str(outage.status),
)
def test_an_outage_is_no_answer(charge, at_stripe, outage):
    at_stripe.account.refuses = outage

    assert charge() == Unknown()
    assert at_stripe.gateway.look_up("order-1-1") == NeverSeen()
    assert isinstance(charge(), Charged)


def test_where_nobody_listens_nothing_is_known(charge, settings):
    charge()
    settings.STRIPE = keys("http://127.0.0.1:9")
    deaf = StripeGateway()

    assert deaf.charge("order-1-1", TEN, PAYER, "pm_1", BACK) == Unknown()
    assert deaf.look_up("order-1-1") == Unknown()
    assert deaf.cancel("order-1-1") == Unknown()
    assert deaf.refund("refund-1-1", "pi_1", TEN) == Unknown()
    assert deaf.begin_method("method-9", PAYER, BACK) == Unknown()
    assert deaf.card_of("pm_1") is None
    assert not deaf.forget_method("pm_1")
    assert deaf.secret_of(f"method-{PAYER}-good") == ""


def test_the_number_is_kept_before_anything_can_be_charged(charge, at_stripe):
    """Killed after the intent was made: whatever is charged later is found by our key."""
    at_stripe.account.loses, at_stripe.account.loses_at = "before", "confirm"
    charge()

    kept = ProviderKey.objects.get(key="order-1-1")

    assert at_stripe.account.objects[kept.reference]["status"] == "requires_payment_method"
    assert at_stripe.gateway.look_up("order-1-1") == NeverSeen()


def test_an_intent_whose_number_was_never_answered_is_not_made_twice(charge, at_stripe):
    at_stripe.account.loses, at_stripe.account.loses_at = "after", "payment_intents"
    assert charge() == Unknown()

    assert isinstance(charge(), Charged)

    kinds = [one["object"] for one in at_stripe.account.objects.values()]
    assert kinds.count("payment_intent") == 1


def test_a_key_that_another_site_has_used_is_said(charge, at_stripe):
    """The number was lost with a database, and the same key means something else now."""
    charge()
    ProviderKey.objects.filter(key="order-1-1").delete()

    with pytest.raises(KeyTaken):
        charge(money=Money("11.00", "EUR"))


def test_what_stripe_refuses_before_there_is_an_intent_is_declined(charge, at_stripe):
    at_stripe.account.refuses = Refusal(
        400, type="invalid_request_error", param="currency", message="Invalid currency: eur"
    )

    assert charge() == Declined("Invalid currency: eur", Cause.UNACCEPTED)


def test_an_intent_that_is_gone_is_left_to_support(charge, at_stripe):
    charge()
    at_stripe.account.objects.clear()

    with pytest.raises(Unaskable, match="No such payment_intents"):
        at_stripe.gateway.look_up("order-1-1")


def test_what_another_worker_has_confirmed_meanwhile_is_looked_up(charge, at_stripe):
    at_stripe.account.refuses_at = "confirm"
    at_stripe.account.refuses = Refusal(
        400,
        type="invalid_request_error",
        code="payment_intent_unexpected_state",
        message="This PaymentIntent's status is processing.",
    )

    assert charge() == Unknown()
    assert isinstance(charge(), Charged)


def test_a_confirmation_that_stripe_refuses_to_be_asked_is_left_to_support(charge, at_stripe):
    at_stripe.account.refuses_at = "confirm"
    at_stripe.account.refuses = Refusal(
        400, type="invalid_request_error", param="return_url", message="Not a valid URL"
    )

    with pytest.raises(Unaskable, match="Not a valid URL"):
        charge()


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        ("pending", Unknown()),
        ("failed", RefundRefused("expired_or_canceled_card")),
        ("succeeded", Refunded("re_4")),
    ],
)
def test_a_refund_is_what_stripe_says_it_is(charge, at_stripe, status, answer):
    charged = charge()
    made = at_stripe.gateway.refund("refund-1-1", charged.reference, TEN)
    at_stripe.account.objects[made.reference] |= {
        "status": status,
        "failure_reason": "expired_or_canceled_card",
    }

    found = at_stripe.gateway.look_up_refund("refund-1-1")

    assert type(found) is type(answer)


def test_a_refund_is_found_among_those_of_its_charge(charge, at_stripe):
    charged = charge()
    made = at_stripe.gateway.refund("refund-1-1", charged.reference, Money("1.00", "EUR"))
    ProviderKey.objects.filter(key="refund-1-1").delete()

    assert at_stripe.gateway.look_up_refund("refund-1-1") == made


def test_a_form_after_a_refused_card_stays_open(at_stripe):
    at_stripe.gateway.begin_method("method-1", PAYER, BACK)
    at_stripe.fill_in("method-1", "unkept")

    assert at_stripe.gateway.method_of("method-1") == MethodPending()
    at_stripe.fill_in("method-1", "good")
    assert at_stripe.gateway.method_of("method-1") != MethodPending()


def test_two_cards_of_a_payer_are_of_one_customer(at_stripe):
    card(at_stripe)
    card(at_stripe, "funds")

    kinds = [one["object"] for one in at_stripe.account.objects.values()]
    assert kinds.count("customer") == 1


def test_what_lets_a_browser_fill_in_the_form_is_asked_for_and_never_kept(at_stripe):
    at_stripe.gateway.begin_method("method-1", PAYER, BACK)

    secret = at_stripe.gateway.secret_of("method-1")

    assert secret.endswith("_secret_x")
    assert not ProviderKey.objects.filter(reference__contains="secret").exists()


def hear(at_stripe: AtStripe, body: str, *, at=NOW):
    secret = "whsec_ofthetests"
    signature = stripe.WebhookSignature.generate_signature_header(
        body, secret, timestamp=int(at.timestamp())
    )
    return at_stripe.gateway.read_webhook(body.encode(), {"Stripe-Signature": signature}, at=at)


def test_an_event_of_another_site_at_the_same_account_is_nothing_of_ours(at_stripe):
    elsewhere = {"metadata": {"key": "order-1-1", "site": "elsewhere.example"}}

    assert hear(at_stripe, event("payment_intent.succeeded", elsewhere)).key == ""
    assert hear(at_stripe, event("customer.created", {"object": "customer"})).key == ""


def test_a_card_that_its_bank_renewed_is_told_by_its_number(at_stripe):
    told = hear(at_stripe, event("payment_method.automatically_updated", {"id": "pm_7"}))

    assert told.key == about_card("pm_7")


def test_a_copy_that_somebody_has_kept_is_refused_with_a_new_moment_after_the_old(at_stripe):
    """Stripe's library checks the signature over the first moment of the header."""
    body, old = event("payment_intent.succeeded", {}), int(NOW.timestamp()) - 3600
    signed = stripe.WebhookSignature.generate_signature_header(
        body, "whsec_ofthetests", timestamp=old
    )
    headers = {"Stripe-Signature": f"{signed},t={int(NOW.timestamp())}"}

    with pytest.raises(BadSignature, match=str(old)):
        at_stripe.gateway.read_webhook(body.encode(), headers, at=NOW)


def test_a_body_that_is_no_text_is_refused(at_stripe):
    with pytest.raises(BadSignature):
        at_stripe.gateway.read_webhook(b"\xff", {"Stripe-Signature": "t=1,v1=0"}, at=NOW)


def test_a_purchase_is_confirmed_at_the_bank_and_paid_through_stripe(at_stripe, settings):
    """The whole way of a change, with Stripe on the wire in the sandbox's place. PLAN-8"""
    settings.BILLING_GATEWAY = "billing.gateways.stripe.StripeGateway"
    here = customer()
    opened = methods.begin(here=here, gateway=at_stripe.gateway, at=NOW, return_to=lambda _: BACK)
    assert opened.url == ""
    at_stripe.fill_in(opened.setup.key, "secure")
    methods.finish(setup_id=opened.setup.pk, gateway=at_stripe.gateway, at=NOW)
    carts.put(here=here, changes={"seat": 8}, at=NOW)
    order = checkout.confirm(here=here, seen=checkout.shown(price_of(here)), at=NOW)
    order = checkout.pay(
        order_id=order.pk, gateway=at_stripe.gateway, clock=clock(NOW), return_to=BACK
    )
    attempt = order.attempts.get()
    assert attempt.action_url.startswith("https://hooks.stripe.com/")

    at_stripe.bank_answers(attempt.key, confirms=True)
    collecting.look_again(attempt.pk, clock=clock(NOW), gateway=at_stripe.gateway)

    order.refresh_from_db()
    assert (order.state, seats(here)) == ("done", 8)
    assert at_stripe.account.objects[attempt.payment.reference]["amount"] == 1971


def with_card_at_stripe(here: Standing, at_stripe: AtStripe, settings) -> Standing:
    """The same, whose good card Stripe keeps now."""
    settings.BILLING_GATEWAY = "billing.gateways.stripe.StripeGateway"
    opened = methods.begin(here=here, gateway=at_stripe.gateway, at=NOW, return_to=lambda _: BACK)
    at_stripe.fill_in(opened.setup.key, "good")
    methods.finish(setup_id=opened.setup.pk, gateway=at_stripe.gateway, at=NOW)
    return here


def test_an_order_over_less_than_stripe_charges_ends_and_blocks_nothing(at_stripe, settings):
    """PLAN-8"""
    here = with_card_at_stripe(customer(), at_stripe, settings)
    PriceFactory(code="tag", amount=Decimal("0.30"))
    carts.put(here=here, changes={"tag": 1}, at=NOW)
    order = checkout.confirm(here=here, seen=checkout.shown(price_of(here)), at=NOW)
    order = checkout.pay(
        order_id=order.pk, gateway=at_stripe.gateway, clock=clock(NOW), return_to=BACK
    )

    attempt = order.attempts.get()
    assert (order.state, attempt.state, attempt.cause) == ("declined", "declined", "unaccepted")
    assert attempt.amount < Money("0.50", "EUR")
    assert order.reason == "Amount must be at least €0.50 eur"
    assert "Nothing was charged" in causes.words(attempt.cause)
    assert due(at=END).filter(account=here.account).exists()
    carts.put(here=here, changes={"seat": 8}, at=NOW)
    assert checkout.confirm(here=here, seen=checkout.shown(price_of(here)), at=NOW).unsettled


def test_an_invoice_of_the_run_over_less_than_stripe_charges_is_declined(at_stripe, settings):
    SellerFactory()
    TaxRateFactory()
    PriceFactory(code="tag", amount=Decimal("0.30"))
    account = AccountFactory(time_zone="Europe/Prague", card=None)
    with_card_at_stripe(chief(account), at_stripe, settings)
    SubscriptionFactory(account=account, starts_on=NOW.date(), anchor_day=20, items={"tag": 1})
    bill(at=NOW)

    collected = collecting.collect(clock=clock(NOW), gateway=at_stripe.gateway)

    attempt = PaymentAttempt.objects.get(payer=account)
    assert (collected.declined, collected.stuck) == (1, 0)
    assert (attempt.state, attempt.cause) == ("declined", "unaccepted")


def test_a_renewed_card_is_read_anew(at_stripe, settings):
    settings.BILLING_GATEWAY = "billing.gateways.stripe.StripeGateway"
    here = customer()
    opened = methods.begin(here=here, gateway=at_stripe.gateway, at=NOW, return_to=lambda _: BACK)
    at_stripe.fill_in(opened.setup.key, "good")
    kept = methods.finish(setup_id=opened.setup.pk, gateway=at_stripe.gateway, at=NOW).becomes
    assert kept is not None
    at_stripe.account.objects[kept.reference]["card"] |= {"last4": "2222", "exp_year": 2044}

    for _ in range(2):
        methods.refresh(reference=kept.reference, gateway=at_stripe.gateway, at=NOW)

    found = PaymentMethod.objects.get(pk=kept.pk)
    assert (str(found), found.expires) == ("Visa ···· 2222", "12/44")
    assert here.account.deeds.filter(kind="method_renewed").count() == 1
