"""Orders at the desk: one that was charged and cannot be settled is called off, after a look."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.access import Role
from billing.models import CalledOff, Order, Payment, RefundAttempt
from tests.billing.buying import buy, customer
from tests.billing.calling_off_book import REASON, cannot_settle, costs
from tests.billing.settling_book import LATER

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(LATER, tick=False):
        yield


def address(order: Order) -> str:
    return reverse("admin:billing_order_call_off", args=[order.pk])


def send(client: Client, order: Order, deed: str, reason: str = REASON) -> Any:
    return client.post(address(order), {"deed": deed, "reason": reason})


def test_it_is_called_off_after_a_look(seat):  # STAFF-2
    client, order = seat(Role.BILLING), cannot_settle(customer())
    for page in ("order", "paymentattempt"):
        listed = client.get(reverse(f"admin:billing_{page}_changelist")).content.decode()
        assert address(order) in listed
    assert (
        "Charged, but it could not be written down" in client.get(address(order)).content.decode()
    )

    shown = send(client, order, "show").content.decode()
    for words in ("€10.37 that came in as sandbox-", REASON, "if it can hold now, it holds"):
        assert words in shown
    assert not CalledOff.objects.exists()
    answer = send(client, order, "call_off")

    refund = RefundAttempt.objects.get()
    assert answer.url == reverse("admin:billing_refundattempt_change", args=[refund.pk])
    told = client.get(answer.url).content.decode()
    for words in (f"Order {order.pk} is called off", "€10.37 went back", REASON):
        assert words in told
    again = client.get(address(order)).content.decode()
    assert "There is nothing to call off here" in again
    assert f"Called off by {refund.person}" in again


def test_an_order_is_read_line_by_line(seat):  # STAFF-1
    """What is changed and what it costs, and neither the form's token nor how it is stored."""
    client, order = seat(Role.READ_ONLY), buy(customer(), seat=8)

    page = client.get(reverse("admin:billing_order_change", args=[order.pk])).content.decode()

    words = " ".join(page.split())
    for said in ("Seat: 5 → 8", "€19.71", "UTC", "Credit used"):
        assert said in words, said
    for stored in (order.token, order.fingerprint, "&quot;lines&quot;", "fingerprint"):
        assert stored not in page, stored


@pytest.mark.parametrize("kept", [4, 6, 7])
def test_lines_of_every_version_are_read(seat, kept):  # STAFF-1
    """Orders of the first version kept no days, nor did they say their version."""
    client, order = seat(Role.READ_ONLY), buy(customer(), seat=8)
    [line] = order.quote["lines"]
    quote = {**order.quote, "version": 2, "lines": [line[:kept]]}
    if kept == 4:
        del quote["version"]
    Order.objects.filter(pk=order.pk).update(quote=quote)

    page = client.get(reverse("admin:billing_order_change", args=[order.pk])).content.decode()

    said = " ".join(page.split()).partition("What is due for it")[2].partition("Due at once")[0]
    assert "3, €" in said
    assert ("Feb 2026" in said) == (kept > 4)


def test_a_second_click_gives_back_nothing_more(seat):
    client, order = seat(Role.BILLING), cannot_settle(customer())

    send(client, order, "call_off")
    again = send(client, order, "call_off")

    assert again.status_code == 409
    assert "has ended already" in again.content.decode()
    assert Payment.objects.filter(amount__lt=0).count() == 1


def test_what_can_hold_by_now_holds(seat):
    client, order = seat(Role.BILLING), cannot_settle(customer())
    costs("30.00")

    answer = send(client, order, "call_off")

    assert answer.status_code == 409
    assert "is settled: it holds" in answer.content.decode()
    order.refresh_from_db()
    assert (order.state, RefundAttempt.objects.count()) == ("done", 0)


@pytest.mark.parametrize(
    ("reason", "problem"),
    [("", "Write why it is called off"), ("x" * 301, "at most 300 characters")],
    ids=["none", "too long"],
)
def test_a_wrong_reason_is_said_and_kept(seat, reason, problem):  # ALL-4
    client, order = seat(Role.BILLING), cannot_settle(customer())

    answer = send(client, order, "call_off", reason)

    assert answer.status_code == 422
    assert problem in answer.content.decode()
    assert reason in answer.content.decode()
    assert not CalledOff.objects.exists()


def test_the_reason_can_be_changed_after_the_look(seat):
    client, order = seat(Role.BILLING), cannot_settle(customer())
    send(client, order, "show")

    assert f'value="{REASON}"' in send(client, order, "back").content.decode()


def test_an_order_that_holds_is_not_offered(seat):
    client, order = seat(Role.BILLING), buy(customer(), at=LATER, seat=8)

    for page in ("order", "paymentattempt"):
        listed = client.get(reverse(f"admin:billing_{page}_changelist")).content.decode()
        assert address(order) not in listed
    assert "There is nothing to call off" in client.get(address(order)).content.decode()
    assert send(client, order, "show").status_code == 409
    assert client.get(reverse("admin:billing_order_call_off", args=[0])).status_code == 404


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.READ_ONLY, Role.CATALOGUE])
def test_only_billing_calls_off(seat, role):  # STAFF-4
    client, order = seat(role), cannot_settle(customer())

    assert client.get(address(order)).status_code == 403
    assert send(client, order, "call_off").status_code == 403
    assert not CalledOff.objects.exists()
