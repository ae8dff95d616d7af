"""What members hold in words, and what a change of status releases or takes (LIC-7)."""

import pytest
from django.utils import translation

from accounts import questions
from accounts.models import Member
from accounts.questions import Planned, Tone
from licensing.holdings import consequences, used_in, words_by_member
from licensing.models import QueueLogin
from tests.factories import (
    AccountFactory,
    MemberFactory,
    PriceFactory,
    ProductFactory,
    QueueFactory,
    SubscriptionFactory,
    instant,
)
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

AT = instant("2026-03-02 09:00")
Status = Member.Status


@lasting
def account():
    return AccountFactory(licensing_enabled=True)


@pytest.fixture
def calls(account):
    return QueueFactory(account=account, name="Sales calls", number=1, calling_out=True)


@pytest.fixture
def helpline(account):
    return QueueFactory(account=account, name="Helpline", number=2)


def agent(*queues, **details):
    details.setdefault("type", Member.Type.CONTACT_CENTRE)
    member = MemberFactory(**details)
    QueueLogin.objects.bulk_create(QueueLogin(member=member, queue=queue) for queue in queues)
    return member


def follows(members, becomes):
    planned = Planned(members[0].account, tuple(members), becomes, AT, reads_amounts=True)
    return [(one.text, one.tone) for one in consequences(planned)]


def test_each_holding_says_why(account, calls, helpline):  # LIC-7
    people = [
        agent(calls, helpline, account=account),
        agent(account=account, type="back_office", calls_without_queue=True),
        agent(account=account),
        agent(account=account, type="passive"),
    ]

    said = words_by_member(people)

    assert [said[one.pk] for one in people] == [
        ["Voice through queues Sales calls and Helpline", "Outbound through queue Sales calls"],
        ["Back-office by type", "Cloudphone: may call without a queue"],
        ["Needs a channel licence: log them in to a queue"],
        [],
    ]


def test_licences_are_called_as_in_the_catalogue(account, helpline):
    ProductFactory(code="voice", name_en="Telephony", name_it="Telefonia")
    member = agent(helpline, account=account)

    with translation.override("it"):
        assert words_by_member([member])[member.pk][0].startswith("Telefonia")
    assert words_by_member([member])[member.pk] == ["Telephony through queue Helpline"]


@pytest.mark.parametrize("status", sorted(set(Status.values) - {Status.ACTIVE}))
def test_who_is_not_active_holds_nothing(status, account, helpline):  # LIC-7
    member = agent(helpline, account=account, status=status)

    assert words_by_member([member]) == {member.pk: []}
    assert used_in(account) == {}


def test_without_the_module_nobody_holds_anything(helpline):
    member = agent(helpline, account=AccountFactory())

    assert words_by_member([member]) == {}
    assert follows([member], Status.SUSPENDED) == []


@pytest.mark.parametrize("people", [1, 50])
def test_what_all_hold_costs_three_queries(people, account, helpline, django_assert_num_queries):
    members = [agent(helpline, account=account) for _ in range(people)]

    with django_assert_num_queries(3):  # accounts with the module, names, logins
        words_by_member(members)


@pytest.mark.parametrize("becomes", [Status.SUSPENDED, Status.DELETED])
def test_leaving_releases_what_was_held(becomes, account, calls, helpline):  # RSL-6, LIC-7
    ann, ben = agent(calls, helpline, account=account), agent(helpline, account=account)
    idle = agent(account=account)

    assert follows([ann], becomes) == [
        ("Releases 1 Voice licence and 1 Outbound licence.", Tone.RELEASES)
    ]
    assert follows([ann, ben, idle], becomes) == [
        ("Releases 2 Voice licences and 1 Outbound licence.", Tone.RELEASES)
    ]
    assert follows([idle], becomes) == []


def test_who_holds_nothing_releases_nothing(account, helpline):
    gone = agent(helpline, account=account, status=Status.SUSPENDED)

    assert follows([gone], Status.DELETED) == []


def test_coming_back_takes_licences_again_and_says_what_is_missing(account, calls):  # LIC-7
    for code in ("voice", "outbound"):
        PriceFactory(code=code, peak=True)
    SubscriptionFactory(account=account, code="licensing", items={"voice": 2, "outbound": 1})
    back = agent(calls, account=account, status=Status.SUSPENDED)

    alone = follows([back], Status.ACTIVE)
    agent(calls, account=account)
    beside_another = follows([back], Status.ACTIVE)

    takes = ("Takes 1 Voice licence and 1 Outbound licence.", Tone.NOTE)
    assert alone == [takes]
    assert beside_another == [
        takes,
        ("Outbound: then 2 in use, 1 owned.", Tone.NOTE),
    ]


def test_who_is_active_already_takes_nothing(account, calls):
    assert follows([agent(calls, account=account)], Status.ACTIVE) == []


@pytest.mark.parametrize("people", [1, 50])
def test_what_follows_costs_the_same_for_one_and_for_many(
    people, account, calls, django_assert_num_queries
):
    members = [agent(calls, account=account, status=Status.SUSPENDED) for _ in range(people)]
    agent(account=account)

    with django_assert_num_queries(6):  # logins, names, items and events, people and logins in use
        follows(members, Status.ACTIVE)


def test_team_asks_licensing(account, helpline):  # RSL-6
    member = agent(helpline, account=account)
    planned = Planned(account, (member,), Status.SUSPENDED, AT, reads_amounts=True)

    assert questions.holdings([member]) == {member.pk: ["Voice through queue Helpline"]}
    assert "Releases 1 Voice licence." in [one.text for one in questions.consequences(planned)]
