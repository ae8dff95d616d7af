"""The second step: an app and its codes, recovery codes, and the desk behind the same sign-in."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.factories import UserFactory
from tests.sign_in.post import Post

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse"
# How long a code is shown, and how long a test may take to send it, in seconds.
_PERIOD = 30
_TYPING = 3


def enter(client: Client, person: User, **more: str) -> Any:
    data = {"login": person.email, "password": PASSWORD, **more}
    return client.post(reverse("account_login"), data)


def code_of(secret: str) -> str:
    """What the app shows now, or in a moment where it is about to change: typing takes a while."""
    left = _PERIOD - timezone.now().timestamp() % _PERIOD
    if left < _TYPING:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // _PERIOD))


def add_app(client: Client) -> str:
    """Add an app as a person does; the key that it keeps."""
    page = client.get(reverse("mfa_activate_totp"), follow=True)
    if "password" in page.context["form"].fields:
        again = page.redirect_chain[-1][0]
        page = client.post(again, {"password": PASSWORD, "next": reverse("mfa_activate_totp")})
        page = client.get(reverse("mfa_activate_totp"))
    secret: str = page.context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    return secret


@pytest.fixture
def jana(client) -> User:
    """Signed in, with an app that was added a while ago."""
    person = UserFactory(email="jana@example.com")
    enter(client, person)
    return person


def test_what_changes_the_sign_in_asks_for_the_password_first(client, jana):
    answer = client.get(reverse("mfa_activate_totp"))

    assert answer.url.startswith(reverse("account_reauthenticate"))


def test_an_app_is_added_and_asked_for_at_the_next_sign_in(
    client, jana, post: Post, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        secret = add_app(client)
    client.post(reverse("account_logout"))
    cache.clear()  # a code counts once, and this is the same half minute

    first = enter(client, jana)
    assert first.url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert client.session["_auth_user_id"] == str(jana.pk)
    assert post.only()["Subject"] == "An authenticator app was added to your sign-in"


def test_the_picture_for_the_app_is_drawn_on_white(client, jana):
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    picture = client.get(reverse("mfa_activate_totp")).context["totp_svg"]

    assert picture.index('fill="#fff"') < picture.index("<path")


def test_a_wrong_code_is_refused_beside_its_field(client, jana):  # ALL-4
    add_app(client)
    client.post(reverse("account_logout"))
    enter(client, jana)

    answer = client.post(reverse("mfa_authenticate"), {"code": "000000"})

    assert answer.status_code == 422
    assert "This code is not right" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_recovery_code_signs_in_once(client, jana):
    add_app(client)
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    signed_in = []

    for _ in range(2):
        elsewhere = Client()
        enter(elsewhere, jana)
        elsewhere.post(reverse("mfa_authenticate"), {"code": codes[0]})
        signed_in.append("_auth_user_id" in elsewhere.session)

    assert signed_in == [True, False]
    assert len(codes) == 10


def test_the_codes_can_be_taken_away_as_a_file(client, jana):
    add_app(client)
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]

    file = client.get(reverse("mfa_download_recovery_codes"))

    assert all(code in file.content.decode() for code in codes)
    assert "jana@example.com" in file.content.decode()


def test_secrets_are_sealed_in_the_database_and_outlive_a_new_key(client, jana, settings):
    secret = add_app(client)
    kept = Authenticator.objects.get(type="totp").data["secret"]
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of this site, which is long enough for anything"

    assert secret not in kept
    again = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert again == codes


def test_removing_the_app_ends_the_second_step_and_its_codes(client, jana, post: Post):
    add_app(client)
    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.exists()
    subjects = {letter["Subject"] for letter in post.come()}
    assert "The authenticator app was removed from your sign-in" in subjects


def test_the_desk_is_behind_the_same_sign_in_and_second_step(client):  # STAFF-4
    adela = UserFactory(superuser=True)
    enter(client, adela)
    secret = add_app(client)
    client.post(reverse("account_logout"))
    cache.clear()
    desk = reverse("admin:accounts_account_changelist")

    door = client.get(desk, follow=True)
    form = {"login": adela.email, "password": PASSWORD, "next": desk}
    assert door.redirect_chain[-1][0].startswith(reverse("account_login"))
    client.post(reverse("account_login"), form)
    assert client.get(desk).status_code == 302
    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert answer.url == desk
    assert client.get(desk).status_code == 200
