"""Levels in Conversations: who is an agent, who views, and who takes a seat. CONV-8."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation

from accounts import people
from accounts.access import Lacking, Standing
from accounts.deeds import Doer
from accounts.models import AccountEvent, Member
from accounts.refusals import ChangeRefused
from accounts.rights import Right
from billing import events, trial_ends, trials
from billing.models import Product
from billing.subscribing import end_subscription
from licensing import assigning, seats
from licensing.assigning import NoSeatFree
from licensing.models import ConversationsLevel, Level
from tests.factories import AccountFactory, MemberFactory, UserFactory, instant
from tests.lasting import lasting
from tests.licensing import seat_book
from tests.licensing.seat_book import NOW, agents, owner
from tests.standing import chief, holder

pytestmark = pytest.mark.django_db


@lasting
def jana() -> Standing:
    return owner(seats=2)


def given(*members: Member) -> list[Level]:
    return [seats.given_level(Member.objects.get(pk=one.pk), at=NOW) for one in members]


def gives(here: Standing, member: Member, level: str) -> bool:
    return assigning.set_level(here=here, member_id=member.pk, level=level, at=NOW)


def lowered(here: Standing, number: int, *, holds: str = "now") -> None:
    """The seats go at once, as a correction by support makes them."""
    subscription = here.account.subscriptions.get()
    events.record(
        subscription_id=subscription.pk,
        changes={"conversations-seats": number},
        at=NOW,
        by=None,
        cause="Corrected",
        granted=True,
        holds=holds,
    )


def test_only_an_agent_takes_a_seat(jana):  # CONV-8
    ann, ben = agents(jana, "Ann", "Ben", level="viewer")

    assert seats.seats_of(jana.account, at=NOW) == seats.Seats(owned=2, used=0, stay=2)
    assert gives(jana, ann, "agent")

    assert seats.seats_of(jana.account, at=NOW) == seats.Seats(owned=2, used=1, stay=2)
    assert given(ann, ben, MemberFactory(account=jana.account)) == ["agent", "viewer", "none"]


def test_without_a_free_seat_nobody_more_is_an_agent(jana):  # CONV-8
    ann, _ben = agents(jana, "Ann", "Ben")
    eve = MemberFactory(account=jana.account, name="Eve")

    with pytest.raises(NoSeatFree, match=r"All 2 seats are in use. Buy a seat, or release one"):
        gives(jana, eve, "agent")

    assert given(eve) == ["none"]
    assert gives(jana, eve, "viewer"), "a viewer takes no seat"
    gives(jana, ann, "none")
    assert gives(jana, eve, "agent"), "the seat is free again"


def test_the_same_level_again_is_no_change(jana):
    (ann,) = agents(jana, "Ann")

    assert not gives(jana, ann, "agent")

    assert AccountEvent.objects.filter(member=ann).count() == 1


def test_each_change_is_written_down_with_who_did_it(jana):  # CONV-8
    ann = MemberFactory(account=jana.account, name="Ann")
    lead = holder(jana.account, Right.UPDATE_CONVERSATIONS, name="Lea")
    jana.account.language = "it"
    jana.account.save()

    with translation.override("cs"):
        gives(lead, ann, "agent")
    jana.account.language = "en"
    jana.account.save()
    gives(lead, ann, "none")

    first, last = AccountEvent.objects.filter(member=ann, kind="conversations")
    assert (first.was, first.becomes) == ("Nessun accesso", "Agente"), "in the account's language"
    assert (last.was, last.becomes, last.actor_name) == ("Agent", "No access", "Lea")


def test_without_the_right_nobody_gives_levels(jana):  # CONV-8
    ann = MemberFactory(account=jana.account)
    reader = holder(jana.account, Right.SEE_CONVERSATIONS)

    with pytest.raises(Lacking):
        gives(reader, ann, "viewer")


def test_the_right_is_asked_again_under_the_lock(jana):
    ann = MemberFactory(account=jana.account)
    lead = holder(jana.account, Right.UPDATE_CONVERSATIONS)
    assert lead.member is not None
    people.set_status(member_id=lead.member.pk, status=Member.Status.SUSPENDED, at=NOW)

    with pytest.raises(Lacking):
        gives(lead, ann, "viewer")


def test_nobody_of_another_account_is_found(jana):  # ALL-1
    stranger = MemberFactory(account=AccountFactory())

    with pytest.raises(Member.DoesNotExist):
        gives(jana, stranger, "agent")


@pytest.mark.parametrize("traits", [{"status": "suspended"}, {"status": "invited"}, {"bot": True}])
def test_only_active_people_are_let_in(jana, traits):
    member = MemberFactory(account=jana.account, name="Ann", **traits)

    with pytest.raises(ChangeRefused, match="Ann is no active person"):
        gives(jana, member, "viewer")


def test_the_billing_role_takes_no_seat(jana):
    bill = MemberFactory(account=jana.account, name="Bill", paying=True)

    with pytest.raises(ChangeRefused, match="Bill has the billing role, which takes no seat"):
        gives(jana, bill, "agent")
    assert gives(jana, bill, "viewer")


def test_who_owns_no_seat_lets_nobody_in():  # CONV-6
    here = chief(AccountFactory())
    ann = MemberFactory(account=here.account)

    with pytest.raises(ChangeRefused, match="owns no seat of Conversations"):
        gives(here, ann, "viewer")


def test_agents_beyond_the_seats_owned_are_given_as_viewers(jana):  # CONV-8
    """Two seats become one: of Ann, first, and Ben, last assigned, Ben views."""
    ann, ben = agents(jana, "Ann", "Ben")
    eve = MemberFactory(account=jana.account, name="Eve")

    lowered(jana, 1)

    now = seats.seats_of(jana.account, at=NOW + timedelta(days=1))
    assert (now.owned, now.used, now.free, now.missing) == (1, 2, 0, 1)
    assert seats.beyond(jana.account, now) == [ben]
    later = NOW + timedelta(days=1)
    assert [seats.given_level(one, at=later) for one in (ann, ben)] == ["agent", "viewer"]
    assert ConversationsLevel.objects.get(member=ben).level == Level.AGENT, "as it was given"
    with pytest.raises(NoSeatFree, match=r"2 seats are in use, and 1 is owned. Buy seats, or"):
        assigning.set_level(here=jana, member_id=eve.pk, level="agent", at=later)

    assigning.set_level(here=jana, member_id=ann.pk, level="none", at=later)
    assert seats.given_level(ben, at=later) == "agent", "Ben's turn has come"


def test_who_is_suspended_leaves_the_seat_and_finds_it_again(jana):  # CONV-8
    ann, ben = agents(jana, "Ann", "Ben")
    people.set_status(member_id=ann.pk, status=Member.Status.SUSPENDED, at=NOW)

    assert seats.seats_of(jana.account, at=NOW).used == 1
    assert given(ann, ben) == ["none", "agent"]

    people.set_status(member_id=ann.pk, status=Member.Status.ACTIVE, at=NOW)
    assert given(ann, ben) == ["agent", "agent"]


def test_agents_are_assigned_one_after_the_other_at_one_instant(jana):
    ann, ben = agents(jana, "Ann", "Ben")

    first, last = ConversationsLevel.objects.order_by("since")

    assert (first.member, last.member) == (ann, ben)
    assert last.since - first.since == timedelta(microseconds=1)


def test_what_was_asked_to_be_removed_is_given_to_nobody():  # CONV-5
    """Of three seats two stay from the renewal on, and both are in use: none is free."""
    here = owner(seats=3)
    ann, _ben = agents(here, "Ann", "Ben")
    eve = MemberFactory(account=here.account, name="Eve")
    lowered(here, 2, holds="opening")

    now = seats.seats_of(here.account, at=NOW)
    assert (now.owned, now.stay, now.free, now.missing) == (3, 2, 0, 0)
    with pytest.raises(NoSeatFree, match="2 seats stay after the renewal, and are in use"):
        gives(here, eve, "agent")

    gives(here, ann, "viewer")
    assert gives(here, eve, "agent")


def test_until_a_plan_ends_its_seats_are_given_on(jana):  # PLAN-13
    ann, _ben = agents(jana, "Ann", "Ben")
    eve = MemberFactory(account=jana.account, name="Eve")
    end_subscription(subscription_id=jana.account.subscriptions.get().pk, at=NOW)
    gives(jana, ann, "none")

    assert gives(jana, eve, "agent")


def test_seats_of_a_trial_are_given_until_it_ends():  # CONV-7
    """Of 20 seats that are free until 1 March two are used; then their agents view."""
    seat_book.sold()
    here = chief(AccountFactory(), name="Jana")
    trials.grant(
        account_id=here.account.pk,
        product=Product.objects.get(code="conversations-seats"),
        quantity=20,
        ends_on=date(2026, 3, 1),
        at=NOW,
        by=Doer(person=UserFactory(staff=True)),
    )
    ann, ben = agents(here, "Ann", "Ben")
    end = instant("2026-03-01 00:00")

    assert seats.seats_of(here.account, at=NOW) == seats.Seats(owned=20, used=2, stay=20)
    trial_ends.end_due(at=end)

    now = seats.seats_of(here.account, at=end)
    assert (now.owned, now.used) == (0, 2)
    assert seats.beyond(here.account, now) == [ann, ben]
    assert [seats.given_level(one, at=end) for one in (ann, ben)] == ["viewer", "viewer"]
    assert AccountEvent.objects.filter(member=ann).count() == 1, "history stays"


def test_what_was_bought_in_a_trial_stays_owned():  # CONV-7
    """One of 20 is kept: owned from the very end on, also before that is written down."""
    here = owner(seats=0)
    trial = trials.grant(
        account_id=here.account.pk,
        product=Product.objects.get(code="conversations-seats"),
        quantity=20,
        ends_on=date(2026, 2, 20),
        at=NOW,
        by=Doer(person=None),
    )
    price = trials.price_of(trial, 1, at=NOW)
    trials.keep(here=here, code="conversations-seats", number=1, seen=price.fingerprint, at=NOW)
    ann, ben = agents(here, "Ann", "Ben")
    end = instant("2026-02-20 00:30")

    before = [seats.given_level(one, at=end) for one in (ann, ben)]
    trial_ends.end_due(at=end)

    assert before == [seats.given_level(one, at=end) for one in (ann, ben)]
    assert before == ["agent", "viewer"]
