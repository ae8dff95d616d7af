"""Signing up, and the password: each way as a person walks it, with letters that really arrive."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.models import Letter, User
from tests.factories import UserFactory
from tests.sign_in.post import Post, link_of, text_of

pytestmark = pytest.mark.django_db

JANA = {"name": "Jana Nováková", "email": "jana@example.com", "password1": "a long sentence"}


def signs_in(client: Client, email: str, password: str, **more: str) -> bool:
    client.post(reverse("account_login"), {"login": email, "password": password, **more})
    return "_auth_user_id" in client.session


def test_who_signs_up_confirms_the_address_and_is_signed_in(client, post: Post):  # AGY-1
    answer = client.post(reverse("account_signup"), JANA)
    assert answer.url == reverse("account_email_verification_sent")
    assert "_auth_user_id" not in client.session

    letter = post.only()
    asked = client.get(link_of(letter))
    client.post(link_of(letter))

    jana = User.objects.get(email="jana@example.com")
    assert letter["To"] == "jana@example.com"
    assert "jana@example.com" in asked.content.decode()
    assert client.session["_auth_user_id"] == str(jana.pk)
    assert jana.name == "Jana Nováková"
    assert EmailAddress.objects.get(user=jana).verified


def test_the_link_alone_signs_nobody_in(client, post: Post):
    client.post(reverse("account_signup"), JANA)
    elsewhere = Client()

    elsewhere.post(link_of(post.only()))

    assert "_auth_user_id" not in elsewhere.session
    assert signs_in(elsewhere, "jana@example.com", "a long sentence")


def test_the_outbox_holds_no_secret(client, post: Post):
    client.post(reverse("account_signup"), JANA)
    owed = Letter.objects.get()
    values = [str(getattr(owed, field.attname)) for field in owed._meta.fields]
    key = link_of(post.only()).rstrip("/").rpartition("/")[2]

    assert owed.account_id is None
    assert not any(key in value or "a long sentence" in value for value in values)


def test_who_has_not_confirmed_does_not_get_in_and_is_sent_another_letter(client, post, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "confirm_email": None}
    client.post(reverse("account_signup"), JANA)
    post.come()
    Letter.objects.update(key="of a minute before")

    answer = client.post(
        reverse("account_login"), {"login": "jana@example.com", "password": "a long sentence"}
    )

    assert answer.url == reverse("account_email_verification_sent")
    assert "_auth_user_id" not in client.session
    assert post.only()["Subject"] == "Confirm your e-mail address"


def test_signing_up_with_a_known_address_looks_the_same_and_tells_its_owner(client, post: Post):
    UserFactory(email="jana@example.com")

    new = Client().post(reverse("account_signup"), {**JANA, "email": "new@example.com"})
    known = client.post(reverse("account_signup"), JANA)

    assert (known.status_code, known["Location"]) == (new.status_code, new["Location"])
    letters = {letter["To"]: letter for letter in post.come()}
    assert "confirm" in text_of(letters["new@example.com"]).lower()
    assert letters["jana@example.com"]["Subject"] == "You can sign in already"
    assert User.objects.count() == 2


def test_a_wrong_form_keeps_what_was_typed_and_says_what_is_wrong(client):  # ALL-4
    answer = client.post(reverse("account_signup"), {**JANA, "password1": "12345"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Jana Nováková" in page
    assert "jana@example.com" in page
    assert "at least 10 characters" in page
    assert "12345" not in page


def test_nobody_signs_up_where_that_is_switched_off(client, settings):
    settings.ACCOUNTS_SIGN_UP = False

    assert "gets an invitation" in client.get(reverse("account_signup")).content.decode()
    assert "gets an invitation" in client.post(reverse("account_signup"), JANA).content.decode()
    assert not User.objects.exists()


def test_a_letter_whose_address_was_removed_is_not_sent(client, post: Post):
    client.post(reverse("account_signup"), JANA)
    EmailAddress.objects.all().delete()

    assert post.come() == []
    assert Letter.objects.get().state == Letter.State.FAILED


def test_a_forgotten_password_is_set_anew_by_a_link_that_works_once(client, post: Post):
    jana = UserFactory(email="jana@example.com")
    thief = Client()
    assert signs_in(thief, jana.email, "correct horse")
    client.post(reverse("account_reset_password"), {"email": "Jana@Example.com"})
    letter = post.only()
    form = client.get(link_of(letter)).url

    client.post(form, {"password1": "another long sentence"})

    assert letter["To"] == "jana@example.com"
    assert signs_in(Client(), jana.email, "another long sentence")
    assert not signs_in(Client(), jana.email, "correct horse")
    assert thief.get(reverse("account_email"))["Location"].startswith(reverse("account_login"))
    assert post.only()["Subject"] == "Your password was changed"
    assert "used already" in Client().get(link_of(letter)).content.decode()


def test_nobody_is_written_to_at_an_address_that_nobody_signs_in_with(client, post: Post):
    UserFactory(email="jana@example.com")

    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})
    known = Client().post(reverse("account_reset_password"), {"email": "jana@example.com"})

    assert (unknown.status_code, unknown["Location"]) == (known.status_code, known["Location"])
    assert [letter["To"] for letter in post.come()] == ["jana@example.com"]


@pytest.mark.parametrize(("chosen", "browser", "read"), [("cs", "it", "cs"), ("", "it", "it")])
def test_a_letter_is_in_the_language_of_its_reader(client, post: Post, chosen, browser, read):
    UserFactory(email="jana@example.com", language=chosen)

    client.post(
        reverse("account_reset_password"),
        {"email": "jana@example.com"},
        headers={"accept-language": browser},
    )

    assert post.only()["Content-Language"] == read  # ALL-2
