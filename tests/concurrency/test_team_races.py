"""Two people at one member: one of them is done, the other is told, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts import access, bots, returns, team
from accounts.access import Standing
from accounts.deeds import Doer
from accounts.models import AccountEvent, InboxMessage, Letter, Member, MemberEvent
from accounts.refusals import ChangeRefused, FieldRefused
from accounts.team import Deed
from tests.concurrency.threads import together
from tests.factories import AccountFactory, MemberFactory, instant

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]

Status = Member.Status
AT = instant("2026-03-10 12:00")
ROUNDS = 5


@pytest.fixture
def two() -> tuple[Standing, Standing]:
    """The primary account admin, and an admin who buys, standing in one account."""
    account = AccountFactory()
    boss = MemberFactory(account=account, name="Jana", primary_admin=True, signs_in=True)
    other = MemberFactory(
        account=account, name="Petr", admin=True, purchase_permission=True, signs_in=True
    )
    found = [access.standing(member.user, account.pk) for member in (boss, other)]
    assert found[0] is not None
    assert found[1] is not None
    return found[0], found[1]


def deciding(here: Standing, deed: Deed, *members: Member) -> Callable[[], object]:
    """The deed as this person was shown it; what it comes to when it is confirmed."""
    shown = team.foresee(deed=deed, here=here, members=members, at=AT)
    ids = [member.pk for member in members]

    def decide() -> object:
        try:
            return team.do(deed=deed, here=here, member_ids=ids, at=AT, seen=shown.seen)
        except ChangeRefused as refusal:
            return refusal

    return decide


def refused(results: list[Any]) -> list[str]:
    """What was said to those who came too late; everybody else has succeeded."""
    found = [one for one in results if not isinstance(one, list)]
    assert all(isinstance(one, ChangeRefused) for one in found), found
    return [str(one) for one in found]


def moves(member: Member) -> list[tuple[str, str, int]]:
    events = MemberEvent.objects.filter(member=member).order_by("sequence")
    return list(events.values_list("was", "becomes", "step"))[1:]


def test_an_agent_is_suspended_once_by_two(two):  # RSL-6
    for _ in range(ROUNDS):
        ann = MemberFactory(account=two[0].account, name="Ann")

        results = together(*(deciding(here, Deed.SUSPEND, ann) for here in two))

        (said,) = refused(results)
        assert "Ann: Suspended since" in said
        assert moves(ann) == [("active", "suspended", -1)]


def test_who_is_suspended_and_deleted_at_once_ends_in_a_log_that_adds_up(two):  # RSL-6
    for _ in range(ROUNDS):
        ann = MemberFactory(account=two[0].account, name="Ann")

        results = together(deciding(two[0], Deed.SUSPEND, ann), deciding(two[1], Deed.DELETE, ann))

        ann.refresh_from_db()
        happened = moves(ann)
        # Who comes second is told: of the status, or that something else follows by now.
        assert (ann.status, len(happened)) == (happened[-1][1], 1)
        assert sum(step for *_, step in happened) == -1
        assert len(happened) == 2 - len(refused(results))


def test_two_approve_and_one_letter_goes_out(two):  # RSL-6
    for number in range(ROUNDS):
        ann = MemberFactory(
            account=two[0].account, email=f"ann{number}@example.com", status="awaiting_approval"
        )

        results = together(*(deciding(here, Deed.APPROVE, ann) for here in two))

        assert len(refused(results)) == 1
        assert moves(ann) == [("awaiting_approval", "invited", 0)]
        assert Letter.objects.filter(name="invitation", to=ann.email).count() == 1
        assert ann.invitation.times_sent == 1


def test_of_two_groups_with_one_in_common_one_is_suspended_whole(two):  # RSL-8
    for _ in range(ROUNDS):
        ann, bob, cid = (MemberFactory(account=two[0].account) for _ in range(3))

        results = together(
            deciding(two[0], Deed.SUSPEND, ann, bob), deciding(two[1], Deed.SUSPEND, bob, cid)
        )

        assert len(refused(results)) == 1
        members = Member.objects.filter(pk__in=[ann.pk, bob.pk, cid.pk])
        gone = set(members.filter(status=Status.SUSPENDED).values_list("pk", flat=True))
        assert gone in ({ann.pk, bob.pk}, {bob.pk, cid.pk})


def test_a_request_to_return_meets_the_return(two):  # RSL-6
    for _ in range(ROUNDS):
        ann = MemberFactory(account=two[0].account, status="suspended", signs_in=True)

        def ask(ann: Member = ann) -> object:
            try:
                return [returns.ask(member_id=ann.pk, at=AT, by=Doer(person=ann.user))]
            except ChangeRefused as refusal:
                return refusal

        results = together(ask, ask, deciding(two[0], Deed.ACTIVATE, ann))

        refused(results)
        ann.refresh_from_db()
        asked = AccountEvent.objects.filter(member=ann, kind=AccountEvent.Kind.RETURN_ASKED)
        told = InboxMessage.objects.filter(name="return_asked", person=two[0].person)
        assert ann.status == Status.ACTIVE
        assert ann.asked_to_return_at is None, "a request stays behind who is active"
        assert asked.count() <= 1
        assert told.filter(key__startswith=f"return:{ann.pk}:").count() == asked.count()


def test_who_is_approved_and_declined_is_one_of_both(two):
    for number in range(ROUNDS):
        ann = MemberFactory(
            account=two[0].account, email=f"eva{number}@example.com", status="awaiting_approval"
        )

        results = together(deciding(two[0], Deed.APPROVE, ann), deciding(two[1], Deed.DECLINE, ann))

        assert len(refused(results)) == 1
        ann.refresh_from_db()
        letters = Letter.objects.filter(name="invitation", to=ann.email).count()
        assert (ann.status, letters) in {(Status.INVITED, 1), (Status.DELETED, 0)}


def test_a_bot_that_is_sent_twice_at_once_is_added_once(two):  # RSL-7
    here = two[0]
    for number in range(ROUNDS):
        shown = bots.foresee(here=here, at=AT)

        def add(name: str = f"Bot {number}", seen: str = shown.seen) -> object:
            return bots.add(here=here, name=name, at=AT, seen=seen)

        results = together(add, add)

        (said,) = [one for one in results if not isinstance(one, Member)]
        assert isinstance(said, FieldRefused), said
        assert Member.objects.filter(account=here.account, name=f"Bot {number}").count() == 1
