"""What was charged is what is invoiced, whatever changes between confirmation and settlement."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Account, Letter
from billing import checkout, refunding, subscribing
from billing.auditing import audit
from billing.carts import Wanted
from billing.gateways.sandbox_cards import Behaviour
from billing.models import (
    Event,
    Invoice,
    Item,
    Order,
    Payment,
    PaymentAttempt,
    Product,
    Receivable,
    SellerDetails,
    Subscription,
)
from billing.refusals import ChangeRefused
from tests.billing import plan_book
from tests.billing.buying import GATEWAY, NOW, buy, seats
from tests.billing.running import bill, clock
from tests.billing.settling_book import (
    CHANGES,
    LATER,
    credited,
    lines,
    paid_exactly,
    swept,
    unanswered,
)
from tests.factories import (
    AccountFactory,
    CardFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    UserFactory,
    instant,
)
from tests.standing import chief

OPENS_NEXT = instant("2026-02-28 08:00")

pytestmark = pytest.mark.django_db

# What the customer is when they confirm, and what 3 × 19.00 × 8/28 = 16.29 comes to then.
STARTS: dict[str, tuple[dict[str, Any], str, tuple[str, str], str]] = {
    "domestic": ({}, "19.71", ("21", "S"), "0.00"),
    "reverse charge": (
        {"country": "DE", "tax_id": "DE136695976"},
        "16.29",
        ("0", "AE"),
        "0.00",
    ),
    "exempt": ({"tax_exempt": True}, "16.29", ("0", "E"), "0.00"),
    # 10 % of 16.29 is 1.63; 14.66 and 3.08 of tax.
    "discounted": ({"discount_percent": Decimal(10)}, "17.74", ("21", "S"), "1.63"),
}
MEANWHILE = [
    ("domestic", "abroad with a tax ID"),
    ("domestic", "abroad without a rate"),
    ("domestic", "exempt"),
    ("domestic", "rate raised"),
    ("domestic", "rate of that very day"),
    ("domestic", "no rate"),
    ("domestic", "discount"),
    ("domestic", "credit"),
    ("domestic", "transfer"),
    ("domestic", "zone"),
    ("domestic", "seller"),
    ("reverse charge", "tax ID valid"),
    ("reverse charge", "tax ID invalid"),
    ("reverse charge", "at home"),
    ("reverse charge", "seller"),
    ("exempt", "taxed"),
    ("discounted", "discount ended"),
]


@pytest.mark.parametrize(("start", "change"), MEANWHILE)
def test_what_changes_before_the_settlement_changes_nothing_of_it(customer, start, change):
    """PRICE-10: the same lines, discount, tax, credit, total; paid to zero."""
    columns, total, tax, discount = STARTS[start]
    credited("5.00")  # 6.05 with its tax
    Account.objects.update(**columns)
    order = unanswered(customer, seat=8)
    assert (order.total.amount, order.credit) == (Decimal(total), Decimal("6.05"))
    was = Account.objects.get()

    CHANGES[change]()

    invoice = paid_exactly(swept(order))
    assert lines(invoice) == [("seat", 3, "16.29")]
    assert [(one["rate"], one["category"]) for one in invoice.taxes] == [tax]
    assert f"{invoice.discount:.2f}" == discount
    said = ("name", "street", "postcode", "city", "country", "tax_id")
    assert invoice.customer == {name: getattr(was, name) for name in said}
    assert invoice.pays_by == "card"
    assert Letter.objects.filter(key=f"invoice:{invoice.pk}").count() == 1


def test_credit_that_comes_before_the_settlement_stays_in_credit(customer):
    """Nothing of 12.10 is used for an invoice whose 19.71 were charged."""
    order = unanswered(customer)

    note = credited("10.00")

    assert paid_exactly(swept(order)).credit_used == 0
    assert Receivable.objects.get(invoice=note).open.amount == Decimal("-12.10")


def test_no_more_of_a_credit_is_used_than_was_agreed(customer):
    """6.05 are agreed; of 24.20 more nothing is used, and the next invoice uses all of it."""
    note = credited("5.00")
    order = unanswered(customer)

    credited("20.00")

    assert paid_exactly(swept(order)).credit_used == Decimal("6.05")
    assert Receivable.objects.get(invoice=note).state == "settled"
    bill(at=OPENS_NEXT)
    assert Invoice.objects.latest("pk").credit_used == Decimal("24.20")
    assert list(audit()) == []


def test_no_other_invoice_uses_the_credit_of_an_order(customer):
    """The run passes over the payer, until the order is settled and has used its 6.05."""
    credited("5.00")
    order = unanswered(customer)

    bill(at=OPENS_NEXT)

    assert Invoice.objects.filter(kind="invoice").count() == 1
    assert paid_exactly(swept(order)).credit_used == Decimal("6.05")
    bill(at=OPENS_NEXT)
    assert Invoice.objects.latest("pk").credit_used == 0
    assert list(audit()) == []


def test_no_refund_takes_the_credit_of_an_order(customer):
    note = credited("5.00")
    order = unanswered(customer)

    with pytest.raises(ChangeRefused, match="reserved"):
        refunding.ask(
            payment_id=Payment.objects.get(invoice=note.corrects).pk,
            amount=Decimal("0.01"),
            invoice_id=note.pk,
            note="Sold by mistake",
            number=1,
            by=UserFactory(),
            at=NOW,
        )

    assert paid_exactly(swept(order)).credit_used == Decimal("6.05")


def test_without_its_credit_an_order_is_not_half_settled(customer):
    """What must not happen leaves nothing behind, is said to support, and mends with its cause."""
    note = credited("5.00")
    order = unanswered(customer)
    Receivable.objects.filter(invoice=note).update(open=0, state="settled")
    before = Event.objects.count(), Invoice.objects.count()

    order = swept(order)

    attempt = PaymentAttempt.objects.get(order=order)
    assert (order.state, attempt.state, seats(customer)) == ("paying", "unknown", 5)
    assert "credit 0.00, not 6.05; to_pay 19.71, not 13.66" in attempt.reason
    assert (Event.objects.count(), Invoice.objects.count()) == before
    assert not Payment.objects.filter(attempt=attempt).exists()

    Receivable.objects.filter(invoice=note).update(open=Decimal("-6.05"), state="open")
    paid_exactly(swept(order, at=LATER + timedelta(days=1)))


def test_an_order_keeps_what_it_was_reckoned_with(customer):
    """Version 2 of the shape: decimals as strings, exactly."""
    Account.objects.update(discount_percent=Decimal("12.5"), city="Brno")
    credited("5.00")

    kept = unanswered(customer).quote

    assert kept["version"] == 2
    [line] = kept["lines"]
    assert line[:6] == ["seat", "proration", 3, "16.29", "2026-02-20", "2026-02-28"]
    assert [
        kept[name] for name in ("subtotal", "discount", "tax", "total", "credit", "to_pay")
    ] == [
        *("16.29", "2.04", "2.99", "17.24", "6.05", "11.19"),
    ]
    assert kept["taxes"] == [
        {"rate": "21", "base": "14.25", "amount": "2.99", "category": "S", "reason": ""}
    ]
    conditions = kept["conditions"]
    assert conditions.pop("customer")["city"] == "Brno"
    assert conditions.pop("seller") == SellerDetails.objects.get().pk
    assert conditions == {
        "on": "2026-02-20",
        "zone": "Europe/Prague",
        "discount_percent": "12.500",
        "treatment": {"rate": "21.000", "category": "S", "reason": ""},
        "tax_id_state": "unchecked",
        "pays_by": "card",
    }


def as_before_the_upgrade(order: Order) -> None:
    """Keep of the quote what the first version kept."""
    kept = {name: order.quote[name] for name in ("subtotal", "discount", "total", "to_pay")}
    kept["lines"] = [line[:4] for line in order.quote["lines"]]
    Order.objects.filter(pk=order.pk).update(quote=kept)


def test_an_order_of_before_the_upgrade_is_settled(customer):
    credited("5.00")
    order = unanswered(customer)
    as_before_the_upgrade(order)

    credited("7.00")

    assert paid_exactly(swept(order)).credit_used == Decimal("6.05")


def test_an_order_of_before_the_upgrade_is_settled_as_confirmed_or_not_at_all(customer):
    order = unanswered(customer)
    as_before_the_upgrade(order)
    invoices = Invoice.objects.count()

    CHANGES["rate raised"]()

    assert swept(order).state == "paying"
    assert "total 20.04, not 19.71" in PaymentAttempt.objects.get(order=order).reason
    assert (seats(customer), Invoice.objects.count()) == (5, invoices)
    CHANGES["rate lowered again"]()
    paid_exactly(swept(order, at=LATER + timedelta(days=1)))


def test_a_quote_of_a_later_release_is_left_alone(customer):
    order = unanswered(customer)
    Order.objects.filter(pk=order.pk).update(quote={**order.quote, "version": 3})

    assert swept(order).state == "paying"
    assert "version 3" in PaymentAttempt.objects.get(order=order).reason


def test_subscriptions_of_two_zones_are_charged_by_one_document(customer):
    """At noon in Prague it is the next day in Auckland: the first one's day is that of both."""
    Account.objects.update(time_zone="Pacific/Auckland")
    PriceFactory(code="desk", amount=Decimal("30.00"))
    Product.objects.filter(code="desk").update(subscription_code="desks")
    SubscriptionFactory(account=customer.account, code="desks", starts_on=date(2026, 2, 1))
    bill(at=instant("2026-02-01 08:00"))
    CardFactory(payer=customer.account, behaviour=Behaviour.SILENT)

    order = buy(customer, seat=8, desk=1)

    # 16.29, and 30.00 × 8/28 from the 21st on are 8.57; 5.22 of tax on both.
    assert order.total.amount == Decimal("30.08")
    invoice = paid_exactly(swept(order))
    assert (invoice.bills.count(), invoice.cycle_date) == (2, date(2026, 2, 20))


