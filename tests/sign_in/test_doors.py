"""What keeps strangers out: limits, safe ways on, cookies, and no page in a borrowed dress."""

from __future__ import annotations

from pathlib import Path

import pytest
from allauth.account import urls as of_addresses
from allauth.mfa import urls as of_second_steps
from django.conf import settings as site
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Letter
from accounts.tasks import deliver_soon
from config.cache import SharedCache
from config.celery import app
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def enter(client: Client, email: str, password: str = "correct horse", **more: str):
    data = {"login": email, "password": password, **more}
    return client.post(reverse("account_login"), data)


def test_a_password_is_tried_five_times_and_then_not_even_the_right_one_helps(client):
    jana = UserFactory()
    for _ in range(5):
        assert enter(client, jana.email, "wrong").status_code == 422

    answer = enter(client, jana.email)

    assert answer.status_code == 422
    assert "too often" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_too_many_tries_from_one_place_are_answered_429_in_our_dress(client):
    answers = [enter(client, f"{n}@example.com", "wrong") for n in range(25)]

    last = answers[-1]
    assert last.status_code == 429
    assert "That was too often" in last.content.decode()


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example/x", r"\\evil.example", "javascript:x"]
)
def test_nobody_is_led_to_another_site(client, elsewhere):
    jana = UserFactory()

    signed_in = enter(client, jana.email, next=elsewhere)
    signed_out = client.post(reverse("account_logout"), {"next": elsewhere})

    assert signed_in.url == reverse("home")
    assert signed_out.url == reverse("account_login")


def test_one_comes_back_to_the_page_that_one_asked_for(client):
    jana = UserFactory()
    door = client.get(reverse("account_email"))

    answer = enter(client, jana.email, next=reverse("account_email"))

    assert door.url.endswith(f"?next={reverse('account_email')}")
    assert answer.url == reverse("account_email")


def test_who_does_not_stay_signed_in_is_signed_out_with_the_browser(client):
    jana = UserFactory()

    enter(client, jana.email)
    assert client.session.get_expire_at_browser_close()

    enter(Client(), jana.email)
    stays = Client()
    enter(stays, jana.email, remember="on")
    assert stays.session.get_expiry_age() == 14 * 24 * 60 * 60


def test_a_person_who_was_switched_off_reads_so(client):
    jana = UserFactory(is_active=False)

    answer = client.post(
        reverse("account_login"), {"login": jana.email, "password": "correct horse"}, follow=True
    )

    assert "switched off" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def borrowed_pages() -> list[str]:
    """The names of allauth's pages that stand at an address of their own."""
    found: list[URLPattern | URLResolver] = [
        *of_addresses.urlpatterns,
        *of_second_steps.urlpatterns,
    ]
    names = []
    while found:
        one = found.pop()
        if isinstance(one, URLResolver):
            found += [] if one.pattern.converters else one.url_patterns
        elif one.name and "<" not in str(one.pattern):
            names.append(one.name)
    return sorted(names)


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("name", borrowed_pages())
def test_no_page_shows_itself_in_a_borrowed_dress(client, name, signed_in):
    if signed_in:
        client.force_login(UserFactory())

    answer = client.get(reverse(name))

    assert answer.status_code in {200, 302, 404}, name
    ours = Path(site.BASE_DIR) / "templates"
    pages = [one.origin.name for one in answer.templates if one.name and "widgets" not in one.name]
    assert [page for page in pages if "allauth" in page] == []
    if answer.status_code == 200:
        assert any(Path(page).is_relative_to(ours) for page in pages)


def test_every_borrowed_page_with_a_template_has_one_of_ours():
    from allauth.account import views as of_account
    from allauth.mfa.base import views as of_mfa
    from allauth.mfa.recovery_codes import views as of_codes
    from allauth.mfa.totp import views as of_apps
    from allauth.mfa.webauthn import views as of_passkeys

    # Codes by mail, phones and passkeys from the start are switched off: no way leads there.
    off = {"code", "phone", "signup_by_passkey", "signup_form", "email_change", "trust"}
    views = [
        view
        for module in (of_account, of_mfa, of_codes, of_apps, of_passkeys)
        for view in vars(module).values()
        if isinstance(view, type)
    ]
    names = {getattr(view, "template_name", None) for view in views}
    wanted = {
        name
        for name in names
        if isinstance(name, str) and not any(part in name.rpartition("/")[2] for part in off)
    }
    ours = Path(site.BASE_DIR) / "templates"

    assert {name for name in wanted if not (ours / name).is_file()} == set()
    assert "account/login.html" in wanted


def test_there_is_no_sign_in_by_somebody_else():
    names = {str(key) for key in get_resolver().reverse_dict if isinstance(key, str)}

    assert "account_login" in names
    assert not any("social" in name or "openid" in name for name in names)


@pytest.fixture
def no_broker(monkeypatch) -> None:
    """The address of the broker leads nowhere."""
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app.amqp, "_producer_pool", None)


def test_a_missing_broker_is_no_problem(no_broker, client, django_capture_on_commit_callbacks):
    jana = UserFactory()

    with django_capture_on_commit_callbacks(execute=True) as rung:
        answer = client.post(reverse("account_reset_password"), {"email": jana.email})

    assert answer.url == reverse("account_reset_password_done")
    assert len(rung) == 1
    assert Letter.objects.get(name="reset_password").state == Letter.State.WAITING


def test_limits_hold_while_redis_is_away():
    alone = SharedCache("redis://127.0.0.1:1/0", {"KEY_PREFIX": "test"})

    alone.set("tries", [1, 2], 60)

    assert alone.get("tries") == [1, 2]
    assert not alone.add("tries", [3])
    assert alone.delete("tries")
    assert alone.get("tries", []) == []
    cache.clear()


def test_counts_are_shared_by_all_processes(broker):
    address = broker.replace("redis+socket://", "unix://")
    one, other = (SharedCache(address, {"KEY_PREFIX": "test"}) for _ in range(2))

    one.set("tries", [1], 60)

    assert other.get("tries") == [1]


def test_ringing_waits_for_the_commit(broker, django_capture_on_commit_callbacks):
    import redis

    address = broker.replace("redis+socket://", "unix://")
    with redis.Redis.from_url(address) as waiting:
        with django_capture_on_commit_callbacks(execute=True):
            deliver_soon()
            assert waiting.llen("celery") == 0
        assert waiting.llen("celery") == 1
