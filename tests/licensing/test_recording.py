"""Call recording: one retention, units that follow from people, and what a cut takes (LIC-8)."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts import people, questions, team
from accounts.deeds import NOBODY, Doer
from accounts.models import AccountEvent, Member
from accounts.questions import Planned
from accounts.refusals import ChangeRefused
from accounts.rights import Right
from billing.models import Event, Item, Line
from billing.subscribing import close_account, open_licensing
from licensing import recording, working
from licensing.cards import Retention, kept_since, recording_units
from licensing.models import RecordingRetention
from tests.billing.running import bill
from tests.factories import (
    AccountFactory,
    MemberFactory,
    SellerFactory,
    SubscriptionFactory,
    instant,
)
from tests.lasting import lasting
from tests.licensing.owning import own
from tests.licensing.pages import signed_in
from tests.standing import chief

pytestmark = [pytest.mark.django_db]

AT = instant("2026-03-12 09:00")
YEAR, NINE, THREE = (Retention(months=months) for months in (12, 9, 3))
FREE = Retention(days=14)


@lasting
def account():
    SellerFactory()
    account = AccountFactory(licensing_enabled=True, time_zone="Europe/Prague")
    own(account, recording=0, back_office=9, cloudphone=9)
    return account


@pytest.fixture
def jana(account):
    """The primary account admin, whose own calls nobody records."""
    return chief(account, name="Jana")


def users(account, number, **details):
    details = {"type": "contact_centre", **details}
    return [MemberFactory(account=account, **details) for _ in range(number)]


def sets(here, becomes, *, at=AT):
    seen = recording.plan(here.account, becomes=becomes, at=at).seen
    recording.set_retention(here=here, becomes=becomes, seen=seen, at=at)


def units():
    return Item.objects.get(product__code="recording").quantity


def page(account, keep=""):
    address = reverse("licensing:recording", args=[account.pk])
    return f"{address}?keep={keep}" if keep else address


def test_units_are_users_times_months_by_three(account, jana):  # LIC-8
    users(account, 4)
    users(account, 1, type="cloudphone")
    users(account, 2, type="back_office")
    users(account, 1, status="suspended")

    sets(jana, NINE)

    assert units() == 15
    assert recording.retention_of(account) == NINE
    event = Event.objects.get(item__product__code="recording", becomes=15)
    assert (event.was, event.actor_name) == (0, "Jana")
    told = AccountEvent.objects.get(kind="recording")
    assert (told.was, told.becomes) == ("", "9 months")


def test_fourteen_days_and_an_imported_shorter_one_are_free(account, jana):  # LIC-8
    users(account, 4)
    sets(jana, NINE)

    sets(jana, FREE)

    assert units() == 0
    RecordingRetention.objects.update(days=7)
    assert recording.retention_of(account) == Retention(days=7)


def test_a_change_of_users_is_an_event_of_units(account, jana):  # LIC-8
    [ann, *_] = users(account, 3)
    ben = MemberFactory(account=account, type="passive")
    sets(jana, NINE)
    seen = team.foresee(deed=team.Deed.SUSPEND, here=jana, members=[ann], at=AT).seen

    team.do(deed=team.Deed.SUSPEND, here=jana, member_ids=[ann.pk], at=AT, seen=seen)
    after_leaving = units()
    working.set_type(
        here=jana, member_id=ben.pk, type="cloudphone", calls_without_queue=False, at=AT
    )

    assert (after_leaving, units()) == (6, 9)
    numbers = Event.objects.filter(item__product__code="recording").order_by("sequence")
    assert list(numbers.values_list("becomes", flat=True)) == [9, 6, 9]


def test_the_peak_is_the_highest_at_one_instant_and_not_of_its_parts(account, jana):  # LIC-8
    """4 users × 9 months, then 10 users × 3: 12 and 10 units, never 30."""
    users(account, 4)
    sets(jana, NINE, at=instant("2026-03-02 09:00"))
    sets(jana, THREE, at=instant("2026-03-10 09:00"))
    more = users(account, 6, status="suspended")
    for member in more:
        people.set_status(member_id=member.pk, status="active", at=instant("2026-03-11 09:00"))
    recording.follow(account.pk, at=instant("2026-03-11 09:00"), by=jana.by)
    assert units() == 10

    bill(at=instant("2026-04-01 00:00"))

    line = Line.objects.get(item__product__code="recording")
    assert (line.kind, line.quantity) == ("peak", 12)


def test_units_are_dated_after_the_opening_that_came_first(account, jana):  # LIC-8
    """Somebody leaves just before midnight, and the run has the lock first."""
    [ann, _] = users(account, 2)
    sets(jana, NINE)
    bill(at=instant("2026-04-01 00:00"))
    late = instant("2026-03-31 21:59")
    seen = team.foresee(deed=team.Deed.SUSPEND, here=jana, members=[ann], at=late).seen

    team.do(deed=team.Deed.SUSPEND, here=jana, member_ids=[ann.pk], at=late, seen=seen)

    assert units() == 3
    assert Event.objects.latest("pk").at > late


def test_who_is_to_go_can_go_before_the_licences_begin(account):  # LIC-8
    other = AccountFactory(licensing_enabled=True)
    here = chief(other)
    [ann, _] = users(other, 2)
    SubscriptionFactory(account=other, code="licensing", starts_on=date(2026, 4, 1))
    recording.keep(other, NINE, at=AT, by=here.by)
    seen = team.foresee(deed=team.Deed.SUSPEND, here=here, members=[ann], at=AT).seen

    team.do(deed=team.Deed.SUSPEND, here=here, member_ids=[ann.pk], at=AT, seen=seen)

    assert Event.objects.filter(item__subscription__account=other).latest("pk").becomes == 3


def test_people_of_a_closed_account_can_still_go(account, jana):  # LIC-8
    [ann, _] = users(account, 2)
    sets(jana, NINE)
    close_account(account_id=account.pk, at=AT)
    seen = team.foresee(deed=team.Deed.DELETE, here=jana, members=[ann], at=AT).seen

    team.do(deed=team.Deed.DELETE, here=jana, member_ids=[ann.pk], at=AT, seen=seen)

    assert Member.objects.get(pk=ann.pk).status == "deleted"


def test_without_a_chosen_retention_imported_units_stay(account, jana):
    account.subscriptions.get()
    users(account, 4)

    recording.follow(account.pk, at=AT, by=jana.by)

    assert units() == 0
    assert not Event.objects.filter(item__product__code="recording").exists()


def test_a_change_among_the_people_says_what_it_does_to_the_units(account, jana):  # LIC-8
    [ann, *_] = users(account, 3)
    sets(jana, NINE)

    def said(status, member):
        planned = Planned(account, (member,), status, AT, reads_amounts=True)
        return [one.text for one in questions.consequences(planned) if "recording" in one.text]

    [away] = users(account, 1, status="suspended")
    assert said("suspended", ann) == [
        "Call recording, kept for 9 months: 9 → 6 units from next month."
    ]
    assert said("active", away) == ["Call recording, kept for 9 months: 9 → 12 units this month."]
    assert said("suspended", jana.member) == []


def test_a_change_of_the_units_is_never_said_to_change_nothing(account, jana):  # LIC-8
    [ann, *_] = users(account, 3)

    def said():
        planned = Planned(account, (ann,), "suspended", AT, reads_amounts=True)
        return [one.text for one in questions.consequences(planned)]

    nothing = "This changes nothing in what the account pays."
    before = said()
    sets(jana, NINE)

    assert nothing in before
    assert nothing not in said()


def test_what_was_chosen_before_there_are_licences_counts_once_they_begin(jana, account):  # LIC-8
    later = AccountFactory(licensing_enabled=True, time_zone="Europe/Prague")
    users(later, 2)
    recording.keep(later, NINE, at=AT, by=NOBODY)
    assert not Event.objects.filter(item__subscription__account=later).exists()

    open_licensing(account_id=later.pk, at=AT, by=Doer(None, program="Petra"))

    [event] = Event.objects.filter(item__subscription__account=later)
    assert (event.becomes, event.at, event.actor_name) == (6, AT, "Petra")


def test_without_any_user_the_price_of_a_unit_is_said(account):  # LIC-8
    words = " ".join(signed_in(account).get(page(account, "12m")).content.decode().split())

    assert "Each user will count as 4 units, at €15.00 a month each." in words


def test_lowering_says_which_recordings_go_and_from_what_date(account, jana):  # LIC-8
    users(account, 2)
    sets(jana, YEAR)

    shorter = recording.plan(account, becomes=THREE, at=AT)
    longer = recording.plan(account, becomes=Retention(months=15), at=AT)

    assert shorter.lost == recording.Lost(before=date(2025, 12, 13), on=date(2026, 3, 13))
    assert longer.lost is None


def test_what_was_not_seen_is_not_done(account, jana):  # LIC-3
    users(account, 2)
    seen = recording.plan(account, becomes=NINE, at=AT).seen
    users(account, 1)

    with pytest.raises(ChangeRefused, match="no longer what was shown"):
        recording.set_retention(here=jana, becomes=NINE, seen=seen, at=AT)

    assert not RecordingRetention.objects.exists()


@given(st.integers(1, 40), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_longer_retention_never_keeps_less(threes, day):
    kept = [kept_since(Retention(months=3 * number), day) for number in (threes, threes + 1)]

    assert kept[1] < kept[0] < day
    assert recording_units(7, Retention(months=3 * threes)) == 7 * threes


def test_the_page_shows_the_price_then_asks_then_keeps(account):  # LIC-8
    browser = signed_in(account)
    users(account, 4)

    shown = browser.get(page(account, "9m"))
    words = " ".join(shown.content.decode().split())
    answer = browser.post(page(account), {"keep": "9m", "seen": shown.context["seen"]})

    assert "4 users, 12 units" in words
    assert "Keep calls for 9 months" in words
    assert answer.status_code == 302
    assert units() == 12


def test_the_page_warns_before_it_deletes(account):  # LIC-8
    browser = signed_in(account)
    users(account, 4)
    shown = browser.get(page(account, "12m"))
    browser.post(page(account), {"keep": "12m", "seen": shown.context["seen"]})

    words = " ".join(browser.get(page(account, "3m")).content.decode().split())

    assert "Keep 3 months and delete older calls" in words
    assert "cannot be brought back" in words
    assert "this month stays at 16" in words


@pytest.mark.parametrize("keep", ["4m", "0d", "nonsense", "123m", ""])
def test_what_is_not_sold_is_refused_beside_its_field(account, keep):  # ALL-4
    answer = signed_in(account).post(page(account), {"keep": keep, "seen": ""})

    assert answer.status_code == 422
    said = "Choose one of the lengths that are listed."
    assert answer.context["form"].errors == {"keep": [said]}
    assert not RecordingRetention.objects.exists()


def test_who_may_only_look_reads_who_can_change_it(account, jana):  # LIC-2
    browser = signed_in(account, Right.SEE_LICENSING)

    shown = browser.get(page(account, "9m")).content.decode()

    assert "Jana (primary account admin) can change this." in shown
    assert browser.post(page(account), {"keep": "9m"}).status_code == 403
    assert Member.objects.filter(account=account).count() == 2