def test_a_first_plan_opens_in_the_zone_in_which_it_was_bought():
    plan_book.catalogue()
    SellerFactory()
    TaxRateFactory()
    here = chief(AccountFactory(time_zone="Europe/Prague", card=Behaviour.SILENT))
    wanted = Wanted({"marketing-pro": 2500, "users-pro": 4}, interval="month")
    seen = checkout.shown(checkout.quote_with(wanted, here=here, at=NOW))
    order = checkout.confirm(here=here, seen=seen, at=NOW, wanted=wanted)
    checkout.pay(order_id=order.pk, gateway=GATEWAY, clock=clock(NOW))

    CHANGES["zone"]()

    paid_exactly(swept(order))
    opened = Subscription.objects.get()
    assert (opened.time_zone, opened.starts_on) == ("Europe/Prague", date(2026, 2, 20))


def test_an_account_is_not_closed_while_it_pays_for_an_order(customer):
    """It would be sold nothing any more, also not what it has paid for."""
    PriceFactory(code="desk", amount=Decimal("30.00"))
    CardFactory(payer=customer.account, behaviour=Behaviour.SILENT)
    order = buy(customer, desk=1)
    closing = {"account_id": customer.account.pk, "at": NOW + timedelta(hours=1)}

    with pytest.raises(ChangeRefused, match="on its way"):
        subscribing.close_account(**closing)

    paid_exactly(swept(order))
    assert subscribing.close_account(**{**closing, "at": LATER}).closed_at


def test_what_ends_meanwhile_ends_with_what_was_paid_for(customer):
    PriceFactory(code="desk", amount=Decimal("30.00"))
    CardFactory(payer=customer.account, behaviour=Behaviour.SILENT)
    order = buy(customer, desk=1)
    [plan] = Subscription.objects.all()

    subscribing.end_subscription(subscription_id=plan.pk, at=NOW + timedelta(hours=1))

    assert lines(paid_exactly(swept(order))) == [("desk", 1, "8.57")]
    bill(at=OPENS_NEXT)
    assert set(Item.objects.values_list("quantity", flat=True)) == {0}
    assert list(audit()) == []
