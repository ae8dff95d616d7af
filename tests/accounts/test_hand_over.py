"""The primary role is handed over by asking and confirming, in one step, and by nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as outbox

from accounts import access, hand_over, inbox, mail, people
from accounts.access import Lacking, Standing
from accounts.hand_over import State, state_of
from accounts.models import AccountEvent, HandOver, InboxMessage, Letter, Member
from accounts.refusals import ChangeRefused
from accounts.rights import Right
from billing.auditing import audit
from tests.concurrency.threads import together
from tests.factories import AccountFactory, MemberFactory, UserFactory, instant
from tests.standing import chief, me, stands

pytestmark = pytest.mark.django_db

AT = instant("2026-03-01 10:00")
LATER = instant("2026-03-02 10:00")


def asked() -> tuple[Standing, Standing, HandOver]:
    """Jana, the primary account admin, asked Ben to take the role over."""
    here = chief(AccountFactory(name="Acme"), name="Jana")
    ben = stands(MemberFactory(account=here.account, name="Ben", signs_in=True))
    return here, ben, hand_over.ask(here=here, taker_id=me(ben).pk, at=AT)


def primary(account_id: int) -> list[str]:
    found = Member.objects.filter(account=account_id, primary_admin=True)
    return list(found.values_list("name", flat=True))


def kinds() -> list[str]:
    return list(AccountEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_nothing_changes_before_the_taker_confirms():
    here, ben, found = asked()

    assert primary(here.account.pk) == ["Jana"]
    assert hand_over.waiting(here.account, at=LATER) == found
    assert kinds() == ["primary_asked"]
    assert list(InboxMessage.objects.values_list("person", "name")) == [
        (ben.person.pk, "hand_over_asked")
    ]
    assert list(Letter.objects.values_list("name", "to")) == [("hand_over", ben.person.email)]


def test_confirming_moves_the_role_and_leaves_an_admin_who_may_buy():  # decision 23
    here, ben, found = asked()

    hand_over.accept(hand_over_id=found.pk, person=ben.person, at=LATER)

    jana = Member.objects.get(name="Jana")
    assert primary(here.account.pk) == ["Ben"]
    assert (jana.is_admin, jana.purchase_permission) == (True, True)
    assert {Right.SUSPEND, Right.PURCHASE, Right.UPDATE_ACCESSES} <= access.rights_of(jana)
    assert Right.PRIMARY not in access.rights_of(jana)
    assert kinds() == ["primary_asked", "access", "purchase", "primary", "primary"]
    last = AccountEvent.objects.filter(kind="primary").last()
    assert last is not None
    assert (last.was, last.becomes, last.actor, last.at) == ("Jana", "Ben", ben.person, LATER)
    assert not list(audit())


def test_both_read_in_a_letter_what_is_so_now():
    here, ben, found = asked()
    hand_over.accept(hand_over_id=found.pk, person=ben.person, at=LATER)

    mail.deliver_due(clock=lambda: LATER)

    asking, *done = outbox.outbox
    assert asking.subject == "Until 8 Mar 2026: become the primary account admin of Acme?"
    assert f"/hand-over/{found.pk}/" in asking.body
    assert {letter.to[0] for letter in done} == {ben.person.email, here.person.email}
    assert {letter.subject for letter in done} == {"Ben is the primary account admin of Acme now"}
    assert "Jana is an admin with purchase permission from now on." in done[0].body


def test_nobody_is_asked_by_a_letter_for_what_was_called_off_before_it_was_sent():
    here, _ben, _found = asked()
    hand_over.call_off(here=here, at=LATER)

    mail.deliver_due(clock=lambda: LATER)

    assert [letter.subject for letter in outbox.outbox] == [
        "Jana no longer asks you to become the primary account admin of Acme."
    ]


@pytest.mark.parametrize("ends", ["decline", "call_off"])
def test_declined_or_called_off_nothing_has_changed_and_the_other_is_told(ends):
    here, ben, found = asked()

    if ends == "decline":
        hand_over.decline(hand_over_id=found.pk, person=ben.person, at=LATER)
    else:
        hand_over.call_off(here=here, at=LATER)

    found.refresh_from_db()
    told = InboxMessage.objects.exclude(name="hand_over_asked").get()
    assert told.person == (here.person if ends == "decline" else ben.person)
    assert primary(here.account.pk) == ["Jana"]
    assert (state_of(found, at=LATER), kinds()[-1]) == (State.ENDED, "primary_ended")
    with pytest.raises(ChangeRefused, match="Nothing has changed"):
        hand_over.accept(hand_over_id=found.pk, person=ben.person, at=LATER)


def test_after_a_week_it_is_over_and_somebody_else_can_be_asked():
    here, ben, found = asked()
    over = AT + hand_over.VALID_FOR

    assert state_of(found, at=over - timedelta(seconds=1)) is State.OPEN
    with pytest.raises(ChangeRefused, match="time to confirm is over"):
        hand_over.accept(hand_over_id=found.pk, person=ben.person, at=over)
    again = hand_over.ask(here=here, taker_id=me(ben).pk, at=over)

    found.refresh_from_db()
    assert found.ended_at == over
    assert hand_over.waiting(here.account, at=over) == again


def test_only_one_is_asked_at_a_time():
    here, _, _ = asked()
    cid = MemberFactory(account=here.account, signs_in=True)

    with pytest.raises(ChangeRefused, match="Ben is asked already"):
        hand_over.ask(here=here, taker_id=cid.pk, at=LATER)


@pytest.mark.parametrize("who", [
    {"signs_in": False},
    {"signs_in": True, "status": "suspended"},
    {"signs_in": True, "status": "deleted"},
    {"robot": True},
    {"elsewhere": True, "signs_in": True},
], ids="-".join)  # fmt: skip
def test_the_role_goes_to_active_people_of_the_account_who_sign_in(who):  # ALL-1
    here, more = chief(AccountFactory()), dict(who)
    account = AccountFactory() if more.pop("elsewhere", False) else here.account
    taker = MemberFactory(account=account, **more)

    with pytest.raises(ChangeRefused, match="active person of this account"):
        hand_over.ask(here=here, taker_id=taker.pk, at=AT)

    assert not HandOver.objects.exists()


def test_nobody_takes_over_what_they_were_not_asked():
    here, _, found = asked()
    cid = MemberFactory(account=here.account, signs_in=True, admin=True)

    for person in (cid.user, here.person, UserFactory()):
        for answer in (hand_over.accept, hand_over.decline):
            with pytest.raises(ChangeRefused, match="Somebody else was asked"):
                answer(hand_over_id=found.pk, person=person, at=LATER)


def test_a_taker_who_was_suspended_meanwhile_does_not_confirm():
    here, ben, found = asked()
    people.set_status(member_id=me(ben).pk, status=Member.Status.SUSPENDED, at=LATER)

    with pytest.raises(ChangeRefused, match="not active"):
        hand_over.accept(hand_over_id=found.pk, person=ben.person, at=LATER)

    assert primary(here.account.pk) == ["Jana"]


def test_who_is_primary_no_longer_gives_nothing():
    here, ben, found = asked()
    Member.objects.filter(pk=me(here).pk).update(primary_admin=False)

    with pytest.raises(ChangeRefused, match="no longer the primary account admin"):
        hand_over.accept(hand_over_id=found.pk, person=ben.person, at=LATER)
    with pytest.raises(Lacking):
        hand_over.call_off(here=here, at=LATER)


@pytest.mark.parametrize("purchases", [False, True])
def test_admins_neither_give_nor_call_off_the_role(purchases):
    here, ben, _ = asked()
    admin = stands(
        MemberFactory(
            account=here.account, signs_in=True, admin=True, purchase_permission=purchases
        )
    )

    for deed in (
        lambda: hand_over.ask(here=admin, taker_id=me(ben).pk, at=LATER),
        lambda: hand_over.call_off(here=admin, at=LATER),
    ):
        with pytest.raises(Lacking) as lacking:
            deed()
        assert lacking.value.right is Right.PRIMARY


def test_support_hands_nothing_over():
    here, ben, _ = asked()
    visit = stands(me(here), visited_by=UserFactory(staff=True))

    for deed in (
        lambda: hand_over.ask(here=visit, taker_id=me(ben).pk, at=LATER),
        lambda: hand_over.call_off(here=visit, at=LATER),
    ):
        with pytest.raises(ChangeRefused, match="Support cannot"):
            deed()


def test_the_parent_appoints_the_first_of_an_unclaimed_account_and_no_second():
    parent = chief(AccountFactory(agency=True))
    child = AccountFactory(workspace=True, paid_by=parent.account)
    ann, ben = (MemberFactory(account=child, name=name, signs_in=True) for name in ("Ann", "Ben"))
    here = stands(me(parent), account=child)

    hand_over.appoint(here=here, taker_id=ann.pk, at=AT)
    with pytest.raises(Lacking):
        hand_over.appoint(here=here, taker_id=ben.pk, at=AT)

    assert primary(child.pk) == ["Ann"]
    assert kinds() == ["primary"]
    told = InboxMessage.objects.get()
    assert told.person == ann.user
    assert inbox.say(told).text.startswith("Your agency made you"), "and not who of it (AGY-3)"
    assert not list(audit())


def test_the_parent_asks_nobody_in_an_unclaimed_account():
    parent = chief(AccountFactory(agency=True))
    child = AccountFactory(workspace=True, paid_by=parent.account)
    ann = MemberFactory(account=child, signs_in=True)
    here = stands(me(parent), account=child)

    with pytest.raises(ChangeRefused, match="Only the primary account admin"):
        hand_over.ask(here=here, taker_id=ann.pk, at=AT)


# ---- at the same moment ----

at_once = pytest.mark.django_db(transaction=True, databases=["default", "readonly"])


@pytest.mark.postgres
@at_once
def test_confirmed_twice_at_once_it_is_confirmed_once():
    here, ben, found = asked()

    done = together(
        *[lambda: hand_over.accept(hand_over_id=found.pk, person=ben.person, at=LATER)] * 2
    )

    assert sum(isinstance(one, ChangeRefused) for one in done) == 1
    assert primary(here.account.pk) == ["Ben"]
    assert kinds().count("primary") == 2


@pytest.mark.postgres
@at_once
@pytest.mark.parametrize("against", ["call_off", "suspend", "ask_another"])
def test_confirming_meets_another_deed_and_one_of_both_holds(against):
    here, ben, found = asked()
    cid = MemberFactory(account=here.account, signs_in=True)
    deeds = {
        "call_off": lambda: hand_over.call_off(here=here, at=LATER),
        "suspend": lambda: people.set_status(
            member_id=me(ben).pk, status=Member.Status.SUSPENDED, at=LATER
        ),
        "ask_another": lambda: hand_over.ask(here=here, taker_id=cid.pk, at=LATER),
    }

    confirmed, other = together(
        lambda: hand_over.accept(hand_over_id=found.pk, person=ben.person, at=LATER),
        deeds[against],
    )

    refused = [isinstance(one, ChangeRefused | Lacking) for one in (confirmed, other)]
    assert any(refused)
    assert primary(here.account.pk) == (["Jana"] if refused[0] else ["Ben"])


@pytest.mark.postgres
@at_once
def test_two_first_ones_are_not_appointed():
    parent = chief(AccountFactory(agency=True))
    child = AccountFactory(workspace=True, paid_by=parent.account)
    takers = [MemberFactory(account=child, signs_in=True) for _ in range(2)]
    here = stands(me(parent), account=child)

    done = together(
        *[lambda pk=one.pk: hand_over.appoint(here=here, taker_id=pk, at=AT) for one in takers]
    )

    assert sum(isinstance(one, ChangeRefused | Lacking) for one in done) == 1
    assert len(primary(child.pk)) == 1
