"""Drafts: what is due, on which document it stands, and how it is taxed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts import people
from accounts.models import Account
from billing import events
from billing.drafts import DraftDocument, DraftPage
from billing.invoicing import draft_page
from billing.models import Bill, Event, Invoice, Item, Price, Subscription
from billing.subscribing import end_subscription
from tests.admin import copying
from tests.billing.running import bill
from tests.factories import (
    AccountFactory,
    MemberFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    TierFactory,
    instant,
)
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))


@lasting(autouse=True)
def seller() -> None:
    SellerFactory()
    TaxRateFactory()


@lasting
def seat() -> Price:
    return PriceFactory(code="seat")


def drafts(*payers: Account, at: str) -> DraftPage:
    page = draft_page(payer_ids=[payer.pk for payer in payers], at=instant(at))
    assert not page.problems, page.problems[0].detail
    return page


def documents(payer: Account, *, at: str) -> list[DraftDocument]:
    return [document for draft in drafts(payer, at=at).payers for document in draft.documents]


def plan_of(account: Account, **items: int) -> Subscription:
    return SubscriptionFactory(account=account, items=items)


def change(plan: Subscription, at: str, **changes: int) -> list[Event]:
    return events.record(subscription_id=plan.pk, changes=changes, at=instant(at))


def shown(document: DraftDocument) -> tuple[str, str, Decimal]:
    return document.reason, document.cycle_date.isoformat(), document.subtotal


def test_one_document_collects_what_a_payer_owes_on_one_day(seat):  # JOBS-1, RSL-2
    reseller = AccountFactory(reseller=True)
    client = AccountFactory(client=True, paid_by=reseller, discount_percent=10)
    plan_of(reseller, seat=2)
    plan_of(client, seat=3)

    [document] = documents(reseller, at="2026-01-01")

    assert [bill.subtotal for bill in document.bills] == [20, 30]
    assert [bill.discount for bill in document.bills] == [0, 3]
    assert (document.subtotal, document.discount) == (Decimal(50), Decimal(3))
    assert (document.tax, document.total) == (Decimal("9.87"), Decimal("56.87"))


def test_overdue_cycles_and_changes_come_oldest_first(seat):  # decision 5
    plan = plan_of(AccountFactory(), seat=2)
    change(plan, "2026-01-15", seat=3)
    change(plan, "2026-02-15", seat=4)

    found = documents(plan.account, at="2026-02-20")

    assert [shown(document) for document in found] == [
        ("cycle", "2026-01-01", Decimal("20.00")),
        ("change", "2026-01-15", Decimal("5.48")),  # 10.00 × 17/31
        ("cycle", "2026-02-01", Decimal("30.00")),
        ("change", "2026-02-15", Decimal("5.00")),  # 10.00 × 14/28
    ]


def test_a_change_that_was_billed_is_not_billed_again(seat):
    plan = plan_of(AccountFactory(), seat=2)
    change(plan, "2026-01-15", seat=3)
    bill(at=instant("2026-01-15"))
    change(plan, "2026-01-20", seat=4)

    bill(at=instant("2026-01-20"))
    bill(at=instant("2026-02-01"))

    rows = Invoice.objects.order_by("pk").values_list("reason", "cycle_date", "subtotal")
    assert [(reason, day.day, subtotal) for reason, day, subtotal in rows] == [
        ("cycle", 1, Decimal("20.000")),
        ("change", 15, Decimal("5.480")),
        ("change", 20, Decimal("3.870")),
        ("cycle", 1, Decimal("40.000")),
    ]


def test_changes_of_one_day_are_parts_of_it(seat):
    plan = plan_of(AccountFactory(), seat=2)
    change(plan, "2026-01-15 08:00", seat=3)
    bill(at=instant("2026-01-15 09:00"))
    change(plan, "2026-01-15 10:00", seat=4)
    change(plan, "2026-01-15 11:00", seat=5)

    found = documents(plan.account, at="2026-01-15 12:00")

    assert [(document.cycle_date.day, document.part) for document in found] == [(15, 2), (15, 3)]


def test_a_subscription_that_comes_later_gets_a_part_of_its_own(seat):
    account = AccountFactory()
    plan_of(account, seat=1)
    bill(at=instant("2026-01-01"))

    SubscriptionFactory(account=account, code="licensing", items={"seat": 1})

    [document] = documents(account, at="2026-01-01")
    assert document.part == 2


def test_what_is_below_zero_is_a_credit_note():
    PriceFactory(code="desk", decrease="now_credit")
    plan = plan_of(AccountFactory(), desk=4)
    bill(at=instant("2026-01-01"))
    change(plan, "2026-01-02", desk=0)

    [document] = documents(plan.account, at="2026-02-01")

    assert document.kind == Invoice.Kind.CREDIT_NOTE
    assert document.subtotal == Decimal("-38.71")  # 40.00 × 30/31
    assert document.total == Decimal("-46.84")


def test_a_cycle_without_lines_has_a_bill_and_no_document(seat):
    plan = plan_of(AccountFactory(), seat=0)

    [draft] = drafts(plan.account, at="2026-01-01").payers

    assert draft.documents == ()
    assert [(bare.starts_on, bare.lines) for bare in draft.bare_bills] == [(JANUARY, ())]
    assert draft.advances[0].opening is draft.bare_bills[0]


def test_only_what_is_due_is_drafted(seat):
    due, later = plan_of(AccountFactory(), seat=1), AccountFactory()
    SubscriptionFactory(account=later, starts_on=FEBRUARY, items={"seat": 1})

    page = drafts(due.account, later, at="2026-01-31 23:59")

    assert [draft.payer_id for draft in page.payers] == [due.account_id]


ALL_5: dict[str, Any] = {
    "at home": ({}, "21", "S"),
    "abroad with an ID": ({"german": True}, "0", "AE"),
    "abroad, check unavailable": ({"german": True, "tax_id_state": "unavailable"}, "0", "AE"),
    "abroad, ID found invalid": ({"german": True, "tax_id_state": "invalid"}, "19", "S"),
    "abroad without an ID": ({"german": True, "tax_id": ""}, "19", "S"),
    "at home with an ID": ({"tax_id": "CZ699001237"}, "21", "S"),
    "exempt": ({"tax_exempt": True}, "0", "E"),
    "no rate": ({"country": "US"}, "0", "Z"),
}


@pytest.mark.parametrize(("account", "rate", "category"), ALL_5.values(), ids=ALL_5)
def test_tax_follows_seller_customer_and_id(seat, account, rate, category):  # ALL-5
    TaxRateFactory(country="DE", percent=Decimal(19))
    plan = plan_of(AccountFactory(**account), seat=1)

    [document] = documents(plan.account, at="2026-01-01")

    [tax] = document.taxes
    assert (tax["rate"], tax["category"], tax["base"]) == (rate, category, "10.00")
    assert document.tax == Decimal("10.00") * Decimal(rate) / 100


def test_the_rate_is_that_of_the_cycle_date(seat):  # ALL-5
    TaxRateFactory(percent=Decimal(23), valid_from=FEBRUARY)
    plan = plan_of(AccountFactory(), seat=1)

    found = documents(plan.account, at="2026-02-01")

    assert [document.taxes[0]["rate"] for document in found] == ["21", "23"]


def test_a_document_names_the_customer_as_they_are(seat):
    account = AccountFactory(name="Žluť & syn", german=True, language="cs", transfer=True)
    plan_of(account, seat=1)

    [document] = documents(account, at="2026-01-01")

    assert document.customer["name"] == "Žluť & syn"
    assert document.customer["tax_id"] == "DE136695976"
    assert (document.language, document.pays_by, document.terms_days) == ("cs", "transfer", 14)


def test_members_are_those_of_the_first_instant_however_late_the_run_is():  # RSL-9
    PriceFactory(code="agent", members=True)
    account = AccountFactory()
    before, *_ = [MemberFactory(account=account) for _ in range(2)]
    plan = plan_of(account, agent=0)
    people.set_status(member_id=before.pk, status="suspended", at=instant("2026-01-01 00:01"))

    [document] = documents(plan.account, at="2026-01-01 05:00")

    [line] = document.bills[0].lines
    assert (line.quantity, line.counted, line.last_sequence) == (2, 2, 2)


def test_a_member_written_down_late_counts_from_the_first_day_of_the_running_cycle():
    PriceFactory(code="agent", members=True)
    account = AccountFactory()
    plan_of(account, agent=0)
    bill(at=instant("2026-01-01"))
    bill(at=instant("2026-02-01"))

    MemberFactory(account=account, at=instant("2026-01-20"))

    [document] = documents(account, at="2026-03-01")
    put_off, counted = document.bills[0].lines
    assert (put_off.kind, put_off.starts_on, put_off.amount) == ("proration", FEBRUARY, Decimal(10))
    assert (counted.kind, counted.starts_on, counted.amount) == ("members", MARCH, Decimal(10))


def test_the_cycle_after_the_end_is_not_sold(seat):
    PriceFactory(code="voice", peak=True)
    plan = plan_of(AccountFactory(), seat=2, voice=3)
    bill(at=instant("2026-01-01"))
    end_subscription(subscription_id=plan.pk, at=instant("2026-01-20"))

    bill(at=instant("2026-02-01"))

    plan.refresh_from_db()
    assert (plan.ends_on, plan.next_bill_at) == (FEBRUARY, None)
    last = Invoice.objects.get(cycle_date=FEBRUARY)
    lines = last.bills.get().lines.values_list("product_code", "kind", "amount")
    assert list(lines) == [("voice", "peak", Decimal("30.000"))]
    assert not Item.objects.exclude(quantity=0, price=None).exists()


def test_a_run_of_the_past_leaves_later_changes_for_their_own_instant(seat):
    plan = plan_of(AccountFactory(), seat=2)
    change(plan, "2026-01-15", seat=3)

    [draft] = drafts(plan.account, at="2026-01-10").payers

    assert [shown(document)[1] for document in draft.documents] == ["2026-01-01"]
    assert draft.advances[0].next_bill_at == instant("2026-01-15")
    assert draft.advances[0].items == ()


def test_a_late_run_leaves_the_items_as_the_log_says(seat):
    plan = plan_of(AccountFactory(), seat=5)
    bill(at=instant("2026-01-01"))
    change(plan, "2026-01-10", seat=2)
    change(plan, "2026-02-10", seat=4)

    bill(at=instant("2026-02-05"))
    assert Item.objects.get().quantity == 4

    bill(at=instant("2026-03-01"))
    assert Item.objects.get().quantity == 4


def test_a_decrease_shows_on_the_item_once_it_has_taken_hold(seat):
    plan = plan_of(AccountFactory(), seat=5)
    change(plan, "2026-01-10", seat=0)
    bill(at=instant("2026-01-20"))
    assert Item.objects.get().quantity == 5

    bill(at=instant("2026-02-01"))

    assert Item.objects.filter(quantity=0, price=None).exists()


def test_an_announced_price_shows_on_the_item_once_it_has_taken_hold(seat):  # RSL-5
    newer = PriceFactory(code="seat", amount="12.00", valid_from=FEBRUARY)
    plan = plan_of(AccountFactory(), seat=1)
    events.announce_price(
        item_id=Item.objects.get().pk, price_id=newer.pk, holds_from=FEBRUARY,
        noticed_on=date(2026, 1, 19), at=instant("2026-01-19"),
    )  # fmt: skip

    bill(at=instant("2026-02-01"))
    assert Item.objects.get().price == seat

    bill(at=instant("2026-03-01"))
    assert Item.objects.get().price == newer
    totals = Bill.objects.filter(subscription=plan).order_by("at")
    assert list(totals.values_list("subtotal", flat=True)) == [10, 10, 12]


@pytest.mark.parametrize("payers", [1, 50])
def test_a_page_costs_thirteen_queries_whoever_is_in_it(django_assert_num_queries, payers):
    PriceFactory(code="agent", members=True)
    PriceFactory(code="minutes", metered=True)
    TierFactory(price=PriceFactory(code="contacts", volume=True), up_to=5000)
    before = copying.keys()
    plan = plan_of(MemberFactory().account, agent=0, minutes=0, contacts=100)
    change(plan, "2026-01-10", contacts=200)
    copying.copy_what_is_new(before, times=payers - 1)

    everybody = list(Account.objects.values_list("pk", flat=True))

    # subscriptions, items, products, events, pins, prices, members, meters, changes, payers, rates
    # and seller, parts, credit
    with django_assert_num_queries(13):
        page = draft_page(payer_ids=everybody, at=instant("2026-02-01"))

    assert sum(len(draft.documents) for draft in page.payers) == 3 * payers


def test_a_draft_can_be_told_from_another_by_its_json(seat):
    plan = plan_of(AccountFactory(), seat=1)

    [document] = documents(plan.account, at="2026-01-01")

    told = document.to_json()
    assert told["total"] == "12.1"
    assert told["bills"][0]["lines"][0]["unit_amount"] == "10"
    assert replace(document, part=2).to_json() != told


def test_a_notice_that_is_entered_late_leaves_billed_openings_as_they_are(seat):  # RSL-5
    newer = PriceFactory(code="seat", amount="12.00", valid_from=FEBRUARY)
    plan = plan_of(AccountFactory(), seat=1)
    bill(at=instant("2026-02-01"))
    events.announce_price(
        item_id=Item.objects.get().pk, price_id=newer.pk, holds_from=JANUARY,
        noticed_on=JANUARY, at=instant("2026-02-01 00:01"),
    )  # fmt: skip
    change(plan, "2026-02-15", seat=2)

    found = documents(plan.account, at="2026-03-01")

    assert [shown(document)[2] for document in found] == [5, 24]
