"""Queues: made, changed and deleted, each on record."""

import pytest

from accounts.deeds import Doer
from accounts.models import AccountEvent
from accounts.refusals import ChangeRefused
from licensing import logins, queues
from licensing.models import Queue, QueueLogin
from licensing.queues import HIGHEST_NUMBER, next_free
from licensing.refusals import FieldRefused
from tests.factories import AccountFactory, MemberFactory, QueueFactory, UserFactory, instant

pytestmark = pytest.mark.django_db

AT = instant("2026-03-02 09:00")


@pytest.fixture
def jana():
    return Doer(person=UserFactory(name="Jana"))


def deeds_of(account) -> list[tuple[str, str, str, str]]:
    rows = AccountEvent.objects.filter(account=account)
    return list(rows.values_list("kind", "was", "becomes", "actor_name"))


def details(queue, **others):
    names = ("name", "channel", "number", "outbound", "active")
    given = {name: getattr(queue, name) for name in names}
    return {"queue_id": queue.pk, **given, **others}


def test_a_queue_is_made_and_who_made_it_is_written_down(jana):
    account = AccountFactory()

    queue = queues.add_queue(
        account_id=account.pk, name="Sales calls", channel="voice", number=100, outbound=True,
        at=AT, by=jana,
    )  # fmt: skip

    assert Queue.objects.get() == queue
    assert queue.active
    assert deeds_of(account) == [
        ("queue_created", "", "100 · Sales calls · Voice · calls out", "Jana")
    ]


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({"name": "HELPLINE"}, "name", "There is a queue called HELPLINE"),
        ({"number": 7}, "number", "Helpline has the number 7. 8 is free"),
        ({"number": 0}, "number", "from 1 to 999999"),
        ({"channel": "chat", "outbound": True}, "outbound", "Only queues of the channel Voice"),
    ],
)
def test_a_queue_that_cannot_be_is_refused_beside_its_field(given, field, says, jana):  # ALL-4
    account = QueueFactory(name="Helpline", number=7).account

    with pytest.raises(FieldRefused, match=says) as refused:
        queues.add_queue(
            **{"account_id": account.pk, "name": "Sales", "channel": "voice", "number": 8, "at": AT,
               "by": jana, **given}
        )  # fmt: skip

    assert refused.value.field == field
    assert Queue.objects.count() == 1
    assert deeds_of(account) == []


def test_two_accounts_may_have_queues_of_the_same_name_and_number(jana):
    theirs = QueueFactory(name="Helpline", number=7)

    ours = queues.add_queue(
        account_id=AccountFactory().pk, name="Helpline", channel="chat", number=7, at=AT, by=jana
    )

    assert ours.account != theirs.account


def test_a_change_is_written_down_and_no_change_is_not(jana):
    queue = QueueFactory(name="Helpline", number=7)

    queues.change_queue(**details(queue), at=AT, by=jana)
    queues.change_queue(**details(queue, name="Hot line", outbound=True), at=AT, by=jana)

    queue.refresh_from_db()
    assert (queue.name, queue.outbound) == ("Hot line", True)
    assert deeds_of(queue.account) == [
        ("queue_changed", "7 · Helpline · Voice", "7 · Hot line · Voice · calls out", "Jana")
    ]


def test_a_queue_changes_its_channel_while_nobody_is_logged_in(jana):  # LIC-7
    queue = QueueFactory(name="Helpline")
    ann = MemberFactory(account=queue.account, name="Ann")
    logins.log_in(member_id=ann.pk, queue_id=queue.pk, at=AT, by=jana)

    with pytest.raises(FieldRefused, match="Ann is logged in to Helpline") as refused:
        queues.change_queue(**details(queue, channel="chat"), at=AT, by=jana)
    logins.log_out(member_id=ann.pk, queue_id=queue.pk, at=AT, by=jana)
    queues.change_queue(**details(queue, channel="chat"), at=AT, by=jana)

    assert refused.value.field == "channel"
    assert Queue.objects.get().channel == "chat"


def test_a_queue_rests_and_works_again(jana):
    queue = QueueFactory(name="Helpline", number=7)

    queues.change_queue(**details(queue, active=False), at=AT, by=jana)
    rested = Queue.objects.get().active
    queues.change_queue(**details(queue, active=True), at=AT, by=jana)

    assert (rested, Queue.objects.get().active) == (False, True)
    assert [deed[2] for deed in deeds_of(queue.account)] == [
        "7 · Helpline · Voice · inactive",
        "7 · Helpline · Voice",
    ]


def test_deleting_a_queue_names_who_is_logged_in(jana):  # LIC-4
    queue = QueueFactory(name="Helpline")
    for name in ("Ann", "Ben", "Cid", "Dan", "Eva", "Fay", "Gus"):
        member = MemberFactory(account=queue.account, name=name)
        logins.log_in(member_id=member.pk, queue_id=queue.pk, at=AT, by=jana)

    with pytest.raises(ChangeRefused) as refused:
        queues.delete_queue(queue_id=queue.pk, at=AT, by=jana)

    assert str(refused.value) == (
        "Ann, Ben, Cid, Dan, Eva and 2 more are logged in to Helpline. Log them out first."
    )
    assert Queue.objects.exists()


def test_a_queue_is_deleted_with_the_logins_of_deleted_members_alone(jana):
    queue = QueueFactory(name="Helpline", number=7)
    suspended, gone = (
        MemberFactory(account=queue.account, status=status) for status in ("suspended", "deleted")
    )
    QueueLogin.objects.create(member=gone, queue=queue)
    login = QueueLogin.objects.create(member=suspended, queue=queue)

    with pytest.raises(ChangeRefused, match=suspended.name):
        queues.delete_queue(queue_id=queue.pk, at=AT, by=jana)
    login.delete()
    queues.delete_queue(queue_id=queue.pk, at=AT, by=jana)

    assert not Queue.objects.exists()
    assert deeds_of(queue.account) == [("queue_deleted", "7 · Helpline · Voice", "", "Jana")]


def test_what_was_deleted_meanwhile_is_said(jana):
    queue = QueueFactory()
    queues.delete_queue(queue_id=queue.pk, at=AT, by=jana)

    with pytest.raises(ChangeRefused, match="deleted meanwhile"):
        queues.delete_queue(queue_id=queue.pk, at=AT, by=jana)
    with pytest.raises(ChangeRefused, match="deleted meanwhile"):
        queues.change_queue(**details(queue), at=AT, by=jana)


@pytest.mark.parametrize(
    ("taken", "free"),
    [
        (set(), 1),
        ({100, 101, 103}, 104),
        ({HIGHEST_NUMBER}, 1),
        ({HIGHEST_NUMBER, 1, 2, 4}, 3),
    ],
)
def test_the_next_free_number_is_suggested(taken, free):
    assert next_free(taken) == free


def test_numbers_of_other_accounts_are_not_taken():
    QueueFactory(number=500)
    mine = QueueFactory(number=20)

    assert queues.next_number(mine.account_id) == 21
