"""Invitations: whom one may ask, the letter, asking again, taking back, and who joins."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts import access, invitations, joining, member_details
from accounts.access import Lacking, Standing
from accounts.invitations import State
from accounts.models import (
    Access,
    Account,
    AccountEvent,
    Invitation,
    Letter,
    Member,
    MemberEvent,
    User,
)
from accounts.refusals import ChangeRefused
from accounts.rights import Right
from tests.factories import (
    AccessFactory,
    AccountFactory,
    MemberFactory,
    PriceFactory,
    SubscriptionFactory,
    UserFactory,
    instant,
)
from tests.sign_in.post import Post, link_of, text_of
from tests.standing import me
from tests.standing import stands as stands_in

pytestmark = pytest.mark.django_db

AT = instant("2026-03-02 09:00")
Status = Member.Status


def stands(member: Member) -> Standing:
    person = member.user
    assert person is not None
    found = access.standing(person, member.account_id)
    assert found is not None
    return found


@pytest.fixture
def account() -> Account:
    return AccountFactory(name="Nordwind", language="cs", time_zone="Europe/Prague")


@pytest.fixture
def first(account) -> Standing:
    """The primary account admin."""
    return stands(MemberFactory(account=account, name="Jana", primary_admin=True, signs_in=True))


@pytest.fixture
def updater(account) -> Standing:
    """Somebody who may write about people, and buys no places."""
    given = AccessFactory(account=account, name="Team", rights=[Right.UPDATE_TEAM])
    return stands(MemberFactory(account=account, name="Uta", access=given, signs_in=True))


def invite(here: Standing, email: str = "petr@example.com", **more) -> Member:
    return invitations.invite(here=here, name="Petr", email=email, at=AT, **more)


def invitation_of(member: Member) -> Invitation:
    return Invitation.objects.get(member=member)


def state(token: str, at=AT) -> State:
    found = invitations.find(token)
    assert found is not None
    return invitations.state_of(found[0], nonce=found[1], at=at)


def token(member: Member) -> str:
    return invitations.token_of(invitation_of(member))


def test_who_may_buy_places_invites_at_once(first, post: Post):  # RSL-6
    member = invite(first, " Petr@Example.com ")

    letter = post.only()
    sent = invitation_of(member)
    assert (member.status, member.email) == (Status.INVITED, "petr@example.com")
    assert letter["To"] == "petr@example.com"
    assert letter["Content-Language"] == "cs"
    assert "Jana" in letter["Subject"]
    assert "Nordwind" in text_of(letter)
    assert link_of(letter) == reverse("accounts:invitation", args=[token(member)])
    assert sent.expires_at - AT == timedelta(days=14)
    deed = AccountEvent.objects.get(kind="invited")
    assert (deed.member, deed.becomes, deed.actor) == (member, "petr@example.com", first.person)


def test_who_may_not_buy_places_has_to_wait_for_approval(updater, post: Post):  # RSL-6
    member = invite(updater)

    assert member.status == Status.AWAITING_APPROVAL
    assert post.come() == []
    with pytest.raises(ChangeRefused, match="waits for approval"):
        invitations.send(here=updater, member_id=member.pk, at=AT)


def test_after_approval_the_letter_goes_out(updater, first, post: Post):
    member = invite(updater)
    post.come()
    Member.objects.filter(pk=member.pk).update(status=Status.INVITED)

    invitations.send(here=first, member_id=member.pk, at=AT)

    assert post.only()["To"] == "petr@example.com"


def test_who_may_not_write_about_people_invites_nobody(account):
    here = stands(MemberFactory(account=account, signs_in=True))

    with pytest.raises(Lacking):
        invite(here)


def test_support_that_invites_says_why_the_customer_will_pay(first):  # STAFF-2
    PriceFactory(code="user", members=True)
    SubscriptionFactory(account=first.account, items={"user": 0})
    inside = stands_in(me(first), visited_by=UserFactory(staff=True))
    assert inside.visit is not None

    with pytest.raises(ChangeRefused, match="Write why"):
        invite(inside)
    asked = invite(inside, reason="Asked by phone")
    free = invite(inside, "ota@example.com", billing_role=True)

    why = dict(MemberEvent.objects.filter(was="").values_list("member", "cause"))
    assert why[asked.pk] == f"Support visit {inside.visit.pk}: Asked by phone"
    assert why[free.pk] == f"Support visit {inside.visit.pk}: Request 7"


def test_an_address_is_in_an_account_once(first, account):
    invite(first)
    MemberFactory(account=account, name="Ota", email="OTA@example.com")

    for email in ("petr@example.com", "ota@example.com", first.person.email):
        with pytest.raises(ChangeRefused, match="in this account already"):
            invite(first, email)
    assert Member.objects.filter(email="petr@example.com").count() == 1


def test_who_was_deleted_can_be_invited_anew(first):
    gone = invite(first)
    invitations.withdraw(here=first, member_id=gone.pk, at=AT)

    assert invite(first).pk != gone.pk


def test_nobody_gives_an_access_that_opens_more_than_they_may(updater, account):
    more = AccessFactory(account=account, rights=[Right.UPDATE_ACCESSES])

    with pytest.raises(ChangeRefused, match="only what you have yourself"):
        invite(updater, access_id=more.pk)
    with pytest.raises(ChangeRefused, match="do not see billing"):
        invite(updater, billing_role=True)
    assert not Member.objects.filter(email="petr@example.com").exists()


def test_an_access_and_a_type_are_given_with_the_invitation(first, account):
    sales = AccessFactory(account=account, name="Sales", rights=[Right.SEE_TEAM])

    member = invite(first, access_id=sales.pk, type=Member.Type.BACK_OFFICE, billing_role=True)

    member.refresh_from_db()
    assert (member.access, member.type, member.billing_role) == (sales, "back_office", True)


def test_nobody_sends_a_letter_that_gives_more_rights_than_they_have(updater, account):
    """Else they could first write their own address into it."""
    admins = AccessFactory(account=account, name="Admins", administrators=True)
    assert admins.kind == Access.Kind.ADMINISTRATORS
    imported = MemberFactory(account=account, email="a@example.com", access=admins)

    with pytest.raises(ChangeRefused, match="may do more here than you"):
        invitations.send(here=updater, member_id=imported.pk, at=AT)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"bot": True}, "is a bot"),
        ({"email": ""}, "no e-mail address"),
        ({"status": Status.SUSPENDED}, "no longer in the account"),
        ({"signs_in": True}, "signs in already"),
    ],
    ids=["bot", "no address", "suspended", "signs in"],
)
def test_who_cannot_be_asked_is_refused_with_the_reason(first, account, more, words):
    member = MemberFactory(account=account, **{"email": "x@example.com", **more})

    with pytest.raises(ChangeRefused, match=words):
        invitations.send(here=first, member_id=member.pk, at=AT)


def test_sent_again_the_older_link_is_dead_and_the_time_begins_anew(first, post: Post):
    member = invite(first)
    older = token(member)
    later = AT + timedelta(days=20)
    assert state(older, later) is State.EXPIRED

    invitations.send(here=first, member_id=member.pk, at=later)

    assert state(older, later) is State.REPLACED
    assert state(token(member), later + timedelta(days=13)) is State.OPEN
    assert state(token(member), later + timedelta(days=14)) is State.EXPIRED
    assert invitation_of(member).times_sent == 2
    assert Letter.objects.filter(name="invitation").count() == 2


def test_a_letter_to_an_older_address_never_carries_the_link_of_a_newer_one(first, account, post):
    """Its reader would join as who was meant, and as the owner of an address not theirs."""
    imported = MemberFactory(account=account, name="Ida", email="wrong@example.com")
    invitations.send(here=first, member_id=imported.pk, at=AT)
    invitations.withdraw(here=first, member_id=imported.pk, at=AT)
    member_details.describe(
        here=first, member_id=imported.pk, name="Ida", email="ida@example.com", at=AT
    )

    invitations.send(here=first, member_id=imported.pk, at=AT)

    assert [letter["To"] for letter in post.come()] == ["ida@example.com"]


def test_withdrawn_it_is_gone_and_its_letter_is_not_sent_any_more(first, post: Post):
    member = invite(first)

    invitations.withdraw(here=first, member_id=member.pk, at=AT)

    member.refresh_from_db()
    assert member.status == Status.DELETED
    assert state(token(member)) is State.WITHDRAWN
    assert post.come() == []
    assert AccountEvent.objects.filter(kind="invitation_withdrawn", member=member).exists()


def test_withdrawn_twice_it_is_withdrawn_once(first, account):  # STAFF-4
    member = invite(first, "New@Example.com")
    others = MemberFactory(account=account, robot=True), MemberFactory(account=account)

    for one in (member, member, *others):
        invitations.withdraw(here=first, member_id=one.pk, at=AT)

    deed = AccountEvent.objects.get(kind="invitation_withdrawn")
    assert deed.member == member
    assert [Member.objects.get(pk=one.pk).status for one in others] == ["active", "active"]


def test_withdrawn_by_support_the_log_of_people_says_in_which_visit(first, account):  # STAFF-2
    member = invite(first, "New@Example.com")
    there = stands_in(me(first), visited_by=UserFactory())
    assert there.visit is not None

    invitations.withdraw(here=there, member_id=member.pk, at=AT)

    last = MemberEvent.objects.filter(member=member).latest("sequence")
    assert last.cause.startswith(f"Support visit {there.visit.pk}:")


def test_somebody_of_an_imported_book_stays_when_their_invitation_is_withdrawn(first, account):
    imported = MemberFactory(account=account, email="ida@example.com")
    invitations.send(here=first, member_id=imported.pk, at=AT)

    invitations.withdraw(here=first, member_id=imported.pk, at=AT)

    imported.refresh_from_db()
    assert imported.status == Status.ACTIVE
    assert state(token(imported)) is State.WITHDRAWN


def test_a_link_that_the_site_did_not_sign_is_none(first):
    genuine = token(invite(first))

    assert invitations.find(genuine[:-1] + ("A" if genuine[-1] != "A" else "B")) is None
    assert invitations.find("nonsense") is None
    assert Client().get(reverse("accounts:invitation", args=["nonsense"])).status_code == 404


def test_another_account_s_member_cannot_be_sent_anything(first):
    elsewhere = MemberFactory(email="e@example.com")

    with pytest.raises(Member.DoesNotExist):
        invitations.send(here=first, member_id=elsewhere.pk, at=AT)


def test_who_signs_in_with_the_address_joins_once(first):
    petr = UserFactory(email="petr@example.com")
    member = invite(first)

    joined = [joining.accept(token=token(member), person=petr, at=AT) for _ in range(2)]

    assert {one.pk for one in joined} == {member.pk}
    member.refresh_from_db()
    assert (member.user, member.status) == (petr, Status.ACTIVE)
    assert [event.becomes for event in member.events.all()] == [Status.INVITED, Status.ACTIVE]
    assert AccountEvent.objects.filter(kind="invitation_taken").count() == 1


def test_nobody_joins_with_an_address_that_they_have_not_proven(first):
    other = UserFactory(email="other@example.com")
    EmailAddress.objects.create(user=other, email="petr@example.com", verified=False)

    with pytest.raises(ChangeRefused, match="not among your addresses"):
        joining.accept(token=token(invite(first)), person=other, at=AT)


def test_nobody_is_in_an_account_twice(first, account):
    petr = UserFactory(email="petr@example.com")
    EmailAddress.objects.create(user=petr, email="second@example.com", verified=True)
    MemberFactory(account=account, name="Petr the first", user=petr)

    with pytest.raises(ChangeRefused, match="as Petr the first"):
        joining.accept(token=token(invite(first, "second@example.com")), person=petr, at=AT)


def test_somebody_new_joins_with_a_proven_address(first):
    member = invite(first)

    joining.accept_as_new(token=token(member), name="Petr P.", password="long enough", at=AT)

    petr = User.objects.get(email="petr@example.com")
    assert (petr.name, petr.check_password("long enough")) == ("Petr P.", True)
    assert joining.has_address(petr, "petr@example.com")
    assert stands(Member.objects.get(pk=member.pk)).person == petr


def test_who_reads_the_mail_of_an_address_takes_over_what_nobody_had_proven(first):
    """Somebody else had signed up with the address, and never confirmed it."""
    squatter = User.objects.create_user("petr@example.com", "their own password", name="Mallory")
    EmailAddress.objects.create(user=squatter, email="petr@example.com", primary=True)

    member = joining.accept_as_new(
        token=token(invite(first)), name="Petr", password="a password of Petr", at=AT
    )

    squatter.refresh_from_db()
    assert member.user == squatter
    assert squatter.name == "Petr"
    assert not squatter.check_password("their own password")


def test_who_signs_in_already_does_not_get_another_password_by_an_invitation(first):
    UserFactory(email="petr@example.com")

    with pytest.raises(ChangeRefused, match="signs in here already"):
        joining.accept_as_new(token=token(invite(first)), name="X", password="x" * 12, at=AT)


def test_a_withdrawn_invitation_says_whom_to_ask(first):
    member = invite(first)
    invitations.withdraw(here=first, member_id=member.pk, at=AT)

    with pytest.raises(ChangeRefused, match=r"withdrawn\. Ask Jana"):
        joining.accept_as_new(token=token(member), name="P", password="x" * 12, at=AT)


def test_an_expired_invitation_says_whom_to_ask(first):
    member = invite(first)

    with pytest.raises(ChangeRefused, match=r"expired\. Ask Jana to send it again"):
        joining.accept_as_new(
            token=token(member), name="P", password="x" * 12, at=AT + timedelta(days=14)
        )


def test_an_imported_address_with_capitals_is_found_by_its_person(first):
    ota = UserFactory(email="ota@example.com")
    member = MemberFactory(account=first.account, name="Ota", email="Ota@Example.COM")
    invitations.send(here=first, member_id=member.pk, at=AT)

    assert joining.waiting_for(ota, at=AT) == [invitation_of(member)]


def test_open_invitations_wait_for_their_person(first):
    petr = UserFactory(email="petr@example.com")
    member = invite(first)

    assert joining.waiting_for(petr, at=AT) == [invitation_of(member)]
    assert joining.waiting_for(petr, at=AT + timedelta(days=14)) == []
    assert joining.waiting_for(UserFactory(), at=AT) == []
