"""Suspend, activate, delete, approve, decline: who may, what follows, and what is so afterwards."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import access, approvals, bots, invitations, returns, team, visits
from accounts.access import Lacking, Standing
from accounts.deeds import Doer
from accounts.foresight import Overtaken
from accounts.models import Account, AccountEvent, InboxMessage, Letter, Member, MemberEvent, User
from accounts.questions import Consequence, Planned, Tone
from accounts.refusals import ChangeRefused, FieldRefused
from accounts.team import Deed
from tests.factories import AccountFactory, MemberFactory, UserFactory, instant

pytestmark = pytest.mark.django_db

Status = Member.Status
AT = instant("2026-03-10 12:00")


def a_boss(**traits) -> Standing:
    """The primary account admin of a new account, standing in it."""
    member = MemberFactory(name="Jana", primary_admin=True, signs_in=True, **traits)
    here = access.standing(member.user, member.account_id)
    assert here is not None
    return here


def do(here: Standing, deed: Deed, *members: Member, reason: str = "", at=AT) -> list[Member]:
    """As a page does it: what follows is shown first."""
    ids = [member.pk for member in members]
    fresh = team.members_in_order(here.account, ids)
    shown = team.foresee(deed=deed, here=here, members=fresh, at=at)
    return team.do(deed=deed, here=here, member_ids=ids, at=at, seen=shown.seen, reason=reason)


def each_activation_costs(planned: Planned) -> list[Consequence]:
    """Stands for the floor that knows prices."""
    if planned.becomes != Status.ACTIVE:
        return [Consequence("You save 24.00 € a month.", Tone.SAVES)]
    return [Consequence("From 1 April you pay 24.00 € more a month.", Tone.COSTS, "24.00 €")]


@pytest.fixture
def costs(settings) -> None:
    settings.ACCOUNTS_CONSEQUENCES = [f"{__name__}.each_activation_costs"]


@pytest.mark.parametrize(
    ("deed", "was", "becomes"),
    [
        (Deed.SUSPEND, "active", "suspended"),
        (Deed.ACTIVATE, "suspended", "active"),
        (Deed.DELETE, "active", "deleted"),
        (Deed.DELETE, "suspended", "deleted"),
        (Deed.DECLINE, "awaiting_approval", "deleted"),
    ],
)
def test_each_deed_moves_the_member_and_is_written_down(deed, was, becomes):  # RSL-6
    here = a_boss()
    ann = MemberFactory(account=here.account, status=was)

    do(here, deed, ann, reason="left")

    ann.refresh_from_db()
    event = MemberEvent.objects.get(member=ann, was=was)
    assert (ann.status, event.becomes) == (becomes, becomes)
    assert (event.actor, event.cause) == (here.person, "left")


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("status", Status.values)
def test_a_deed_is_done_only_where_it_starts_from(deed, status):
    here = a_boss()
    ann = MemberFactory(account=here.account, name="Ann", status=status)
    offered = deed in team.offered(ann)

    if not offered:
        with pytest.raises(ChangeRefused, match=r"Ann: .* since .*Nothing has been changed"):
            do(here, deed, ann)
    else:
        do(here, deed, ann)

    ann.refresh_from_db()
    assert (ann.status == status) is not offered


def test_the_primary_account_admin_stays_until_the_role_is_handed_over():  # RSL-6
    here = a_boss()
    assert here.member is not None

    for deed in (Deed.SUSPEND, Deed.DELETE):
        with pytest.raises(ChangeRefused, match="Hand the role over"):
            do(here, deed, here.member)

    assert team.offered(here.member) == []
    here.member.refresh_from_db()
    assert here.member.status == Status.ACTIVE


def test_who_lost_the_right_meanwhile_does_nothing():
    here = a_boss()
    ann = MemberFactory(account=here.account)
    Member.objects.filter(user=here.person).update(primary_admin=False)

    with pytest.raises(Lacking):
        do(here, Deed.SUSPEND, ann)

    ann.refresh_from_db()
    assert ann.status == Status.ACTIVE


def test_nobody_is_reached_in_another_account():  # ALL-1
    here = a_boss()
    stranger = MemberFactory()

    with pytest.raises(Member.DoesNotExist):
        do(here, Deed.SUSPEND, stranger)


def test_many_are_suspended_together_or_nobody_is():
    here = a_boss()
    ann, bob, cid = (MemberFactory(account=here.account, name=n) for n in ("Ann", "Bob", "Cid"))
    shown = team.foresee(deed=Deed.SUSPEND, here=here, members=[ann, bob, cid], at=AT)
    do(here, Deed.DELETE, bob)
    ids = [ann.pk, bob.pk, cid.pk]

    with pytest.raises(ChangeRefused, match=r"Bob: Deleted since .* by Jana") as refused:
        team.do(deed=Deed.SUSPEND, here=here, member_ids=ids, at=AT, seen=shown.seen)

    assert "Ann" not in str(refused.value)
    assert Member.objects.filter(account=here.account, status=Status.SUSPENDED).count() == 0


def test_suspending_many_costs_as_many_queries_as_suspending_few():
    here = a_boss()
    everybody = [MemberFactory(account=here.account) for _ in range(52)]
    counted = []

    for group in (everybody[:2], everybody[2:]):
        with CaptureQueriesContext(connection) as queries:
            do(here, Deed.SUSPEND, *group)
        counted.append(len(queries))

    assert counted[0] == counted[1]
    assert Member.objects.filter(account=here.account, status=Status.SUSPENDED).count() == 52


def test_what_follows_is_asked_of_the_floors_that_know_prices(costs):  # RSL-6
    here = a_boss()
    ann = MemberFactory(account=here.account, status=Status.SUSPENDED)

    shown = team.foresee(deed=Deed.ACTIVATE, here=here, members=[ann], at=AT)

    assert [one.text for one in shown.consequences] == [
        "From 1 April you pay 24.00 € more a month."
    ]
    assert (shown.costs, shown.amount) == (True, "24.00 €")


def test_nothing_else_is_done_than_what_was_shown(settings):
    here = a_boss()
    ann = MemberFactory(account=here.account, status=Status.SUSPENDED)
    shown = team.foresee(deed=Deed.ACTIVATE, here=here, members=[ann], at=AT)
    settings.ACCOUNTS_CONSEQUENCES = [f"{__name__}.each_activation_costs"]

    with pytest.raises(Overtaken, match="no longer what was shown"):
        team.do(deed=Deed.ACTIVATE, here=here, member_ids=[ann.pk], at=AT, seen=shown.seen)

    ann.refresh_from_db()
    assert ann.status == Status.SUSPENDED


def test_support_writes_why_when_the_customer_pays_for_it(costs):  # STAFF-2
    boss = a_boss()
    support = UserFactory(superuser=True)
    assert boss.member is not None
    visit = visits.begin(member_id=boss.member.pk, person=support, reason="Request 7", at=AT)
    here = access.standing(support, boss.account.pk, visit=visit)
    assert here is not None
    ann = MemberFactory(account=here.account, status=Status.SUSPENDED)

    with pytest.raises(ChangeRefused, match="Write why"):
        do(here, Deed.ACTIVATE, ann)
    do(here, Deed.ACTIVATE, ann, reason="Back from leave")
    do(here, Deed.SUSPEND, ann)

    events = MemberEvent.objects.filter(member=ann, was__in=["suspended", "active"])
    assert [(event.actor, event.cause) for event in events] == [
        (support, f"Support visit {visit.pk}: Back from leave"),
        (support, f"Support visit {visit.pk}: Request 7"),
    ]


# ---- approval ----


def told(person, name: str) -> list[dict]:
    return [message.details for message in InboxMessage.objects.filter(person=person, name=name)]


def an_assistant(account: Account) -> Standing:
    """Somebody who may add members and approve none."""
    member = MemberFactory(account=account, name="Petr", signs_in=True, admin=True)
    found = access.standing(member.user, account.pk)
    assert found is not None
    return found


def test_who_may_not_approve_adds_members_that_wait():  # RSL-6
    here = a_boss()
    petr = an_assistant(here.account)

    assert approvals.first_status(here, otherwise=Status.ACTIVE) == Status.ACTIVE
    assert approvals.first_status(petr, otherwise=Status.ACTIVE) == Status.AWAITING_APPROVAL


def test_a_bot_of_somebody_who_approves_is_active_at_once():  # RSL-7
    here = a_boss()

    bot = add_bot(here)

    assert (bot.status, bot.bot, bot.takes_seat) == (Status.ACTIVE, True, False)
    assert told(here.person, "approval_asked") == []


def test_those_who_approve_are_told_of_a_bot_that_waits_and_then_its_maker():  # RSL-6, RSL-7
    here = a_boss()
    petr = an_assistant(here.account)

    bot = add_bot(petr)
    do(here, Deed.APPROVE, bot)

    bot.refresh_from_db()
    assert bot.status == Status.ACTIVE
    assert told(here.person, "approval_asked") == [{"name": "Night shift", "by": "Petr"}]
    (answered,) = told(petr.person, "approval_answered")
    assert (answered["approved"], answered["by"]) == (True, "Jana")


def test_an_approved_person_gets_their_invitation():  # RSL-6
    here = a_boss()
    petr = an_assistant(here.account)
    ann = invitations.invite(here=petr, name="Ann", email="ann@example.com", at=AT)
    assert not Letter.objects.filter(name="invitation").exists()

    do(here, Deed.APPROVE, ann)

    ann.refresh_from_db()
    assert ann.status == Status.INVITED
    assert told(here.person, "approval_asked") == [{"name": "Ann", "by": "Petr"}]
    assert Letter.objects.get(name="invitation").to == "ann@example.com"


def test_who_is_declined_is_gone_and_who_added_them_reads_why():
    here = a_boss()
    petr = an_assistant(here.account)
    bot = add_bot(petr)

    do(here, Deed.DECLINE, bot, reason="There are enough.")

    bot.refresh_from_db()
    assert bot.status == Status.DELETED
    (answered,) = told(petr.person, "approval_answered")
    assert (answered["approved"], answered["reason"]) == (False, "There are enough.")


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.SUSPENDED, Status.AWAITING_APPROVAL])
def test_a_name_is_given_to_one_bot(status):  # RSL-7
    here = a_boss()
    bot = MemberFactory(account=here.account, name="Night shift", robot=True, status=status)

    with pytest.raises(FieldRefused, match="There is a bot called night shift already") as refused:
        add_bot(here, name=" night  shift")

    assert refused.value.field == "name"
    assert list(Member.objects.filter(bot=True)) == [bot]


def test_names_of_people_of_deleted_bots_and_of_others_are_free():
    here = a_boss()
    MemberFactory(account=here.account, name="Night shift")
    MemberFactory(account=here.account, name="Night shift", robot=True, status=Status.DELETED)
    MemberFactory(name="Night shift", robot=True)

    assert add_bot(here).status == Status.ACTIVE


def add_bot(here: Standing, *, name: str = "Night shift") -> Member:
    shown = bots.foresee(here=here, at=AT)
    return bots.add(here=here, name=name, at=AT, seen=shown.seen)


# ---- the way back ----


def test_a_suspended_member_asks_once_and_those_who_activate_are_told():  # RSL-6
    here = a_boss()
    ann = MemberFactory(account=here.account, name="Ann", status=Status.SUSPENDED, signs_in=True)
    by, later = Doer(person=ann.user), instant("2026-03-12")

    first, again = (returns.ask(member_id=ann.pk, at=at, by=by) for at in (AT, later))

    assert first == again == AT
    assert told(here.person, "return_asked") == [{"name": "Ann"}]
    deed = AccountEvent.objects.get(member=ann, kind=AccountEvent.Kind.RETURN_ASKED)
    assert (deed.actor, deed.at) == (ann.user, AT)


def test_who_is_activated_hears_it_and_may_ask_again_after_the_next_time():
    here = a_boss()
    ann = MemberFactory(account=here.account, name="Ann", status=Status.SUSPENDED, signs_in=True)
    by = Doer(person=ann.user)

    returns.ask(member_id=ann.pk, at=AT, by=by)
    do(here, Deed.ACTIVATE, ann)
    do(here, Deed.SUSPEND, ann)
    returns.ask(member_id=ann.pk, at=instant("2026-04-01"), by=by)

    assert len(told(ann.user, "returned")) == 1
    assert len(told(here.person, "return_asked")) == 2


def test_who_is_active_again_has_nothing_to_ask():
    ann = MemberFactory(account=AccountFactory(), signs_in=True)

    with pytest.raises(ChangeRefused, match="not suspended any more"):
        returns.ask(member_id=ann.pk, at=AT, by=Doer(person=ann.user))

    assert not AccountEvent.objects.exists()


def test_a_child_without_anybody_who_approves_waits_for_the_people_of_its_parent():
    agency = AccountFactory(agency=True)
    boss = MemberFactory(account=agency, name="Alena", primary_admin=True, signs_in=True)
    child = AccountFactory(paid_by=agency, workspace=True)
    assistant = an_assistant(child)

    ann = invitations.invite(here=assistant, name="Ann", email="ann@example.com", at=AT)

    assert ann.status == Status.AWAITING_APPROVAL
    assert [one["name"] for one in told(boss.user, "approval_asked")] == ["Ann"]


def test_who_was_deactivated_after_their_page_was_drawn_does_nothing_more():
    here = a_boss()
    ann = MemberFactory(account=here.account)
    User.objects.filter(pk=here.person.pk).update(is_active=False)

    with pytest.raises(Lacking):
        do(here, Deed.SUSPEND, ann)

    ann.refresh_from_db()
    assert ann.status == Status.ACTIVE
