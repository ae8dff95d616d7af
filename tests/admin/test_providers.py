"""Payment providers at the desk: the cards that they keep, and webhooks handled once more."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Role
from billing.models import PaymentMethod, WebhookReceived
from tests.admin import book
from tests.billing.keeping import kept
from tests.factories import AccountFactory, instant
from tests.lasting import lasting
from tests.standing import chief

pytestmark = pytest.mark.django_db

NOW = instant("2026-02-20 12:00")
METHODS = "admin:billing_paymentmethod_changelist"
WEBHOOKS = "admin:billing_webhookreceived_changelist"


@lasting
def method() -> PaymentMethod:
    return kept(chief(AccountFactory(name="Alfa Telefon", card=None)), at=NOW)


@lasting
def received() -> WebhookReceived:
    book.beside(1)
    WebhookReceived.objects.update(handled_at=NOW, problem="It broke")
    return WebhookReceived.objects.get()


def page(client: Client, name: str, *arguments: object, **query: str) -> str:
    return client.get(reverse(name, args=arguments), query).content.decode()


def handle_again(client: Client, received: WebhookReceived) -> str:
    data = {"action": "handle_again", "_selected_action": [received.pk]}
    return client.post(reverse(WEBHOOKS), data, follow=True).content.decode()


@pytest.mark.parametrize("term", ["Alfa Telefon", "reference"])
def test_a_card_is_found_by_its_payer_or_by_the_providers_number(root, method, term):
    other = PaymentMethod.objects.get(payer=AccountFactory())

    found = page(root, METHODS, q=method.reference if term == "reference" else term)

    assert method.reference in found
    assert other.reference not in found


def test_the_tab_of_an_account_shows_its_cards(root, method):
    tab = page(root, "admin:accounts_account_methods", method.payer_id)

    assert "Visa ···· 1111" in tab
    assert "12/40" in tab
    assert str(method.added_by) in tab


def test_nobody_edits_a_card(root, method):
    form = reverse("admin:billing_paymentmethod_change", args=[method.pk])

    assert root.post(form, {"last4": "0000"}).status_code == 403
    assert "sandbox-card" in root.get(form).content.decode()


def test_support_has_a_webhook_handled_again(seat, received):  # STAFF-2
    said = handle_again(seat(Role.SUPPORT), received)

    received.refresh_from_db()
    assert "1 will be handled again" in said
    assert (received.handled_at, received.problem) == (None, "")


def test_who_may_only_read_has_nothing_handled(seat, received):
    handle_again(seat(Role.READ_ONLY), received)

    received.refresh_from_db()
    assert received.handled_at == NOW


def test_messages_that_wait_are_found_by_their_state(root, received):
    assert received.event_id not in page(root, WEBHOOKS, state="waiting")
    WebhookReceived.objects.update(handled_at=None)
    assert received.event_id in page(root, WEBHOOKS, state="waiting")
    assert received.event_id in page(root, WEBHOOKS, q=received.key)
