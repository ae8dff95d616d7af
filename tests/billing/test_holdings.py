"""What an account holds, item by item, and who may buy each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from djmoney.money import Money

from accounts import access
from accounts.models import Account, Member
from accounts.rights import Right
from billing import buyers, events, subscribing
from billing.holdings import held_by
from billing.models import Price, Product
from billing.refusals import ChangeRefused
from tests.factories import (
    AccessFactory,
    AccountFactory,
    MemberFactory,
    PriceFactory,
    SubscriptionFactory,
    TierFactory,
    instant,
)

pytestmark = pytest.mark.django_db
AT = instant("2026-01-10")


def one_of_each() -> Account:
    PriceFactory(code="seat", amount=Decimal("19.00"))
    TierFactory(price=PriceFactory(code="contacts", volume=True), up_to=2500, unit=0, flat=98)
    PriceFactory(code="voice", peak=True, amount=Decimal("30.00"))
    PriceFactory(code="team", members=True, amount=Decimal("24.00"))
    PriceFactory(code="minutes", metered=True, amount=Decimal("0.01"), allowance=5000)
    account = AccountFactory()
    MemberFactory(account=account)
    MemberFactory(account=account, robot=True)
    SubscriptionFactory(
        account=account,
        items={"seat": 3, "contacts": 2500, "voice": 4, "team": 0, "minutes": 0},
    )
    return account


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_each_item_says_its_number_its_price_and_its_cost_a_cycle():
    [held] = held_by(one_of_each(), at=AT, language="en")

    assert {one.name: (plain(one.number), one.each_cycle) for one in held.items} == {
        "Seat": ("3 units", Money("57.00", "EUR")),
        "Contacts": ("2,500 units", Money("98.00", "EUR")),
        "Voice": ("4 units", Money("120.00", "EUR")),
        "Team": ("1 unit", Money("24.00", "EUR")),
        "Minutes": ("", None),
    }
    assert held.each_cycle == Money("299.00", "EUR")
    assert held.next_on == date(2026, 1, 1)


def test_a_month_price_in_a_yearly_cycle_counts_twelve_times():  # CONV-4
    PriceFactory(code="seat", amount=Decimal("19.00"))
    plan = SubscriptionFactory(interval="year", items={"seat": 2})

    [held] = held_by(plan.account, at=AT, language="en")

    assert held.each_cycle == Money("456.00", "EUR")


def test_what_was_given_back_and_what_has_ended_is_not_held():
    PriceFactory(code="seat")
    PriceFactory(code="extra", decrease=Price.Decrease.NOW)
    plan = SubscriptionFactory(items={"seat": 2, "extra": 1})
    events.record(subscription_id=plan.pk, changes={"extra": 0}, at=instant("2026-01-05"))
    gone = SubscriptionFactory(account=plan.account, code="old", items={})
    subscribing.end_subscription(subscription_id=gone.pk, at=instant("2025-12-30"))

    found = held_by(plan.account, at=AT, language="it")

    assert [one.subscription.id for one in found] == [plan.pk]
    assert [one.product.code for one in found[0].items] == ["seat"]


def test_what_is_held_costs_as_many_queries_for_one_item_as_for_all(django_assert_num_queries):
    account = one_of_each()

    # The account whole; members and meters, where they count.
    with django_assert_num_queries(3):
        held_by(account, at=AT, language="cs")


# ---- who may buy ----


def product(who: str) -> Product:
    made: Product = PriceFactory(code=f"sold-to-{who}").product
    Product.objects.filter(pk=made.pk).update(who_may_buy=who)
    made.refresh_from_db()
    return made


def stands(member: Member) -> access.Standing:
    assert member.user is not None
    found = access.standing(member.user, member.account_id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("who", "buys"),
    [
        ("primary", {"primary"}),
        ("permitted", {"primary", "purchaser", "admin who purchases"}),
        ("licensing", {"primary", "licence manager", "admin", "admin who purchases"}),
    ],
)
def test_each_product_is_bought_by_those_whom_the_catalogue_names(who, buys):  # PRICE-6
    account = AccountFactory(licensing_enabled=True)
    manages = AccessFactory(account=account, rights=[Right.UPDATE_LICENSING])
    looks = AccessFactory(account=account, rights=[Right.SEE_LICENSING, Right.UPDATE_TEAM])
    people: dict[str, dict[str, Any]] = {
        "primary": {"primary_admin": True},
        "admin": {"admin": True},
        "admin who purchases": {"admin": True, "purchase_permission": True},
        "purchaser": {"purchase_permission": True},
        "licence manager": {"access": manages},
        "licence reader": {"access": looks},
        "clerk": {"paying": True},
        "member": {},
        "suspended purchaser": {"purchase_permission": True, "status": "suspended"},
    }
    sold, may = product(who), set()

    for name, facts in people.items():
        member = MemberFactory(account=account, name=name, signs_in=True, **facts)
        here = access.Standing(account, member.user, access.rights_of(member), member=member)
        try:
            buyers.refuse_unpermitted(products=[sold], here=here)
        except ChangeRefused:
            continue
        may.add(name)

    assert may == buys


def test_who_may_not_buy_reads_who_may():  # PRICE-6
    account = AccountFactory()
    MemberFactory(account=account, name="Jana", primary_admin=True)
    member: Member = MemberFactory(account=account, signs_in=True)
    here = stands(member)

    with pytest.raises(ChangeRefused, match=r"bought by others here\. Ask Jana\."):
        buyers.refuse_unpermitted(products=[product("primary")], here=here)


def test_a_child_without_anybody_who_may_buy_is_sent_to_its_parent():  # PRICE-6 AGY-3
    agency = AccountFactory(agency=True, name="Studio Alena")
    client = AccountFactory(paid_by=agency, client=True)
    workspace = AccountFactory(paid_by=agency, workspace=True)

    of_client = buyers.who_may_buy(account=client, right=Right.PURCHASE)
    of_workspace = buyers.who_may_buy(account=workspace, right=Right.PURCHASE)

    assert of_client == "Ask the people of Studio Alena."
    assert of_workspace == "Ask the people of your agency."


def test_where_licensing_is_not_enabled_nobody_buys_licences():  # PRICE-6 LIC-2
    here = stands(MemberFactory(signs_in=True, primary_admin=True))

    with pytest.raises(ChangeRefused, match="Nobody here may do it yet"):
        buyers.refuse_unpermitted(products=[product("licensing")], here=here)
