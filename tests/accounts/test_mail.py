"""The outbox: each letter owed once, delivered by a real mail server, retried, given up."""

from datetime import timedelta
from email.message import EmailMessage
from itertools import count
from typing import Literal

import pytest

from accounts import mail
from accounts.models import Letter
from tests.factories import AccountFactory, instant
from tests.mail_server import Inbox, mail_server

AT = instant("2026-03-01 05:00")

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(settings):
    with mail_server() as inbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", inbox.port
        settings.SITE_URL = "https://billing.example.com"
        settings.MAIL_LETTERS = {
            "plain": "tests.accounts.letters.plain",
            "broken": "tests.accounts.letters.broken",
        }
        yield inbox


_keys = count(1)


def owe(key: str = "", name: str = "plain", to: str = "jana@example.com", at=AT) -> Letter:
    key = key or f"plain:{next(_keys)}"
    mail.owe(
        name=name,
        key=key,
        account_id=AccountFactory().pk,
        subject_id=7,
        to=to,
        language="cs",
        at=at,
    )
    return Letter.objects.get(key=key)


def body(letter: EmailMessage, kind: Literal["plain", "html"]) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content()).strip()


def deliver(at=AT) -> mail.Delivered:
    return mail.deliver_due(clock=lambda: at)


def test_a_letter_is_owed_once():  # JOBS-5
    first = owe("invoice:42")

    again = owe("invoice:42", to="somebody.else@example.com")

    assert again.pk == first.pk
    assert again.to == "jana@example.com"


def test_a_letter_arrives_with_text_html_and_file(inbox: Inbox):  # JOBS-1
    owe("invoice:42", to="jana@example.com, petr@example.com")

    delivered = deliver()

    (letter,) = inbox.letters
    assert delivered == mail.Delivered(sent=1)
    assert inbox.recipients == [["jana@example.com", "petr@example.com"]]
    assert letter["Subject"] == "About 7"
    assert letter["Message-ID"] == "<invoice.42@billing.example.com>"
    assert letter["Reply-To"] == "billing@example.com"
    assert letter["Content-Language"] == "cs"
    assert body(letter, "plain") == "Text in cs"
    assert body(letter, "html") == "<p>Text in cs</p>"
    assert [file.get_filename() for file in letter.iter_attachments()] == ["a.pdf"]


def test_a_letter_that_was_sent_is_not_sent_again(inbox: Inbox):
    letter = owe()
    deliver()

    delivered = deliver(AT + timedelta(days=30))

    letter.refresh_from_db()
    assert delivered == mail.Delivered()
    assert (letter.state, letter.sent_at, letter.tries) == (Letter.State.SENT, AT, 1)
    assert len(inbox.letters) == 1


def test_a_letter_of_tomorrow_waits(inbox: Inbox):
    owe(at=AT + timedelta(days=1))

    assert deliver() == mail.Delivered()
    assert inbox.letters == []


def test_letters_go_out_oldest_first(inbox: Inbox):
    owe("plain:late", at=AT)
    owe("plain:early", at=AT - timedelta(hours=1))

    deliver()

    ids = [letter["Message-ID"] for letter in inbox.letters]
    assert ids == ["<plain.early@billing.example.com>", "<plain.late@billing.example.com>"]


def test_a_letter_that_the_server_puts_off_is_tried_after_growing_waits(inbox: Inbox):
    letter = owe()
    inbox.answers = ["451 Try later", "451 Try later"]
    now, tries = AT, []

    for _ in range(3):
        deliver(now)
        letter.refresh_from_db()
        tries.append((letter.state, letter.next_try_at - now))
        now = letter.next_try_at

    assert tries[0] == (Letter.State.WAITING, timedelta(minutes=1))
    assert tries[1] == (Letter.State.WAITING, timedelta(minutes=5))
    assert letter.state == Letter.State.SENT
    assert len(inbox.letters) == 1


def test_a_letter_that_no_try_helps_fails_with_the_problem(inbox: Inbox):
    letter = owe()
    inbox.answers = ["451 The disk is full"] * 20
    now = AT

    for _ in range(len(mail.WAITS) + 1):
        deliver(now)
        letter.refresh_from_db()
        now = letter.next_try_at

    assert letter.state == Letter.State.FAILED
    assert "The disk is full" in letter.problem
    assert now - AT > timedelta(days=1)
    assert deliver(now + timedelta(days=9)) == mail.Delivered()


def test_an_address_that_nobody_has_fails_at_once(inbox: Inbox):
    letter = owe(to="nobody@example.com")
    inbox.refused = {"nobody@example.com"}

    delivered = deliver()

    letter.refresh_from_db()
    assert delivered == mail.Delivered(failed=1)
    assert letter.state == Letter.State.FAILED
    assert "Nobody here of that name" in letter.problem


def test_one_bad_letter_does_not_stop_the_others(inbox: Inbox):
    broken, good = owe(name="broken"), owe()

    delivered = deliver()

    broken.refresh_from_db()
    good.refresh_from_db()
    assert delivered == mail.Delivered(sent=1, put_off=1)
    assert broken.state == Letter.State.WAITING
    assert "The letter cannot be written." in broken.problem
    assert good.state == Letter.State.SENT


def test_a_letter_that_nobody_can_write_says_which_setting_is_missing(inbox: Inbox):
    letter = owe(name="unheard-of")

    deliver()

    letter.refresh_from_db()
    assert "MAIL_LETTERS" in letter.problem


def test_without_a_server_letters_wait(settings, inbox: Inbox):
    letter = owe()
    settings.EMAIL_PORT = 1

    delivered = deliver()

    letter.refresh_from_db()
    assert delivered == mail.Delivered(put_off=1)
    assert letter.problem.startswith("ConnectionRefusedError")


def test_a_letter_without_an_address_has_failed_from_the_start(inbox: Inbox):
    letter = owe(to="")

    delivered = deliver()

    assert letter.state == Letter.State.FAILED
    assert letter.problem.startswith("There is no address")
    assert delivered == mail.Delivered()


def test_a_failed_letter_can_be_sent_again(inbox: Inbox):
    letter = owe(to="nobody@example.com")
    inbox.refused = {"nobody@example.com"}
    deliver()
    inbox.refused = set()

    mail.send_again(letter.pk, at=AT)

    assert deliver() == mail.Delivered(sent=1)


def test_a_leased_letter_is_left_to_its_sender_until_the_lease_runs_out(inbox: Inbox):
    letter = owe()
    Letter.objects.filter(pk=letter.pk).update(
        state=Letter.State.SENDING, tries=1, next_try_at=AT + mail.LEASE
    )

    early, late = deliver(AT), deliver(AT + mail.LEASE)

    assert (early, late) == (mail.Delivered(), mail.Delivered(sent=1))


def test_a_letter_whose_senders_all_died_fails_at_last(inbox: Inbox):
    letter = owe()
    Letter.objects.filter(pk=letter.pk).update(
        state=Letter.State.SENDING, tries=len(mail.WAITS) + 1
    )

    delivered = deliver()

    letter.refresh_from_db()
    assert delivered == mail.Delivered(failed=1)
    assert letter.problem.startswith("The sender was stopped")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("invoice:42", "<invoice.42@billing.example.com>"),
        ("invoice.42", "<invoice%2E42@billing.example.com>"),
        ("notice:7:2026-03-01", "<notice.7.2026-03-01@billing.example.com>"),
        ("a key with\nspaces>", "<a%20key%20with%0Aspaces%3E@billing.example.com>"),
    ],
)
def test_each_key_has_its_own_message_id(inbox: Inbox, key, expected):
    assert mail.message_id(key) == expected
