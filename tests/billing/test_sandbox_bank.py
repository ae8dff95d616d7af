"""The card form of the sandbox's bank: it keeps what may be known of a card, and no more."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.access import Standing
from billing.gateways.sandbox_cards import TEST_NUMBERS, Behaviour
from billing.models import (
    PaymentMethod,
    SandboxCard,
)
from tests.billing.buying import NOW
from tests.billing.keeping import typed
from tests.factories import AccountFactory
from tests.lasting import lasting
from tests.standing import chief

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@lasting
def here() -> Standing:
    """The primary account admin of a payer by card who has none yet."""
    return chief(AccountFactory(card=None))


def signed_in(here: Standing) -> Client:
    client = Client()
    client.force_login(here.person)
    return client


def address(here: Standing, name: str, *more: object) -> str:
    return reverse(f"billing:{name}", args=[here.account.pk, *more])


def words(answer: Any) -> str:
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def path(leads: Any) -> str:
    """The address without the site: of a redirect, where it leads to."""
    url = leads if isinstance(leads, str) else leads.headers["Location"]
    return "/" + url.split("/", 3)[3]


def test_no_number_and_no_security_code_reaches_a_table_or_a_log(here, caplog):
    """Of what is typed into the bank's form the brand, four digits and the month are kept."""
    caplog.set_level(logging.DEBUG)
    client = signed_in(here)
    number, code = typed()["number"], "968"
    form = path(client.post(address(here, "method_add")))

    for wrong in ({"expires": "13/30"}, {"number": number[:-1] + "2"}, {"code": "96x"}):
        client.post(form, {**typed(), "code": code, **wrong})
    client.post(form, {**typed(), "code": code}, follow=True)

    assert PaymentMethod.objects.exists()
    plain = number.replace(" ", "")
    kept_words = [
        str(value)
        for model in apps.get_models()
        for row in model._default_manager.values_list()
        for value in row
        if not model._meta.db_table.startswith("django_migrations")
    ]
    said = caplog.text.replace(" ", "")
    assert not [one for one in kept_words if plain in one.replace(" ", "") or one == code]
    assert plain not in said
    assert f"code={code}" not in said


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"number": "4111 1111 1111 1112"}, "a digit is wrong or missing"),
        ({"number": "4242 4242 4242 4242"}, "takes the test numbers of this page alone"),
        ({"number": "x"}, "a digit is wrong or missing"),
        ({"expires": "01/26"}, "not yet past"),
        ({"expires": "13/30"}, "not yet past"),
        ({"expires": "12/90"}, "not yet past"),
        ({"expires": "soon"}, "not yet past"),
        ({"code": "12"}, "three digits"),
        ({"number": ""}, "Write the number of the card."),
    ],
)
def test_the_banks_form_says_what_is_wrong_beside_the_field(here, wrong, says):  # ALL-4
    client = signed_in(here)
    form = path(client.post(address(here, "method_add")))

    answer = client.post(form, typed() | wrong)

    assert answer.status_code == 422
    assert says in words(answer)
    assert 'value="123"' not in words(answer), "no bank repeats a security code"
    assert SandboxCard.objects.get().state == "open"


def test_every_test_number_is_taken(here):
    client = signed_in(here)

    for one in TEST_NUMBERS:
        form = path(client.post(address(here, "method_add")))
        assert one.grouped in words(client.get(form))
        assert client.post(form, typed() | {"number": one.number}).status_code == 302


def test_a_form_is_used_once(here):
    client = signed_in(here)
    form = path(client.post(address(here, "method_add")))
    client.post(form, typed())

    assert "This is answered already" in words(client.get(form))
    client.post(form, typed(Behaviour.SECURE))
    assert SandboxCard.objects.get().last4 == "1111"


def test_the_sandboxes_bank_is_shut_where_another_gateway_is(here, settings):
    client = signed_in(here)
    form = path(client.post(address(here, "method_add")))
    settings.BILLING_GATEWAY = "tests.billing.test_sandbox_bank.Elsewhere"

    assert client.get(form).status_code == 404


class Elsewhere:
    """Another gateway than the sandbox."""

    name = "elsewhere"
