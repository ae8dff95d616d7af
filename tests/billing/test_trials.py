"""Trials: granted, kept or not, ended once, told ahead, and charged from their end on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from accounts import inbox
from accounts.access import Standing
from accounts.deeds import NOBODY
from accounts.models import Account, InboxMessage
from accounts.refusals import Lacking
from billing import carts, checkout, collecting, trial_ends, trial_notices, trials
from billing.auditing import audit
from billing.models import Event, Invoice, Item, Line, Order, Product, Trial
from billing.refusals import ChangeRefused, QuoteChanged
from tests.billing.buying import GATEWAY, NOW, buy, customer, price_of
from tests.billing.running import bill, clock
from tests.factories import MemberFactory, PriceFactory, instant
from tests.standing import stands

pytestmark = pytest.mark.django_db(databases=["default", "readonly"])

ENDS = date(2026, 2, 20)
GRANTED = instant("2026-02-03 09:00")
# Midnight of 20 February in Prague.
OVER = instant("2026-02-19 23:00")


def trying(*, quantity: int = 20, ends_on: date = ENDS, **price: object) -> Standing:
    """Twenty agents at 28.00 a month are free until 20 February; 5 other seats are held."""
    here = customer()
    PriceFactory(code="agents", **{"amount": 28, **price})
    grant(here, quantity=quantity, ends_on=ends_on)
    return here


def grant(here: Standing, *, quantity: int = 20, ends_on: date = ENDS) -> Trial:
    return trials.grant(
        account_id=here.account.pk,
        product=Product.objects.get(code="agents"),
        quantity=quantity,
        ends_on=ends_on,
        at=GRANTED,
        by=NOBODY,
        note="Request 7",
    )


def keep(here: Standing, number: int, *, at=GRANTED) -> Trial:
    [trial] = trials.active_of(here.account.pk)
    seen = trials.price_of(trial, number, at=at).fingerprint if number else ""
    return trials.keep(here=here, code="agents", number=number, seen=seen, at=at)


def held(here: Standing) -> int:
    items = Item.objects.filter(subscription__account=here.account, product__code="agents")
    return sum(items.values_list("quantity", flat=True))


def told(name: str) -> list[str]:
    found = InboxMessage.objects.filter(name=name).order_by("pk")
    return [inbox.say(one).text.replace("\N{NO-BREAK SPACE}", " ") for one in found]


def ended() -> str:
    return Trial.objects.get().ended_because


def test_what_is_kept_is_charged_from_the_trials_end_on():  # JOBS-4, CONV-7
    # 5 × 28.00 × 8/28 = 40.00, and 21 % of tax.
    here = trying()
    [trial] = trials.active_of(here.account.pk)
    quoted = trials.price_of(trial, 5, at=GRANTED)
    keep(here, 5)

    assert (str(quoted.due_now.total), quoted.parts[0].quote.due_now.on) == ("48.40", ENDS)
    assert trial_ends.end_due(at=OVER - timedelta(seconds=1)) == 0
    assert held(here) == 0
    assert trial_ends.end_due(at=OVER) == 1
    bill(at=OVER)
    collecting.collect(clock=clock(OVER), gateway=GATEWAY)

    assert held(here) == 5
    assert ended() == Trial.Ended.BOUGHT
    invoice = Invoice.objects.get(reason="change")
    assert str(invoice.total.amount.normalize()) == "48.4"
    [line] = Line.objects.filter(bill__invoice=invoice)
    assert (str(line.kind), line.starts_on) == ("proration", ENDS)
    event = Event.objects.latest("pk")
    assert (event.becomes, event.actor, event.cause) == (5, here.person, "Bought in the trial")
    assert list(audit()) == []


def test_without_a_purchase_it_ends_and_nothing_is_charged():  # CONV-7
    here = trying()

    trial_ends.end_due(at=OVER)
    bill(at=OVER)

    assert (held(here), ended()) == (0, Trial.Ended.OVER)
    assert not Invoice.objects.filter(reason="change").exists()
    assert "nothing is charged" in told("trial_ended")[0]


def test_run_twice_it_ends_once():  # JOBS-5
    here = trying()
    keep(here, 5)

    assert [trial_ends.end_due(at=OVER) for _ in range(3)] == [1, 0, 0]

    assert Event.objects.filter(becomes=5, item__product__code="agents").count() == 1
    assert len(told("trial_ended")) == 1


def test_after_an_outage_over_an_opening_it_is_charged_from_then_on():
    here = trying()
    keep(here, 5)
    late = instant("2026-03-02 09:00")
    bill(at=late)

    assert trial_ends.end_due(at=late) == 1
    bill(at=late)

    assert held(here) == 5
    assert Event.objects.latest("pk").at == late
    assert list(audit()) == []


def test_an_account_that_was_kept_from_the_run_is_billed_from_the_trials_end():
    here = trying()
    keep(here, 5)
    late = instant("2026-03-02 09:00")

    trial_ends.end_due(at=late)
    bill(at=late)

    assert held(here) == 5
    lines = Line.objects.filter(product_code="agents")
    mine = [str(one.amount.normalize()) for one in lines]
    assert sorted(mine) == ["1.4E+2", "4E+1"]
    assert list(audit()) == []


def test_the_last_word_before_the_end_counts():
    here = trying()
    keep(here, 5)
    keep(here, 8)
    keep(here, 0)

    trial_ends.end_due(at=OVER)

    assert (held(here), ended()) == (0, Trial.Ended.OVER)


def test_it_is_told_once_from_the_14th_day_ahead():  # JOBS-2
    here = trying()
    keep(here, 5)
    early = instant("2026-02-05 22:00")

    counts = [trial_notices.tell_ahead(at=at) for at in (early, early + timedelta(hours=2), OVER)]

    assert counts == [0, 1, 0]
    [text] = told("trial_ends")
    assert "ends on 20 February 2026" in text
    assert "€140.00 each cycle" in text


def test_one_that_is_granted_for_less_is_told_at_once():
    trying(ends_on=date(2026, 2, 6))

    assert trial_notices.tell_ahead(at=GRANTED) == 1
    assert "say how many" in told("trial_ends")[0]


def test_a_price_that_rose_is_not_charged():  # RSL-5
    here = trying()
    keep(here, 5)
    PriceFactory(
        product=Product.objects.get(code="agents"), amount=30, valid_from=date(2026, 2, 10)
    )

    trial_ends.end_due(at=OVER)

    assert (held(here), ended()) == (0, Trial.Ended.REFUSED)
    assert "could not be bought at the price" in told("trial_ended")[0]


def test_what_is_not_sold_any_more_is_tried_and_kept():  # CONV-6, CONV-7
    here = trying()
    Product.objects.filter(code="agents").update(closed_from=date(2023, 1, 3))
    keep(here, 5)

    trial_ends.end_due(at=OVER)

    assert held(here) == 5


def test_what_is_tried_is_not_bought_beside_it():
    here = trying()
    carts.put(here=here, changes={"agents": 3}, at=NOW - timedelta(days=10))
    quoted = price_of(here, at=NOW - timedelta(days=10))

    assert "for free until 20 February" in quoted.objections[0].text
    assert reverse("billing:trial", args=[here.account.pk, "agents"]) == quoted.objections[0].href


def test_a_payment_on_its_way_is_waited_for():  # decision 17
    here = trying()
    keep(here, 5)
    at = OVER - timedelta(minutes=5)
    carts.put(here=here, changes={"seat": 6}, at=at)
    order = checkout.confirm(here=here, seen=checkout.shown(price_of(here, at=at)), at=at)

    assert trial_ends.end_due(at=OVER) == 0
    checkout.pay(order_id=order.pk, gateway=GATEWAY, clock=clock(OVER))
    assert trial_ends.end_due(at=OVER + timedelta(hours=1)) == 1

    assert held(here) == 5
    assert Order.objects.get().state == Order.State.DONE


@pytest.mark.parametrize(
    ("quantity", "ends_on", "words"),
    [
        (0, ENDS, "Try 1 to"),
        (5, date(2026, 2, 3), "Choose a day"),
        (5, date(2028, 2, 3), "Choose a day"),
    ],
)
def test_nonsense_is_not_granted(quantity, ends_on, words):
    here = customer()
    PriceFactory(code="agents", amount=28)

    with pytest.raises(ChangeRefused, match=words):
        grant(here, quantity=quantity, ends_on=ends_on)


def test_what_is_held_or_tried_already_is_not_granted():
    here = trying()

    with pytest.raises(ChangeRefused, match="tries"):
        grant(here)
    keep(here, 5)
    trial_ends.end_due(at=OVER)
    with pytest.raises(ChangeRefused, match="holds"):
        grant(here)


def test_who_may_not_buy_keeps_nothing_and_other_amounts_are_shown_again():  # PRICE-6
    here = trying()
    other = stands(MemberFactory(account=here.account, signs_in=True, billing_role=True))

    with pytest.raises(Lacking):
        keep(other, 5)
    with pytest.raises(QuoteChanged):
        trials.keep(here=here, code="agents", number=5, seen="older", at=GRANTED)
    with pytest.raises(ChangeRefused, match="over"):
        trials.keep(here=here, code="agents", number=0, seen="", at=OVER)


def test_support_calls_one_off():
    here = trying()
    [trial] = trials.active_of(here.account.pk)

    assert [trials.call_off(trial_id=trial.pk, at=GRANTED) for _ in range(2)] == [True, False]
    assert ended() == Trial.Ended.CALLED_OFF


def test_a_blocked_account_buys_nothing_at_the_end_and_is_told_why():  # decision 13
    here = trying()
    keep(here, 5)
    Account.objects.filter(pk=here.account.pk).update(blocked_at=GRANTED)

    trial_ends.end_due(at=OVER)

    assert (held(here), ended()) == (0, Trial.Ended.AGAINST)
    [text] = told("trial_ended")
    assert "This account is blocked until what is open is paid. Nothing is charged." in text
    with translation.override("it"):
        assert "bloccato" in told("trial_ended")[0]


def test_a_blocked_account_keeps_nothing_of_what_is_not_sold_any_more():  # decision 13, CONV-7
    here = trying()
    Product.objects.filter(code="agents").update(closed_from=date(2023, 1, 3))
    keep(here, 5)
    Account.objects.filter(pk=here.account.pk).update(blocked_at=GRANTED)
    here.account.refresh_from_db()

    with pytest.raises(ChangeRefused, match="blocked"):
        keep(here, 8)
    trial_ends.end_due(at=OVER)

    assert (held(here), ended()) == (0, Trial.Ended.AGAINST)


def test_what_was_bought_after_the_trial_is_not_overridden():
    """5 are kept; between midnight and the job 3 are bought: 3 are held, and charged once."""
    here = trying()
    keep(here, 5)
    buy(here, at=OVER + timedelta(minutes=3), agents=3)

    assert trial_ends.end_due(at=OVER + timedelta(minutes=10)) == 1

    assert (held(here), ended()) == (3, Trial.Ended.INSTEAD)
    assert "bought in another way meanwhile" in told("trial_ended")[0]
    assert Invoice.objects.filter(reason="change").count() == 1
    assert list(audit()) == []


def test_what_was_bought_and_given_back_after_the_trial_is_not_bought_again():
    here = trying(decrease="now_credit")
    keep(here, 5)
    buy(here, at=OVER + timedelta(minutes=3), agents=3)
    buy(here, at=OVER + timedelta(minutes=6), agents=0)

    trial_ends.end_due(at=OVER + timedelta(minutes=10))

    assert (held(here), ended()) == (0, Trial.Ended.INSTEAD)


def test_what_is_charged_once_is_not_tried():  # JOBS-4
    here = customer()
    PriceFactory(code="agents", amount=28, once=True)

    with pytest.raises(ChangeRefused, match="charged once, and is not tried"):
        grant(here)


def test_what_is_charged_once_by_the_trials_end_is_not_tried():
    here = customer()
    product = PriceFactory(code="agents", amount=28).product
    PriceFactory(product=product, once=True, valid_from=ENDS)

    with pytest.raises(ChangeRefused, match="charged once"):
        grant(here)
    assert grant(here, ends_on=ENDS - timedelta(days=1))
