"""Paying what a dispute has opened: not by the card that was disputed, but by another one."""

from __future__ import annotations

import re
from typing import Final

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Standing
from accounts.models import Letter, Member
from billing import collecting, methods, paying
from billing.auditing import audit
from billing.gateways.sandbox_cards import Behaviour
from billing.models import Invoice, Payment, PaymentAttempt, PaymentMethod, Receivable
from billing.refusals import ChangeRefused
from tests.billing.buying import GATEWAY
from tests.billing.dispute_book import at_bank, charged, decided, heard
from tests.billing.keeping import kept
from tests.billing.running import clock
from tests.billing.test_document_pages import read
from tests.factories import CardFactory, instant
from tests.standing import chief, stands

pytestmark = pytest.mark.django_db

LATER: Final = instant("2026-03-20 10:00")
WAIT: Final = "Wait until it has decided"
SAME: Final = "Your bank took the payment by this card back"


def lost() -> Invoice:
    """50.00 that the cardholder's bank has taken and keeps."""
    invoice = charged()
    heard()
    decided("lost")
    heard()
    return invoice


def other_card(invoice: Invoice, **of: object) -> PaymentMethod:
    """Another card becomes the one that is charged."""
    PaymentMethod.objects.filter(payer=invoice.payer).update(is_default=False)
    return CardFactory(payer=invoice.payer, behaviour=Behaviour.GOOD, **{"last4": "5556", **of})


def buyer(invoice: Invoice) -> Standing:
    """Where the payer's primary account admin stands, who is made at first."""
    known = Member.objects.filter(account=invoice.payer, primary_admin=True).first()
    return chief(invoice.payer) if known is None else stands(known)


def pays(invoice: Invoice) -> PaymentAttempt:
    attempt = paying.begin(here=buyer(invoice), invoice_id=invoice.pk, at=LATER)
    collecting.collect_one(attempt.pk, clock=clock(LATER), gateway=GATEWAY)
    attempt.refresh_from_db()
    return attempt


def page(client: Client, invoice: Invoice) -> str:
    here = buyer(invoice)
    client.force_login(here.person)
    address = reverse("billing:pay", args=[here.account.pk, invoice.pk])
    return " ".join(client.get(address).content.decode().split())


def forms(shown: str) -> str:
    return "".join(re.findall("<form[^>]*>", shown))


@pytest.mark.parametrize(("decides", "words"), [("", WAIT), ("lost", SAME)])
def test_the_card_that_was_disputed_is_not_charged_again(client, decides, words):
    """Nor does the page offer to: it says why, and what to do, where the form would stand."""
    invoice = charged()
    heard()
    if decides:
        decided(decides)
        heard()

    with pytest.raises(ChangeRefused, match=words):
        pays(invoice)

    shown = page(client, invoice)
    assert words in shown
    assert "/pay/" not in forms(shown)
    assert ("Use another card" in shown) == (decides == "lost")


def test_while_it_is_disputed_no_other_card_is_charged_either():
    """The bank may yet decide for us: the customer would pay twice."""
    invoice = charged()
    heard()
    other_card(invoice)

    with pytest.raises(ChangeRefused, match=WAIT):
        pays(invoice)


def test_what_is_lost_is_paid_by_another_card(client):  # PLAN-11
    invoice = lost()
    other_card(invoice)
    shown = page(client, invoice)
    assert "Pay what is open by another card, or by bank transfer." in shown
    assert "/pay/" in forms(shown)

    attempt = pays(invoice)

    assert (attempt.number, attempt.state, f"{attempt.amount.amount:.2f}") == (
        2,
        "charged",
        "50.00",
    )
    assert Receivable.objects.get(invoice=invoice).state == "paid"
    assert Payment.objects.filter(invoice=invoice, attempt__isnull=False).count() == 2
    assert Letter.objects.filter(key=f"invoice:{invoice.pk}:2").count() == 1
    assert list(audit()) == []
    with pytest.raises(ChangeRefused, match="Nothing is open"):
        pays(invoice)


def test_the_same_card_added_once_more_is_the_same_card():
    invoice = lost()
    other_card(invoice, last4="1111")

    with pytest.raises(ChangeRefused, match=SAME):
        pays(invoice)


def test_one_that_is_won_after_another_card_has_paid_is_credit():
    """Banks change their minds: what came twice is the customer's."""
    invoice = lost()
    other_card(invoice)
    pays(invoice)
    type(at_bank()).objects.update(state="won")
    heard(at=LATER)

    assert Receivable.objects.get(invoice=invoice).open.amount == -50
    assert list(audit()) == []


def test_nothing_is_charged_to_another_card_by_itself():
    invoice = lost()
    other_card(invoice)

    collecting.collect(clock=clock(LATER), gateway=GATEWAY)

    assert PaymentAttempt.objects.get(invoice=invoice).state == "taken"


def test_no_other_card_takes_the_place_of_one_that_waits_to_be_charged():  # PLAN-11
    """Whoever pays dies before the gateway hears of it: the disputed card would be charged."""
    invoice = lost()
    disputed = PaymentMethod.objects.get(payer=invoice.payer)
    chosen, here = other_card(invoice), buyer(invoice)
    begun = paying.begin(here=here, invoice_id=invoice.pk, at=LATER)

    with pytest.raises(ChangeRefused, match="answer to a payment is awaited"):
        methods.remove(here=here, method_id=chosen.pk, at=LATER)
    after = LATER + collecting.LEASE
    collecting.collect(clock=clock(after), gateway=GATEWAY)

    begun.refresh_from_db()
    assert (begun.state, begun.method) == ("charged", chosen)
    assert methods.remove(here=here, method_id=chosen.pk, at=after) == disputed


