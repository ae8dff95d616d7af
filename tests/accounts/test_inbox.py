"""What people are told: once each, by e-mail too unless they chose otherwise, and nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from email.message import EmailMessage

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import inbox, mail
from accounts.models import InboxMessage, Letter, Member, NotificationChoice, User
from tests.factories import AccountFactory, MemberFactory, UserFactory, instant
from tests.mail_server import mail_server

AT = instant("2026-03-01 05:00")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def messages(settings):
    settings.INBOX_MESSAGES = {"waiting": "tests.accounts.inbox_messages.waiting"}
    settings.SITE_URL = "https://billing.example.com"


def tell(people: Iterable[User], account, *, key: str = "approval:7", topic: str = "team") -> None:
    inbox.tell(
        name="waiting",
        key=key,
        account_id=account.pk,
        people=people,
        details={"who": "Jana"},
        at=AT,
        topic=topic,
    )


def people_of(account, number: int) -> list[User]:
    return [MemberFactory(account=account, signs_in=True).user for _ in range(number)]


def delivered(settings) -> list[EmailMessage]:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        mail.deliver_due(clock=lambda: AT)
    return server.letters


def content(letter: EmailMessage, kind: str = "plain") -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_each_person_is_told_a_thing_once():  # JOBS-5
    account = AccountFactory()
    first, second = people_of(account, 2)

    tell([first], account)
    tell([first, first, second], account)

    assert InboxMessage.objects.filter(person=first).count() == 1
    assert InboxMessage.objects.filter(person=second).count() == 1
    assert Letter.objects.filter(name="inbox").count() == 2


def test_who_was_told_while_the_letters_were_off_gets_none_later():
    account = AccountFactory()
    (person,) = people_of(account, 1)
    choice = NotificationChoice.objects.create(person=person, topic="team", by_email=False)
    tell([person], account)
    choice.delete()

    tell([person], account)

    assert inbox.unread_count(person) == 1
    assert not Letter.objects.exists()


def test_only_the_topic_that_was_switched_off_stays_silent():
    account = AccountFactory()
    (person,) = people_of(account, 1)
    NotificationChoice.objects.create(person=person, topic="team", by_email=False)

    tell([person], account, key="a", topic="team")
    tell([person], account, key="b", topic="roles")

    assert inbox.unread_count(person) == 2
    assert Letter.objects.get().subject_id == InboxMessage.objects.get(key="b").pk


def test_who_was_switched_off_is_not_told():
    tell([UserFactory(is_active=False)], AccountFactory())

    assert not InboxMessage.objects.exists()


def test_an_unknown_topic_and_a_message_that_nobody_can_say_are_refused():
    account = AccountFactory()

    with pytest.raises(ValueError, match="weather"):
        tell([UserFactory()], account, topic="weather")
    with pytest.raises(LookupError, match="INBOX_MESSAGES"):
        inbox.tell(
            name="unheard", key="a", account_id=account.pk, people=[UserFactory()], details={},
            at=AT, topic="team",
        )  # fmt: skip
    assert not InboxMessage.objects.exists()


def test_telling_many_costs_as_many_queries_as_telling_one():
    account = AccountFactory()
    few, many = people_of(account, 1), people_of(account, 50)

    with CaptureQueriesContext(connection) as one:
        tell(few, account, key="a")
    with CaptureQueriesContext(connection) as fifty:
        tell(many, account, key="b")

    assert len(fifty) == len(one)


def test_the_letter_says_the_same_in_the_persons_language(settings):  # ALL-2
    account = AccountFactory(language="it", name="Example s.r.o.")
    first, second = people_of(account, 2)
    User.objects.filter(pk=second.pk).update(language="cs")
    second.refresh_from_db()

    tell([first, second], account)
    letters = {str(letter["To"]): letter for letter in delivered(settings)}

    assert letters[first.email]["Subject"] == "Jana waits for approval (it)"
    assert letters[second.email]["Subject"] == "Jana waits for approval (cs)"
    link = f"https://billing.example.com/accounts/{account.pk}/team/"
    for kind in ("plain", "html"):
        assert "Jana waits for approval (cs)" in content(letters[second.email], kind)
        assert link in content(letters[second.email], kind)
        assert "Example s.r.o." in content(letters[second.email], kind)
    assert "style=" in content(letters[second.email], "html")


def test_who_has_left_reads_on_but_is_led_nowhere(settings):  # ALL-1
    member = MemberFactory(signs_in=True)
    tell([member.user], member.account)
    (message,) = inbox.messages_of(member.user)
    (before,) = inbox.shown([message], reader=member.user)
    Member.objects.filter(pk=member.pk).update(status="deleted")

    (after,) = inbox.shown([message], reader=member.user)

    assert before.link
    assert (after.text, after.link) == (before.text, "")
    assert "/team/" not in content(delivered(settings)[0])


def test_one_marks_only_ones_own_messages():  # ALL-1
    account = AccountFactory()
    mine, other = people_of(account, 2)
    tell([mine, other], account)
    theirs = InboxMessage.objects.get(person=other)

    marked = inbox.mark_read(person=mine, at=AT, message_id=theirs.pk)
    all_marked = inbox.mark_read(person=mine, at=AT)

    assert (marked, all_marked) == (0, 1)
    assert inbox.unread_count(mine) == 0
    assert inbox.unread_count(other) == 1


def test_no_more_is_counted_than_the_bell_shows():
    account = AccountFactory()
    (person,) = people_of(account, 1)
    for number in range(inbox.MOST_COUNTED + 5):
        tell([person], account, key=f"key:{number}")

    assert inbox.unread_count(person) == inbox.MOST_COUNTED
