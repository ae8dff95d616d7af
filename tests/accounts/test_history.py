"""What has become of a member, from both logs."""

from __future__ import annotations

import pytest

from accounts import deeds, history, people
from accounts.deeds import Doer
from accounts.models import AccountEvent, Member
from tests.factories import MemberFactory, UserFactory, instant
from tests.standing import chief

pytestmark = pytest.mark.django_db

Status = Member.Status


def test_both_logs_are_one_history_with_the_newest_first():
    petr = UserFactory(name="Petr")
    ann = MemberFactory(name="Ann", at=instant("2026-01-01"))
    people.set_status(
        member_id=ann.pk, status=Status.SUSPENDED, at=instant("2026-01-03"), by=petr, cause="left"
    )
    deeds.write(
        account_id=ann.account_id,
        member=ann,
        kind=AccountEvent.Kind.ACCESS,
        was="Sales",
        becomes="Support",
        at=instant("2026-01-02"),
        by=Doer(person=petr),
    )
    MemberFactory(account=ann.account)

    found = history.history_of(ann, here=chief(ann.account))

    assert [(one.what, one.was, one.becomes, one.who, one.why) for one in found] == [
        ("Status changed", "Active", "Suspended", "Petr", "left"),
        ("Access given", "Sales", "Support", "Petr", ""),
        ("Added", "", "Active", "", ""),
    ]


def test_the_billing_role_is_told_from_a_change_of_status():
    ann = MemberFactory(at=instant("2026-01-01"))
    for day, given in (("2026-01-02", True), ("2026-01-03", False)):
        people.set_billing_role(member_id=ann.pk, billing_role=given, at=instant(day))

    found = [one.what for one in history.history_of(ann, here=chief(ann.account))]

    assert found == ["Billing role taken back", "Billing role given", "Added"]


def test_a_long_history_is_cut_in_two_queries(django_assert_num_queries):
    ann = MemberFactory(at=instant("2026-01-01"))
    for day in range(2, 9):
        status = Status.SUSPENDED if day % 2 else Status.ACTIVE
        people.set_status(member_id=ann.pk, status=status, at=instant(f"2026-01-0{day}"))

    here = chief(ann.account)
    with django_assert_num_queries(2):
        found = history.history_of(ann, here=here, most=3)

    assert [one.at.day for one in found] == [8, 7, 6]
