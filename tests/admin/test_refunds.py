"""Giving money back at the desk: looked at first, sent once, and what became of it. STAFF-2."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Role
from billing.models import Deposit, Invoice, Payment, PaymentAttempt, RefundAttempt
from tests.billing.refunding_book import asked, credit, paid_and_credited, payment_of
from tests.billing.test_refunding import by_transfer, charged_late

pytestmark = pytest.mark.django_db

ADD = "admin:billing_refundattempt_add"


def address(note: Invoice) -> str:
    return f"{reverse(ADD)}?invoice={note.pk}"


def send(client: Client, note: Invoice, deed: str, /, **values: str) -> Any:
    filled = {"payment": str(payment_of(note).pk), "amount": "30.00", "note": "Sold by mistake"}
    return client.post(address(note), {"deed": deed, **filled, **values})


def page_of(refund: RefundAttempt) -> str:
    return reverse("admin:billing_refundattempt_change", args=[refund.pk])


def test_money_goes_back_after_a_look(seat):
    client, note = seat(Role.BILLING), paid_and_credited()
    invoice_page = client.get(reverse("admin:billing_invoice_change", args=[note.pk]))
    assert address(note) in invoice_page.content.decode()
    form = client.get(address(note)).content.decode()
    assert 'value="50.00"' in form
    assert payment_of(note).reference in form

    shown = send(client, note, "show")
    assert not RefundAttempt.objects.exists()
    assert "€30.00 goes back by sandbox" in shown.content.decode()
    answer = send(client, note, "refund", number="1")

    refund = RefundAttempt.objects.get()
    assert (refund.state, answer.url) == ("refunded", page_of(refund))
    words = client.get(answer.url).content.decode()
    for told in ("€30.00 went back", "Sold by mistake", str(refund.person), note.number):
        assert told in words
    assert credit(note) == ("-20.00", "0.00")


def test_a_second_click_gives_back_nothing_more(seat):
    client, note = seat(Role.BILLING), paid_and_credited()

    send(client, note, "refund", number="1", amount="20.00")
    again = send(client, note, "refund", number="1", amount="20.00")

    assert again.status_code == 409
    assert "asked for already" in again.content.decode()
    assert RefundAttempt.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"amount": "50.01"}, "50.00 EUR of this payment have not gone back"),
        ({"amount": "0"}, "more than nothing"),
        ({"amount": "x"}, "Enter a number"),
        ({"amount": "9" * 30}, "no more than"),
        ({"note": ""}, "Write why it goes back"),
        ({"payment": "0"}, "Select a valid choice"),
        ({"number": "x"}, "asked for already"),
    ],
)
def test_wrong_input_is_said_and_kept(seat, values, problem):  # ALL-4
    client, note = seat(Role.BILLING), paid_and_credited()

    answer = send(client, note, "refund", **{"number": "1", **values})

    assert answer.status_code in {409, 422}
    assert problem in answer.content.decode()
    assert values.get("amount", "30.00") in answer.content.decode()


@pytest.mark.parametrize("amount", ["50.01", "0", "-1", "12.345"])
def test_no_preview_shows_an_amount_that_cannot_go_back(seat, amount):  # ALL-4
    client, note = seat(Role.BILLING), paid_and_credited()

    answer = send(client, note, "show", amount=amount)

    assert answer.status_code == 422
    assert "What will happen" not in answer.content.decode()
    assert list(answer.context["form"].errors) == ["amount"]
    assert f'value="{amount}"' in answer.content.decode()


def test_a_preview_says_that_a_refund_is_on_its_way(seat):
    client, note = seat(Role.BILLING), paid_and_credited()
    asked(note, "10.00")

    answer = send(client, note, "show", amount="20.00")

    assert answer.status_code == 409
    assert "on its way already" in answer.content.decode()


def test_a_refusal_is_told(seat):
    client, note = seat(Role.BILLING), paid_and_credited()

    answer = send(client, note, "refund", number="1", amount="20.13")

    assert "did not go back" in client.get(answer.url).content.decode()
    assert credit(note) == ("-50.00", "0.00")


def test_a_transfer_is_written_down_with_the_banks_number(seat):  # PLAN-11
    client, note = seat(Role.BILLING), by_transfer()
    without = send(client, note, "show")
    assert without.status_code == 422
    assert "Transfer it back, then write" in without.content.decode()

    shown = send(client, note, "show", reference="OUT-1")
    assert "written down as transferred back under OUT-1" in shown.content.decode()
    send(client, note, "refund", number="1", reference="OUT-1")
    send(client, note, "refund", number="1", reference="OUT-1")

    assert Payment.objects.get(amount__lt=0).reference == "OUT-1"


def test_money_of_an_order_that_was_called_off_is_one_click_away(seat):
    client, attempt = seat(Role.BILLING), charged_late()
    listing = client.get(reverse("admin:billing_deposit_changelist")).content.decode()
    deposit = Deposit.objects.get()
    add = f"{reverse(ADD)}?payment={deposit.payment_id}"
    assert add in listing
    assert "To be given back" in listing
    form = client.get(add).context["form"]

    client.post(
        add, {"deed": "refund", "number": "1", **{name: form[name].value() for name in form.fields
              if form[name].value() is not None}},
    )  # fmt: skip

    attempt.refresh_from_db()
    assert (attempt.state, RefundAttempt.objects.get().state) == ("cancelled", "refunded")
    assert attempt.state == PaymentAttempt.State.CANCELLED


def test_without_credit_nothing_is_offered(seat):
    client, note = seat(Role.BILLING), paid_and_credited()
    send(client, note, "refund", number="1", amount="50.00")

    page = client.get(reverse("admin:billing_invoice_change", args=[note.pk])).content.decode()
    assert address(note) not in page
    assert "No payment in EUR is left" in client.get(address(note)).content.decode()
    for query in ("", "?invoice=x", "?payment=0", f"?invoice={'9' * 30}"):
        assert "raise a" in client.get(f"{reverse(ADD)}{query}").content.decode()


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.READ_ONLY, Role.CATALOGUE])
def test_only_billing_gives_money_back(seat, role):  # STAFF-4
    client, note = seat(role), paid_and_credited()
    refund = asked(note, "10.00")
    resolve = reverse("admin:billing_refundattempt_resolve", args=[refund.pk])

    assert client.get(address(note)).status_code == 403
    assert send(client, note, "refund", number="1").status_code == 403
    assert client.post(resolve, {"deed": "refused"}).status_code == 403


# ---- what support has to see ----


def unknown(note: Invoice) -> RefundAttempt:
    refund = asked(note, "10.00")
    RefundAttempt.objects.update(state="unknown", reason="No answer")
    return refund


def listed(client: Client, state: str) -> int:
    page = client.get(reverse("admin:billing_refundattempt_changelist"), {"state": state})
    return len(page.context["cl"].result_list)


@pytest.mark.parametrize(
    ("values", "state", "left"),
    [
        ({"deed": "refunded", "reference": "re_1"}, "refunded", ("-40.00", "0.00")),
        ({"deed": "refused"}, "refused", ("-50.00", "0.00")),
        ({"deed": "refunded"}, "unknown", ("-50.00", "10.00")),
        ({"deed": "x"}, "unknown", ("-50.00", "10.00")),
    ],
    ids=["went back", "did not", "without its number", "nonsense"],
)
def test_what_nobody_knows_is_resolved_by_who_has_looked(seat, values, state, left):
    client, note = seat(Role.BILLING), paid_and_credited()
    refund = unknown(note)
    assert listed(client, "support") == listed(client, "unsettled") == 1
    assert "Look for" in client.get(page_of(refund)).content.decode()

    client.post(reverse("admin:billing_refundattempt_resolve", args=[refund.pk]), values)

    refund.refresh_from_db()
    assert (refund.state, credit(note)) == (state, left)


def test_what_went_back_and_came_again_is_seen_by_support(seat):
    client, note = seat(Role.BILLING), paid_and_credited()
    send(client, note, "refund", number="1")
    assert listed(client, "support") == 0

    RefundAttempt.objects.update(reason="It went back and came again: expired")

    assert listed(client, "support") == 1


def test_a_number_that_names_another_payment_is_refused(seat):
    client, note = seat(Role.BILLING), paid_and_credited()
    refund = unknown(note)
    taken = {"deed": "refunded", "reference": payment_of(note).reference}

    client.post(reverse("admin:billing_refundattempt_resolve", args=[refund.pk]), taken)

    refund.refresh_from_db()
    assert refund.state == "unknown"
    assert "names another payment already" in client.get(page_of(refund)).content.decode()


def test_what_is_settled_is_not_settled_again(seat):
    client, note = seat(Role.BILLING), paid_and_credited()
    send(client, note, "refund", number="1")
    refund = RefundAttempt.objects.get()

    client.post(
        reverse("admin:billing_refundattempt_resolve", args=[refund.pk]), {"deed": "refused"}
    )

    assert "settled meanwhile" in client.get(page_of(refund)).content.decode()
    assert refund.amount.amount == Decimal(30)
