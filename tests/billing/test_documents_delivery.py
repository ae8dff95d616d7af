"""Letters and crashes: a sender that dies repeats its letter under the same name."""

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from accounts import mail
from accounts.models import Letter
from tests.billing.paper import ISSUED_AT, issue
from tests.factories import AccountFactory
from tests.mail_server import mail_server

SENDER = "import django; django.setup(); from accounts.tasks import deliver_mail; deliver_mail()"

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "readonly"])


@pytest.fixture
def inbox(settings):
    with mail_server() as inbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", inbox.port
        yield inbox


def owe_letters(number: int) -> None:
    for _ in range(number):
        invoice = issue(AccountFactory(), {"amount": "100.00"})
        mail.owe(
            name="invoice",
            key=f"invoice:{invoice.pk}",
            account_id=invoice.payer_id,
            subject_id=invoice.pk,
            to="jana@example.com",
            language="cs",
            at=ISSUED_AT,
        )


def sender(environment, port: int) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", SENDER],
        env={**environment, "EMAIL_URL": f"smtp://127.0.0.1:{port}"},
    )


def test_a_letter_accepted_by_a_server_and_not_marked_has_the_same_name_again(  # JOBS-5
    inbox, process_environment
):
    owe_letters(1)
    process = sender(process_environment, inbox.port)
    inbox.on_acceptance = process.kill
    process.wait(timeout=60)
    inbox.on_acceptance = lambda: None
    left = Letter.objects.get()

    while_leased = mail.deliver_due(clock=lambda: left.next_try_at - timedelta(seconds=1))
    after = mail.deliver_due(clock=lambda: left.next_try_at)

    assert process.returncode == -9
    assert left.state == Letter.State.SENDING
    assert (while_leased, after) == (mail.Delivered(), mail.Delivered(sent=1))
    first, again = inbox.letters
    assert first["Message-ID"] == again["Message-ID"] is not None
    assert first["Subject"] == again["Subject"]
    files = [next(letter.iter_attachments()).get_content() for letter in (first, again)]
    assert files[0] == files[1]


def test_a_real_sender_delivers_with_the_pdf(inbox, process_environment):  # JOBS-1
    owe_letters(2)

    process = sender(process_environment, inbox.port)

    assert process.wait(timeout=60) == 0
    assert {letter.state for letter in Letter.objects.all()} == {Letter.State.SENT}
    assert [len(list(letter.iter_attachments())) for letter in inbox.letters] == [1, 1]


@pytest.mark.postgres
def test_two_senders_share_the_letters(inbox):
    owe_letters(12)
    results: list[mail.Delivered] = []

    def send() -> None:
        results.append(mail.deliver_due(clock=lambda: datetime(2026, 3, 1, tzinfo=UTC)))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    names = [letter["Message-ID"] for letter in inbox.letters]
    assert len(names) == len(set(names)) == 12
    assert sum(result.sent for result in results) == 12
