"""Orders by bank transfer without agreed terms: they wait for their money (decision 51)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError, connection
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts import mail
from accounts.access import Standing
from accounts.models import Account, Letter
from billing import carts, checkout, matching, tasks, waiting
from billing.auditing import audit
from billing.matching import Kind, Target
from billing.matching_suggestions import suggestions
from billing.models import BankLine, Deposit, Event, Invoice, Order, Payment
from billing.refusals import ChangeRefused, QuoteChanged
from billing.showing import show
from billing.views.confirming import asked_to_confirm
from tests.billing.buying import NOW, buy, customer, issued, price_of, seats
from tests.billing.running import bill, clock
from tests.billing.test_bank_import import line_of, take_in
from tests.factories import AccountFactory, instant
from tests.lasting import lasting
from tests.standing import chief

pytestmark = pytest.mark.django_db


@lasting
def here() -> Standing:
    """Five seats at 19.00, paid by transfer from now on, no terms agreed."""
    return by_transfer(customer())


def by_transfer(here: Standing, **terms: object) -> Standing:
    Account.objects.filter(pk=here.account.pk).update(pays_by="transfer", **terms)
    here.account.refresh_from_db()
    here.account.payer.refresh_from_db()
    return here


def ordered(here: Standing, seat: int = 8) -> Order:
    return buy(here, seat=seat)


def comes(order: Order, amount: str, *, at=NOW, reference: str = "B-1") -> Order:
    waiting.receive(
        order_id=order.pk, amount=Decimal(amount), at=at, gateway="bank", reference=reference
    )
    order.refresh_from_db()
    return order


def test_without_terms_nothing_holds_before_the_money_is_there(here):  # PLAN-11
    """3 more seats for 8 of 28 days: 16.29 and 3.42 of tax, 19.71."""
    events, invoices = Event.objects.count(), Invoice.objects.count()

    order = ordered(here)

    assert (order.state, order.total.amount) == ("waiting", Decimal("19.71"))
    assert order.expires_at == NOW + timedelta(days=14)
    assert (Event.objects.count(), Invoice.objects.count()) == (events, invoices)
    assert seats(here) == 5
    assert not order.unsettled
    assert not order.attempts.exists()


def test_the_same_total_settles_it_paid(here):  # PLAN-11
    order = comes(ordered(here), "19.71", at=NOW + timedelta(hours=5))

    assert (order.state, order.at) == ("done", NOW + timedelta(hours=5))
    assert seats(here) == 8
    invoice = issued(order)
    assert (invoice.total.amount, invoice.receivable.state) == (Decimal("19.71"), "paid")
    assert Payment.objects.get(gateway="bank").invoice == invoice
    assert Event.objects.latest("pk").at == order.at
    assert list(audit()) == []


def test_the_desk_reads_what_is_still_to_be_transferred(here, django_assert_num_queries):
    order = ordered(here)
    take_in(line_of("5.00", text=order.transfer_reference))
    lines = list(BankLine.objects.all())
    named = Target(Kind.ORDER, order.pk)

    with django_assert_num_queries(3):
        assert (
            _label(lines, named)
            == f"{order.transfer_reference}, €19.71 to transfer, {here.account}"
        )
    matching.assign(lines[0].pk, named, by=None, at=NOW)
    assert "€14.71 to transfer" in _label(lines, named)
    comes(order, "14.71", reference="B-2")
    assert f"{order.transfer_reference}, done, " in _label(lines, named)


def _label(lines: list[BankLine], target: Target) -> str:
    [of] = suggestions(lines).values()
    return next(one.label for one in of if one.target == target)


def test_another_total_is_never_taken(here):  # PLAN-11, PRICE-10
    """On 22 February 6 of 28 days are left: 12.21 and 2.56 of tax, 14.77 instead of 19.71."""
    order = comes(ordered(here), "19.71", at=NOW + timedelta(days=2))

    assert (order.state, order.invoice) == ("repriced", None)
    assert seats(here) == 5
    assert Deposit.objects.get().open.amount == Decimal("-19.71")
    assert Letter.objects.filter(name="order_repriced").count() == 1
    assert list(audit()) == []

    again = buy(here, at=NOW + timedelta(days=2, hours=1), seat=8)

    assert (again.state, again.total.amount, again.credit) == (
        "done", Decimal("14.77"), Decimal("14.77"),
    )  # fmt: skip
    assert seats(here) == 8
    assert Deposit.objects.get().open.amount == Decimal("-4.94")
    assert list(audit()) == []


def test_a_reduction_that_was_scheduled_meanwhile_is_not_undone(here):  # PLAN-11, decision 4
    """5 to 8 waits, 5 to 3 is scheduled, the money comes: the total is the same, the deed not."""
    order = ordered(here)
    buy(here, at=NOW + timedelta(minutes=1), seat=3)

    order = comes(order, "19.71", at=NOW + timedelta(hours=2))

    assert (order.state, order.invoice) == ("repriced", None)
    assert (Event.objects.latest("pk").becomes, Event.objects.latest("pk").holds) == (3, "opening")
    assert Deposit.objects.get().open.amount == Decimal("-19.71")


def test_a_reduction_that_was_shown_gives_way(here):  # PLAN-11, decision 4
    buy(here, at=NOW - timedelta(hours=1), seat=3)

    assert comes(ordered(here), "19.71", at=NOW + timedelta(hours=2)).state == "done"
    assert seats(here) == 8


def test_part_of_the_money_lies_on_account_until_the_rest_is_there(here):  # PLAN-11
    order = comes(ordered(here), "10.00")
    assert (order.state, str(waiting.to_transfer(order).amount)) == ("waiting", "9.710")

    order = comes(order, "9.71", reference="B-2")

    assert (order.state, issued(order).receivable.state) == ("done", "paid")
    assert not Deposit.objects.get().open.amount
    assert list(audit()) == []


def test_more_than_the_total_is_credit(here):
    order = comes(ordered(here), "25.00")

    assert issued(order).receivable.open.amount == Decimal("-5.29")
    assert list(audit()) == []


def test_what_is_due_meanwhile_is_billed_first(here):
    """Over the cycle date: the seats cost another amount then, so the buyer is asked again."""
    order = comes(ordered(here), "19.71", at=instant("2026-03-01 12:00"))

    assert order.state == "repriced"
    assert Invoice.objects.filter(cycle_date="2026-02-28").exists()
    assert list(audit()) == []


def test_the_run_passes_no_order_that_waits(here):
    ordered(here)

    bill(at=instant("2026-02-28 08:00"))

    assert Invoice.objects.filter(cycle_date="2026-02-28").exists()


def test_an_account_waits_for_one_transfer(here):
    ordered(here)

    carts.put(here=here, changes={"seat": 9}, at=NOW)
    with pytest.raises(ChangeRefused, match="Pay it or cancel it"):
        checkout.confirm(here=here, seen=checkout.shown(price_of(here)), at=NOW)


def test_what_costs_nothing_now_needs_no_transfer(here):
    assert ordered(here, seat=3).state == "done"


def test_it_is_cancelled_by_its_buyer_once(here):  # PLAN-11
    order = ordered(here)

    assert waiting.cancel(here=here, order_id=order.pk, at=NOW)
    assert not waiting.cancel(here=here, order_id=order.pk, at=NOW)

    order = comes(order, "19.71")
    assert order.state == "cancelled"
    assert Deposit.objects.get().open.amount == Decimal("-19.71")
    assert ordered(here).state == "done"  # paid from the credit balance
    assert list(audit()) == []


def test_it_expires_with_a_letter(here):  # JOBS-5
    order = ordered(here)
    last = NOW + waiting.LASTS

    assert waiting.expire(at=last - timedelta(seconds=1)) == 0
    assert waiting.expire(at=last) == 1
    assert waiting.expire(at=last) == 0

    order.refresh_from_db()
    assert (order.state, order.settled_at) == ("expired", last)
    assert Letter.objects.filter(name="order_expired").count() == 1
    assert comes(order, "19.71", at=last).state == "expired"


def test_one_that_fails_holds_up_no_other(here, caplog):  # JOBS-5
    broken, last = ordered(here), NOW + waiting.LASTS
    other = Order.objects.get(pk=broken.pk)
    other.pk, other.token, other.account = None, "another", AccountFactory(payer=here.account)
    other.save()

    def breaks(execute, sql, params, many, context):
        if sql.startswith('UPDATE "billing_order"') and broken.pk in params:
            raise OperationalError("the disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(breaks):
        assert waiting.expire(at=last) == 1

    assert [one.state for one in Order.objects.order_by("pk")] == ["waiting", "expired"]
    assert "order not ended" in caplog.text
    assert waiting.expire(at=last) == 1


def test_the_job_ends_what_is_late(here):  # JOBS-5
    """Ordered in February of a year that is long over."""
    order = ordered(here)

    tasks.expire_orders()

    order.refresh_from_db()
    assert order.state == "expired"


def test_terms_hold_up_to_the_limit_to_the_cent(here):  # decision 13
    by_transfer(here, agreed_terms=True, credit_limit=Decimal("19.71"))
    first = ordered(here)
    assert (first.state, issued(first).receivable.state) == ("done", "open")

    second = buy(here, at=NOW + timedelta(minutes=1), seat=9)
    assert second.state == "waiting"

    by_transfer(here, credit_limit=None)
    waiting.cancel(here=here, order_id=second.pk, at=NOW)
    assert buy(here, at=NOW + timedelta(minutes=2), seat=9).state == "done"


def test_terms_that_end_between_look_and_confirm_are_shown_again(here):  # decision 18
    by_transfer(here, agreed_terms=True)
    carts.put(here=here, changes={"seat": 8}, at=NOW)
    seen = checkout.shown(price_of(here))
    by_transfer(here, agreed_terms=False)

    with pytest.raises(QuoteChanged):
        checkout.confirm(here=here, seen=seen, at=NOW)


def test_the_letter_says_amount_reference_and_until_when(here, mailoutbox):
    order = ordered(here)

    mail.deliver_due(clock=clock(NOW))

    letter = next(one for one in mailoutbox if order.transfer_reference in one.body)
    for said in ("19.71", f"ORD-{order.pk:06d}", "6 March 2026", "IBAN", f"/orders/{order.pk}/"):
        assert said in letter.body
    assert here.person.email in letter.to


@pytest.mark.parametrize("state", ["expired", "repriced"])
def test_the_other_letters_say_what_to_do(here, mailoutbox, state):
    order = ordered(here)
    mail.deliver_due(clock=clock(NOW))
    mailoutbox.clear()
    if state == "expired":
        waiting.expire(at=NOW + waiting.LASTS)
    else:
        comes(order, "19.71", at=NOW + timedelta(days=2))

    mail.deliver_due(clock=clock(NOW + waiting.LASTS))

    bodies = " ".join(one.body for one in mailoutbox)
    assert {"expired": "order again instead", "repriced": "confirm it"}[state] in bodies


def page(here: Standing, order: Order) -> str:
    client = Client()
    client.force_login(here.person)
    answer = client.get(reverse("billing:order", args=[here.account.pk, order.pk]))
    return answer.content.decode()


def test_the_page_says_how_to_pay_and_cancels(here):  # PLAN-11
    order = ordered(here)
    client = Client()
    client.force_login(here.person)

    shown = page(here, order)
    assert all(said in shown for said in (order.transfer_reference, "€19.71", "Cancel the order"))
    overview = client.get(reverse("billing:overview", args=[here.account.pk])).content.decode()
    assert "waits for your bank transfer" in overview

    cancel = reverse("billing:order_cancel", args=[here.account.pk, order.pk])
    for said in ("The order is cancelled", "waits for no transfer any more"):
        assert said in client.post(cancel, follow=True).content.decode()
    assert "Cancelled: nothing was changed" in page(here, order)


def test_the_cart_says_that_it_waits_and_why(here):  # decision 13
    client = Client()
    client.force_login(here.person)
    cart = reverse("billing:cart", args=[here.account.pk])
    carts.put(here=here, changes={"seat": 8}, at=NOW)

    assert "before your transfer" in client.get(cart).content.decode()

    by_transfer(here, agreed_terms=True, credit_limit=Decimal("1.00"))
    said = client.get(cart).content.decode()
    assert "at most €1.00 may be open" in said
    assert "Order, and transfer" in said


@pytest.mark.parametrize("state", ["waiting", "expired", "repriced", "cancelled"])
def test_each_state_is_said_on_the_page(here, state):
    order = ordered(here)
    Order.objects.filter(pk=order.pk).update(state=state)
    words = {
        "waiting": "Waits for your transfer",
        "expired": "do not pay it any more",
        "repriced": "Look at today",
        "cancelled": "Order again",
    }

    assert words[state] in page(here, order)


def test_who_may_not_buy_cancels_nothing(here):
    order = ordered(here)
    stranger = chief(AccountFactory())

    with pytest.raises(Order.DoesNotExist):
        waiting.cancel(here=stranger, order_id=order.pk, at=NOW)


def test_that_an_order_waits_already_is_said_before_another_one_is_sent(here):  # PLAN-11
    first = ordered(here)
    at = NOW + timedelta(minutes=1)
    carts.put(here=here, changes={"seat": 9}, at=at)

    asked = asked_to_confirm(here, price_of(here, at=at))
    context = {**asked, "here": here, "quote": show(price_of(here, at=at), language="en")}
    page = render_to_string("billing/_confirm.html", context)

    assert "An order waits for your bank transfer already." in page
    assert reverse("billing:order", args=[here.account.pk, first.pk]) in page
    assert "<button" not in page
