"""The page of one member: who may change what there, and what is said to who may not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import access, accesses, member_details
from accounts.access import Standing
from accounts.models import Account, AccountEvent, InboxMessage, Invitation, Member
from accounts.refusals import ChangeRefused
from accounts.rights import Right
from tests.factories import AccessFactory, AccountFactory, MemberFactory, instant
from tests.standing import chief, holder, me, stands

pytestmark = pytest.mark.django_db

AT = instant("2026-03-01 10:00")


def signed_in(here: Standing) -> Client:
    client = Client()
    client.force_login(here.person)
    return client


def address(name: str, member: Member) -> str:
    return reverse(f"accounts:{name}", args=[member.account_id, member.pk])


def seen(here: Standing, member: Member) -> str:
    answer = signed_in(here).get(address("member", member))
    assert answer.status_code == 200
    return answer.content.decode()


def team(*rights: Right, account: Account | None = None) -> Standing:
    """Somebody who changes members, in an account with Jana as the primary account admin."""
    account = account or AccountFactory()
    MemberFactory(account=account, name="Jana Nováková", primary_admin=True)
    return holder(account, Right.UPDATE_TEAM, *rights)


def test_who_may_only_look_reads_of_each_part_who_can_change_it():
    account = AccountFactory()
    MemberFactory(account=account, name="Jana Nováková", primary_admin=True)
    here = holder(account, Right.SEE_TEAM)
    ann = MemberFactory(account=account, name="Ann", email="ann@example.com")

    page = seen(here, ann)

    assert page.count("Jana Nováková (primary account admin) can change this.") == 4
    assert "ann@example.com" in page
    assert '<form class="form"' not in page


def test_what_the_page_shows_can_be_sent():
    """By a browser, which sends what a form holds, and no more."""
    here = chief(AccountFactory())
    ann = MemberFactory(account=here.account, name="Ann")
    client = Client(enforce_csrf_checks=True)
    client.force_login(here.person)
    page = client.get(address("member", ann)).content.decode()

    for name in ("member_details", "member_access", "member_purchase"):
        form = page[page.index(f'action="{address(name, ann)}"') :].partition("</form>")[0]
        fields = dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', form))
        answer = client.post(address(name, ann), fields)
        assert answer.status_code != 403, name


def test_the_primary_account_admin_changes_everything_of_others():
    here = chief(AccountFactory())
    ann = MemberFactory(account=here.account, name="Ann", signs_in=True)

    page = seen(here, ann)

    assert "can change this" not in page
    for button in (
        "Save details",
        "Save Access",
        "Grant purchase permission",
        "Give the billing role",
    ):
        assert button in page
    assert "Make Ann the primary account admin" in page


@pytest.mark.parametrize(("name", "right"), [
    ("member_details", Right.UPDATE_TEAM),
    ("member_access", Right.UPDATE_TEAM),
    ("member_purchase", Right.PRIMARY),
    ("member_billing_role", Right.SUSPEND),
])  # fmt: skip
def test_each_part_refuses_who_may_not_and_names_who_may(name, right):
    account = AccountFactory()
    MemberFactory(account=account, name="Jana Nováková", primary_admin=True)
    here = stands(MemberFactory(account=account, signs_in=True, admin=True))
    if right is Right.UPDATE_TEAM:
        here = holder(account, Right.SEE_TEAM, Right.UPDATE_ACCESSES)
    ann = MemberFactory(account=account, name="Ann")
    sent = {"name": "Eve", "access": "none", "granted": "yes"}

    answer = signed_in(here).post(address(name, ann), sent)

    assert answer.status_code == 403
    assert "Jana Nováková" in answer.content.decode()
    assert not AccountEvent.objects.exists()


def test_a_member_of_another_account_has_no_page_here():  # ALL-1
    here, stranger = chief(AccountFactory()), MemberFactory()
    client = signed_in(here)

    for account_id in (here.account.pk, stranger.account_id):
        assert (
            client.get(reverse("accounts:member", args=[account_id, stranger.pk])).status_code
            == 404
        )
        for name in ("member_details", "member_access", "member_purchase"):
            page = reverse(f"accounts:{name}", args=[account_id, stranger.pk])
            assert client.post(page, {"name": "Eve", "access": "none"}).status_code == 404


# ---- details ----


def test_name_and_address_are_saved_and_each_is_on_record():
    here = team()
    ann = MemberFactory(account=here.account, name="Ann", email="ann@example.com")

    answer = signed_in(here).post(
        address("member_details", ann), {"name": " Ann  Ford ", "email": "Ford@example.com"}
    )

    ann.refresh_from_db()
    assert answer.status_code == 302
    assert (ann.name, ann.email) == ("Ann Ford", "ford@example.com")
    assert list(AccountEvent.objects.values_list("kind", "was", "becomes", "actor")) == [
        ("name", "Ann", "Ann Ford", here.person.pk),
        ("email", "ann@example.com", "ford@example.com", here.person.pk),
    ]


def test_wrong_details_are_said_beside_the_field_and_kept():  # ALL-4
    here = team()
    ann = MemberFactory(account=here.account, name="Ann")

    answer = signed_in(here).post(address("member_details", ann), {"name": "", "email": "ann@"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "A member has a name. Write it." in page
    assert "Write a whole address, for example jana@example.com." in page
    assert 'value="ann@"' in page


def test_who_signs_in_has_an_address_of_their_own():
    here = team()
    ann = MemberFactory(account=here.account, name="Ann", signs_in=True)

    page = seen(here, ann)
    signed_in(here).post(address("member_details", ann), {"name": "Ann", "email": "x@example.com"})

    assert "changes that address in their own profile" in page
    assert not AccountEvent.objects.exists()
    with pytest.raises(ChangeRefused, match="changes it themselves"):
        member_details.describe(
            here=here, member_id=ann.pk, name="Ann", email="x@example.com", at=AT
        )


def invited(member: Member, *, until: str) -> Member:
    sent = instant("2026-02-20")
    Invitation.objects.create(member=member, nonce="n", sent_at=sent, expires_at=instant(until))
    return member


@pytest.mark.parametrize(("until", "free"), [("2026-03-06", False), ("2026-02-25", True)])
def test_nobody_moves_an_open_invitation_to_another_address(until, free):
    """Else the old letter would prove an address that its reader does not have."""
    here = team()
    ann = invited(MemberFactory(account=here.account, status="invited"), until=until)
    change: dict[str, Any] = {"here": here, "member_id": ann.pk, "name": ann.name, "at": AT}

    if free:
        assert member_details.describe(email="x@example.com", **change).email == "x@example.com"
    else:
        with pytest.raises(ChangeRefused, match="Withdraw that, then invite them anew"):
            member_details.describe(email="x@example.com", **change)


@pytest.mark.parametrize("who", ["admin", "primary_admin", "purchase_permission"])
def test_nobody_takes_the_place_of_who_may_more_by_their_address(who):
    here = holder(AccountFactory(), Right.UPDATE_TEAM)
    more = MemberFactory(account=here.account, email="more@example.com", **{who: True})

    with pytest.raises(ChangeRefused, match="may do more here than you"):
        member_details.describe(
            here=here, member_id=more.pk, name=more.name, email="me@example.com", at=AT
        )


def test_an_address_is_in_an_account_once():
    here = team()
    MemberFactory(account=here.account, email="ann@example.com")
    ben = MemberFactory(account=here.account, name="Ben")

    answer = signed_in(here).post(
        address("member_details", ben), {"name": "Ben", "email": "Ann@example.com"}
    )

    assert answer.status_code == 422
    assert "has the address ann@example.com already" in answer.content.decode()


# ---- Access ----


def test_one_gives_accesses_that_open_no_more_than_ones_own():
    here = team(Right.SEE_QUEUES)
    less = AccessFactory(account=here.account, name="Less", rights=[Right.SEE_QUEUES])
    AccessFactory(account=here.account, name="More than mine", rights=[Right.UPDATE_COMPANY])
    ann = MemberFactory(account=here.account, name="Ann")

    page = seen(here, ann)
    answer = signed_in(here).post(address("member_access", ann), {"access": less.pk}, follow=True)

    assert "More than mine" not in page
    assert '<option value="administrators"' not in page
    assert "Ann has the Access Less now." in answer.content.decode()


def test_who_has_more_than_oneself_is_left_to_others():
    here = team()
    more = AccessFactory(account=here.account, name="More", rights=[Right.UPDATE_COMPANY])
    ann = MemberFactory(account=here.account, access=more)

    page = seen(here, ann)
    answer = signed_in(here).post(address("member_access", ann), {"access": "none"})

    assert "Save Access" not in page
    assert answer.status_code == 422
    assert "You can give and take only what you have yourself" in answer.content.decode()


@pytest.mark.parametrize("crafted", ["administrators", "foreign", "more", "words"])
def test_a_crafted_access_is_refused(crafted):
    here = team()
    more = AccessFactory(account=here.account, rights=[Right.UPDATE_COMPANY])
    foreign = AccessFactory(account=AccountFactory())
    value = {"foreign": foreign.pk, "more": more.pk}.get(crafted, crafted)

    for member in (me(here), MemberFactory(account=here.account)):
        answer = signed_in(here).post(address("member_access", member), {"access": value})
        assert answer.status_code == 422
        assert "Choose one of the Accesses that are listed." in answer.content.decode()
    assert not AccountEvent.objects.exists()


def test_the_primary_account_admin_makes_an_admin_who_is_told_so():
    here = chief(AccountFactory(name="Acme"), name="Jana")
    ann = MemberFactory(account=here.account, name="Ann", signs_in=True)

    signed_in(here).post(address("member_access", ann), {"access": "administrators"})

    ann.refresh_from_db()
    assert ann.is_admin
    assert InboxMessage.objects.get().person == ann.user
    inbox = signed_in(stands(ann)).get(reverse("accounts:inbox")).content.decode()
    assert "Jana made you an admin of Acme." in inbox


def test_nobody_demotes_themselves_by_accident():
    here = team(Right.SEE_QUEUES)
    less = AccessFactory(account=here.account, rights=[Right.SEE_QUEUES])
    client, page = signed_in(here), address("member_access", me(here))

    told = client.post(page, {"access": less.pk})
    assert Member.objects.get(pk=me(here).pk).access == me(here).access
    done = client.post(page, {"access": less.pk, "aware": "on"})

    assert told.status_code == 422
    assert "You would lose: Access Team, Update Team." in told.content.decode()
    assert f'<option value="{less.pk}" selected' in told.content.decode()
    assert done["Location"] == reverse("home")
    assert Member.objects.get(pk=me(here).pk).access == less


# ---- purchase permission ----


def test_purchase_permission_is_granted_and_taken_by_the_primary_account_admin():
    here = chief(AccountFactory())
    ann = MemberFactory(account=here.account, name="Ann", signs_in=True)
    client, page = signed_in(here), address("member_purchase", ann)

    granted = client.post(page, {"granted": "yes"}, follow=True).content.decode()
    ann.refresh_from_db()
    assert Right.PURCHASE in access.rights_of(ann)
    taken = client.post(page, {"granted": "no"}, follow=True).content.decode()

    ann.refresh_from_db()
    assert "Ann may buy now." in granted
    assert "Ann may no longer buy." in taken
    assert Right.PURCHASE not in access.rights_of(ann)
    assert list(AccountEvent.objects.values_list("kind", "was", "becomes")) == [
        ("purchase", "no purchase permission", "purchase permission"),
        ("purchase", "purchase permission", "no purchase permission"),
    ]
    assert InboxMessage.objects.filter(person=ann.user).count() == 2


@pytest.mark.parametrize("who", ["robot", "primary_admin"])
def test_some_are_granted_nothing(who):
    here = chief(AccountFactory())
    member = me(here) if who == "primary_admin" else MemberFactory(account=here.account, robot=True)

    with pytest.raises(ChangeRefused):
        member_details.set_purchase_permission(here=here, member_id=member.pk, granted=True, at=AT)

    assert not AccountEvent.objects.exists()


def test_the_page_of_the_primary_account_admin_says_how_the_role_goes_on():
    here = chief(AccountFactory())
    admin = stands(MemberFactory(account=here.account, signs_in=True, admin=True))

    own, theirs = seen(here, me(here)), seen(admin, me(here))

    assert "may do everything here, without an Access" in own
    assert "Hand over the primary role" in own
    assert "Hand over the primary role" not in theirs


def test_a_deleted_member_is_only_looked_at():
    here = chief(AccountFactory())
    gone = MemberFactory(account=here.account, status="deleted")

    assert "This member is deleted." in seen(here, gone)
    for name in ("member_details", "member_access"):
        sent = {"name": "Eve", "access": "none"}
        assert signed_in(here).post(address(name, gone), sent).status_code == 422
    assert not AccountEvent.objects.exists()
    assert accesses.administrators_of(account_id=here.account.pk).members.count() == 0
