"""Instants at the desk: read and written in UTC, whatever the reader's own clock shows."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import visits
from accounts.models import User
from billing.models import BillingRun
from tests.factories import AccountFactory, MemberFactory, SellerFactory, UserFactory, instant

pytestmark = pytest.mark.django_db


@pytest.fixture
def eva() -> User:
    """Of staff, in Prague: an hour or two ahead of UTC."""
    person: User = UserFactory(
        superuser=True,
        name="Eva",
        time_zone="Europe/Prague",
        joined_at=instant("2026-02-10 21:00"),
    )
    return person


@pytest.fixture
def desk(eva: User) -> Client:
    client = Client()
    client.force_login(eva)
    return client


def test_the_instant_of_a_run_is_read_as_the_utc_that_the_form_says(desk):  # JOBS-5
    sent = {"at_0": "2026-01-01", "at_1": "06:00", "account": "", "dry_run": "on"}

    desk.post(reverse("admin:billing_billingrun_add"), sent)

    assert BillingRun.objects.get().at == instant("2026-01-01 06:00")


def test_an_account_says_in_utc_when_it_was_opened_and_blocked(desk):
    account = AccountFactory(
        opened_at=instant("2026-02-10 14:00"), blocked_at=instant("2026-03-01 23:30")
    )

    page = desk.get(reverse("admin:accounts_account_change", args=[account.pk])).content.decode()

    assert "10 Feb 2026, 14:00 UTC" in page
    assert "1 Mar 2026, 23:30 UTC" in page


def test_lists_and_logs_say_utc_and_mean_it(desk, eva):
    SellerFactory(written_at=instant("2026-02-10 14:00"))
    boss = MemberFactory(account=AccountFactory(), primary_admin=True)
    visits.begin(member_id=boss.pk, person=eva, reason="Request 7", at=instant("2026-02-10 22:30"))

    sellers = desk.get(reverse("admin:billing_sellerdetails_changelist")).content.decode()
    visited = desk.get(reverse("admin:accounts_supportvisit_changelist")).content.decode()
    person = desk.get(reverse("admin:accounts_user_change", args=[eva.pk])).content.decode()

    assert "10 Feb 2026, 14:00 UTC" in sellers
    assert "10 Feb 2026, 22:30 UTC" in visited
    assert "10 Feb 2026, 23:30 UTC" in visited
    assert "10 Feb 2026, 21:00 UTC" in person


def test_the_log_of_a_page_says_utc_and_means_it(desk):
    account = AccountFactory()

    page = desk.get(reverse("admin:accounts_account_history", args=[account.pk]))

    written = account.history.latest().history_date
    assert f"{written:%-d %b %Y, %H:%M} UTC" in page.content.decode()


def test_the_desk_s_clock_does_not_outlast_its_page(desk):
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        desk.get(reverse("admin:index"))

        assert timezone.get_current_timezone_name() == "Asia/Tokyo"
