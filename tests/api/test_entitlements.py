"""What may be used now: the same as pages say, in few queries, for accounts and members. API-1."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.http import Http404

from accounts.deeds import NOBODY
from accounts.models import Member
from billing import contacts, events, trials
from billing.contacts import Contacts
from billing.logs import items_with_logs
from billing.models import Item, Product
from billing.subscribing import end_subscription
from config.api.entitlements import AccountEntitlements, MemberEntitlements, written
from licensing import seats
from licensing.cards import Licence
from licensing.entitlements import Entitlements, entitlements_of
from licensing.holdings import used_in
from licensing.member_entitlements import members_entitlements
from licensing.models import Level, QueueLogin
from licensing.owning import owned_by
from tests.api.programs import Program
from tests.billing import plan_book
from tests.factories import (
    AccountFactory,
    MemberFactory,
    PriceFactory,
    ProductFactory,
    QueueFactory,
    SubscriptionFactory,
    instant,
)
from tests.licensing.seat_book import NOW, agents, owner

pytestmark = pytest.mark.django_db


def asked(account: Any, at: Any = NOW) -> Entitlements:
    return entitlements_of(account, at=at)


def test_a_plan_says_its_limit_its_seats_and_what_it_can_do():  # API-1
    here = plan_book.holder()
    MemberFactory(account=here.account)
    MemberFactory(account=here.account, bot=True)
    MemberFactory(account=here.account, status="suspended")

    found = asked(here.account)

    [plan] = found.plans
    assert (plan.product.code, plan.line.code, plan.level.code) == (
        *("marketing-plus", "marketing", "plus"),
    )
    assert (plan.contacts, found.user_seats, found.members) == (2500, 3, 2)
    able = {one.feature.code: one.limit for one in found.features}
    assert able == {"forms": None, "campaigns": None, "automations": None, "sends": 25_000}


@pytest.mark.parametrize("plan", ["bundle", "sales"])
def test_features_are_those_of_the_page_that_compares_plans(plan):  # API-1, PLAN-2
    from billing.features import Features
    from billing.models import PlanLine

    held: Any = {f"{plan}_plus": 1000}
    here = plan_book.holder(**held)
    compared = Features("plan").of_line(PlanLine.objects.get(code=plan).pk)
    level = Product.objects.get(code=f"{plan}-plus").level_id

    found = asked(here.account)

    assert [one.feature.code for one in found.features] == [
        row.feature.code for row in compared if level in row.levels
    ]


def test_who_holds_nothing_may_use_nothing():  # API-1
    found = asked(AccountFactory())

    assert (found.held, found.plans, found.features, found.licences) == ((), (), (), ())
    assert found.contacts == Contacts(stored=0, limit=0)
    assert found.user_seats is None


def test_contacts_say_what_is_left_for_people_and_for_programs():  # API-1, PLAN-10
    here = plan_book.holder()
    contacts.count_anew(account_id=here.account.pk, stored=2600, at=NOW, by=NOBODY, note="")

    said = written(asked(here.account))["contacts"]

    assert said == {"limit": 2500, "used": 2600, "left": 0, "left_by_api": 150}


def test_what_waits_for_the_opening_counts_from_it_however_late_the_run_is():  # API-1
    here = plan_book.holder()
    events.record(
        subscription_id=here.account.subscriptions.get().pk,
        changes={"marketing-plus": 1000},
        at=NOW,
        by=None,
        cause="Less",
        holds="opening",
    )
    opens = instant("2026-02-28 00:00")

    assert asked(here.account, NOW).contacts.limit == 2500
    assert asked(here.account, opens - timedelta(hours=2)).contacts.limit == 2500
    assert asked(here.account, opens + timedelta(hours=2)).contacts.limit == 1000


def test_numbers_in_force_are_those_of_the_log():  # API-1
    """Of what is charged once, what waits, what is given back, and what ends, at every instant."""
    PriceFactory(code="pack", once=True)
    PriceFactory(code="seat", decrease="at_renewal")
    PriceFactory(code="line", peak=True)
    account = AccountFactory(time_zone="Asia/Tokyo")
    held = {"pack": 2, "seat": 9, "line": 4}
    subscription = SubscriptionFactory(account=account, starts_on=date(2026, 1, 15), items=held)
    for day, changes in (("01-20", {"seat": 5}), ("02-20", {"line": 7, "pack": 3})):
        events.record(
            subscription_id=subscription.pk,
            changes=changes,
            at=instant(f"2026-{day}"),
            by=None,
            cause="Changed",
        )
    instants = [instant("2026-01-15 03:00") + timedelta(hours=31 * step) for step in range(60)]

    for at in instants:
        logs = items_with_logs(Item.objects.filter(subscription=subscription))
        expected = {item.product.code: log.in_force(at) for item, log in logs}
        found = {one.product.code: one.quantity for one in asked(account, at).held}
        assert found == {code: number for code, number in expected.items() if number}


def test_a_trial_may_be_used_until_its_day():  # API-1, CONV-7
    PriceFactory(code="reports")
    here = plan_book.holder()
    trials.grant(
        account_id=here.account.pk,
        product=Product.objects.get(code="reports"),
        quantity=3,
        ends_on=date(2026, 2, 20),
        at=NOW,
        by=NOBODY,
    )

    held = {one.product.code: (one.quantity, one.trial_until) for one in asked(here.account).held}
    after = {one.product.code for one in asked(here.account, instant("2026-02-21")).held}

    assert held["reports"] == (3, date(2026, 2, 20))
    assert "reports" not in after


# ---- Conversations ----


def test_agents_beyond_the_seats_owned_are_given_as_viewers_and_named():  # CONV-8, API-1
    here = owner(seats=3)
    ann, ben, cid = agents(here, "Ann", "Ben", "Cid")
    events.record(
        subscription_id=here.account.subscriptions.get().pk,
        changes={"conversations-seats": 1},
        at=NOW,
        by=None,
        cause="Corrected",
        granted=True,
        holds="now",
    )

    found = asked(here.account, NOW + timedelta(seconds=1))
    said = written(found)["conversations"]

    assert found.beyond == (ben.reference, cid.reference)
    assert (said["owned"], said["used"], said["free"], said["missing"]) == (1, 3, 0, 2)
    assert "2 more are bought or released" in said["warning"]
    later = NOW + timedelta(seconds=1)
    given = [
        members_entitlements(here.account, reference=one.reference, at=later).given
        for one in (ann, ben, cid)
    ]
    assert given == [Level.AGENT, Level.VIEWER, Level.VIEWER]


@pytest.mark.parametrize(
    ("traits", "level"),
    list(
        product(
            [{}, {"bot": True}, {"billing_role": True}, {"status": "suspended"}],
            ["agent", "viewer"],
        )
    ),
)
def test_the_level_that_is_given_is_that_of_the_page(traits, level):  # CONV-8
    here = owner(seats=5)
    [member] = agents(here, "Ann", level=level)
    Member.objects.filter(pk=member.pk).update(**traits)
    member.refresh_from_db()

    found = members_entitlements(here.account, reference=member.reference, at=NOW)

    assert found.given == seats.given_level(member, at=NOW)


@pytest.mark.parametrize("ends", [False, True])
def test_seats_are_those_of_the_page(ends):  # CONV-5, CONV-8
    here = owner(seats=5)
    agents(here, "Ann", "Ben")
    subscription = here.account.subscriptions.get()
    if ends:
        end_subscription(subscription_id=subscription.pk, at=NOW, by=None, cause="Over")
    else:
        events.record(
            subscription_id=subscription.pk,
            changes={"conversations-seats": 3},
            at=NOW,
            by=None,
            cause="Less",
            holds="opening",
        )

    later = NOW + timedelta(minutes=1)

    assert asked(here.account, later).conversations == seats.seats_of(here.account, at=later)


# ---- licences ----


def test_licences_are_counted_as_the_pages_count_them():  # LIC-7, API-1
    account = AccountFactory(licensing_enabled=True)
    for licence in ("voice", "chat"):
        PriceFactory(product=ProductFactory(code=licence, subscription_code="licensing"), peak=True)
    SubscriptionFactory(account=account, code="licensing", items={"voice": 9, "chat": 1})
    calls = QueueFactory(account=account, calling_out=True)
    voice = QueueFactory(account=account)
    chat = QueueFactory(account=account, channel="chat")
    for type_, queues, more in (
        ("contact_centre", [calls, voice], {}),
        ("contact_centre", [voice, chat], {}),
        ("contact_centre", [voice], {"status": "suspended"}),
        ("contact_centre", [chat], {"bot": True}),
        ("contact_centre", [], {"billing_role": True}),
        ("back_office", [chat], {"calls_without_queue": True}),
        ("back_office", [], {}),
        ("cloudphone", [], {}),
        ("passive", [voice], {}),
    ):
        member = MemberFactory(account=account, type=type_, **more)
        QueueLogin.objects.bulk_create(QueueLogin(member=member, queue=queue) for queue in queues)

    found = asked(account, instant("2026-02-01"))

    used, owned = used_in(account), owned_by(account, at=instant("2026-02-01"))
    assert {one.licence: (one.owned, one.used) for one in found.licences} == {
        licence: (owned[licence], used[licence]) for licence in Licence
    }
    assert sum(used.values()) == 10
    free = {one.licence: one.free for one in found.licences}
    assert (free[Licence.VOICE], free[Licence.CHAT]) == (6, 0)


def test_a_member_reads_the_licences_that_they_hold():  # LIC-7, API-1
    account = AccountFactory(licensing_enabled=True)
    member = MemberFactory(account=account, type="contact_centre", reference="ann")
    without = MemberFactory(account=account, type="contact_centre", reference="ben")
    QueueLogin.objects.create(member=member, queue=QueueFactory(account=account, calling_out=True))

    ann, ben = (
        members_entitlements(account, reference=one.reference, at=NOW) for one in (member, without)
    )

    assert (ann.licences, ann.lacks_channel) == ((Licence.VOICE, Licence.OUTBOUND), False)
    assert (ben.licences, ben.lacks_channel) == ((), True)


def test_an_account_without_the_module_has_no_licences():  # LIC-2
    account = AccountFactory(licensing_enabled=False)
    member = MemberFactory(account=account, type="cloudphone")

    assert asked(account).licences == ()
    assert members_entitlements(account, reference=member.reference, at=NOW).licences == ()


@pytest.mark.parametrize("reference", ["nobody", "gone", "elsewhere"])
def test_who_is_no_member_is_not_found(reference):  # API-1, ALL-1
    account = AccountFactory()
    MemberFactory(account=account, reference="gone", status="deleted")
    MemberFactory(reference="elsewhere")

    with pytest.raises(Http404):
        members_entitlements(account, reference=reference, at=NOW)


# ---- as it is asked for ----


def test_answers_have_the_shape_that_the_document_says():  # API-4
    here = plan_book.holder()
    program = Program(here.account)
    member = MemberFactory(account=here.account)

    whole = program.get(f"/accounts/{here.account.pk}/entitlements").json()
    one = program.get(f"/accounts/{here.account.pk}/members/{member.reference}/entitlements").json()

    assert AccountEntitlements.model_validate(whole).model_dump(mode="json") == whole
    assert MemberEntitlements.model_validate(one).model_dump(mode="json") == one
    assert whole["plans"][0]["code"] == "marketing-plus"
    assert one["member"]["usable"] is True


def test_a_blocked_account_is_not_usable_nor_are_its_members():  # API-1, JOBS-3
    account = AccountFactory(blocked_at=NOW)
    member = MemberFactory(account=account)
    program = Program(account)

    whole = program.get(f"/accounts/{account.pk}/entitlements").json()
    one = program.get(f"/accounts/{account.pk}/members/{member.reference}/entitlements").json()

    assert (whole["account"]["state"], whole["account"]["usable"]) == ("blocked", False)
    assert one["member"]["usable"] is False


def test_names_are_in_the_language_that_is_asked_for():  # ALL-2
    here = plan_book.holder()
    program = Program(here.account)

    italian = program.get(f"/accounts/{here.account.pk}/entitlements", **{"Accept-Language": "it"})

    product = Product.objects.get(code="marketing-plus")
    assert italian.json()["plans"][0]["name"] == product.name_it
    assert "Accept-Language" in italian["Vary"]


def test_nothing_is_sent_again_where_nothing_has_changed():  # API-1
    account = AccountFactory()
    program = Program(account)
    path = f"/accounts/{account.pk}/entitlements"
    first = program.get(path)

    same = program.get(path, **{"If-None-Match": first["ETag"]})
    contacts.count_anew(account_id=account.pk, stored=5, at=NOW, by=NOBODY, note="")
    changed = program.get(path, **{"If-None-Match": first["ETag"]})

    assert (same.status_code, same.content) == (304, b"")
    assert (changed.status_code, changed.json()["contacts"]["used"]) == (200, 5)


@pytest.mark.parametrize("number", [1, 50])
def test_it_costs_as_many_queries_however_much_there_is(number, django_assert_num_queries):  # API-1
    here = plan_book.holder()
    queue = QueueFactory(account=here.account)
    for count in range(number):
        member = MemberFactory(account=here.account, reference=f"m{count}")
        QueueLogin.objects.create(member=member, queue=queue)
    own, vendor = Program(here.account), Program()
    paths = [
        f"/accounts/{here.account.pk}/{one}" for one in ("entitlements", "members/m0/entitlements")
    ]

    # The key, and the account of a vendor's; then one for the account, one more for the member.
    for program, more in ((own, 0), (vendor, 1)):
        for path, queries in zip(paths, (2, 3), strict=True):
            program.get(path)
            with django_assert_num_queries(queries + more):
                assert program.get(path).status_code == 200
