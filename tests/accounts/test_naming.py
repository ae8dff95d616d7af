"""A workspace reads no name of its agency's people; the agency reads them all (AGY-3)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import (
    approvals,
    history,
    inbox,
    invitations,
    joining,
    sign_in_letters,
    team,
    team_csv,
    team_list,
)
from accounts.access import Standing
from accounts.invitations import State
from accounts.models import Account, InboxMessage, Letter, Member
from accounts.rights import Right
from accounts.team import Deed
from accounts.team_list import Tab, Wanted
from tests.factories import AccountFactory, MemberFactory, UserFactory, instant
from tests.standing import chief, holder, me, stands

pytestmark = pytest.mark.django_db

AT = instant("2026-03-10 12:00")
Status = Member.Status


@pytest.fixture
def workspace() -> Account:
    return AccountFactory(workspace=True, name="Bakery", paid_by=AccountFactory(agency=True))


@pytest.fixture
def zoe(workspace: Account) -> Standing:
    """The workspace's primary account admin."""
    return chief(workspace, name="Zoe")


@pytest.fixture
def adam(workspace: Account) -> Standing:
    """Somebody of the agency, in the workspace."""
    return stands(chief_of_agency(workspace), account=workspace)


def chief_of_agency(workspace: Account) -> Member:
    assert workspace.parent is not None
    return me(chief(workspace.parent, name="Adam"))


def suspend(here: Standing, member: Member) -> None:
    shown = team.foresee(deed=Deed.SUSPEND, here=here, members=[member], at=AT)
    team.do(deed=Deed.SUSPEND, here=here, member_ids=[member.pk], at=AT, seen=shown.seen)


def who(member: Member, here: Standing) -> list[str]:
    return [entry.who for entry in history.history_of(member, here=here)]


def test_the_history_of_a_member_names_the_agency_to_itself_alone(workspace, zoe, adam):  # AGY-3
    ann = MemberFactory(account=workspace, name="Ann", email="ann@example.com")
    suspend(adam, ann)
    invited = invitations.invite(here=adam, name="Petr", email="petr@example.com", at=AT)

    assert who(ann, zoe) == ["Your agency", ""]
    assert who(ann, adam) == ["Adam", ""]
    assert who(invited, zoe) == ["Your agency", "Your agency"]
    assert who(invited, adam) == ["Adam", "Adam"]


def test_what_support_does_in_the_agencys_place_is_the_agencys(workspace, zoe):  # AGY-3, STAFF-2
    eva = UserFactory(name="Eva", staff=True)
    inside = stands(chief_of_agency(workspace), account=workspace, visited_by=eva)
    ann = MemberFactory(account=workspace, name="Ann", email="ann@example.com")

    invitations.send(here=inside, member_id=ann.pk, at=AT)

    assert who(ann, zoe)[0] == "Your agency"
    assert who(ann, inside)[0] == "Eva (Adam)"


def test_who_is_of_both_and_who_is_of_the_vendor_is_named(workspace, zoe, adam):
    ann = MemberFactory(account=workspace, name="Ann")
    suspend(adam, ann)
    MemberFactory(account=workspace, name="Adam", user=adam.person)
    support = stands(me(zoe), visited_by=UserFactory(name="Eva", staff=True))
    ben = MemberFactory(account=workspace, name="Ben")
    suspend(support, ben)

    assert who(ann, zoe) == ["Adam", ""]
    assert who(ben, zoe) == ["Eva", ""]


def test_a_client_reads_who_of_its_reseller_did_it():
    client = AccountFactory(client=True, paid_by=AccountFactory(reseller=True))
    assert client.parent is not None
    here = stands(me(chief(client.parent, name="Adam")), account=client)
    ann = MemberFactory(account=client)
    suspend(here, ann)

    assert who(ann, chief(client)) == ["Adam", ""]


def test_a_deed_that_came_too_late_names_nobody_of_the_agency(workspace, zoe, adam):  # AGY-3
    ann = MemberFactory(account=workspace, name="Ann")
    suspend(adam, ann)
    ann.refresh_from_db()

    def said(here: Standing) -> str:
        (words,) = team.objections(deed=Deed.SUSPEND, here=here, members=[ann], at=AT)
        return words

    assert said(zoe) == "Ann: Suspended since 10 Mar 2026, 12:00."
    assert said(adam) == "Ann: Suspended since 10 Mar 2026, 12:00, by Adam."


def test_the_list_and_its_file_name_nobody_of_the_agency(workspace, zoe):  # AGY-3
    assert workspace.parent is not None
    helper = stands(
        me(holder(workspace.parent, Right.UPDATE_AGENCY, name="Ida")), account=workspace
    )
    ann = MemberFactory(account=workspace, name="Ann", status="awaiting_approval", by=helper.person)
    found = team_list.members(workspace, wanted=Wanted(tab=Tab.AWAITING), at=AT)

    def added_by(here: Standing) -> str:
        (row,) = team_list.rows([ann], here=here, tab=Tab.AWAITING)
        assert row.added_by in "".join(team_csv.lines(found, here=here, tab=Tab.AWAITING))
        return row.added_by

    assert added_by(zoe) == "Your agency"
    assert added_by(helper) == "Ida"


def test_the_bell_of_a_workspace_names_nobody_of_the_agency(workspace, zoe, adam):  # AGY-3
    ben = me(holder(workspace, Right.UPDATE_TEAM, name="Ben"))
    asked = [
        MemberFactory(account=workspace, name=name, status="active", by=ben.user)
        for name in ("Ann", "Cid")
    ]

    approvals.answer(here=adam, members=asked[:1], at=AT, reason="")
    approvals.answer(here=zoe, members=asked[1:], at=AT, reason="")

    told = InboxMessage.objects.filter(person=ben.user).order_by("pk")
    assert [inbox.say(one).text for one in told] == [
        "Your agency approved Ann.",
        "Zoe approved Cid.",
    ]


def invited_by(here: Standing) -> Member:
    return invitations.invite(here=here, name="Petr", email="p@example.com", at=timezone.now())


def read_of(member: Member) -> str:
    """The letter that asks somebody in, and the page behind its link."""
    letter = sign_in_letters.invitation(Letter.objects.get(name="invitation"))
    token = invitations.token_of(member.invitation)
    page = Client().get(reverse("accounts:invitation", args=[token]))
    assert page.status_code == 200
    return "".join((letter.subject, letter.text, letter.html, page.content.decode()))


def test_who_is_invited_reads_no_name_of_the_agency(workspace, adam):  # AGY-3
    member = invited_by(adam)

    assert "Adam" not in read_of(member)
    assert "p@example.com is invited." in read_of(member)
    assert joining.refusal(member.invitation, State.EXPIRED) == (
        "This invitation to Bakery has expired. Ask Bakery to send it again."
    )


def test_who_is_invited_by_a_colleague_reads_their_name(zoe):
    member = invited_by(zoe)

    assert "Zoe invites p@example.com." in read_of(member)
    assert "Ask Zoe" in joining.refusal(member.invitation, State.EXPIRED)
