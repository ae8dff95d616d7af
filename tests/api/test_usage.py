"""Use that programs report: counted once, up to the limit, one by one and in batches. API-2."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Account
from accounts.scopes import Scope
from billing.models import UsageRecord
from config.api.usage import Answered, BatchAnswered
from licensing.entitlements import entitlements_of
from licensing.metered import Service
from licensing.metering import standings
from licensing.usage import obstacle
from tests.api.programs import Program
from tests.factories import AccountFactory
from tests.lasting import lasting
from tests.licensing.usage_book import QA, ROUTING, STT, licensed, limited

pytestmark = pytest.mark.django_db


@lasting
def account() -> Account:
    return licensed()


def record(account: Account, key: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    at = more.pop("at", timezone.now() - timedelta(minutes=1))
    return {
        "account": account.pk,
        "service": more.pop("service", STT).value,
        "key": key,
        "at": at.isoformat(),
        "quantity": quantity,
        **more,
    }


def test_a_use_is_counted_once_by_its_key(account):  # API-2
    program = Program(account, Scope.USAGE_WRITE)
    said = record(account, "call-1", 12)

    first, second = program.post("/usage", said), program.post("/usage", said)

    assert (first.status_code, second.status_code) == (201, 200)
    told = first.json()
    assert (told["outcome"], told["used"], told["limit"], told["late"]) == (
        *("accepted", 12, None, False),
    )
    assert told["month"][-3:] == "-01"
    assert second.json()["outcome"] == "duplicate"
    assert UsageRecord.objects.count() == 1


def test_a_key_that_has_counted_something_else_is_refused(account):  # API-2
    program = Program(account)
    at = timezone.now()
    program.post("/usage", record(account, "call-1", 12, at=at))

    answer = program.post("/usage", record(account, "call-1", 13, at=at))

    assert answer.status_code == 409
    assert answer.json()["why"] == "key_reused"
    assert answer.json()["type"].endswith("#problem-key-reused")


def test_what_does_not_fit_is_refused_with_the_limit_in_numbers(account):  # API-2, LIC-11
    limited(account, STT, 10)  # over the 5,000 that are included
    program = Program(account)
    program.post("/usage", record(account, "a", 5000))

    answer = program.post("/usage", record(account, "b", 11))
    fits = program.post("/usage", record(account, "c", 10))

    assert answer.status_code == 409
    assert answer.json()["limit"] == {
        **{"name": "speech-to-text-minutes", "limit": 5010, "used": 5000, "asked": 11},
    }
    assert (fits.status_code, fits.json()["left"]) == (201, 0)


def test_a_batch_answers_each_record_by_itself(account):  # API-2
    limited(account, ROUTING, 1)
    other = AccountFactory()
    program = Program(account)
    at = timezone.now()
    said = [
        record(account, "a", 600, at=at, service=ROUTING),
        record(account, "b", 600, at=at, service=ROUTING),
        record(account, "a", 600, at=at, service=ROUTING),
        record(account, "a", 601, at=at, service=ROUTING),
        record(other, "a", 1, at=at),
        record(account, "c", 1, at=at, service=QA),
    ]

    answer = program.post("/usage/batch", {"records": said})

    told = answer.json()["results"]
    assert answer.status_code == 200
    assert [(one["key"], one["outcome"], one["why"]) for one in told] == [
        ("a", "accepted", None),
        ("b", "refused", "limit"),
        ("a", "duplicate", None),
        ("a", "refused", "key_reused"),
        ("a", "refused", "no_account"),
        ("c", "refused", "no_limit_chosen"),
    ]
    assert BatchAnswered.model_validate(answer.json()).model_dump(mode="json") == answer.json()
    assert not UsageRecord.objects.filter(account=other).exists()


def test_another_account_is_not_found_and_nothing_is_counted_for_it(account):  # API-2, ALL-1
    other = licensed()

    answer = Program(account).post("/usage", record(other, "a"))
    unknown = Program(account).post("/usage", record(Account(pk=10**9), "a"))

    assert (answer.status_code, unknown.status_code) == (404, 404)
    assert answer.json()["detail"] == unknown.json()["detail"]
    assert not UsageRecord.objects.exists()


def test_a_key_of_the_vendor_reports_for_every_live_account(account):  # API-2, API-4
    others = [licensed(), licensed(sandbox=True)]
    said = [record(one, "a") for one in (account, *others)]

    told = Program().post("/usage/batch", {"records": said}).json()["results"]

    assert [one["outcome"] for one in told] == ["accepted", "accepted", "refused"]


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"quantity": -1}, "body.quantity"),
        ({"quantity": "12"}, "body.quantity"),
        ({"quantity": True}, "body.quantity"),
        ({"quantity": 10**13}, "body.quantity"),
        ({"at": "2026-02-14"}, "body.at"),
        ({"at": 1_770_000_000}, "body.at"),
        ({"service": "minutes"}, "body.service"),
        ({"key": ""}, "body.key"),
        ({"key": "a\0"}, "body.key"),
        ({"key": "x" * 101}, "body.key"),
        ({"account": 0}, "body.account"),
        ({"note": "more"}, "body.note"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_with_its_place(account, wrong, where):  # ALL-4, API-4
    answer = Program(account).post("/usage", record(account, "a") | wrong)

    assert answer.status_code == 422
    assert [one["where"] for one in answer.json()["errors"]] == [where]
    assert not UsageRecord.objects.exists()


def test_a_mistake_in_a_batch_names_its_record_and_counts_nothing(account):  # ALL-4
    said = [record(account, "a"), record(account, "b") | {"quantity": -1}]

    answer = Program(account).post("/usage/batch", {"records": said})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "body.records.1.quantity"
    assert not UsageRecord.objects.exists()


@pytest.mark.parametrize("number", [0, 501])
def test_a_batch_holds_1_to_500_records(account, number):  # API-2
    said = [record(account, str(one)) for one in range(number)]

    assert Program(account).post("/usage/batch", {"records": said}).status_code == 422


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000, '"text"', "NaN", b"\xff\xfe"])
def test_what_cannot_be_read_is_no_failure(account, body):  # API-4
    program = Program(account)

    answer = program.client.post("/api/v1/usage", body, content_type="application/json")

    assert answer.status_code in {400, 422}
    assert answer["Content-Type"] == "application/problem+json"


def test_half_a_character_is_refused(account):  # API-4
    said = f'{{"account": {account.pk}, "key": "\\ud800", "service": "ai-qa", "quantity": 1}}'

    answer = Program(account).client.post("/api/v1/usage", said, content_type="application/json")

    assert answer.status_code == 422


@pytest.mark.parametrize("number", [1, 50])
def test_a_batch_costs_as_many_queries_however_long_it_is(
    account, number, django_assert_max_num_queries
):  # API-2
    program = Program(account)
    program.post("/usage", record(account, "first"))
    said = [record(account, str(one)) for one in range(number)]

    with django_assert_max_num_queries(20):
        answer = program.post("/usage/batch", {"records": said})

    assert {one["outcome"] for one in answer.json()["results"]} == {"accepted"}


def test_the_answer_to_one_has_the_shape_of_the_document(account):  # API-4
    told = Program(account).post("/usage", record(account, "a")).json()

    assert Answered.model_validate(told).model_dump(mode="json") == told


# ---- the same, in entitlements ----


@pytest.mark.parametrize("traits", [{}, {"blocked_at": timezone.now()}])
@pytest.mark.parametrize("holds", [(), ("speech-to-text",), ("power-packs",), None])
@pytest.mark.parametrize("over", [None, 0, 2])
def test_services_stand_as_those_that_count_say(holds, over, traits):  # API-1, LIC-9, LIC-10
    account = licensed(**({} if holds is None else {"holds": holds}), **traits)
    for service in (STT, ROUTING):
        limited(account, service, over)
    now = timezone.now()

    found = {one.service: one for one in entitlements_of(account, at=now).services}

    for service in Service:
        metered = standings([account.pk], at=now)[account.pk, service]
        against = obstacle(metered)
        assert found[service].on == metered.on
        assert found[service].limit == metered.stop
        if against is not None:
            assert found[service].why == against[0]


def test_a_service_says_what_is_used_left_and_that_it_has_stopped(account):  # API-1, LIC-11
    limited(account, STT, 0)
    program = Program(account)
    program.post("/usage", record(account, "a", 4990))

    def services() -> dict[str, Any]:
        answer = program.get(f"/accounts/{account.pk}/entitlements").json()["services"]
        return {one["code"]: one for one in answer}

    before = services()
    program.post("/usage", record(account, "b", 10))
    after = services()

    assert before["speech-to-text-minutes"] == {
        **{"code": "speech-to-text-minutes", "on": True, "used": 4990, "limit": 5000},
        **{"left": 10, "stopped": False, "why": None},
    }
    assert (after["speech-to-text-minutes"]["left"], after["speech-to-text-minutes"]["why"]) == (
        *(0, "limit"),
    )
    assert (before["ai-qa"]["stopped"], before["ai-qa"]["why"]) == (True, "no_limit_chosen")
