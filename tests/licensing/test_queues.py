"""Queues: made, changed and deleted, each on record."""

import pytest
from django.utils import translation

from accounts.models import AccountEvent
from accounts.refusals import ChangeRefused, FieldRefused
from licensing import logins, queues
from licensing.models import Queue, QueueLogin
from licensing.queues import HIGHEST_NUMBER, next_free
from tests.factories import AccountFactory, MemberFactory, QueueFactory, instant
from tests.standing import chief

pytestmark = pytest.mark.django_db

AT = instant("2026-03-02 09:00")


@pytest.fixture
def jana():
    return chief(AccountFactory(), name="Jana")


def deeds_of(account) -> list[tuple[str, str, str, str]]:
    rows = AccountEvent.objects.filter(account=account)
    return list(rows.values_list("kind", "was", "becomes", "actor_name"))


def details(queue, **others):
    names = ("name", "channel", "number", "outbound", "active")
    given = {name: getattr(queue, name) for name in names}
    return {"queue_id": queue.pk, **given, **others}


def test_a_queue_is_made_and_who_made_it_is_written_down(jana):
    queue = queues.add_queue(
        here=jana, name="Sales calls", channel="voice", number=100, outbound=True, at=AT
    )

    assert Queue.objects.get() == queue
    assert queue.active
    assert deeds_of(jana.account) == [
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
    QueueFactory(account=jana.account, name="Helpline", number=7)

    with pytest.raises(FieldRefused, match=says) as refused:
        queues.add_queue(
            here=jana, at=AT, **{"name": "Sales", "channel": "voice", "number": 8, **given}
        )

    assert refused.value.field == field
    assert Queue.objects.count() == 1
    assert deeds_of(jana.account) == []


def test_two_accounts_may_have_queues_of_the_same_name_and_number(jana):
    theirs = QueueFactory(name="Helpline", number=7)

    ours = queues.add_queue(here=jana, name="Helpline", channel="chat", number=7, at=AT)

    assert ours.account != theirs.account


def test_a_change_is_written_down_and_no_change_is_not(jana):
    queue = QueueFactory(account=jana.account, name="Helpline", number=7)

    queues.change_queue(here=jana, **details(queue), at=AT)
    queues.change_queue(here=jana, **details(queue, name="Hot line", outbound=True), at=AT)

    queue.refresh_from_db()
    assert (queue.name, queue.outbound) == ("Hot line", True)
    assert deeds_of(queue.account) == [
        ("queue_changed", "7 · Helpline · Voice", "7 · Hot line · Voice · calls out", "Jana")
    ]


def test_a_queue_changes_its_channel_while_nobody_is_logged_in(jana):  # LIC-7
    queue = QueueFactory(account=jana.account, name="Helpline")
    ann = MemberFactory(account=queue.account, name="Ann")
    logins.log_in(here=jana, member_id=ann.pk, queue_id=queue.pk, at=AT)

    with pytest.raises(FieldRefused, match="Ann is logged in to Helpline") as refused:
        queues.change_queue(here=jana, **details(queue, channel="chat"), at=AT)
    logins.log_out(here=jana, member_id=ann.pk, queue_id=queue.pk, at=AT)
    queues.change_queue(here=jana, **details(queue, channel="chat"), at=AT)

    assert refused.value.field == "channel"
    assert Queue.objects.get().channel == "chat"


def test_a_queue_rests_and_works_again(jana):
    queue = QueueFactory(account=jana.account, name="Helpline", number=7)

    queues.change_queue(here=jana, **details(queue, active=False), at=AT)
    rested = Queue.objects.get().active
    queues.change_queue(here=jana, **details(queue, active=True), at=AT)

    assert (rested, Queue.objects.get().active) == (False, True)
    assert [deed[2] for deed in deeds_of(queue.account)] == [
        "7 · Helpline · Voice · inactive",
        "7 · Helpline · Voice",
    ]


def test_deleting_a_queue_names_who_is_logged_in(jana):  # LIC-4
    queue = QueueFactory(account=jana.account, name="Helpline")
    for name in ("Ann", "Ben", "Cid", "Dan", "Eva", "Fay", "Gus"):
        member = MemberFactory(account=queue.account, name=name)
        logins.log_in(here=jana, member_id=member.pk, queue_id=queue.pk, at=AT)

    with pytest.raises(ChangeRefused) as refused:
        queues.delete_queue(here=jana, queue_id=queue.pk, at=AT)

    assert str(refused.value) == (
        "Ann, Ben, Cid, Dan, Eva and 2 more are logged in to Helpline. Log them out first."
    )
    assert Queue.objects.exists()


def test_a_queue_is_deleted_with_the_logins_of_deleted_members_alone(jana):
    queue = QueueFactory(account=jana.account, name="Helpline", number=7)
    suspended, gone = (
        MemberFactory(account=queue.account, status=status) for status in ("suspended", "deleted")
    )
    QueueLogin.objects.create(member=gone, queue=queue)
    login = QueueLogin.objects.create(member=suspended, queue=queue)

    with pytest.raises(ChangeRefused, match=suspended.name):
        queues.delete_queue(here=jana, queue_id=queue.pk, at=AT)
    login.delete()
    queues.delete_queue(here=jana, queue_id=queue.pk, at=AT)

    assert not Queue.objects.exists()
    assert deeds_of(queue.account) == [("queue_deleted", "7 · Helpline · Voice", "", "Jana")]


def test_what_was_deleted_meanwhile_is_said(jana):
    queue = QueueFactory(account=jana.account)
    queues.delete_queue(here=jana, queue_id=queue.pk, at=AT)

    with pytest.raises(ChangeRefused, match="deleted meanwhile"):
        queues.delete_queue(here=jana, queue_id=queue.pk, at=AT)
    with pytest.raises(ChangeRefused, match="deleted meanwhile"):
        queues.change_queue(here=jana, **details(queue), at=AT)


def test_the_log_is_in_the_language_of_the_account(jana):
    with translation.override("cs"):
        queue = queues.add_queue(here=jana, name="Fronta", channel="voice", number=7, at=AT)
        queues.change_queue(here=jana, **details(queue, outbound=True, active=False), at=AT)

    assert [deed[2] for deed in deeds_of(jana.account)] == [
        "7 · Fronta · Voice",
        "7 · Fronta · Voice · calls out · inactive",
    ]


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
