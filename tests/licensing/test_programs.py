"""What programs do to members, seen from the licences that these hold (LIC-7, LIC-8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts import returns, syncing
from accounts.deeds import Doer
from accounts.models import Member
from accounts.refusals import ChangeRefused
from accounts.syncing import Wanted
from billing.models import Event
from licensing import logins, recording
from licensing.cards import Licence, Retention
from licensing.holdings import used_in
from tests.api.programs import Program
from tests.factories import AccountFactory, MemberFactory, QueueFactory, instant
from tests.lasting import lasting
from tests.licensing.owning import own
from tests.standing import chief

pytestmark = [pytest.mark.django_db]

AT = instant("2026-03-12 09:00")
BY = Doer(person=None, program="API key Sync")


@lasting
def account():
    account = AccountFactory(licensing_enabled=True)
    own(account, voice=1, recording=0)
    return account


def becomes(account, member, status):
    wanted = Wanted(status=status)
    syncing.write(account=account, reference=member.reference, wanted=wanted, at=AT, by=BY)


def logged_in(queue, **details):
    member = MemberFactory(account=queue.account, type="contact_centre", **details)
    member.queue_logins.create(queue=queue)
    return member


def test_a_program_activates_nobody_without_a_free_licence(account):  # LIC-7
    calls = QueueFactory(account=account)
    away = logged_in(calls, name="Ann", status="suspended")
    ben = MemberFactory(account=account, name="Ben")
    logins.log_in(here=chief(account), member_id=ben.pk, queue_id=calls.pk, at=AT)

    with pytest.raises(ChangeRefused, match="1 of 1 Voice licence is in use"):
        becomes(account, away, "active")
    answer = Program(account).put(
        f"/accounts/{account.pk}/members/{away.reference}", {"status": "active"}
    )

    assert answer.status_code == 409
    assert Member.objects.get(pk=away.pk).status == "suspended"
    assert used_in(account) == {Licence.VOICE: 1}


def test_recording_units_follow_what_programs_do(account):  # LIC-8
    [ann, ben] = [MemberFactory(account=account, type="contact_centre") for _ in range(2)]
    recording.keep(account, Retention(months=9), at=AT, by=chief(account).by)

    becomes(account, ann, "suspended")
    becomes(account, ben, "deleted")
    becomes(account, ann, "active")

    events = Event.objects.filter(item__product__code="recording").order_by("sequence")
    assert list(events.values_list("becomes", "actor_name"))[1:] == [
        *((3, "API key Sync"), (0, "API key Sync"), (3, "API key Sync")),
    ]


def test_who_was_let_back_by_a_program_can_ask_again_when_suspended_again(account):  # RSL-6
    ann = MemberFactory(account=account, signs_in=True)
    becomes(account, ann, "suspended")
    returns.ask(member_id=ann.pk, at=AT, by=BY)

    becomes(account, ann, "active")
    becomes(account, ann, "suspended")

    later = AT + timedelta(days=30)
    assert returns.ask(member_id=ann.pk, at=later, by=BY) == later
