"""The pages of handing over: the password, the answer, and what each of them says."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import access, hand_over, visits
from accounts.access import Standing
from accounts.models import HandOver, Member
from accounts.visits import SESSION_KEY
from tests.factories import AccountFactory, MemberFactory, UserFactory
from tests.standing import chief, me, stands

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def no_tries_before() -> None:
    cache.clear()


def signed_in(here: Standing) -> Client:
    client = Client()
    client.force_login(here.person)
    return client


def address(name: str, *ids: int) -> str:
    return reverse(f"accounts:{name}", args=ids)


def two() -> tuple[Standing, Standing]:
    """Jana, the primary account admin, and Ben."""
    jana = chief(AccountFactory(name="Acme"), name="Jana")
    return jana, stands(MemberFactory(account=jana.account, name="Ben", signs_in=True))


def ask(jana: Standing, ben: Standing, password: str = PASSWORD):
    page = address("hand_over_to", jana.account.pk, me(ben).pk)
    return signed_in(jana).post(page, {"password": password}, follow=True)


def test_the_whole_way_from_asking_to_confirming():
    jana, ben = two()

    chosen = signed_in(jana).get(address("hand_over", jana.account.pk)).content.decode()
    says = signed_in(jana).get(address("hand_over_to", jana.account.pk, me(ben).pk))
    asked = ask(jana, ben).content.decode()
    page = address("hand_over_answer", jana.account.pk, HandOver.objects.get().pk)
    question = signed_in(ben).get(page).content.decode()
    done = signed_in(ben).post(page, {"accept": "yes"}, follow=True).content.decode()

    assert address("hand_over_to", jana.account.pk, me(ben).pk) in chosen
    assert "You are an admin with purchase permission from then on." in says.content.decode()
    assert "Ben is asked by e-mail. You stay the primary account admin" in asked
    assert "Call it off" in asked
    assert "Jana asks you to take the role over." in question
    assert "You are the primary account admin of Acme now." in done
    assert Member.objects.get(primary_admin=True) == me(ben)


def test_a_wrong_password_is_said_beside_the_field_and_asks_nobody():  # ALL-4
    jana, ben = two()

    answer = ask(jana, ben, password="battery staple")

    assert answer.status_code == 422
    assert "This is not your password." in answer.content.decode()
    assert not HandOver.objects.exists()


def test_tries_are_counted():
    jana, ben = two()

    for _ in range(10):
        ask(jana, ben, password="battery staple")
    answer = ask(jana, ben)

    assert answer.status_code == 422
    assert "Too many tries. Wait a minute" in answer.content.decode()
    assert not HandOver.objects.exists()


def test_who_has_no_password_is_led_to_set_one():
    jana, ben = two()
    jana.person.set_unusable_password()
    jana.person.save()

    page = signed_in(jana).get(address("hand_over_to", jana.account.pk, me(ben).pk))

    assert "Set a password first." in page.content.decode()
    assert 'type="password"' not in page.content.decode()


def test_declined_and_called_off_say_what_is_so_now():
    jana, ben = two()
    ask(jana, ben)
    first = address("hand_over_answer", jana.account.pk, HandOver.objects.get().pk)
    declined = signed_in(ben).post(first, {"decline": "yes"}, follow=True).content.decode()
    ask(jana, ben)
    second = address("hand_over_answer", jana.account.pk, HandOver.objects.latest("pk").pk)

    called_off = (
        signed_in(jana)
        .post(address("hand_over_call_off", jana.account.pk), follow=True)
        .content.decode()
    )
    late = signed_in(ben).post(second, {"accept": "yes"})

    assert "Declined: Jana stays the primary account admin." in declined
    assert "Called off: you stay the primary account admin, and Ben is told." in called_off
    assert late.status_code == 409
    assert "This was called off or declined. Nothing has changed" in late.content.decode()
    assert Member.objects.get(primary_admin=True) == me(jana)


def test_the_question_is_for_who_was_asked_and_for_nobody_else():  # ALL-1
    jana, ben = two()
    ask(jana, ben)
    admin = stands(MemberFactory(account=jana.account, signs_in=True, admin=True))
    page = address("hand_over_answer", jana.account.pk, HandOver.objects.get().pk)

    for other in (jana, admin):
        assert signed_in(other).get(page).status_code == 404
        assert signed_in(other).post(page, {"accept": "yes"}).status_code == 404
    assert Member.objects.get(primary_admin=True) == me(jana)


@pytest.mark.parametrize("name", ["hand_over", "hand_over_to", "hand_over_call_off"])
def test_only_the_primary_account_admin_opens_the_pages_of_giving(name):
    jana, ben = two()
    admin = MemberFactory(account=jana.account, signs_in=True, admin=True, purchase_permission=True)
    ids = (me(ben).pk,) if name == "hand_over_to" else ()
    client, page = signed_in(stands(admin)), address(name, jana.account.pk, *ids)

    answer = client.post(page) if name == "hand_over_call_off" else client.get(page)

    assert answer.status_code == 403
    assert "Jana" in answer.content.decode()


def test_the_role_is_not_offered_to_members_of_another_account():  # ALL-1
    jana, _ = two()
    stranger = MemberFactory(signs_in=True)

    page = address("hand_over_to", jana.account.pk, stranger.pk)

    assert signed_in(jana).post(page, {"password": PASSWORD}).status_code == 404


def test_support_visiting_is_told_that_it_cannot():
    jana, ben = two()
    support = UserFactory(superuser=True)
    visit = visits.begin(
        member_id=me(jana).pk, person=support, reason="Request 7", at=timezone.now()
    )
    client = Client()
    client.force_login(support)
    session = client.session
    session[SESSION_KEY] = visit.pk
    session.save()
    page = address("hand_over_to", jana.account.pk, me(ben).pk)

    answer = client.post(page, {"password": PASSWORD})

    assert "Support cannot do this." in answer.content.decode()
    assert not HandOver.objects.exists()


def test_the_parent_appoints_the_first_one_with_their_own_password():  # decision 23
    parent = chief(AccountFactory(agency=True))
    child = AccountFactory(workspace=True, paid_by=parent.account, name="Shop")
    ann = MemberFactory(account=child, name="Ann", signs_in=True)
    here = stands(me(parent), account=child)

    page = signed_in(here).get(address("hand_over", child.pk)).content.decode()
    answer = signed_in(here).post(
        address("hand_over_to", child.pk, ann.pk), {"password": PASSWORD}, follow=True
    )

    assert "Appoint the primary account admin" in page
    assert "Ann is the primary account admin of Shop now." in answer.content.decode()
    assert Member.objects.get(account=child, primary_admin=True) == ann


def test_a_taker_who_was_suspended_is_said_to_who_waits():
    jana, ben = two()
    ask(jana, ben)
    Member.objects.filter(pk=me(ben).pk).update(status=Member.Status.SUSPENDED)

    page = signed_in(jana).get(address("hand_over", jana.account.pk)).content.decode()

    assert "Ben cannot confirm now, being in the state “Suspended”." in page
    assert access.standing(ben.person, jana.account.pk) is None
    assert hand_over.waiting(jana.account, at=timezone.now()) is not None
