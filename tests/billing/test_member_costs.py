"""What a change among the members is said to cost, and what the run then charges for it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from accounts import people
from accounts.models import Account, Member
from accounts.questions import Planned, Tone
from billing.member_consequences import consequences
from billing.member_costs import MemberCost, costs
from billing.models import Invoice, Subscription
from tests.billing.running import bill
from tests.factories import (
    AccountFactory,
    MemberFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    instant,
)
from tests.lasting import lasting

pytestmark = pytest.mark.django_db
OPENING = instant("2026-01-31 06:00")
RENEWAL = instant("2026-02-28 06:00")
AFTER = instant("2026-03-31 06:00")


@lasting
def team() -> Subscription:
    """Two people at 24.00 a month from 31 January, billed for February."""
    return hired(people_there=2)


def hired(*, people_there: int, discount: str = "0", **account: object) -> Subscription:
    SellerFactory()
    PriceFactory(code="team", members=True, amount=Decimal("24.00"))
    here = AccountFactory(discount_percent=Decimal(discount), **account)
    for number in range(people_there):
        MemberFactory(account=here, name=f"Person {number}")
    made = SubscriptionFactory(
        account=here, starts_on=date(2026, 1, 31), anchor_day=31, items={"team": 0}
    )
    bill(at=OPENING)
    return made


def status(member: Member, becomes: str, at: datetime) -> None:
    people.set_status(member_id=member.pk, status=becomes, at=at)


def a_cycle(cost: MemberCost) -> Decimal:
    assert cost.each_cycle is not None
    return cost.each_cycle


def net(day: date) -> Decimal:
    invoice = Invoice.objects.get(cycle_date=day)
    return invoice.subtotal - invoice.discount


def test_a_member_who_joins_costs_the_rest_of_the_cycle_and_then_each_month(team):  # RSL-9
    at = instant("2026-02-03 12:00")

    [cost] = costs(account_id=team.account_id, steps=[1], at=at)

    assert (cost.pro_rata, cost.each_cycle) == (Decimal("21.43"), Decimal("24.00"))
    assert cost.next_on == date(2026, 2, 28)


def test_what_was_said_is_what_the_run_charges(team):  # RSL-6 RSL-9
    at = instant("2026-02-11 09:00")
    joins = MemberFactory(account=team.account, status="suspended")
    [cost] = costs(account_id=team.account_id, steps=[1], at=at)

    status(joins, "active", at)
    bill(at=RENEWAL)
    bill(at=AFTER)

    assert net(date(2026, 2, 28)) == Decimal("48.00") + cost.pro_rata + Decimal("24.00")
    assert net(date(2026, 3, 31)) == Decimal("48.00") + a_cycle(cost)


@pytest.mark.parametrize(("joining", "discount"), [(1, "0"), (3, "12.5"), (2, "33.333")])
def test_what_was_said_is_what_the_run_charges_less_a_discount(joining, discount):  # RSL-9
    plan = hired(people_there=1, discount=discount)
    at = instant("2026-02-20 23:30")
    known = net(date(2026, 1, 31))
    [cost] = costs(account_id=plan.account_id, steps=[1] * joining, at=at)

    for _ in range(joining):
        MemberFactory(account=plan.account, at=at)
    bill(at=RENEWAL)

    assert net(date(2026, 2, 28)) - known == cost.pro_rata + a_cycle(cost)


def test_a_freed_place_that_is_paid_costs_nothing_until_the_next_opening(team):  # RSL-9
    leaver = team.account.members.first()
    status(leaver, "suspended", instant("2026-02-05"))

    [cost] = costs(account_id=team.account_id, steps=[1], at=instant("2026-02-10"))

    assert (cost.pro_rata, cost.each_cycle) == (Decimal("0.00"), Decimal("24.00"))


def test_who_leaves_saves_from_the_next_opening_on(team):  # RSL-6
    at = instant("2026-02-10")
    leaver = team.account.members.first()
    [cost] = costs(account_id=team.account_id, steps=[-1], at=at)

    status(leaver, "suspended", at)
    bill(at=RENEWAL)

    assert (cost.pro_rata, cost.each_cycle) == (Decimal("0.00"), Decimal("-24.00"))
    assert net(date(2026, 2, 28)) == Decimal("24.00")


def test_a_late_run_changes_nothing_of_what_is_said(team):  # RSL-9
    at = instant("2026-03-05 10:00")

    [overdue] = costs(account_id=team.account_id, steps=[1], at=at)
    bill(at=RENEWAL)
    [billed] = costs(account_id=team.account_id, steps=[1], at=at)

    assert overdue == billed
    assert overdue.next_on == date(2026, 3, 31)


def test_an_account_that_does_not_pay_by_the_user_has_no_such_cost():
    SellerFactory()
    PriceFactory(code="seat")
    plan = SubscriptionFactory(items={"seat": 3})

    assert costs(account_id=plan.account_id, steps=[1], at=instant("2026-01-10")) == []


# ---- in words ----


def said(
    account: Account, becomes: str, at: str, *members: Member, reads: bool = True
) -> list[tuple[str, str]]:
    planned = Planned(account, members, becomes, instant(at), reads_amounts=reads)
    return [(one.text, one.tone.value) for one in consequences(planned)]


def test_activating_says_its_price_first(team):  # RSL-6
    joins = MemberFactory(account=team.account, status="suspended")

    assert said(team.account, "active", "2026-02-03", joins) == [
        ("€21.43 pro rata on the invoice of 28 February 2026, before taxes.", Tone.COSTS),
        ("From 28 February 2026 you pay €24.00 a month more, before taxes.", Tone.COSTS),
    ]


def test_suspending_says_what_it_saves_and_from_when(team):  # RSL-6
    leaver = team.account.members.first()

    assert said(team.account, "suspended", "2026-02-10", leaver) == [
        (
            "Until 28 February 2026 the place stays paid and can be used again at no charge.",
            Tone.NOTE,
        ),
        ("From 28 February 2026 you pay €24.00 a month less, before taxes.", Tone.SAVES),
    ]


def test_the_button_says_what_each_month_costs(team):  # RSL-6
    joins = MemberFactory(account=team.account, status="suspended")

    planned = Planned(team.account, (joins,), "active", instant("2026-02-03"), reads_amounts=True)

    assert [one.amount for one in consequences(planned)] == ["", "€24.00 a month"]


def test_approving_says_what_it_will_cost_and_that_nothing_does_before(team):  # RSL-6
    joins = MemberFactory(account=team.account, status="awaiting_approval")

    # 24.00 × 25/28 = 21.43 if they join on 3 February.
    assert said(team.account, "invited", "2026-02-03", joins) == [
        ("Joins by invitation: nothing is charged until then.", Tone.NOTE),
        (
            "Joining today costs €21.43 pro rata on the invoice of 28 February 2026, before taxes.",
            Tone.COSTS,
        ),
        ("Each month after that you pay €24.00 more, before taxes.", Tone.COSTS),
    ]


def test_the_button_that_invites_names_no_amount(team):  # RSL-6
    joins = MemberFactory(account=team.account, status="awaiting_approval")

    planned = Planned(team.account, (joins,), "invited", instant("2026-02-03"), reads_amounts=True)

    assert {one.amount for one in consequences(planned)} == {""}


def test_who_joins_on_a_place_that_is_paid_costs_nothing_until_the_next_invoice(team):  # RSL-9
    status(team.account.members.get(name="Person 0"), "suspended", instant("2026-02-02"))
    joins = MemberFactory(account=team.account, status="awaiting_approval")

    assert said(team.account, "invited", "2026-02-03", joins)[1:] == [
        (
            "Joining before 28 February 2026 costs nothing until then: "
            "a place paid for already is used again.",
            Tone.NOTE,
        ),
        ("Each month after that you pay €24.00 more, before taxes.", Tone.COSTS),
    ]


def test_who_joins_with_the_billing_role_costs_nothing(team):  # PRICE-3
    clerk = MemberFactory(account=team.account, paying=True, status="awaiting_approval")

    [(text, _)] = said(team.account, "invited", "2026-02-03", clerk)

    assert "takes no seat" in text


def test_that_somebody_will_cost_is_said_without_amounts_to_who_may_not_read_them():  # RSL-2, RSL-6
    plan = hired(people_there=1, client=True, paid_by=AccountFactory(name="Partner", reseller=True))
    joins = MemberFactory(account=plan.account, status="awaiting_approval")

    assert said(plan.account, "invited", "2026-02-03", joins, reads=False) == [
        ("Joins by invitation: nothing is charged until then.", Tone.NOTE),
        ("Partner pays for this account, by the number of its people.", Tone.COSTS),
    ]


def test_the_role_of_who_is_invited_already_says_nothing_of_joining(team):
    invited = MemberFactory(account=team.account, status="invited")
    planned = Planned(
        team.account, (invited,), "invited", instant("2026-02-03"), reads_amounts=True,
        billing_role=True,
    )  # fmt: skip

    assert consequences(planned) == []


def test_amounts_are_said_in_the_readers_language(team):  # ALL-2
    joins = MemberFactory(account=team.account, status="suspended")

    with translation.override("cs"):
        texts = " ".join(text for text, _ in said(team.account, "active", "2026-02-03", joins))

    assert "21,43\N{NO-BREAK SPACE}€" in texts
    assert "28. února 2026" in texts


@pytest.mark.parametrize(
    ("above", "below", "words"),
    [
        ("reseller", "client", "Partner pays for this account, by the number of its people."),
        ("agency", "workspace", "Your agency pays for this account."),
    ],
    ids=["client", "workspace"],
)
def test_an_account_that_its_parent_pays_for_reads_no_amounts(above, below, words):  # RSL-2, AGY-3
    parent = AccountFactory(name="Partner", **{above: True})
    child: dict[str, Any] = {below: True}
    plan = hired(people_there=1, paid_by=parent, **child)
    joins = MemberFactory(account=plan.account, status="suspended")

    # It costs the parent, so in a visit support says why.
    asked = said(plan.account, "active", "2026-02-03", joins, reads=False)
    assert asked == [(words, Tone.COSTS)]
    leaver = plan.account.members.get(status="active", name="Person 0")
    asked = said(plan.account, "suspended", "2026-02-03", leaver, reads=False)
    assert asked == [(words, Tone.NOTE)]


@pytest.mark.parametrize(("above", "below"), [("reseller", "client"), ("agency", "workspace")])
def test_the_parent_that_pays_reads_what_it_pays(above, below):  # RSL-2, RSL-6
    parent = AccountFactory(**{above: True})
    child: dict[str, Any] = {below: True}
    plan = hired(people_there=1, paid_by=parent, **child)
    joins = MemberFactory(account=plan.account, status="suspended")

    assert [text for text, _ in said(plan.account, "active", "2026-02-03", joins)] == [
        "€21.43 pro rata on the invoice of 28 February 2026, before taxes.",
        "From 28 February 2026 you pay €24.00 a month more, before taxes.",
    ]


def test_a_bot_never_costs_where_one_pays_by_the_user(team):  # RSL-7
    bot = MemberFactory(account=team.account, robot=True, status="suspended")

    [(text, tone)] = said(team.account, "active", "2026-02-03", bot)

    assert "a bot never costs" in text
    assert tone == Tone.NOTE


def test_an_active_bot_takes_one_of_the_chosen_seats():  # RSL-7
    SellerFactory()
    PriceFactory(code="team", amount=Decimal("39.00"))
    PriceFactory(code="team", members=True, valid_from=date(2030, 1, 1))
    plan = SubscriptionFactory(items={"team": 5})
    MemberFactory(account=plan.account, robot=True)
    bot = MemberFactory(account=plan.account, robot=True, status="suspended")

    [(text, _)] = said(plan.account, "active", "2026-01-03", bot)

    assert "2 of your 5 seats will be held by bots" in text


def test_the_billing_role_costs_nothing(team):  # PRICE-3
    clerk = MemberFactory(account=team.account, paying=True, status="suspended")

    [(text, _)] = said(team.account, "active", "2026-02-03", clerk)

    assert "takes no seat" in text
