"""Threads that meet at one queue or one member: logging in against deleting, two changes."""

from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import connections

from accounts.deeds import NOBODY
from accounts.models import AccountEvent
from accounts.refusals import ChangeRefused
from licensing import logins, queues
from licensing.models import Queue, QueueLogin
from tests.factories import AccountFactory, MemberFactory, QueueFactory, instant

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

AT = instant("2026-03-02 09:00")
ROUNDS = 10


def together(*deeds) -> list[Exception | None]:
    """Do all of it at the same time, each on a connection of its own; what refused each."""
    refusals: list[Exception | None] = [None] * len(deeds)
    barrier = Barrier(len(deeds))

    def do(place, deed):
        try:
            barrier.wait(timeout=10)
            deed()
        except Exception as problem:
            refusals[place] = problem
        finally:
            connections.close_all()

    threads = [Thread(target=do, args=entry) for entry in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refusals


def logs_in(member, queue):
    return partial(logins.log_in, member_id=member.pk, queue_id=queue.pk, at=AT, by=NOBODY)


def chooses(member, queue):
    return partial(
        logins.set_logins, member_id=member.pk, queue_ids=[queue.pk], seen=[], at=AT, by=NOBODY
    )


def test_somebody_is_logged_in_or_the_queue_is_deleted_but_never_both():  # LIC-4
    account = AccountFactory()
    for _ in range(ROUNDS):
        queue, member = QueueFactory(account=account), MemberFactory(account=account)

        refusals = together(
            logs_in(member, queue),
            partial(queues.delete_queue, queue_id=queue.pk, at=AT, by=NOBODY),
        )

        refused = [one for one in refusals if one is not None]
        assert [type(one) for one in refused] == [ChangeRefused]
        logged_in = QueueLogin.objects.filter(member=member).exists()
        assert Queue.objects.filter(pk=queue.pk).exists() is logged_in is (refusals[1] is not None)


def test_of_two_changes_of_the_same_logins_the_later_one_looks_again():  # LIC-7
    account = AccountFactory()
    calls, mail = (QueueFactory(account=account, channel=one) for one in ("voice", "email"))

    for _ in range(ROUNDS):
        member = MemberFactory(account=account)

        refusals = together(chooses(member, calls), chooses(member, mail))

        refused = [one for one in refusals if one is not None]
        assert [type(one) for one in refused] == [ChangeRefused]
        won = mail if refusals[0] is not None else calls
        assert [login.queue for login in QueueLogin.objects.filter(member=member)] == [won]
        assert AccountEvent.objects.filter(member=member).count() == 1


def test_two_logins_of_one_member_at_once_are_both_kept():
    account = AccountFactory()
    calls, mail = (QueueFactory(account=account, channel=one) for one in ("voice", "email"))
    for _ in range(ROUNDS):
        member = MemberFactory(account=account)

        refusals = together(logs_in(member, calls), logs_in(member, mail), logs_in(member, calls))

        assert refusals == [None, None, None]
        assert QueueLogin.objects.filter(member=member).count() == 2
