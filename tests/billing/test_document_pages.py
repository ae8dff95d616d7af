"""The page of one document: its lines with *Why this amount?*, what stands beside, sending it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.core import mail as outbox
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import mail
from accounts.models import Account, Letter, Member, SupportVisit
from accounts.rights import Right
from billing import events, rolling_up
from billing.admin import why_words
from billing.forms.sending import SendForm
from billing.models import Invoice, Line, Subscription
from billing.why import why as explained
from tests.admin.book import told
from tests.billing.crediting_book import raised, two_products
from tests.billing.refunding_book import asked, paid_and_credited, refunded
from tests.billing.running import bill
from tests.billing.test_overview_pages import signed_in
from tests.factories import (
    AccessFactory,
    AccountFactory,
    MemberFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    UserFactory,
    instant,
)
from tests.standing import chief

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    cache.clear()


def read(client: Client, name: str, *arguments: object, language: str = "en") -> str:
    address = reverse(name, args=arguments)
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.status_code
    text = answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text[text.index("<main") :]))


def why(client: Client, line: Line, reader: Account, language: str = "en") -> str:
    invoice = line.bill.invoice
    assert invoice is not None
    return read(client, "billing:why", reader.pk, invoice.pk, line.pk, language=language)


# ---- the document ----


def test_a_document_shows_its_lines_and_the_way_to_each_why():  # PLAN-12
    invoice = two_products()
    client = signed_in(invoice.payer, paying=True)

    answer = client.get(reverse("billing:document", args=[invoice.payer_id, invoice.pk]))

    page = answer.content.decode()
    for line in Line.objects.all():
        address = reverse("billing:why", args=[invoice.payer_id, invoice.pk, line.pk])
        assert address in page
    assert "95.59" in page
    assert reverse("billing:invoice", args=[invoice.payer_id, invoice.pk]) in page


def test_notes_payments_and_refunds_stand_beside_their_document():  # PLAN-12
    note = paid_and_credited()
    refunded(note, "30.00")
    asked(note, "10.00")
    client = signed_in(note.payer, paying=True)

    invoice = read(client, "billing:document", note.payer_id, note.corrects_id)
    credit = read(client, "billing:document", note.payer_id, note.pk)

    assert note.number in invoice
    assert "Payment" in invoice
    assert str(note.corrects) in credit
    assert "Refund, on its way" in credit
    assert "Reason: Sold by mistake" in credit


def test_a_document_of_somebody_else_is_not_found():  # ALL-1
    invoice = two_products()
    client = signed_in(AccountFactory(), primary_admin=True)
    line = Line.objects.latest("pk")

    for name, more in (
        ("document", ()),
        ("document_send", ()),
        ("why", (line.pk,)),
    ):
        for account in (invoice.payer_id, Account.objects.latest("pk").pk):
            address = reverse(f"billing:{name}", args=[account, invoice.pk, *more])
            assert client.get(address).status_code == 404


def test_a_line_of_another_document_is_not_found():  # ALL-1
    invoice = two_products()
    note = raised(invoice, plan="10.00")
    client = signed_in(invoice.payer, paying=True)
    line = Line.objects.get(bill__invoice=note)

    address = reverse("billing:why", args=[invoice.payer_id, invoice.pk, line.pk])

    assert client.get(address).status_code == 404


@pytest.mark.parametrize("seats", [1, 40])
def test_a_document_costs_the_same_with_one_line_and_with_many(seats, django_assert_num_queries):
    SellerFactory()
    codes = [f"seat-{number}" for number in range(seats)]
    for code in codes:
        PriceFactory(code=code)
    account = AccountFactory()
    SubscriptionFactory(account=account, items=dict.fromkeys(codes, 1))
    bill(at=instant("2026-01-01 08:00"))
    client = signed_in(account, primary_admin=True)
    address = reverse("billing:document", args=[account.pk, account.invoices.get().pk])
    client.get(address)

    with django_assert_num_queries(QUERIES):
        client.get(address)


# Session, person, member with account and Access, the account switcher with unread messages, a
# hand-over for the banners; the document, how many lines, the lines,
# its bills for the discounts, its notes, payments, and refunds on their way; of one that is open
# the card, what was tried last, what is open, and what a bank has taken back.
QUERIES = 16


# ---- why this amount ----


def test_a_customer_reads_who_did_what_when_and_the_days_and_share():  # PLAN-12
    account = told().account
    line = Line.objects.filter(product_code="seat", kind="proration").latest("pk")
    client = signed_in(account, paying=True)

    page = why(client, line, account)

    assert "Why €24.43?" in page
    assert "2 units × €19.00€38.00" in page
    assert "Times 18 of the 28 days of the cycle: from 10 Feb 2026 on, that day included" in page
    assert "Rounded once, half up, to the 2 decimals of EUR" in page
    assert "Anna Nováková" in page
    assert "10 February 2026" in page
    assert "listed from" in page


@pytest.mark.parametrize("kind", ["advance", "members", "proration", "credit", "peak", "metered"])
@pytest.mark.parametrize("language", ["en", "it", "cs"])
def test_every_kind_of_line_is_explained_in_every_language(kind, language):  # PLAN-12 ALL-2
    account = told().account
    line = Line.objects.filter(kind=kind).latest("pk")
    client = signed_in(account, primary_admin=True)

    page = why(client, line, account, language)

    assert ("Rounded once" in page) == (language == "en")
    assert ("The price" in page) == (language == "en")


def test_old_use_is_told_by_its_days(client):  # PLAN-12, decision 19
    account = told().account
    line = Line.objects.filter(kind=Line.Kind.METERED).latest("pk")
    rolling_up.roll_up(at=instant("2026-12-01"), pages=9)

    page = why(signed_in(account, primary_admin=True), line, account)

    assert "+5,200 2 reports 15 February 2026" in page
    assert "call-1" not in page
    [row] = why_words.causes(explained(line.pk)).rows
    assert [cell.text for cell in row.cells] == [
        "15 Feb 2026", "2 reports, older than 90 days", "5,200",
    ]  # fmt: skip


def test_a_credit_note_is_explained_by_its_reason_and_names_nobody_of_the_desk():  # STAFF-2
    invoice = two_products()
    note = raised(invoice, plan="10.00")
    client = signed_in(invoice.payer, paying=True)

    page = why(client, Line.objects.get(bill__invoice=note), invoice.payer)

    assert "Sold by mistake" in page
    assert "Support" in page
    assert "Ines of billing" not in page


def test_names_of_members_are_for_who_sees_the_team():  # PLAN-12
    account = told().account
    line = Line.objects.filter(kind="members").latest("pk")

    assert "Bob" not in why(signed_in(account, paying=True), line, account)
    assert "Bob" in why(signed_in(account, primary_admin=True), line, account)


def clicked(account: Account, *, by: Member, cause: str = "") -> Line:
    """Three seats, of which this person chose the last two; the line that bills them."""
    SellerFactory()
    PriceFactory(code="seat")
    SubscriptionFactory(account=account, items={"seat": 1})
    bill(at=instant("2026-01-01 08:00"))
    assert by.user is not None
    events.record(
        subscription_id=Subscription.objects.get(account=account).pk,
        changes={"seat": 3},
        at=instant("2026-01-20 10:00"),
        by=by.user,
        by_name=by.name,
        cause=cause,
    )
    bill(at=instant("2026-02-01 08:00"))
    return Line.objects.filter(bill__subscription__account=account, kind="advance").latest("pk")


def test_a_workspace_reads_nothing_of_its_agencys_people():  # AGY-3
    agency = AccountFactory(agency=True)
    workspace = AccountFactory(workspace=True, parent=agency)
    klara: Member = MemberFactory(account=agency, name="Klara Above", signs_in=True)
    line = clicked(workspace, by=klara, cause="The agency wanted it")

    page = why(signed_in(workspace, primary_admin=True), line, workspace)

    assert "Klara" not in page
    assert "The agency wanted it" not in page
    assert "Your agency" in page


def test_a_workspace_reads_the_names_of_its_own_people():  # AGY-3
    workspace = AccountFactory(workspace=True, parent=AccountFactory(agency=True))
    own: Member = MemberFactory(account=workspace, name="Olga Own", signs_in=True)
    line = clicked(workspace, by=own, cause="More colleagues")

    page = why(signed_in(workspace, primary_admin=True), line, workspace)

    assert "Olga Own" in page
    assert "More colleagues" in page


def test_support_that_visited_the_agency_is_support_to_the_workspace():  # AGY-3
    workspace = AccountFactory(workspace=True, parent=AccountFactory(agency=True))
    line = clicked(
        workspace,
        by=Member(user=UserFactory(staff=True), name="Simon Support (Klara Above)"),
        cause="Support visit 4",
    )

    page = why(signed_in(workspace, primary_admin=True), line, workspace)

    assert "Klara" not in page
    assert "Support visit" not in page


@pytest.mark.parametrize("may_look_in", [True, False])
def test_who_pays_for_a_client_reads_its_people_only_where_they_may_look_in(
    may_look_in,
):  # RSL-2 ALL-1
    reseller = AccountFactory(reseller=True)
    client = AccountFactory(client=True, paid_by=reseller, name="Client Ltd")
    worker: Member = MemberFactory(account=client, name="Willa Worker", signs_in=True)
    line = clicked(client, by=worker, cause="A secret plan")
    rights = [Right.SEE_CLIENTS] if may_look_in else [Right.SEE_TEAM]
    reader = signed_in(
        reseller, billing_role=True, access=AccessFactory(account=reseller, rights=rights)
    )

    page = why(reader, line, reseller)

    assert ("Willa Worker" in page) == may_look_in
    assert ("A secret plan" in page) == may_look_in
    assert ("Somebody of Client Ltd" in page) != may_look_in


# ---- sending it ----


def asked_for(client: Client, invoice: Invoice, **said: str) -> tuple[int, str]:
    """Open the form and send it; the status, and the token of the page."""
    address = reverse("billing:document_send", args=[invoice.payer_id, invoice.pk])
    token = client.get(address).context["form"].initial["token"]
    answer = client.post(address, {"token": token, **said})
    return answer.status_code, token


def test_a_document_goes_to_the_invoice_e_mails_once_a_click():  # PLAN-12
    invoice = two_products(email="invoices@alfa.example")
    client = signed_in(invoice.payer, paying=True)
    address = reverse("billing:document_send", args=[invoice.payer_id, invoice.pk])

    status, token = asked_for(client, invoice, to="invoices")
    client.post(address, {"token": token, "to": "invoices"})

    assert status == 302
    (letter,) = Letter.objects.filter(key__contains=":copy:")
    assert (letter.name, letter.to) == ("invoice", "invoices@alfa.example")
    mail.deliver_due(clock=timezone.now)
    (message,) = [one for one in outbox.outbox if one.to == ["invoices@alfa.example"]][-1:]
    assert [name for name, _, _ in message.attachments] == [f"{invoice.number}.pdf"]


def test_a_document_goes_to_who_asks_in_their_language():  # PLAN-12
    invoice = two_products(email="invoices@alfa.example")
    member: Member = MemberFactory(account=invoice.payer, signs_in=True, billing_role=True)
    assert member.user is not None
    member.user.language = "cs"
    member.user.save()
    client = Client()
    client.force_login(member.user)

    asked_for(client, invoice, to="me")

    letter = Letter.objects.get(key__contains=":copy:")
    assert (letter.to, letter.language) == (member.user.email, "cs")


@pytest.mark.parametrize(
    "said", [{}, {"to": "others@example.com"}, {"to": "invoices", "token": "short"}]
)
def test_it_goes_to_nobody_else(said):  # PLAN-12
    invoice = two_products(email="invoices@alfa.example")

    status, _ = asked_for(signed_in(invoice.payer, paying=True), invoice, **said)

    assert status == 422
    assert not Letter.objects.filter(key__contains=":copy:").exists()


def test_it_is_sent_twenty_times_an_hour_at_most():
    invoice = two_products(email="invoices@alfa.example")
    client = signed_in(invoice.payer, paying=True)

    answers = [asked_for(client, invoice, to="invoices")[0] for _ in range(21)]

    assert answers == [302] * 20 + [429]


def test_support_on_a_visit_sends_it_to_the_customer_alone():  # STAFF-2
    here = chief(AccountFactory(email="invoices@alfa.example"))

    form = SendForm(None, here=replace(here, visit=SupportVisit()))

    words = [str(choice) for choice in form["to"]]
    assert len(words) == 1
    assert "The invoice e-mails: invoices@alfa.example" in words[0]
