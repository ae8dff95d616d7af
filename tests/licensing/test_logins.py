"""Queue logins, types and the right to call without a queue: data on people (LIC-7)."""

import pytest
from django.utils import translation

from accounts.models import AccountEvent, Member
from accounts.refusals import ChangeRefused, FieldRefused
from licensing import logins, working
from licensing.models import QueueLogin
from tests.factories import AccountFactory, MemberFactory, QueueFactory, instant
from tests.lasting import lasting
from tests.licensing.owning import own
from tests.standing import chief

pytestmark = pytest.mark.django_db

AT = instant("2026-03-02 09:00")


@lasting
def account():
    account = AccountFactory(licensing_enabled=True)
    own(account, 9)
    return account


@pytest.fixture
def jana(account):
    return chief(account, name="Jana")


@pytest.fixture
def calls(account):
    return QueueFactory(account=account, name="Sales calls", number=1, calling_out=True)


@pytest.fixture
def mail(account):
    return QueueFactory(account=account, name="Orders", number=2, channel="email")


@pytest.fixture
def ann(account):
    return MemberFactory(account=account, name="Ann")


def queues_of(member) -> list[str]:
    return [login.queue.name for login in QueueLogin.objects.filter(member=member)]


def deeds_of(member) -> list[tuple[str, str, str]]:
    return list(AccountEvent.objects.filter(member=member).values_list("kind", "was", "becomes"))


def test_somebody_logs_in_and_out(ann, calls, mail, jana):  # LIC-7
    for _ in range(2):
        logins.log_in(here=jana, member_id=ann.pk, queue_id=mail.pk, at=AT)
    logins.log_in(here=jana, member_id=ann.pk, queue_id=calls.pk, at=AT)
    for _ in range(2):
        logins.log_out(here=jana, member_id=ann.pk, queue_id=mail.pk, at=AT)

    assert queues_of(ann) == ["Sales calls"]
    assert deeds_of(ann) == [
        ("queue_login", "", "Orders"),
        ("queue_login", "Orders", "Sales calls and Orders"),
        ("queue_login", "Sales calls and Orders", "Sales calls"),
    ]


@pytest.mark.parametrize("status", ["invited", "awaiting_approval", "suspended", "deleted"])
def test_only_active_people_are_logged_in(status, account, calls, jana):  # LIC-7
    member = MemberFactory(account=account, name="Ann", status=status)

    with pytest.raises(ChangeRefused, match="Ann is no active person"):
        logins.log_in(here=jana, member_id=member.pk, queue_id=calls.pk, at=AT)

    assert not QueueLogin.objects.exists()


def test_bots_are_not_logged_in(account, calls, jana):
    bot = MemberFactory(account=account, robot=True)

    with pytest.raises(ChangeRefused, match="no active person"):
        logins.log_in(here=jana, member_id=bot.pk, queue_id=calls.pk, at=AT)


def test_queues_of_others_and_at_rest_take_nobody(ann, calls, jana):  # ALL-1
    resting = QueueFactory(account=ann.account, name="Old line", active=False)

    with pytest.raises(ChangeRefused, match="was deleted meanwhile"):
        logins.log_in(here=jana, member_id=ann.pk, queue_id=QueueFactory().pk, at=AT)
    with pytest.raises(ChangeRefused, match="Old line is inactive"):
        logins.set_logins(
            here=jana, member_id=ann.pk, queue_ids=[calls.pk, resting.pk], seen=[], at=AT
        )

    assert queues_of(ann) == []
    assert deeds_of(ann) == []


def test_who_is_logged_in_stays_so_when_the_queue_rests(ann, calls, mail, jana):
    logins.log_in(here=jana, member_id=ann.pk, queue_id=calls.pk, at=AT)
    calls.active = False
    calls.save()

    logins.set_logins(
        here=jana, member_id=ann.pk, queue_ids=[calls.pk, mail.pk], seen=[calls.pk], at=AT
    )

    assert queues_of(ann) == ["Sales calls", "Orders"]


def test_a_suspended_member_is_logged_out_but_not_in(ann, calls, mail, jana):
    logins.log_in(here=jana, member_id=ann.pk, queue_id=calls.pk, at=AT)
    Member.objects.filter(pk=ann.pk).update(status=Member.Status.SUSPENDED)

    with pytest.raises(ChangeRefused):
        logins.log_in(here=jana, member_id=ann.pk, queue_id=mail.pk, at=AT)
    logins.log_out(here=jana, member_id=ann.pk, queue_id=calls.pk, at=AT)

    assert queues_of(ann) == []


def test_logins_that_somebody_else_changed_are_not_written_over(ann, calls, mail, jana):
    logins.log_in(here=jana, member_id=ann.pk, queue_id=calls.pk, at=AT)

    with pytest.raises(ChangeRefused, match="changed meanwhile"):
        logins.set_logins(here=jana, member_id=ann.pk, queue_ids=[mail.pk], seen=[], at=AT)

    assert queues_of(ann) == ["Sales calls"]


def test_a_type_and_the_right_to_call_are_set_and_written_down(ann, jana):  # LIC-7
    for _ in range(2):
        working.set_type(
            here=jana, member_id=ann.pk, type="back_office", calls_without_queue=True, at=AT
        )

    ann.refresh_from_db()
    assert (ann.type, ann.calls_without_queue) == ("back_office", True)
    assert deeds_of(ann) == [
        ("type", "Passive", "Back-office"),
        ("calls", "may not call without a queue", "may call without a queue"),
    ]


@pytest.mark.parametrize("type_", ["contact_centre", "cloudphone", "passive"])
def test_only_the_back_office_is_given_calls_without_a_queue(type_, ann, jana):  # LIC-7
    with pytest.raises(FieldRefused, match="Only back-office users") as refused:
        working.set_type(here=jana, member_id=ann.pk, type=type_, calls_without_queue=True, at=AT)

    assert refused.value.field == "calls_without_queue"


@pytest.mark.parametrize("nobody", [{"robot": True}, {"status": "deleted"}])
def test_bots_and_deleted_members_have_no_type_to_change(nobody, account, jana):
    member = MemberFactory(account=account, **nobody)

    with pytest.raises(ChangeRefused, match="Only people have a type"):
        working.set_type(
            here=jana, member_id=member.pk, type="cloudphone", calls_without_queue=False, at=AT
        )


def test_all_of_it_holds_or_nothing(ann, calls, jana):
    calls.active = False
    calls.save()

    with pytest.raises(ChangeRefused, match="inactive"):
        working.work_as(
            here=jana, member_id=ann.pk, type="cloudphone", calls_without_queue=False,
            queue_ids=[calls.pk], seen=[], at=AT,
        )  # fmt: skip

    ann.refresh_from_db()
    assert ann.type == "passive"
    assert deeds_of(ann) == []


def test_the_log_is_in_the_language_of_the_account(ann, calls, mail, jana):
    with translation.override("cs"):
        logins.set_logins(
            here=jana, member_id=ann.pk, queue_ids=[calls.pk, mail.pk], seen=[], at=AT
        )
        working.set_type(
            here=jana, member_id=ann.pk, type="back_office", calls_without_queue=True, at=AT
        )

    assert [becomes for *_, becomes in deeds_of(ann)] == [
        *("Sales calls and Orders", "Back-office", "may call without a queue"),
    ]
