"""Applying a request: what its page has shown holds, once, and is billed so; else it is refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Account, Letter
from billing import applying, carts, checkout, events, requests
from billing.auditing import audit
from billing.models import (
    ChangeRequest,
    Event,
    Invoice,
    Item,
    Line,
    PaymentAttempt,
    RequestMessage,
    Subscription,
)
from billing.refusals import ChangeRefused, QuoteChanged
from billing.requested import quoted_request
from tests.billing.buying import waiting
from tests.billing.requesting import (
    NOW,
    RENEWED,
    applied,
    asked,
    catalogue,
    customer,
    opened,
    requests_row,
    seen,
    support,
)
from tests.billing.running import bill
from tests.factories import MemberFactory, PriceFactory, UserFactory
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

_catalogue = lasting(catalogue, autouse=True)
here = lasting(customer)


def held(account: Account) -> dict[str, int]:
    items = Item.objects.filter(subscription__account=account, quantity__gt=0)
    return dict(items.values_list("product__code", "quantity"))


def test_a_lower_level_takes_the_place_of_the_other_and_gives_back_pro_rata(here):  # PLAN-9
    """With 14 of 28 days left half of 112.00 and 56.00 goes, half of 56.00 and 56.00 comes.

    That is decision 7.
    """
    simon = support()
    found = opened(here, "level", "marketing-plus")

    applied(found, by=simon)

    assert held(here.account) == {"marketing-plus": 2500, "users-plus": 5, "extra": 1, "seats": 8}
    found.refresh_from_db()
    assert found.state == ChangeRequest.State.APPLIED
    document = found.invoice
    assert document is not None
    lines = Line.objects.filter(bill__invoice=document)
    assert {line.product_code: line.amount for line in lines} == {
        "marketing-plus": Decimal("28.00"),
        "marketing-pro": Decimal("-56.00"),
        "users-plus": Decimal("28.00"),
        "users-pro": Decimal("-28.00"),
    }
    assert (document.kind, document.total.amount) == ("credit_note", Decimal("-33.88"))
    written = Event.objects.filter(cause=f"Request {found.pk}: Lower plan level")
    assert written.count() == 4
    assert {event.actor for event in written} == {simon}
    assert {event.replaces for event in written} == {True}
    assert list(audit()) == []


def test_what_the_price_puts_off_holds_from_the_renewal_on(here):  # CONV-5, PRICE-5
    found = opened(here, "seats", "seats", 5)

    applied(found)

    event = Event.objects.latest("pk")
    assert (event.was, event.becomes, event.holds, event.at) == (8, 5, "opening", NOW)
    assert held(here.account)["seats"] == 8
    assert found.invoice is None
    message = RequestMessage.objects.latest("pk")
    assert message.details == {"steps": [["seats", 8, 5, "2026-02-28"]]}
    bill(at=RENEWED)
    assert held(here.account)["seats"] == 5
    line = Line.objects.filter(product_code="seats").latest("pk")
    assert (line.quantity, line.amount) == (5, Decimal("95.00"))


def test_an_add_on_goes_at_the_renewal(here):  # PLAN-9
    applied(opened(here, "add_on", "extra"))
    bill(at=RENEWED)

    assert "extra" not in held(here.account)
    assert not Line.objects.filter(product_code="extra", starts_on="2026-02-28").exists()


def test_what_costs_more_is_charged_like_every_invoice():
    """By card an attempt waits for the sweep; the letter comes once it is paid."""
    here = customer(pays_by="card")
    found = opened(here, "product", "sales-pro", 10_000)

    applied(found)

    found.refresh_from_db()
    assert found.invoice is not None
    # 280.00 come and 112.00 go, for 14 of 28 days, with 21 %.
    assert found.invoice.total.amount == Decimal("101.64")
    attempt = PaymentAttempt.objects.get(invoice=found.invoice)
    assert (attempt.amount.amount, attempt.state) == (Decimal("101.64"), "queued")
    bill(at=NOW + timedelta(hours=1))
    assert Invoice.objects.filter(reason="change").count() == 1
    assert list(audit()) == []


def test_both_sides_are_told_what_holds_from_when(here, settings):
    found = opened(here, "seats", "seats", 5)
    Letter.objects.all().delete()

    applied(found)

    assert set(Letter.objects.values_list("name", "to")) == {
        ("request_support", settings.SUPPORT_EMAIL),
        ("request", here.person.email),
        ("request", found.contact_email),
    }


def test_a_second_click_finds_it_done(here):  # decision 17
    found = opened(here, "seats", "seats", 5)
    shown = seen(found)
    applying.apply(request_id=found.pk, seen=shown, by=support(), at=NOW)

    with pytest.raises(ChangeRefused, match="is done with: Applied"):
        applying.apply(request_id=found.pk, seen=shown, by=UserFactory(staff=True), at=NOW)
    assert Event.objects.filter(becomes=5, item__product__code="seats").count() == 1


def test_another_price_or_an_old_page_is_shown_again(here):
    found = opened(here, "product", "sales-pro")
    shown = seen(found)
    later = NOW + timedelta(minutes=31)

    with pytest.raises(QuoteChanged, match="too old"):
        applying.apply(request_id=found.pk, seen=shown, by=support(), at=later)
    with pytest.raises(QuoteChanged):
        applying.apply(request_id=found.pk, seen="made up", by=support(), at=NOW)
    [plan] = Subscription.objects.all()
    events.record(subscription_id=plan.pk, changes={"marketing-pro": 5000}, at=NOW)
    with pytest.raises(QuoteChanged, match="have changed since"):
        applying.apply(request_id=found.pk, seen=shown, by=support(), at=NOW + timedelta(seconds=1))
    found.refresh_from_db()
    assert found.state == ChangeRequest.State.OPEN


def test_who_has_come_meanwhile_stands_in_the_way():  # PLAN-9
    """Two seats were enough when it was asked; now a third person is active."""
    here = customer(people=2)
    found = requests.write_down(
        account_id=here.account.pk,
        asked=asked("add_on", "users-pro", 2),
        by=support(),
        at=NOW,
    )
    MemberFactory(account=here.account, name="Zoe")

    with pytest.raises(ChangeRefused, match="3 user seats are in use, by Jana, Petr and Zoe"):
        applied(found)
    assert held(here.account)["users-pro"] == 5


def test_nothing_is_applied_while_the_payer_pays_something_else():  # decision 17
    here = customer(pays_by="card")
    found = opened(here, "seats", "seats", 5)
    PriceFactory(code="more", amount=Decimal(28))
    shown = seen(found)
    waiting(here, more=1)

    with pytest.raises(ChangeRefused, match="is on its way"):
        applying.apply(request_id=found.pk, seen=shown, by=support(), at=NOW)


def test_what_is_due_is_billed_before_it_is_applied(here):
    found = opened(here, "seats", "seats", 5)

    with pytest.raises(QuoteChanged):
        applying.apply(request_id=found.pk, seen=seen(found), by=support(), at=RENEWED)
    assert Invoice.objects.filter(cycle_date="2026-02-28").count() == 1

    applied(found, at=RENEWED)
    assert Event.objects.latest("pk").at == RENEWED


def test_a_question_is_answered_and_not_applied():
    found = opened(customer(), "question", notes="Why?")

    with pytest.raises(ChangeRefused, match="It is answered"):
        quoted_request(requests_row(found), at=NOW)


def test_a_cart_that_was_shown_before_is_shown_again(here):
    found = opened(here, "level", "marketing-plus")
    carts.put(here=here, changes={"users-pro": 6}, at=NOW)
    quoted = checkout.quote_cart(here=here, at=NOW)
    assert quoted is not None
    shown = checkout.shown(quoted)

    applied(found)

    with pytest.raises((QuoteChanged, ChangeRefused)):
        checkout.confirm(here=here, seen=shown, at=NOW + timedelta(minutes=1))
    assert held(here.account)["users-plus"] == 5


@pytest.mark.once  # arithmetic: the database only keeps it
class Law(TestCase):
    """Applying = what the quote showed, whatever is asked for. PRICE-10."""

    @classmethod
    def setUpTestData(cls) -> None:
        catalogue()

    @given(
        limit=st.sampled_from([1000, 2500, 5000, 10_000]),
        users=st.integers(1, 9),
        day=st.integers(1, 27),
        wanted=st.sampled_from(
            [
                ("level", "marketing-plus"),
                ("product", "sales-pro"),
                ("add_on", "extra"),
                ("seats", "seats"),
            ]
        ),
        discount=st.sampled_from(["0", "15"]),
    )
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=15)
    def test_applying_charges_what_was_shown(self, limit, users, day, wanted, discount):
        here = customer(
            items={"marketing-pro": limit, "users-pro": users, "extra": 1, "seats": 8},
            discount_percent=Decimal(discount),
        )
        at = NOW.replace(month=2, day=day)
        found = opened(here, *wanted, at=at)
        _, quoted = quoted_request(requests_row(found), at=at)
        part = quoted.parts[0].quote

        applied(found, at=at)
        bill(at=RENEWED)

        found.refresh_from_db()
        total = found.invoice.total.amount if found.invoice else Decimal(0)
        assert total == quoted.due_now.total
        next_one = Invoice.objects.get(payer=here.account, cycle_date="2026-02-28", reason="cycle")
        assert next_one.total.amount == part.next_invoice.totals.total
        assert list(audit()) == []
