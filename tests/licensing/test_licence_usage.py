"""*Licence usage*: who uses which licences and why, filtered by type, and as a file (LIC-12)."""

from __future__ import annotations

import csv
import time
from io import StringIO

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Member
from accounts.rights import Right
from licensing.cards import Licence
from licensing.holding_rules import holdings
from licensing.holdings import workers
from licensing.licence_holders import holders
from licensing.models import QueueLogin
from tests.factories import AccountFactory, MemberFactory, QueueFactory
from tests.lasting import lasting
from tests.licensing.owning import own
from tests.licensing.pages import queries_of, signed_in

pytestmark = [pytest.mark.django_db]


@lasting
def account():
    return AccountFactory(licensing_enabled=True)


@pytest.fixture
def floor(account):
    """Ann calls out of two queues, Ben works in the back office and may call, Cid does nothing."""
    calls = QueueFactory(account=account, name="Sales calls", calling_out=True)
    more = QueueFactory(account=account, name="Hotline")
    ann = MemberFactory(account=account, name="Ann", type="contact_centre")
    for queue in (calls, more):
        QueueLogin.objects.create(member=ann, queue=queue)
    MemberFactory(account=account, name="Ben", type="back_office", calls_without_queue=True)
    MemberFactory(account=account, name="Cid", type="contact_centre")
    return account


def page(account, query="", name="usage"):
    return reverse(f"licensing:{name}", args=[account.pk]) + query


def shown(browser, account, query=""):
    rows = browser.get(page(account, query)).context["rows"]
    return {row.member.name: [words for words in row.words if words] for row in rows}


def test_each_person_stands_with_the_reason_of_each_licence(floor):  # LIC-12, LIC-7
    assert shown(signed_in(floor, name="Jana"), floor) == {
        "Ann": [
            "Voice through queues Sales calls and Hotline",
            "Outbound through queue Sales calls",
        ],
        "Ben": ["Back-office by type", "Cloudphone: may call without a queue"],
    }


def test_ticking_types_shows_who_uses_one_of_them(floor):  # LIC-12
    browser = signed_in(floor)

    assert shown(browser, floor, "?type=cloudphone") == {
        "Ben": ["Cloudphone: may call without a queue"]
    }
    assert set(shown(browser, floor, "?type=outbound&type=back-office")) == {"Ann", "Ben"}
    assert set(shown(browser, floor, "?type=nonsense")) == {"Ann", "Ben"}
    assert set(shown(browser, floor, "?q=an")) == {"Ann"}


def test_the_file_has_a_column_for_each_type_shown_and_everybody(floor):  # LIC-12
    browser = signed_in(floor)

    answer = browser.get(page(floor, "?type=voice&type=outbound", "usage_csv"))

    text = b"".join(answer).decode("utf-8-sig")
    headings, ann = list(csv.reader(StringIO(text)))
    assert headings[-2:] == ["Voice", "Outbound"]
    assert ann[1] == "Ann"
    assert ann[-1] == "Outbound through queue Sales calls"
    assert 'filename="licence-usage.csv"' in answer["Content-Disposition"]


@pytest.mark.parametrize("name", ["usage", "usage_csv"])
def test_who_does_not_see_the_team_does_not_read_its_names(floor, name):  # ALL-1
    browser = signed_in(floor, Right.SEE_LICENSING)

    assert browser.get(page(floor, name=name)).status_code == 403


def test_the_list_costs_the_same_with_one_person_and_with_fifty(floor):
    browser = signed_in(floor)
    one = queries_of(browser, page(floor))
    for _ in range(49):
        MemberFactory(account=floor, type="back_office")

    assert queries_of(browser, page(floor)) == one


def test_ten_thousand_users_are_listed_as_fast_as_a_few(floor):  # LIC-12
    browser = signed_in(floor)
    few = _seconds(browser, page(floor, "?type=voice"))
    calls = floor.queues.first()
    people = Member.objects.bulk_create(
        Member(account=floor, reference=f"u-{n}", name=f"User {n}", type="contact_centre",
               status=Member.Status.ACTIVE)
        for n in range(10_000)
    )  # fmt: skip
    QueueLogin.objects.bulk_create(QueueLogin(member=one, queue=calls) for one in people)

    many = _seconds(browser, page(floor, "?type=voice"))
    assert browser.get(page(floor)).context["page"].paginator.count == 10_002
    # 5,000 times as many may cost the database something, but a reader waits no longer for it.
    assert many < few + 1


def _seconds(browser, address):
    """The best of three: a machine that has more to do says nothing about the page."""
    taken = []
    for _ in range(3):
        begun = time.perf_counter()
        assert browser.get(address).status_code == 200
        taken.append(time.perf_counter() - begun)
    return min(taken)


def test_an_empty_list_says_what_makes_people_use_licences(account):
    answer = signed_in(account).get(page(account))

    assert "Nobody uses a licence yet." in answer.content.decode()


_WORKS = st.tuples(
    st.sampled_from(Member.Type.values), st.booleans(), st.booleans(), st.sets(st.integers(0, 5))
)


@pytest.mark.once  # the rules of a worker against those of rows
class Law(TestCase):
    @given(st.lists(_WORKS, max_size=4))
    def test_the_database_finds_whom_the_rules_name(self, works):  # LIC-7
        account = AccountFactory(licensing_enabled=True)
        queues = [QueueFactory(account=account, channel=one) for one in
                  ("voice", "email", "chat", "sms", "social")]  # fmt: skip
        queues.append(QueueFactory(account=account, calling_out=True))
        for type_, calls, active, logins in works:
            member = MemberFactory(
                account=account,
                type=type_,
                calls_without_queue=calls and type_ == "back_office",
                status="active" if active else "suspended",
            )
            QueueLogin.objects.bulk_create(
                QueueLogin(member=member, queue=queues[place]) for place in logins
            )
        members = list(Member.objects.filter(account=account).order_by("pk"))

        for licence in Licence:
            by_rule = {
                member.pk
                for member, worker in zip(members, workers(members), strict=True)
                if any(one.licence is licence for one in holdings(worker))
            }
            assert set(holders(account, [licence]).values_list("pk", flat=True)) == by_rule
        assert not holders(account, []).exists()


def test_the_cards_lead_to_it(account):
    own(account, voice=1)

    answer = signed_in(account).get(reverse("licensing:licences", args=[account.pk]))

    assert page(account) in answer.content.decode()
