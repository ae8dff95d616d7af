"""The world of the isolation test, written down once for all of its tests."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings

from tests.isolation.cases import Breadth
from tests.isolation.world import World, world

# A session is the cookie itself: kept in a table it would be read and written at every knock.
_SESSIONS = {"SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies"}


@pytest.fixture(autouse=True)
def _as_asked(caplog: pytest.LogCaptureFixture, settings) -> None:
    """Thousands of refusals are wanted here and nothing to log; a failure is one with its name."""
    caplog.set_level(logging.CRITICAL, logger="django.request")
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True
    settings.INBOX_MESSAGES = settings.INBOX_MESSAGES | {"said": "tests.isolation.people.said"}


@pytest.fixture(scope="session")
def breadth() -> Breadth:
    """How many are asked: all in `make proof`, with more ids mixed in."""
    deep = os.environ.get("HYPOTHESIS_PROFILE") == "proof"
    return Breadth.ALL if deep else Breadth.USUAL


@pytest.fixture(scope="module")
def everybody(django_db_setup: None, django_db_blocker, breadth: Breadth) -> Iterator[World]:
    """The world, in a transaction that is rolled back when the last test of the file is done."""
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(**_SESSIONS):
        yield world(all_of_them=breadth is Breadth.ALL)
        transaction.set_rollback(True)
