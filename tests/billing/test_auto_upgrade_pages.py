"""The pages about the automatic upgrade: agreeing with the prices in view, ending, reading it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import visits
from accounts.models import Member
from billing import auto_upgrades, contacts
from billing.contacts import LimitReached
from billing.models import AutoUpgrade, ContactEntry
from tests.billing import plan_book
from tests.billing.agreeing import Source, agreed, store
from tests.billing.buying import NOW
from tests.factories import AccountFactory, MemberFactory, UserFactory
from tests.lasting import lasting
from tests.standing import chief

HIGHEST: dict[str, Any] = {"marketing-plus": 25_000}
pytestmark = pytest.mark.django_db

_catalogue = lasting(plan_book.catalogue, autouse=True)
here = lasting(plan_book.holder)


def signed_in(here) -> Client:
    client = Client()
    client.force_login(here.person)
    return client


def text_of(answer) -> str:
    """What a page says, its spaces in one."""
    return re.sub(r"\s+", " ", answer.content.decode().replace("\N{NO-BREAK SPACE}", " "))


def test_the_prices_stand_there_and_agreeing_keeps_who_and_when(here):  # PLAN-10
    client = signed_in(here)
    page = reverse("billing:automatic", args=[here.account.pk])

    shown = text_of(client.get(page))
    seen = re.search(r'name="seen" value="(\w+)"', shown)
    assert seen is not None
    for amount in ("84.00", "140.00", "252.00", "€56.00"):
        assert amount in shown
    answer = client.post(page, {"up_to": "10000", "seen": seen[1]}, follow=True)

    assert "to 10,000 at most" in text_of(answer)
    found = AutoUpgrade.objects.get()
    assert (found.up_to, found.agreed_by) == (10_000, here.person)


@pytest.mark.parametrize("up_to", ["", "7", "many", "9" * 30])
def test_what_is_not_offered_is_refused_and_shown_again(here, up_to):
    offer = auto_upgrades.offer(here.account, at=NOW)
    assert offer is not None

    answer = signed_in(here).post(
        reverse("billing:automatic", args=[here.account.pk]), {"up_to": up_to, "seen": offer.seen}
    )

    assert answer.status_code == 409
    assert "Choose one of the limits" in text_of(answer)
    assert not AutoUpgrade.objects.exists()


def test_prices_that_changed_meanwhile_are_shown_again(here):
    answer = signed_in(here).post(
        reverse("billing:automatic", args=[here.account.pk]), {"up_to": "10000", "seen": "older"}
    )

    assert answer.status_code == 409
    assert "prices have changed" in text_of(answer)
    assert re.search(r'value="10000"\s+checked', text_of(answer))


@pytest.mark.parametrize("name", ["billing:overview", "billing:contacts"])
def test_it_is_read_beside_the_limit(name):  # PLAN-1
    here = agreed()

    shown = text_of(signed_in(here).get(reverse(name, args=[here.account.pk])))

    assert f"to 10,000 at most, as {here.person} agreed on" in shown
    assert reverse("billing:automatic", args=[here.account.pk]) in shown


def test_it_is_read_in_the_dialog_of_the_limit_and_changed_from_there(here):  # PLAN-3
    page = reverse("billing:change", args=[here.account.pk, "marketing-plus"])

    shown = text_of(signed_in(here).get(page))

    assert "Automatic upgrade: off." in shown
    assert reverse("billing:automatic", args=[here.account.pk]) in shown


def test_who_only_reads_bills_reads_it_and_does_not_change_it():
    here = agreed()
    reader = MemberFactory(account=here.account, signs_in=True, billing_role=True)
    client = Client()
    client.force_login(reader.user)
    page = reverse("billing:automatic", args=[here.account.pk])

    shown = text_of(client.get(reverse("billing:overview", args=[here.account.pk])))

    assert "to 10,000 at most" in shown
    assert page not in shown
    assert client.get(page).status_code == 403
    assert client.post(page, {"up_to": "5000"}).status_code == 403


def test_ending_it_says_so():
    here = agreed()
    client = signed_in(here)
    page = reverse("billing:automatic_end", args=[here.account.pk])

    first, second = client.post(page, follow=True), client.post(page, follow=True)

    assert "Nothing is raised by itself any more." in text_of(first)
    assert "Nothing is raised by itself here any more." in text_of(second)
    assert AutoUpgrade.objects.get().ended_by_name == str(here.person)


def test_without_a_plan_there_is_no_such_page():
    here = chief(AccountFactory())

    page = reverse("billing:automatic", args=[here.account.pk])

    assert signed_in(here).get(page).status_code == 404


def test_at_the_highest_limit_there_is_nothing_to_agree_to():
    here = plan_book.holder(**HIGHEST)

    shown = text_of(signed_in(here).get(reverse("billing:automatic", args=[here.account.pk])))

    assert "no higher contact limit" in shown


def test_support_on_a_visit_reads_that_only_the_customer_agrees(here, client: Client):
    support = UserFactory(superuser=True)
    member = Member.objects.get(account=here.account, primary_admin=True)
    client.force_login(support)
    visit = visits.begin(member_id=member.pk, person=support, reason="7", at=timezone.now())
    session = client.session
    session[visits.SESSION_KEY] = visit.pk
    session.save()

    shown = text_of(client.get(reverse("billing:automatic", args=[here.account.pk])))

    assert "Only the customer agrees" in shown
    assert 'name="up_to"' not in shown


# ---- the bell ----


def test_the_bell_is_rung_once_the_limit_is_used_up_or_in_the_way(
    django_capture_on_commit_callbacks,
):  # PLAN-10
    here = agreed()

    def rung(deed) -> int:
        with django_capture_on_commit_callbacks() as callbacks:
            deed()
        return len(callbacks)

    def import_too_many() -> None:
        with pytest.raises(LimitReached):
            store(here, 5000, Source.IMPORT)

    assert rung(lambda: store(here, 2499)) == 0
    assert rung(import_too_many) == 1
    assert rung(lambda: store(here, 1)) == 1


def test_nobody_is_called_where_nothing_was_agreed(here, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        store(here, 2500)

    assert callbacks == []


def test_without_a_broker_contacts_are_counted_all_the_same(django_capture_on_commit_callbacks):
    here = agreed()

    with django_capture_on_commit_callbacks(execute=True):
        store(here, 2500)

    assert contacts.contacts_of(here.account.pk).stored == 2500


def test_what_the_desk_counts_and_does_not_fit_rings_it_too(
    admin_client: Client, django_capture_on_commit_callbacks
):
    here = agreed()

    with django_capture_on_commit_callbacks() as callbacks:
        admin_client.post(
            reverse("admin:billing_contactentry_add"),
            {"account": here.account.pk, "source": "import", "count": 3000, "note": ""},
        )

    assert len(callbacks) == 1
    assert not ContactEntry.objects.exists()
