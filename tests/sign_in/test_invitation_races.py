"""Two at once with one invitation: it is accepted once, or withdrawn, never both."""

from __future__ import annotations

import pytest

from accounts import access, invitations, joining
from accounts.access import Standing
from accounts.models import AccountEvent, Invitation, Member, User
from accounts.refusals import ChangeRefused
from tests.concurrency.threads import together
from tests.factories import MemberFactory, UserFactory, instant

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]

AT = instant("2026-03-02 09:00")


@pytest.fixture
def here() -> Standing:
    first = MemberFactory(name="Jana", primary_admin=True, signs_in=True)
    found = access.standing(first.user, first.account_id)
    assert found is not None
    return found


@pytest.fixture
def member(here) -> Member:
    return invitations.invite(here=here, name="Petr", email="petr@example.com", at=AT)


def token(member: Member) -> str:
    return invitations.token_of(Invitation.objects.get(member=member))


def test_two_tabs_accept_once(member):
    petr, link = UserFactory(email="petr@example.com"), token(member)

    together(*[lambda: joining.accept(token=link, person=petr, at=AT)] * 4)

    member.refresh_from_db()
    assert (member.user, member.status) == (petr, Member.Status.ACTIVE)
    assert member.events.filter(becomes="active").count() == 1
    assert AccountEvent.objects.filter(kind="invitation_taken").count() == 1


def test_a_double_click_of_somebody_new_makes_one_person(member):
    link = token(member)

    def join() -> str:
        try:
            joining.accept_as_new(token=link, name="Petr", password="long enough", at=AT)
        except ChangeRefused:
            return "refused"
        return "joined"

    answers = together(*[join] * 4)

    assert sorted(answers) == ["joined", "refused", "refused", "refused"]
    assert User.objects.filter(email="petr@example.com").count() == 1
    assert member.events.filter(becomes="active").count() == 1


def test_withdrawn_while_accepting_it_is_one_of_both(here, member):
    petr, link = UserFactory(email="petr@example.com"), token(member)

    def tried(deed) -> bool:
        try:
            deed()
        except ChangeRefused:
            return False
        return True

    accepted, withdrawn = together(
        lambda: tried(lambda: joining.accept(token=link, person=petr, at=AT)),
        lambda: tried(lambda: invitations.withdraw(here=here, member_id=member.pk, at=AT)),
    )

    member.refresh_from_db()
    assert accepted != withdrawn
    assert member.status == (Member.Status.ACTIVE if accepted else Member.Status.DELETED)
    assert (member.user is not None) == accepted


def test_the_same_address_is_invited_once_by_two_at_once(here):
    def invite() -> bool:
        try:
            invitations.invite(here=here, name="Ida", email="ida@example.com", at=AT)
        except ChangeRefused:
            return False
        return True

    assert sorted(together(invite, invite)) == [False, True]
    assert Member.objects.filter(email="ida@example.com").count() == 1


def test_one_address_joins_two_accounts_at_once_as_one_person(member):
    other = MemberFactory(name="Ota", primary_admin=True, signs_in=True)
    there = access.standing(other.user, other.account_id)
    assert there is not None
    second = invitations.invite(here=there, name="Petr", email="petr@example.com", at=AT)

    def join(link: str) -> bool:
        try:
            joining.accept_as_new(token=link, name="Petr", password="long enough", at=AT)
        except ChangeRefused:
            return False
        return True

    links = token(member), token(second)
    joined = together(*[lambda link=link: join(link) for link in links])

    assert any(joined)
    assert User.objects.filter(email="petr@example.com").count() == 1
    assert Member.objects.exclude(user=None).filter(email="petr@example.com").count() == sum(joined)
