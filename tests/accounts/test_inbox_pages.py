"""The pages of the bell: one's own messages, marked and opened, page by page."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import inbox
from accounts.models import InboxMessage, Member
from tests.factories import MemberFactory, UserFactory, instant

pytestmark = pytest.mark.django_db
AT = instant("2026-03-01 05:00")
PAGE = "/me/inbox/"


@pytest.fixture(autouse=True)
def messages(settings):
    settings.INBOX_MESSAGES = {"waiting": "tests.accounts.inbox_messages.waiting"}


@pytest.fixture
def member(client: Client) -> Member:
    member = MemberFactory(signs_in=True)
    client.force_login(member.user)
    return member


def tell(member: Member, *, number: int = 1) -> InboxMessage:
    assert member.user is not None
    inbox.tell(
        name="waiting",
        key=f"approval:{number}",
        account_id=member.account_id,
        people=[member.user],
        details={"who": f"Person no. {number:03}"},
        at=AT + timedelta(minutes=number),
        topic="team",
    )
    return InboxMessage.objects.get(person=member.user, key=f"approval:{number}")


def opened(message: InboxMessage) -> str:
    return f"/me/inbox/{message.pk}/open/"


def test_an_empty_inbox_says_what_comes_there(client, member):
    assert "comes here" in client.get(PAGE).content.decode()


def test_the_newest_comes_first_and_what_is_unread_is_marked(client, member):
    first, second = tell(member, number=1), tell(member, number=2)
    inbox.mark_read(person=member.user, at=AT, message_id=first.pk)

    page = client.get(PAGE)
    shown = [one.message.pk for one in page.context["shown"]]

    assert shown == [second.pk, first.pk]
    assert page.content.decode().count('class="badge warn"') == 1
    assert page.context["shell"]["bell"]["unread"] == 1


def test_opening_one_marks_it_and_goes_where_it_leads(client, member):
    message = tell(member)

    sent = client.post(opened(message))
    message.refresh_from_db()

    assert sent.headers["Location"] == f"/accounts/{member.account_id}/team/"
    assert message.read_at is not None


def test_who_has_left_marks_it_and_stays(client, member):  # ALL-1
    message = tell(member)
    Member.objects.filter(pk=member.pk).update(status="deleted")

    page, sent = client.get(PAGE), client.post(opened(message))

    assert "Person no. 001" in page.content.decode()
    assert "/team/" not in page.content.decode()
    assert sent.headers["Location"] == PAGE


def test_a_message_of_somebody_else_is_not_there(client, member):  # ALL-1
    message = tell(MemberFactory(signs_in=True, account=member.account))

    page, sent = client.get(PAGE), client.post(opened(message))
    message.refresh_from_db()

    assert "Person no." not in page.content.decode()
    assert sent.status_code == HTTPStatus.NOT_FOUND
    assert message.read_at is None


def test_opening_takes_a_form_that_was_sent_from_here(member):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(member.user)
    message = tell(member)

    assert strict.post(opened(message)).status_code == HTTPStatus.FORBIDDEN
    assert strict.get(opened(message)).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_all_are_marked_at_once(client, member):
    tell(member, number=1)
    tell(member, number=2)

    page = client.post("/me/inbox/read/", follow=True)

    assert inbox.unread_count(member.user) == 0
    assert "All messages are marked as read." in page.content.decode()


def test_fifty_stand_on_a_page_and_cost_as_many_queries_as_one(client, member):
    tell(member)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        client.get(PAGE)
    for number in range(2, 53):
        tell(member, number=number)

    with CaptureQueriesContext(connection) as fifty:
        page = client.get(PAGE)

    assert len(page.context["shown"]) == 50
    assert len(fifty) == len(one)
    assert len(client.get(PAGE, {"page": 2}).context["shown"]) == 2


def test_nobody_who_has_not_signed_in_sees_an_inbox(client):
    assert client.get(PAGE).headers["Location"].startswith("/auth/login/")


def test_the_bell_of_who_was_told_nothing_is_silent(client):
    client.force_login(UserFactory())

    assert client.get(PAGE).context["shell"]["bell"]["unread"] == 0
