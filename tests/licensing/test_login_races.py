"""Threads that meet at one queue or one member: logging in against deleting, two changes."""

from functools import partial

import pytest

from accounts.models import AccountEvent
from accounts.refusals import ChangeRefused
from licensing import logins, queues
from licensing.models import Queue, QueueLogin
from tests.concurrency.threads import together
from tests.factories import AccountFactory, MemberFactory, QueueFactory, instant
from tests.standing import chief

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

AT = instant("2026-03-02 09:00")
ROUNDS = 10


@pytest.fixture
def here():
    return chief(AccountFactory())


def logs_in(here, member, queue):
    return partial(logins.log_in, here=here, member_id=member.pk, queue_id=queue.pk, at=AT)


def chooses(here, member, queue):
    return partial(
        logins.set_logins, here=here, member_id=member.pk, queue_ids=[queue.pk], seen=[], at=AT
    )


def test_somebody_is_logged_in_or_the_queue_is_deleted_but_never_both(here):  # LIC-4
    account = here.account
    for _ in range(ROUNDS):
        queue, member = QueueFactory(account=account), MemberFactory(account=account)

        refusals = together(
            logs_in(here, member, queue),
            partial(queues.delete_queue, here=here, queue_id=queue.pk, at=AT),
        )

        refused = [one for one in refusals if one is not None]
        assert [type(one) for one in refused] == [ChangeRefused]
        logged_in = QueueLogin.objects.filter(member=member).exists()
        assert Queue.objects.filter(pk=queue.pk).exists() is logged_in is (refusals[1] is not None)


def test_of_two_changes_of_the_same_logins_the_later_one_looks_again(here):  # LIC-7
    account = here.account
    calls, mail = (QueueFactory(account=account, channel=one) for one in ("voice", "email"))

    for _ in range(ROUNDS):
        member = MemberFactory(account=account)

        refusals = together(chooses(here, member, calls), chooses(here, member, mail))

        refused = [one for one in refusals if one is not None]
        assert [type(one) for one in refused] == [ChangeRefused]
        won = mail if refusals[0] is not None else calls
        assert [login.queue for login in QueueLogin.objects.filter(member=member)] == [won]
        assert AccountEvent.objects.filter(member=member).count() == 1


def test_two_logins_of_one_member_at_once_are_both_kept(here):
    account = here.account
    calls, mail = (QueueFactory(account=account, channel=one) for one in ("voice", "email"))
    for _ in range(ROUNDS):
        member = MemberFactory(account=account)

        refusals = together(
            logs_in(here, member, calls), logs_in(here, member, mail), logs_in(here, member, calls)
        )

        assert refusals == [None, None, None]
        assert QueueLogin.objects.filter(member=member).count() == 2
