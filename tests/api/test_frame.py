"""How the API answers whatever is asked: keys, how often, problems, its document. API-4."""

from __future__ import annotations

import json
from datetime import timedelta
from threading import Thread

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.models import ApiKey
from accounts.scopes import Scope
from config.api import site
from config.api.problems import TITLES
from config.cache import SharedCache
from tests.api.programs import Program
from tests.factories import AccountFactory, instant

pytestmark = pytest.mark.django_db
NOW = instant("2026-02-14 12:00") + timedelta(seconds=30)


@pytest.fixture(autouse=True)
def _counted_anew() -> None:
    cache.clear()


@pytest.fixture
def account():
    return AccountFactory()


def asked_with(token: str, path: str):
    return Client().get(f"/api/v1{path}", headers={"Authorization": token} if token else {})


@pytest.mark.parametrize(
    "token", ["", "Bearer", "Bearer sl_unknown0_secret", "Basic amFuYTpvcGVu", "sl_a_b", "Bearer é"]
)
def test_who_shows_no_key_that_works_reads_what_to_do(account, token):  # API-4
    answer = asked_with(token, f"/accounts/{account.pk}/entitlements")

    told = answer.json()
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert told["title"] == "The request shows no key that works"
    assert "Settings, API keys" in told["detail"]


def test_a_session_is_no_key(client, account):  # API-4
    from tests.standing import chief

    client.force_login(chief(account).person)

    assert client.get(f"/api/v1/accounts/{account.pk}/entitlements").status_code == 401


def test_a_scope_that_is_missing_is_named(account):  # API-4
    program = Program(account, Scope.USAGE_WRITE)

    answer = program.get(f"/accounts/{account.pk}/entitlements")

    assert answer.status_code == 403
    assert answer.json()["scope"] == "entitlements:read"
    assert 'error="insufficient_scope"' in answer["WWW-Authenticate"]
    assert "has usage:write" in answer.json()["detail"]


def test_another_account_is_not_found_and_a_child_neither(account):  # API-4, ALL-1
    agency = AccountFactory(agency=True)
    child = AccountFactory(workspace=True, paid_by=agency)
    program = Program(agency)

    for other in (account.pk, child.pk, 10**9):
        answer = program.get(f"/accounts/{other}/entitlements")
        assert answer.status_code == 404
        assert answer.json()["detail"].startswith(f"There is no account {other}.")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/accounts/x/entitlements", 404),
        (f"/accounts/{2**70}/entitlements", 404),
    ],
)
def test_an_address_that_is_none_is_a_problem_and_no_page(account, path, status):  # API-4
    answer = Program(account).get(path)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_a_method_that_is_not_taken_names_those_that_are(account):  # API-4
    answer = Program(account).post(f"/accounts/{account.pk}/entitlements", {})

    assert (answer.status_code, answer["Allow"]) == (405, "GET")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_failure_says_that_it_may_be_asked_again(account, monkeypatch):  # API-4
    def fails(*_, **__):
        raise RuntimeError

    monkeypatch.setattr("config.api.entitlements.entitlements_of", fails)
    program = Program(account)
    program.client.raise_request_exception = False

    answer = program.get(f"/accounts/{account.pk}/entitlements")

    assert answer.status_code == 500
    assert answer.json()["title"] == "The server failed"


@pytest.mark.parametrize("path", ["/accounts/{}/entitlements", "/nothing"])
def test_an_answer_shows_nothing_and_is_kept_by_nobody_else(account, path):  # API-4
    answer = Program(account).get(path.format(account.pk), **{"Accept-Language": "cs"})

    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Language"] == "cs"
    assert answer["Cache-Control"] in {"private, no-cache", "no-store"}
    assert not answer.cookies


def test_pages_of_the_portal_stay_pages(client):
    answer = client.get("/nothing/")

    assert "problem" not in answer["Content-Type"]
    assert "RateLimit" not in answer


# ---- how often ----


def test_a_key_reads_how_often_it_may_ask_and_waits_where_it_asked_too_often(
    account, settings
):  # API-4
    settings.API_REQUESTS_A_MINUTE = 2
    program, other = Program(account), Program(account)
    path = f"/accounts/{account.pk}/entitlements"

    with time_machine.travel(NOW, tick=False):
        first, second, third = (program.get(path) for _ in range(3))
        beside = other.get(path)
    with time_machine.travel(NOW + timedelta(seconds=30), tick=False):
        later = program.get(path)

    assert first["RateLimit-Policy"] == '"key";q=2;w=60'
    assert [one["RateLimit"] for one in (first, second, third)] == [
        *('"key";r=1;t=30', '"key";r=0;t=30', '"key";r=0;t=30'),
    ]
    assert [one.status_code for one in (first, second, third)] == [200, 200, 429]
    assert third["Retry-After"] == "30"
    assert "Wait 30 seconds" in third.json()["detail"]
    assert (beside.status_code, later.status_code) == (200, 200)


def test_who_lacks_the_scope_is_counted_too(account, settings):  # API-4
    settings.API_REQUESTS_A_MINUTE = 1
    program = Program(account, Scope.USAGE_WRITE)
    path = f"/accounts/{account.pk}/entitlements"

    with time_machine.travel(NOW, tick=False):
        answers = [program.get(path).status_code for _ in range(2)]

    assert answers == [403, 429]


def test_processes_that_count_at_once_lose_none(broker):  # API-4
    location = broker.replace("redis+socket://", "unix://")
    found: list[int] = []

    def count() -> None:
        own = SharedCache(location, {})  # its own connections, as another process has
        found.extend(own.count("api:1:2", seconds=60) for _ in range(50))

    threads = [Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == list(range(1, 201))


def test_a_count_ends_with_its_seconds_and_goes_on_without_redis(broker):  # API-4
    shared = SharedCache(broker.replace("redis+socket://", "unix://"), {})
    shared.count("api:1:2", seconds=60)
    alone = SharedCache("unix:///nowhere.sock", {})

    key = shared.make_and_validate_key("api:1:2")
    assert 0 < shared._cache.get_client(key).ttl(key) <= 60
    assert [alone.count("api:1:2", seconds=60) for _ in range(2)] == [1, 2]


# ---- the document ----


def test_the_document_is_for_everybody(client):  # API-4
    answer = client.get("/api/v1/openapi.json")

    assert answer.status_code == 200
    assert json.loads(answer.content) == site.document()


def test_each_operation_says_its_scope_and_what_it_refuses():  # API-4
    for operation in site.operations(site.document()):
        assert operation["x-scope"] in set(Scope)
        assert operation["security"] == [{"Key": []}]
        assert {"401", "403", "429"} <= operation["responses"].keys()
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"]


def test_the_page_about_it_runs_no_script_and_names_every_operation(client):  # API-4
    answer = client.get("/api/v1/docs")

    page = answer.content.decode()
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "unsafe" not in policy
    assert "<script" not in page
    for operation in site.operations(site.document()):
        assert f'id="{operation["operationId"]}"' in page
    for slug in TITLES:
        assert f'id="problem-{slug}"' in page


def test_a_revoked_key_is_refused_from_the_next_request_on(account):  # API-4
    program = Program(account)
    path = f"/accounts/{account.pk}/entitlements"
    before = program.get(path).status_code
    ApiKey.objects.update(revoked_at=NOW)

    assert (before, program.get(path).status_code) == (200, 401)
