"""Requests made of the OpenAPI document: whatever is sent, the answer is one that it describes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import given, settings
from schemathesis.checks import CHECKS, load_all_checks, not_a_server_error

from accounts.models import Account
from config.api import site
from tests.api.programs import Program
from tests.factories import MemberFactory
from tests.licensing.usage_book import STT, licensed, limited

pytestmark = [pytest.mark.django_db, pytest.mark.once]

load_all_checks()
DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "proof"
SCHEMA = schemathesis.openapi.from_dict(site.document())
SCHEMA.app = get_wsgi_application()
_FOUND: Any = SCHEMA.get_all_operations()
OPERATIONS = {one.ok().label: one.ok() for one in _FOUND}
MODES = list(schemathesis.GenerationMode)
NAMED = ("status_code_conformance", "content_type_conformance", "response_schema_conformance")
AS_DESCRIBED: Any = [CHECKS.get_one(name) for name in NAMED]
JUDGED: Any = [not_a_server_error, *AS_DESCRIBED, CHECKS.get_one("negative_data_rejection")]


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


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_one_that_the_document_describes(label, mode, account):  # API-4
    program = Program(account)
    known: Any = {"account_id": account.pk, "reference": "u-7"}
    operation = OPERATIONS[label]
    named = {name: value for name, value in known.items() if f"{{{name}}}" in operation.path}
    requests = operation.as_strategy(generation_mode=mode, path_parameters=named or None)

    @settings(max_examples=300 if DEEP else 12)
    @given(case=requests)
    def ask(case: schemathesis.Case) -> None:
        headers = {"Authorization": f"Bearer {program.token}"}
        answer = case.call(headers=headers)
        judged = JUDGED if _is_sent(case, answer) else [not_a_server_error, *AS_DESCRIBED]
        case.validate_response(answer, checks=judged, headers=headers)

    ask()


def _is_sent(case: schemathesis.Case, answer: Any) -> bool:
    """Whether every parameter stands in the address: of an empty list nothing is ever sent, so
    that nobody can be refused for it."""
    sent = parse_qs(urlsplit(answer.request.url).query, keep_blank_values=True)
    return set(case.query or {}) <= set(sent)


def test_every_operation_is_asked():
    assert len(OPERATIONS) == len(site.operations(site.document()))
