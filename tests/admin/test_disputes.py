"""Disputes at the desk: what was taken and until when evidence is given, and asking once more."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.access import Role
from billing.models import Dispute
from tests.billing.crediting_book import MARCH
from tests.billing.dispute_book import at_bank, charged, decided, heard, payment_of, stands
from tests.factories import instant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(MARCH, tick=False):
        yield


def page() -> str:
    return reverse("admin:billing_dispute_change", args=[Dispute.objects.get().pk])


def ask(client: Client) -> str:
    address = reverse("admin:billing_dispute_ask", args=[Dispute.objects.get().pk])
    return client.post(address, follow=True).content.decode()


def test_a_dispute_is_listed_with_its_amount_reason_and_day(seat):
    client, invoice = seat(Role.BILLING), charged()
    type(at_bank()).objects.update(evidence_by=instant("2026-03-12 10:00"))
    heard()

    for shown in (reverse("admin:billing_dispute_changelist"), page()):
        words = client.get(shown).content.decode()
        for said in ("€50.00", "Fraudulent", "12 Mar 2026", "Disputed", invoice.number):
            assert said in words, said
    assert "€50.00, the provider's fee apart" in client.get(page()).content.decode()
    assert at_bank().token in client.get(page()).content.decode()


@pytest.mark.parametrize(
    ("state", "listed"), [("undecided", True), ("won", False), ("lost", False), ("", True)]
)
def test_those_that_are_not_decided_are_found(seat, state, listed):
    client = seat(Role.READ_ONLY)
    charged()
    heard()

    found = client.get(reverse("admin:billing_dispute_changelist"), {"state": state})

    assert (at_bank().reference in found.content.decode()) == listed


def test_the_page_of_a_disputed_invoice_names_the_dispute(seat):  # STAFF-1
    client, invoice = seat(Role.BILLING), charged()
    address = reverse("admin:billing_invoice_change", args=[invoice.pk])
    assert "Dispute" not in client.get(address).content.decode().split("<header", 1)[1]

    heard()

    words = " ".join(client.get(address).content.decode().split())
    assert f'<a href="{page()}">{Dispute.objects.get().reference}</a>' in words
    assert "Disputed: €50.00" in words


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.BILLING])
def test_the_desk_says_of_disputes_unasked(seat, role):
    """On its first page with the day for evidence, and beside the menu of every page."""
    client = seat(role)
    charged()
    type(at_bank()).objects.update(evidence_by=instant("2026-03-12 10:00"))
    quiet = client.get(reverse("admin:index")).content.decode()
    assert "not decided" not in quiet

    heard()

    first = " ".join(client.get(reverse("admin:index")).content.decode().split())
    assert "1 dispute not decided.</strong> The first takes evidence until 12 Mar 2026" in first
    assert f'href="{reverse("admin:billing_dispute_changelist")}?state=undecided"' in first
    beside = client.get(reverse("admin:accounts_account_changelist")).content.decode()
    assert '>1<span class="desk-unseen"> not decided</span>' in beside
    decided("lost")
    heard()
    for page in ("index", "accounts_account_changelist"):
        assert "not decided" not in client.get(reverse(f"admin:{page}")).content.decode()


def test_who_keeps_the_catalogue_reads_nothing_of_disputes(seat):
    client = seat(Role.CATALOGUE)
    charged()
    heard()

    assert "not decided" not in client.get(reverse("admin:index")).content.decode()


def test_a_payment_is_marked_as_disputed(seat):
    client, invoice = seat(Role.BILLING), charged()
    heard()

    found = client.get(
        reverse("admin:billing_payment_changelist"), {"q": payment_of(invoice).reference}
    )

    assert f'href="{page()}">Disputed</a>' in found.content.decode()


@pytest.mark.parametrize(
    ("state", "words"),
    [("won", "the books stand as before"), ("lost", "written off by a credit note")],
)
def test_the_provider_is_asked_how_it_stands(seat, state, words):
    client, invoice = seat(Role.BILLING), charged()
    heard()
    decided(state)

    told = ask(client)

    assert "This is how it stands at the provider." in told
    assert words in told
    assert stands(invoice)[2] == state


def test_another_provider_than_the_sites_is_not_asked(seat):
    client = seat(Role.BILLING)
    charged()
    heard()
    Dispute.objects.update(gateway="stripe")

    assert "stripe is not in use any more" in ask(client)


def test_what_the_provider_says_and_cannot_be_written_down_is_told(seat):
    """Nothing is lost by it, and nobody meets a page that broke."""
    client, invoice = seat(Role.BILLING), charged()
    heard()
    at_bank().charge.__class__.objects.update(currency="USD")

    assert "It could not be written down: sandbox-dispute-" in ask(client)
    assert stands(invoice) == ("50.00", "0.00", "open")


def test_who_only_reads_does_not_ask(seat):
    client = seat(Role.READ_ONLY)
    charged()
    heard()
    address = reverse("admin:billing_dispute_ask", args=[Dispute.objects.get().pk])

    assert "Ask the provider" not in client.get(page()).content.decode()
    assert client.post(address).status_code == 403
    assert client.get(address).status_code == 405


def test_a_dispute_that_there_is_not(seat):
    client = seat(Role.BILLING)

    assert client.post(reverse("admin:billing_dispute_ask", args=[0])).status_code == 404


@pytest.mark.parametrize("answer", ["won", "lost"])
def test_the_sandbox_decides_on_its_own_page(seat, answer):
    client, invoice = seat(Role.BILLING), charged()
    heard()
    address = reverse("billing:sandbox_dispute", args=[at_bank().token])
    assert "Decide for the seller" in client.get(address).content.decode()

    client.post(address, {"answer": answer})

    assert at_bank().state == answer
    assert 'name="answer"' not in client.get(address).content.decode()
    heard()
    assert stands(invoice)[2] == answer


def test_the_sandbox_decides_once(seat):
    client = seat(Role.BILLING)
    charged()
    address = reverse("billing:sandbox_dispute", args=[at_bank().token])
    client.post(address, {"answer": "closed"})
    assert at_bank().state == "open"

    for answer in ("won", "lost"):
        client.post(address, {"answer": answer})

    assert at_bank().state == "won"


def test_the_sandboxs_bank_decides_for_a_part(client):
    """Of 50.00 the cardholder keeps 30.00; what no part can be is said, and nothing is decided."""
    invoice = charged()
    heard()
    address = reverse("billing:sandbox_dispute", args=[at_bank().token])

    for wrong in ("x", "0", "50.01", "0.001"):
        answer = client.post(address, {"answer": "lost", "keeps": wrong})
        assert answer.status_code == 422
        assert "Write an amount up to €50.00, or nothing." in answer.content.decode()
    answer = client.post(address, {"answer": "lost", "keeps": "30.00"}, follow=True)
    heard()

    assert "€30.00 stay with them" in answer.content.decode()
    assert stands(invoice) == ("30.00", "0.00", "lost")


@pytest.mark.parametrize("name", ["payment", "paymentattempt"])
def test_the_page_of_one_payment_names_the_zone_of_its_times(seat, name):  # STAFF-1
    client, payment = seat(Role.BILLING), payment_of(charged())
    key = payment.pk if name == "payment" else payment.attempt_id

    said = client.get(reverse(f"admin:billing_{name}_change", args=[key])).content.decode()

    assert f"{payment.at:%-d %b %Y, %H:%M} UTC" in said
    assert not re.findall(r"\d [ap]\.m\.|midnight|noon", said)
