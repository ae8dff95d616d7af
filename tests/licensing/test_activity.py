"""Figures of Conversations as the vendor's product reports them. CONV-1."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.refusals import ChangeRefused
from licensing import activity
from licensing.activity import Figures, Reported
from licensing.models import ConversationsDay
from tests.factories import AccountFactory, MemberFactory, instant

pytestmark = pytest.mark.django_db

AT = instant("2026-03-31 23:30")  # in Tokyo it is 1 April already
LAST = date(2026, 4, 1)


@pytest.fixture
def ann():
    return MemberFactory(account=AccountFactory(time_zone="Asia/Tokyo"))


def reported(member, day, *figures) -> Reported:
    return Reported(member.pk, day, *figures)


def test_thirty_local_days_are_added_up(ann):  # CONV-1
    """20 and 4 conversations, 18 answered after 540 and 3 after 90 seconds: 88 %, 30 seconds."""
    days = [
        reported(ann, LAST, 20, 18, 540),
        reported(ann, LAST - timedelta(days=29), 4, 3, 90),
        reported(ann, LAST - timedelta(days=30), 1000, 0, 0),
        reported(ann, LAST + timedelta(days=1), 1000, 0, 0),
    ]

    assert activity.report(account_id=ann.account_id, days=days) == 4

    found = activity.figures_of(ann.account, [ann], at=AT)[ann.pk]
    assert found == Figures(24, 21, 630)
    assert (found.response_rate, found.first_response) == (Decimal(88), timedelta(seconds=30))


def test_without_conversations_nothing_is_said_of_answers(ann):
    assert activity.figures_of(ann.account, [ann], at=AT) == {}
    assert Figures(0, 0, 0).response_rate is None
    assert Figures(3, 0, 0).response_rate == 0
    assert Figures(3, 0, 0).first_response is None


def test_of_a_day_the_latest_report_counts(ann):
    for number in (5, 7, 7):
        activity.report(account_id=ann.account_id, days=[reported(ann, LAST, number, 1, 9)])

    assert ConversationsDay.objects.get().conversations == 7


@pytest.mark.parametrize("figures", [(3, 4, 0), (3, -1, 0), (3, 1, -1)])
def test_what_cannot_be_is_refused_whole(ann, figures):
    days = [reported(ann, LAST, 1, 1, 1), reported(ann, LAST - timedelta(days=1), *figures)]

    with pytest.raises(ChangeRefused, match="cannot have been answered"):
        activity.report(account_id=ann.account_id, days=days)

    assert not ConversationsDay.objects.exists()


def test_nobody_of_another_account_is_reported(ann):  # ALL-1
    stranger = MemberFactory(account=AccountFactory())

    with pytest.raises(ChangeRefused, match="There is no member"):
        activity.report(account_id=ann.account_id, days=[reported(stranger, LAST, 1, 1, 1)])
