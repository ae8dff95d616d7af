"""What tests of signing in share: letters that really arrive, and limits that begin anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.mail_server import mail_server
from tests.sign_in.post import Post


@pytest.fixture(autouse=True)
def _no_limit_is_reached_yet() -> None:
    cache.clear()


@pytest.fixture
def post(settings) -> Iterator[Post]:
    with mail_server() as inbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", inbox.port
        yield Post(inbox)
