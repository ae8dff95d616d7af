"""From a cart to done: nothing is charged but what was shown, once, or nothing has changed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import Account, Letter
from billing import carts, checkout, events
from billing.models import (
    Bill,
    CartLine,
    Event,
    Invoice,
    Item,
    LedgerEntry,
    Line,
    Order,
    Payment,
    PaymentAttempt,
    PlanLevel,
    PlanLine,
    Price,
    Product,
    SandboxCharge,
    Subscription,
)
from billing.refusals import ChangeRefused, QuoteChanged
from tests.billing.buying import GATEWAY, NOW, OPENS, buy, issued, price_of, seats
from tests.billing.running import bill, clock
from tests.factories import PriceFactory, SubscriptionFactory, instant

pytestmark = pytest.mark.django_db


def test_what_was_shown_is_charged_and_holds(customer):  # PLAN-8
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    quoted = price_of(customer)

    order = checkout.confirm(here=customer, seen=checkout.shown(quoted), at=NOW)
    assert (order.state, seats(customer)) == ("paying", 5)
    order = checkout.pay(order_id=order.pk, gateway=GATEWAY, clock=clock(NOW))

    assert (order.state, seats(customer)) == ("done", 8)
    assert issued(order).total.amount == quoted.to_pay
    [line] = Line.objects.filter(bill__invoice=order.invoice)
    event = Event.objects.latest("pk")
    assert (line.amount, line.event_ids) == (Decimal("16.29"), [event.pk])
    assert (event.at, event.actor, event.was, event.becomes) == (NOW, customer.person, 5, 8)
    assert issued(order).receivable.state == "paid"
    assert Payment.objects.latest("pk").reference == SandboxCharge.objects.latest("pk").reference
    assert Letter.objects.filter(key=f"invoice:{issued(order).pk}").count() == 1
    assert not CartLine.objects.exists()


def test_the_next_run_bills_no_more_and_no_less(customer):
    """Quote = charge, and the run at the next opening charges what was shown as next."""
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    shown_next = price_of(customer).parts[0].quote.next_invoice
    buy(customer, seat=8)
    opens = instant("2026-02-28 08:00")

    bill(at=NOW + timedelta(hours=1))
    assert Invoice.objects.count() == 2
    bill(at=opens)

    newest = Invoice.objects.latest("pk")
    assert newest.total.amount == shown_next.totals.total
    assert newest.cycle_date == shown_next.on
    bill(at=opens)
    assert Invoice.objects.count() == 3


def test_the_ledger_is_what_is_owed(customer):
    buy(customer, seat=8)

    entries = LedgerEntry.objects.filter(payer=customer.account).values_list("amount", flat=True)
    assert sum(entries, Decimal(0)) == 0


def test_a_declined_charge_changes_nothing_and_says_why(customer):  # PLAN-8
    """35.46 for 8 of 28 days are 10.13: the sandbox declines amounts that end in 13."""
    Account.objects.update(tax_exempt=True)
    PriceFactory(code="extra", amount=Decimal("35.46"))
    events_before, invoices = Event.objects.count(), Invoice.objects.count()

    order = buy(customer, extra=1)

    assert order.total.amount == Decimal("10.13")
    assert order.state == "declined"
    assert "declined" in order.reason
    assert (Event.objects.count(), Invoice.objects.count()) == (events_before, invoices)
    assert not Payment.objects.filter(attempt__order=order).exists()
    carts.refill(here=customer, order=order, at=NOW)
    assert [line.becomes for line in CartLine.objects.all()] == [1]


def test_a_reduction_waits_and_costs_nothing(customer):  # PLAN-9
    order = buy(customer, seat=3)

    assert (order.state, order.invoice) == ("done", None)
    assert not order.total.amount
    assert seats(customer) == 5
    assert not PaymentAttempt.objects.filter(order=order).exists()
    assert Event.objects.latest("pk").holds == "opening"


def test_terms_let_a_change_hold_before_it_is_paid(customer):  # PLAN-11
    Account.objects.update(pays_by="transfer", terms_days=14, agreed_terms=True)

    order = buy(customer, seat=8)

    assert (order.state, seats(customer)) == ("done", 8)
    assert issued(order).receivable.state == "open"
    assert issued(order).receivable.open.amount == Decimal("19.71")
    assert Letter.objects.filter(key=f"invoice:{issued(order).pk}").exists()


def test_nothing_is_due_now_for_a_peak(customer):  # PRICE-4
    PriceFactory(code="voice", peak=True, amount=Decimal(30))

    order = buy(customer, voice=3)

    assert (order.state, order.invoice) == ("done", None)
    assert Item.objects.get(product__code="voice").quantity == 3


def test_two_subscriptions_are_charged_on_one_document(customer):
    PriceFactory(code="extra", amount=Decimal(28))
    Product.objects.filter(code="extra").update(subscription_code="other")
    SubscriptionFactory(account=customer.account, code="other", starts_on=NOW.date())
    bill(at=NOW)

    carts.put(here=customer, changes={"seat": 8, "extra": 1}, at=NOW + timedelta(hours=1))
    quoted = price_of(customer, at=NOW + timedelta(hours=1))
    order = buy(customer, at=NOW + timedelta(hours=1), seat=8, extra=1)

    assert issued(order).total.amount == quoted.to_pay == order.total.amount
    assert Bill.objects.filter(invoice=order.invoice).count() == 2


def as_levels(*codes: str) -> None:
    """Make these products plans of one kind, each of a higher level than the one before."""
    line = PlanLine.objects.create(code="marketing", family="plan", position=1)
    for place, code in enumerate(codes):
        level = PlanLevel.objects.create(code=f"level-{code}", family="plan", position=place)
        Product.objects.filter(code=code).update(
            kind=Product.Kind.PLAN, family="plan", line=line, level=level
        )


def test_a_level_takes_the_place_of_another(customer):  # decision 7
    """From a plan of 28.00 to one of 56.00 with 8 of 28 days left: −9.00 + 18.00."""
    for code, amount in (("plus", 28), ("pro", 56)):
        PriceFactory(code=code, amount=Decimal(amount), decrease=Price.Decrease.BY_REQUEST)
    as_levels("plus", "pro")
    events.record(
        subscription_id=Subscription.objects.get().pk,
        changes={"plus": 1},
        at=OPENS + timedelta(hours=1),
    )
    bill(at=OPENS + timedelta(hours=1))

    order = buy(customer, replaces=True, plus=0, pro=1)

    days = Line.objects.filter(bill__invoice=order.invoice).order_by("position")
    amounts = [(line.product_code, line.kind, line.amount) for line in days]
    assert amounts == [
        ("plus", "credit", Decimal("-8.00")),
        ("pro", "proration", Decimal("16.00")),
    ]
    assert Item.objects.get(product__code="plus").quantity == 0
    assert list(Event.objects.order_by("-pk").values_list("replaces", flat=True)[:2]) == [True] * 2


def test_a_level_that_costs_less_gives_back_to_the_balance(customer):  # decision 7
    for code, amount in (("plus", 56), ("pro", 28)):
        PriceFactory(code=code, amount=Decimal(amount))
    as_levels("plus", "pro")
    buy(customer, at=OPENS + timedelta(hours=1), plus=1)

    order = buy(customer, replaces=True, plus=0, pro=1)

    assert (order.state, issued(order).kind) == ("done", "credit_note")
    assert issued(order).total.amount == Decimal("-9.68")  # (8.00 − 16.00) × 1.21
    assert issued(order).receivable.open.amount == Decimal("-9.68")


def test_another_price_version_is_shown_again(customer):
    PriceFactory(code="extra", amount=Decimal(10))
    carts.put(here=customer, changes={"extra": 1}, at=NOW)
    seen = checkout.shown(price_of(customer))
    PriceFactory(code="extra", amount=Decimal(12), valid_from="2026-02-01")

    with pytest.raises(QuoteChanged, match="changed since they were shown"):
        checkout.confirm(here=customer, seen=seen, at=NOW)
    assert not Order.objects.exists()


def test_a_cart_changed_in_another_tab_is_shown_again(customer):
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    seen = checkout.shown(price_of(customer))
    carts.put(here=customer, changes={"seat": 9}, at=NOW)

    with pytest.raises(QuoteChanged):
        checkout.confirm(here=customer, seen=seen, at=NOW)


def test_seats_bought_meanwhile_are_shown_again(customer):
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    seen = checkout.shown(price_of(customer))
    [subscription] = Subscription.objects.all()
    events.record(subscription_id=subscription.pk, changes={"seat": 6}, at=NOW)

    with pytest.raises(QuoteChanged):
        checkout.confirm(here=customer, seen=seen, at=NOW + timedelta(minutes=1))


def test_a_quote_expires(customer):
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    seen = checkout.shown(price_of(customer))

    with pytest.raises(QuoteChanged, match="too old"):
        checkout.confirm(here=customer, seen=seen, at=NOW + timedelta(minutes=31))
    assert CartLine.objects.exists()


def test_a_cycle_that_opened_meanwhile_is_billed_first_and_shown_again(customer):
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    before = instant("2026-02-27 22:50")
    seen = checkout.shown(price_of(customer, at=before))

    with pytest.raises(QuoteChanged):
        checkout.confirm(here=customer, seen=seen, at=instant("2026-02-27 23:05"))
    assert Invoice.objects.filter(cycle_date="2026-02-28").count() == 1


@pytest.mark.parametrize("seen", ["", "x", "x:y:z", "1" * 500])
def test_nonsense_for_what_was_shown_is_refused(customer, seen):
    carts.put(here=customer, changes={"seat": 8}, at=NOW)

    with pytest.raises(QuoteChanged):
        checkout.confirm(here=customer, seen=seen, at=NOW)


def test_confirming_twice_is_confirming_once(customer):
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    seen = checkout.shown(price_of(customer))

    first = checkout.confirm(here=customer, seen=seen, at=NOW)
    again = checkout.confirm(here=customer, seen=seen, at=NOW)
    checkout.pay(order_id=first.pk, gateway=GATEWAY, clock=clock(NOW))
    checkout.pay(order_id=again.pk, gateway=GATEWAY, clock=clock(NOW))
    third = checkout.confirm(here=customer, seen=seen, at=NOW)

    assert first == again == third
    assert SandboxCharge.objects.filter(key__startswith="order").count() == 1
    assert Invoice.objects.count() == 2


def test_who_is_blocked_may_reduce_and_not_increase(customer):  # decision 13
    Account.objects.update(blocked_at=NOW)
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    with pytest.raises(ChangeRefused, match="blocked until what is open is paid"):
        checkout.confirm(here=customer, seen=checkout.shown(price_of(customer)), at=NOW)

    assert buy(customer, seat=3).state == "done"


def test_nothing_is_confirmed_before_what_is_due_is_billed(customer):
    """The run leaves sandboxes out (decision 25)."""
    at = instant("2026-02-28 08:00")
    Account.objects.update(kind=Account.Kind.SANDBOX)
    carts.put(here=customer, changes={"seat": 8}, at=at)
    seen = checkout.shown(price_of(customer, at=at))

    with pytest.raises(ChangeRefused, match="could not be billed yet"):
        checkout.confirm(here=customer, seen=seen, at=at)
    assert not Order.objects.exists()
