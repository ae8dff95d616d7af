"""The outbox at the desk: what was owed to whom, and sending it again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Role
from accounts.models import Letter
from tests.admin import book
from tests.factories import instant
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

LIST = "admin:accounts_letter_changelist"


@lasting
def letter() -> Letter:
    book.customers(1)
    Letter.objects.update(state=Letter.State.FAILED, tries=9, problem="Mailbox unknown")
    return Letter.objects.get()


def send_again(client: Client, letter: Letter) -> str:
    data = {"action": "send_again", "_selected_action": [letter.pk]}
    return client.post(reverse(LIST), data, follow=True).content.decode()


def test_support_sends_a_letter_again(seat, letter):  # STAFF-2
    page = send_again(seat(Role.SUPPORT), letter)

    letter.refresh_from_db()
    assert (letter.state, letter.tries, letter.problem) == ("waiting", 0, "")
    assert "1 will be sent again" in page


def test_a_letter_without_an_address_says_what_to_do_first(seat, letter):
    Letter.objects.update(to="")

    page = send_again(seat(Role.BILLING), letter)

    letter.refresh_from_db()
    assert letter.state == "failed"
    assert "Enter an invoice e-mail" in page


def test_who_may_only_read_sends_nothing(seat, letter):
    send_again(seat(Role.READ_ONLY), letter)

    letter.refresh_from_db()
    assert letter.state == "failed"


def test_failed_letters_are_found_by_their_state(root, letter):
    book.customers(1)

    shown = root.get(reverse(LIST), {"state": "failed"}).context["cl"].result_list

    assert list(shown) == [letter]
    assert len(root.get(reverse(LIST), {"state": "due"}).context["cl"].result_list) == 1


def of_invoice(client: Client, letter: Letter) -> str:
    """The page of the invoice that the letter is about."""
    page = reverse("admin:billing_invoice_change", args=[letter.subject_id])
    return client.get(page).content.decode()


def button(client: Client, letter: Letter, **fields: str) -> Any:
    address = reverse("admin:accounts_letter_send_again", args=[letter.pk])
    return client.post(address, fields)


def test_the_page_of_an_invoice_sends_its_letter_again_with_a_click(seat, letter):  # STAFF-2
    support = seat(Role.SUPPORT)
    page = reverse("admin:billing_invoice_change", args=[letter.subject_id])
    assert "Send it again" in of_invoice(support, letter)

    answer = button(support, letter, next=page)

    letter.refresh_from_db()
    assert (letter.state, answer["Location"]) == ("waiting", page)
    assert "1 will be sent again" in of_invoice(support, letter)


def test_who_may_only_read_has_no_button_to_send(seat, letter):
    reader = seat(Role.READ_ONLY)

    assert "Send it again" not in of_invoice(reader, letter)
    assert button(reader, letter).status_code == 403
    letter.refresh_from_db()
    assert letter.state == "failed"


@pytest.mark.parametrize("elsewhere", ["", "https://example.net/", "//example.net/"])
def test_sending_again_leads_nowhere_else(root, letter, elsewhere):
    own = reverse("admin:accounts_letter_change", args=[letter.pk])

    assert button(root, letter, next=elsewhere)["Location"] == own
    assert (
        root.get(reverse("admin:accounts_letter_send_again", args=[letter.pk])).status_code == 405
    )
    assert root.post(reverse("admin:accounts_letter_send_again", args=[10**6])).status_code == 404


def test_the_page_of_a_letter_leads_to_its_invoice_in_words(root, letter):
    address = reverse("admin:accounts_letter_change", args=[letter.pk])
    failed = root.get(address).content.decode()
    Letter.objects.update(state=Letter.State.SENT, sent_at=instant("2026-01-02 10:00"))

    sent = root.get(address).content.decode()

    assert reverse("admin:billing_invoice_change", args=[letter.subject_id]) in failed
    assert "Mailbox unknown" in failed
    assert "English" in sent
    assert "2 Jan 2026, 10:00 UTC" in sent
    for words in ("Mailbox unknown", "Tries", "Tried next", "Subject id"):
        assert words not in sent


def test_a_letter_about_a_sign_in_belongs_to_no_account(root, letter):
    Letter.objects.create(
        name="reset_password",
        key="reset_password:7",
        subject_id=7,
        to="jana@example.com",
        queued_at=instant("2026-03-01"),
        next_try_at=instant("2026-03-01"),
    )
    own = Letter.objects.get(key="reset_password:7")

    listed = root.get(reverse(LIST))
    page = root.get(reverse("admin:accounts_letter_change", args=[own.pk])).content.decode()

    assert "reset_password:7" in listed.content.decode()
    assert "about somebody&#x27;s own sign-in" in page
    assert send_again(root, own).count("1 will be sent again") == 1