@pytest.mark.parametrize("of", ["another default", "the disputed card once more"])
def test_a_card_that_is_gone_meanwhile_leaves_the_disputed_one_alone(client, of):  # PLAN-11
    """Queued before; what stands in for the card is the one whose bank took the money back."""
    invoice = lost()
    disputed = PaymentMethod.objects.get(payer=invoice.payer)
    chosen, here = other_card(invoice), buyer(invoice)
    begun = paying.begin(here=here, invoice_id=invoice.pk, at=LATER)

    if of == "another default":
        methods.make_default(here=here, method_id=disputed.pk, at=LATER)
        # As it was before a card that is waited for had to stay.
        PaymentMethod.objects.filter(pk=chosen.pk).update(removed_at=LATER)
    else:
        kept(here, Behaviour.DISPUTED, at=LATER, replaces=chosen.pk)
        PaymentMethod.objects.filter(is_default=True).update(
            last4=disputed.last4, expires_year=disputed.expires_year
        )
    collecting.collect(clock=clock(LATER + collecting.LEASE), gateway=GATEWAY)

    begun.refresh_from_db()
    assert (begun.state, begun.cause) == ("cancelled", "disputed")
    assert "took the money of the invoice back" in begun.reason
    assert Payment.objects.filter(invoice=invoice, attempt__isnull=False).count() == 1
    assert list(audit()) == []
    shown = page(client, invoice)
    assert SAME in shown
    assert "Use another card" in shown
    other_card(invoice)
    assert "The card that was to be charged is one whose bank took" in page(client, invoice)
    assert pays(invoice).state == "charged"


def test_what_a_card_was_replaced_by_is_charged_in_its_place():  # PLAN-11
    """Also where it is no longer the default: whoever pays has chosen it, and not the other."""
    invoice = lost()
    disputed = PaymentMethod.objects.get(payer=invoice.payer)
    chosen, here = other_card(invoice), buyer(invoice)
    begun = paying.begin(here=here, invoice_id=invoice.pk, at=LATER)
    methods.make_default(here=here, method_id=disputed.pk, at=LATER)

    new = kept(here, at=LATER, replaces=chosen.pk)
    collecting.collect(clock=clock(LATER + collecting.LEASE), gateway=GATEWAY)

    begun.refresh_from_db()
    assert (begun.state, begun.method) == ("charged", new)


@pytest.mark.parametrize("state", ["sent", "unknown"])
@pytest.mark.parametrize("times", [1, 2])
def test_so_is_it_where_a_worker_had_claimed_the_payment_before(state, times):  # PLAN-11
    """It was marked as sent and the worker died: the gateway has never heard of it."""
    invoice = lost()
    chosen, here = other_card(invoice), buyer(invoice)
    begun = paying.begin(here=here, invoice_id=invoice.pk, at=LATER)
    third = CardFactory(payer=invoice.payer, last4="9999")
    methods.make_default(here=here, method_id=third.pk, at=LATER)
    PaymentAttempt.objects.filter(pk=begun.pk).update(state=state)

    new = chosen
    for _ in range(times):
        new = kept(here, at=LATER, replaces=new.pk)
    collecting.collect(clock=clock(LATER + collecting.LEASE), gateway=GATEWAY)

    begun.refresh_from_db()
    assert (begun.state, begun.method) == ("charged", new)


def test_a_card_that_no_payment_waits_for_is_removed_meanwhile():
    invoice = lost()
    disputed = PaymentMethod.objects.get(payer=invoice.payer)
    chosen, here = other_card(invoice), buyer(invoice)
    paying.begin(here=here, invoice_id=invoice.pk, at=LATER)

    assert methods.remove(here=here, method_id=disputed.pk, at=LATER) == chosen


def test_without_a_card_the_page_asks_for_one_and_says_why(client):
    invoice = lost()
    PaymentMethod.objects.update(is_default=False, removed_at=LATER)

    shown = page(client, invoice)

    assert "Pay what is open by another card, or by bank transfer." in shown
    assert "There is no card to charge. Add one, then pay." in shown


# ---- where the invoice is listed ----


def listed(client: Client, invoice: Invoice, name: str, **query: str) -> str:
    here = buyer(invoice)
    client.force_login(here.person)
    answer = client.get(reverse(name, args=[here.account.pk]), query)
    text = " ".join(answer.content.decode().split())
    # What can be chosen in the search is not what is listed.
    return re.sub("<select.*?</select>", "", text[text.index("<main") :])


@pytest.mark.parametrize("name", ["billing:overview", "billing:papers"])
def test_a_list_says_that_it_is_disputed_and_offers_no_payment(client, name):  # PLAN-12
    invoice = charged()
    heard()

    shown = listed(client, invoice, name)

    assert "Disputed at the bank" in shown
    assert "Open, due" not in shown
    assert "Pay now" not in shown

    decided("lost")
    heard()

    shown = listed(client, invoice, name)
    assert "Disputed at the bank" not in shown
    assert "Pay now" in shown


def test_what_a_bank_takes_back_is_called_by_its_own_word(client):  # PLAN-12
    """It is no refund, neither in the list nor beside its document, and found by its kind."""
    invoice = charged()
    heard()

    for shown in (
        listed(client, invoice, "billing:papers", state="taken_back"),
        listed(client, invoice, "billing:papers", kind="dispute"),
        read(client, "billing:document", invoice.payer_id, invoice.pk),
    ):
        assert "Taken back by the bank" in shown
        assert not re.findall("<small>Refund", shown.replace("<small> ", "<small>"))
    assert "Disputed at the bank" in read(client, "billing:document", invoice.payer_id, invoice.pk)
    assert invoice.number in listed(client, invoice, "billing:papers", state="disputed")
    assert at_bank().reference not in listed(client, invoice, "billing:papers", kind="refund")
