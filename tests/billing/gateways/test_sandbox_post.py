"""The sandbox's post office: its messages come in by the site's own address, late and twice too."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.gateways import sandbox_post
from billing.models import SandboxMessage, WebhookReceived

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "readonly"])


@pytest.fixture(autouse=True)
def site(live_server, settings, broker):
    settings.SITE_URL = live_server.url


def test_a_message_arrives_at_the_sites_own_address():
    sandbox_post.owe("charge.charged", "order-1-1")

    assert sandbox_post.deliver(at=timezone.now()) == 1
    assert sandbox_post.deliver(at=timezone.now()) == 0

    received = WebhookReceived.objects.get()
    assert (received.key, received.times) == ("order-1-1", 1)


def test_one_that_is_owed_twice_comes_twice():
    sandbox_post.owe("charge.charged", "order-1-1", times=2)

    sandbox_post.deliver(at=timezone.now())

    assert WebhookReceived.objects.get().times == 2


def test_a_late_one_waits():
    now = timezone.now()
    sandbox_post.owe("charge.charged", "order-1-1", delay=3)

    assert sandbox_post.deliver(at=now) == 0
    assert sandbox_post.deliver(at=now + timedelta(minutes=2)) == 0
    assert sandbox_post.deliver(at=now + timedelta(minutes=3)) == 1


def test_one_that_does_not_arrive_is_sent_again(settings):
    now, address = timezone.now(), settings.SITE_URL
    sandbox_post.owe("charge.charged", "order-1-1")
    settings.SITE_URL = "http://127.0.0.1:9"

    assert sandbox_post.deliver(at=now) == 0
    settings.SITE_URL = address
    assert sandbox_post.deliver(at=now + timedelta(seconds=59)) == 0
    assert sandbox_post.deliver(at=now + timedelta(minutes=1)) == 1
    assert SandboxMessage.objects.get().tries == 2
