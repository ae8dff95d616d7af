"""Contacts against their limit: who may add how many, and who is told when."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts import inbox
from accounts.deeds import NOBODY
from accounts.models import Account, InboxMessage, Letter, Member
from billing import contacts, quoting
from billing.contact_notices import THRESHOLDS
from billing.contacts import LimitReached
from billing.models import ContactEntry, ContactUse, Item
from billing.refusals import ChangeRefused
from tests.billing.contact_book import a_customer, a_plan, who_holds_it
from tests.concurrency.threads import together
from tests.factories import AccountFactory, MemberFactory, instant

pytestmark = pytest.mark.django_db

Source = ContactEntry.Source
AT = instant("2026-03-10 12:00")


def add(account: Account, count: int, source: str = Source.MANUAL) -> contacts.Contacts:
    return contacts.add(account_id=account.pk, count=count, source=source, at=AT, by=NOBODY)


def stored(account: Account) -> int:
    return contacts.contacts_of(account.pk).stored


def told(account: Account) -> list[int]:
    """The thresholds that Jana was told of, in their order."""
    found = InboxMessage.objects.filter(account=account, name="contacts_used").order_by("pk")
    return [message.details["percent"] for message in found]


@pytest.mark.parametrize(
    ("source", "fits", "beyond"),
    [
        (Source.IMPORT, 1000, 1001),
        (Source.MANUAL, 1000, 1001),
        (Source.API, 1100, 1101),
        (Source.FORMS, 1100, 1101),
    ],
)
def test_people_stop_at_the_limit_and_what_nobody_can_be_asked_about_goes_on(
    source, fits, beyond
):  # PLAN-10
    account = a_customer()

    with pytest.raises(LimitReached) as refused:
        add(account, beyond, source)
    assert (refused.value.wanted, refused.value.contacts.limit) == (beyond, 1000)
    assert stored(account) == 0

    assert add(account, fits, source).stored == fits
    with pytest.raises(LimitReached, match="1 more do not fit"):
        add(account, 1, source)
    assert stored(account) == fits
    assert ContactEntry.objects.count() == 1


def test_at_the_limit_forms_go_on_where_people_are_refused():  # PLAN-10
    account = a_customer()
    add(account, 1000, Source.IMPORT)

    with pytest.raises(LimitReached, match=r"1,000 contacts are stored and the limit is 1,000"):
        add(account, 1)
    assert add(account, 100, Source.FORMS).stored == 1100
    assert contacts.contacts_of(account.pk).percent == 110


def test_without_a_plan_no_contact_is_added():
    account = AccountFactory()

    with pytest.raises(LimitReached, match="holds none"):
        add(account, 1, Source.API)


def test_each_threshold_is_told_once_by_e_mail_at_two_of_them():  # PLAN-10
    account = a_customer()

    for count in (499, 1, 249, 1, 150, 50, 49, 1):
        add(account, count)
    add(account, 50, Source.API)

    assert told(account) == [50, 75, 90, 100]
    letters = Letter.objects.filter(name="inbox").values_list("subject_id", flat=True)
    said = InboxMessage.objects.filter(pk__in=list(letters)).order_by("pk")
    assert [message.details["percent"] for message in said] == [75, 100]


def test_of_several_thresholds_in_one_step_the_highest_is_told():
    account = a_customer()

    add(account, 950)

    assert told(account) == [90]


def test_another_limit_or_a_fresh_start_tells_again():  # PLAN-10
    account = a_customer()
    add(account, 800)
    Item.objects.filter(product__code="plus").update(quantity=2500)
    add(account, 500)
    assert told(account) == [75, 50]

    contacts.remove(account_id=account.pk, count=1000, at=AT, by=NOBODY)
    add(account, 1000)

    assert told(account) == [75, 50, 50]


def test_the_bell_says_it_in_each_language():
    account = a_customer()
    add(account, 750)
    add(account, 250)
    three, four = InboxMessage.objects.filter(name="contacts_used").order_by("pk")

    assert inbox.say(three).text == "75 % of your contact limit is used: 750 of 1,000."
    assert "110 %" in inbox.say(four).text
    assert inbox.say(four).link == reverse("billing:contacts", args=[account.pk])
    with translation.override("it"):
        assert "1.000" in inbox.say(four).text


def test_who_may_buy_is_told_and_nobody_else():
    account = a_customer()
    MemberFactory(account=account, signs_in=True)
    buyer: Member = MemberFactory(account=account, signs_in=True)
    Member.objects.filter(pk=buyer.pk).update(purchase_permission=True)

    add(account, 500)

    people = InboxMessage.objects.filter(name="contacts_used").values_list(
        "person__name", flat=True
    )
    assert set(people) == {"Jana", buyer.name}


def test_what_is_counted_anew_is_a_fact():
    account = a_customer()
    add(account, 900)

    now = contacts.count_anew(
        account_id=account.pk, stored=1400, at=AT, by=NOBODY, note="Counted in the product"
    )

    assert (now.stored, now.left, now.percent) == (1400, 0, 140)
    entry = ContactEntry.objects.latest("sequence")
    assert (entry.sequence, entry.step, entry.source) == (2, 500, Source.COUNTED)


@pytest.mark.parametrize("count", [0, -5])
def test_a_step_of_nothing_is_none(count):
    account = a_customer()

    with pytest.raises(ValueError, match="cannot"):
        add(account, count)
    with pytest.raises(ValueError, match="cannot"):
        contacts.remove(account_id=account.pk, count=count, at=AT, by=NOBODY)


def test_no_more_is_removed_than_there_is():
    account = a_customer()
    add(account, 5)

    with pytest.raises(ChangeRefused, match="Only 5 contacts are stored"):
        contacts.remove(account_id=account.pk, count=6, at=AT, by=NOBODY)

    assert contacts.remove(account_id=account.pk, count=5, at=AT, by=NOBODY).stored == 0


def test_a_limit_below_what_is_stored_is_refused_and_says_how_many_must_go():  # PLAN-9
    account = a_customer(limit=5000)
    add(account, 3000)

    refused = quoting.quote(account=account, changes={"plus": 2500}, at=AT).objections
    contacts.remove(account_id=account.pk, count=500, at=AT, by=NOBODY)
    allowed = quoting.quote(account=account, changes={"plus": 2500}, at=AT).objections

    assert [one.text for one in refused] == ["3,000 contacts are stored. Delete 500 of them first."]
    assert allowed == ()


@pytest.fixture
def plan() -> None:
    a_plan()


@pytest.mark.once  # arithmetic: the database only keeps it
@given(steps=st.lists(st.tuples(st.sampled_from(Source.values), st.integers(1, 700)), max_size=12))
def test_in_any_order_no_source_goes_beyond_its_reach(plan, steps):  # PLAN-10
    account = who_holds_it()
    for source, count in steps:
        before = stored(account)
        most = {Source.IMPORT: 1000, Source.MANUAL: 1000, Source.API: 1100, Source.FORMS: 1100}
        if source in most:
            try:
                add(account, count, source)
            except LimitReached:
                assert before + count > most[source]
                assert stored(account) == before
            else:
                assert stored(account) == before + count <= most[source]
        elif source == Source.REMOVED and count <= before:
            contacts.remove(account_id=account.pk, count=count, at=AT, by=NOBODY)
    log = list(ContactEntry.objects.filter(account=account).order_by("sequence"))
    assert [entry.sequence for entry in log] == list(range(1, len(log) + 1))
    assert sum(entry.step for entry in log) == stored(account)
    assert set(told(account)) <= set(THRESHOLDS)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_never_exceed_the_limit():  # PLAN-10
    account = a_customer()

    def one() -> int:
        try:
            return add(account, 30).stored
        except LimitReached:
            return 0

    together(*[one] * 50)

    assert stored(account) == 990
    assert ContactEntry.objects.count() == 33
    assert ContactUse.objects.get().entries == 33
    assert told(account) == [50, 75, 90]
