"""One's own profile: name, language at once, time zone, e-mails; and the language of a guest."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone

from accounts import inbox, profile
from accounts.inbox import Topic
from accounts.models import NotificationChoice, User
from accounts.zones import written_zone, zones
from tests.factories import AccountFactory, MemberFactory, UserFactory, instant

pytestmark = pytest.mark.django_db
PAGE = "/me/profile/"
FILLED = {"name": "Jana Nováková", "language": "cs", "time_zone": "Europe/Prague"}


@pytest.fixture
def person(client: Client) -> User:
    person = UserFactory()
    client.force_login(person)
    return person


def test_the_profile_is_written_and_read_again(client, person):
    sent = client.post(PAGE, FILLED | {"email_team": "on"})
    person.refresh_from_db()

    assert sent.status_code == HTTPStatus.FOUND
    assert (person.name, person.language, person.time_zone) == tuple(FILLED.values())
    assert profile.choices(person) == {
        Topic.TEAM: True, Topic.ROLES: False, Topic.ACCOUNT: False, Topic.LIMITS: False
    }  # fmt: skip


def test_who_chose_nothing_gets_every_email(person):
    assert set(profile.choices(person).values()) == {True}


def test_choosing_twice_is_choosing_the_last_time(client, person):
    client.post(PAGE, FILLED)
    client.post(PAGE, FILLED | {"email_roles": "on"})

    assert NotificationChoice.objects.filter(person=person).count() == len(Topic)
    assert profile.choices(person)[Topic.ROLES]


@pytest.mark.parametrize("language", ["cs", "it", "en"])
def test_the_language_changes_with_the_next_page_also_signed_out(client, person, language):  # ALL-2
    shown = client.post(PAGE, FILLED | {"language": language}, follow=True)
    client.post("/auth/logout/")
    guest = client.get("/auth/login/")

    assert f'<html lang="{language}"' in shown.content.decode()
    assert guest.headers["Content-Language"] == language


def test_without_a_choice_the_browser_asks_again(client, person):
    client.post(PAGE, FILLED)

    shown = client.post(
        PAGE, FILLED | {"language": ""}, follow=True, headers={"accept-language": "it"}
    )

    assert '<html lang="it"' in shown.content.decode()


def test_an_unknown_zone_is_told_and_nothing_typed_is_lost(client, person):  # ALL-4
    sent = client.post(PAGE, FILLED | {"time_zone": "Praha", "email_team": "on"})
    form = sent.context["form"]
    person.refresh_from_db()

    assert sent.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Europe/Prague" in form.errors["time_zone"][0]
    assert 'value="Praha"' in sent.content.decode()
    assert 'value="Jana Nováková"' in sent.content.decode()
    assert person.time_zone == ""


def test_somebody_elses_language_is_refused(client, person):
    sent = client.post(PAGE, FILLED | {"language": "xx"})

    assert sent.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Prague", "Europe/Prague"),
        ("europe/prague", "Europe/Prague"),
        (" Prague ", "Europe/Prague"),
        ("new york", "America/New_York"),
        ("utc", "UTC"),
    ],
)
def test_a_zone_is_found_by_its_place(typed, zone):
    assert written_zone(typed) == zone


@pytest.mark.parametrize("typed", ["Praha", "Europe", "CET", "", "Etc/GMT+2", "../etc/passwd"])
def test_what_names_no_place_is_no_zone(typed):
    with pytest.raises(ValueError, match="time zone"):
        written_zone(typed)


def test_each_zone_is_one_that_pages_can_be_shown_in(client, person):
    assert zones()[-1] == "UTC"

    client.post(PAGE, FILLED | {"time_zone": "UTC"})

    assert client.get(PAGE).status_code == HTTPStatus.OK


def test_a_guest_reads_in_another_language_and_stays_where_they_are(client):
    sent = client.post("/me/language/", {"language": "cs", "next": "/auth/login/"})
    page = client.get("/auth/login/")

    assert sent.headers["Location"] == "/auth/login/"
    assert page.headers["Content-Language"] == "cs"


def test_the_choice_of_a_language_leads_to_no_other_site(client):
    sent = client.post("/me/language/", {"language": "cs", "next": "https://evil.example"})

    assert sent.headers["Location"] == "/"


def test_a_language_is_chosen_by_sending_it_alone(client):
    assert client.get("/me/language/").status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_the_profile_stands_in_the_account_that_one_was_in_last(client):
    member = MemberFactory(signs_in=True)
    client.force_login(member.user)
    session = client.session
    session["account"] = member.account_id
    session.save()

    shown = client.get(PAGE)
    session["account"] = MemberFactory().account_id
    session.save()
    left = client.get(PAGE)

    assert shown.context["shell"]["account"] == member.account
    assert "account" not in left.context["shell"]


@pytest.mark.parametrize(("own", "read"), [("", "15:30"), ("America/New_York", "09:30")])
def test_times_are_read_in_ones_own_zone_or_the_accounts(client, settings, own, read):  # ALL-2
    settings.INBOX_MESSAGES = {"waiting": "tests.accounts.inbox_messages.waiting"}
    member = MemberFactory(account=AccountFactory(time_zone="Europe/Prague"), signs_in=True)
    User.objects.filter(pk=member.user.pk).update(time_zone=own)
    inbox.tell(
        name="waiting", key="a", account_id=member.account_id, people=[member.user],
        details={"who": "Jana"}, at=instant("2026-03-01 14:30"), topic="team",
    )  # fmt: skip
    client.force_login(member.user)
    client.get(f"/accounts/{member.account_id}/")

    page = client.get("/me/inbox/").content.decode()

    assert read in page
    assert timezone.get_current_timezone_name() == "UTC"
