"""Visits that nobody ended are brought in order before a person is in one at a time."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from accounts.models import SupportVisit
from tests.factories import MemberFactory, UserFactory, instant

pytestmark = pytest.mark.django_db(transaction=True)

ONE_AT_A_TIME = next(
    one
    for one in SupportVisit._meta.constraints
    if one.name == "a_person_is_in_one_visit_at_a_time"
)


def test_of_visits_that_nobody_ended_each_ends_when_the_next_began_or_with_its_hour():
    migration = import_module("accounts.migrations.0008_one_visit_at_a_time")
    member, eva, petr = MemberFactory(), UserFactory(), UserFactory()
    with connection.schema_editor() as editor:
        editor.remove_constraint(SupportVisit, ONE_AT_A_TIME)
    begun = [(eva, "09:00"), (eva, "12:00"), (petr, "12:10"), (eva, "12:30")]
    for person, time in begun:
        at = instant(f"2026-03-10 {time}")
        SupportVisit.objects.create(
            account=member.account, member=member, person=person, reason="7", began_at=at,
            expires_at=at + timedelta(hours=1),
        )  # fmt: skip

    with connection.schema_editor() as editor:
        migration.end_those_before(apps, editor)
        editor.add_constraint(SupportVisit, ONE_AT_A_TIME)

    ended = SupportVisit.objects.order_by("began_at").values_list("ended_at", flat=True)
    assert list(ended) == [instant("2026-03-10 10:00"), instant("2026-03-10 12:30"), None, None]
