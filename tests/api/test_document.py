"""Requests made of the OpenAPI document: whatever is sent, the answer is one that it describes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import given, settings

from accounts.models import Account
from config.api import site
from tests.api.programs import Program
from tests.factories import MemberFactory
from tests.licensing.usage_book import STT, licensed, limited

pytestmark = [pytest.mark.django_db, pytest.mark.once]

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "proof"
LABELS = [
    f"{method.upper()} {path}"
    for path, methods in site.document()["paths"].items()
    for method in methods
]
MODES = ["positive", "negative"]
NAMED = ("status_code_conformance", "content_type_conformance", "response_schema_conformance")


@dataclass(frozen=True)
class Described:
    """What the document describes, by the label of each operation, and the checks of an answer."""

    operations: dict[str, Any]
    modes: dict[str, Any]
    as_described: Any
    judged: Any


@pytest.fixture(scope="module")
def described() -> Described:
    """Asked for here: to load it takes a second, of each worker that only collects tests."""
    import schemathesis
    from schemathesis.checks import CHECKS, load_all_checks, not_a_server_error

    load_all_checks()
    schema = schemathesis.openapi.from_dict(site.document())
    schema.app = get_wsgi_application()
    found: Any = schema.get_all_operations()
    as_described: Any = [not_a_server_error, *(CHECKS.get_one(name) for name in NAMED)]
    return Described(
        {one.ok().label: one.ok() for one in found},
        {one.value: one for one in schemathesis.GenerationMode},
        as_described,
        [*as_described, CHECKS.get_one("negative_data_rejection")],
    )


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The end of a request does not close the connection whose transaction the test is in."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.fixture
def account() -> Account:
    found = licensed()
    limited(found, STT, 10)
    MemberFactory(account=found, reference="u-7")
    return found


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("label", LABELS)
def test_every_answer_is_one_that_the_document_describes(label, mode, account, described):  # API-4
    program = Program(account)
    known: Any = {"account_id": account.pk, "reference": "u-7"}
    operation = described.operations[label]
    named = {name: value for name, value in known.items() if f"{{{name}}}" in operation.path}
    requests = operation.as_strategy(
        generation_mode=described.modes[mode], path_parameters=named or None
    )

    @settings(max_examples=300 if DEEP else 12)
    @given(case=requests)
    def ask(case: Any) -> None:
        headers = {"Authorization": f"Bearer {program.token}"}
        answer = case.call(headers=headers)
        judged = described.judged if _is_sent(case, answer) else described.as_described
        case.validate_response(answer, checks=judged, headers=headers)

    ask()


def _is_sent(case: Any, answer: Any) -> bool:
    """Whether every parameter stands in the address: of an empty list nothing is ever sent, so
    that nobody can be refused for it."""
    sent = parse_qs(urlsplit(answer.request.url).query, keep_blank_values=True)
    return set(case.query or {}) <= set(sent)


def test_every_operation_is_asked_in_every_mode(described):
    assert sorted(described.operations) == sorted(LABELS)
    assert len(LABELS) == len(site.operations(site.document()))
    assert sorted(described.modes) == sorted(MODES)
