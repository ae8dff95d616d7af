"""The letter about an invoice: it says what became of the amount, in the reader's language."""

from html import unescape
from typing import Any

import pytest
from djmoney.money import Money

from accounts import mail
from accounts.models import Letter
from billing.documents import letters
from billing.models import Invoice, Payment, PaymentAttempt, Receivable
from tests.billing.paper import ISSUED_AT, issue, words_of
from tests.factories import AccountFactory

pytestmark = pytest.mark.django_db

LINE = {"amount": "100.00", "quantity": 2, "unit_amount": "50.00"}


def letter_about(invoice: Invoice, language: str = "en") -> mail.Message:
    letter = mail.letter(
        name="invoice",
        key=f"invoice:{invoice.pk}",
        account_id=invoice.payer_id,
        subject_id=invoice.pk,
        to="jana@example.com",
        language=language,
        at=ISSUED_AT,
    )
    return letters.invoice(letter)


def issued(*, by_card: bool = True, **changed: Any) -> Invoice:
    return issue(AccountFactory(transfer=not by_card), LINE, **changed)


def attempt(invoice: Invoice, state: str, *, amount: str = "100.00", cause: str = "") -> None:
    made = PaymentAttempt.objects.create(
        invoice=invoice,
        payer=invoice.payer,
        amount=Money(amount, "EUR"),
        state=state,
        queued_at=ISSUED_AT,
        next_try_at=ISSUED_AT,
        cause=cause,
    )
    if state == PaymentAttempt.State.CHARGED:
        Payment.objects.create(
            payer=invoice.payer,
            attempt=made,
            invoice=invoice,
            amount=Money(amount, "EUR"),
            at=ISSUED_AT,
            gateway="sandbox",
            reference="ch-1",
        )
        set_open(invoice, "0.00")


def set_open(invoice: Invoice, amount: str) -> None:
    Receivable.objects.filter(pk=invoice.pk).update(open=amount)


def test_a_charged_card_is_told_so():
    invoice = issued()
    attempt(invoice, PaymentAttempt.State.CHARGED)

    letter = letter_about(invoice)

    assert letter.subject == f"Invoice {invoice.number} of 28 February 2026: €100.00 paid"
    assert letter.text.startswith("€100.00 was charged to your card.")
    assert "IBAN" not in letter.text
    assert letter.reply_to == "billing@example.com"


def test_who_paid_by_transfer_before_the_charge_is_not_told_of_a_card():
    invoice = issued()
    attempt(invoice, PaymentAttempt.State.CANCELLED)
    Payment.objects.create(
        payer=invoice.payer, invoice=invoice, amount=invoice.total, at=ISSUED_AT, gateway="bank",
        reference="B-1",
    )  # fmt: skip
    set_open(invoice, "0.00")

    letter = letter_about(invoice)

    assert letter.subject.endswith("€100.00 paid")
    assert letter.text.startswith("€100.00 has arrived.")
    assert "card" not in letter.text


@pytest.mark.parametrize(
    ("cause", "subject", "why"),
    [
        ("expired", "Your card was declined: {}, is not paid", "The card has expired."),
        ("", "Your card was declined: {}, is not paid", "gives no reason"),
        ("confirmation", "Confirm your payment: {}, is not paid", "confirm this payment yourself"),
        ("no_method", "There is no card to charge: {}", "There is no payment method."),
    ],
)
def test_a_declined_card_is_told_why_and_how_to_mend_it(settings, cause, subject, why):
    settings.SITE_URL = "https://billing.example.com"
    invoice = issued()
    attempt(invoice, PaymentAttempt.State.DECLINED, cause=cause)

    letter = letter_about(invoice)

    document = f"Invoice {invoice.number} of 28 February 2026, €100.00"
    assert letter.subject == subject.format(document)
    assert letter.text.startswith("€100.00 could not be charged.")
    assert why in letter.text
    page = f"/accounts/{invoice.payer_id}/billing/invoices/{invoice.pk}/pay/"
    assert f"Pay €100.00: https://billing.example.com{page}" in letter.text
    assert f'href="https://billing.example.com{page}"' in letter.html
    assert "IBAN: CZ65 0800 0000 1920 0014 5399" in letter.text


def test_a_transfer_is_told_when_and_where_to():
    letter = letter_about(issued(by_card=False))

    assert letter.subject.endswith("€100.00 due on 14 March 2026")
    assert letter.text.startswith("€100.00 is due on 14 March 2026 by bank transfer.")
    assert "BIC: EXAMCZPP" in letter.text
    assert "Amount: €100.00" in letter.text


def test_credit_that_was_used_is_told():
    invoice = issued(by_card=False)
    set_open(invoice, "60.00")

    letter = letter_about(invoice)

    assert letter.subject.endswith("€60.00 due on 14 March 2026")
    assert "€40.00 of the total was taken from your credit balance." in letter.text
    assert "Amount: €60.00" in letter.text


def test_an_invoice_paid_by_credit_alone_asks_for_nothing():
    invoice = issued()
    set_open(invoice, "0.00")

    letter = letter_about(invoice)

    assert letter.subject.endswith("€100.00 paid from your credit balance")
    assert "There is nothing to pay." in letter.text


def test_an_invoice_of_zero_asks_for_nothing():
    letter = letter_about(issued(total="0.00"))

    assert letter.subject.endswith("nothing to pay")


def test_a_credit_note_tells_what_it_gives():
    note = issued(total="-100.00", kind=Invoice.Kind.CREDIT_NOTE, number="CN-2026-00001")

    letter = letter_about(note)

    assert letter.subject == (
        "Credit note CN-2026-00001 of 28 February 2026: €100.00 in your favour"
    )
    assert letter.text.startswith("€100.00 is in your favour.")


def test_an_unasked_card_is_told_that_it_will_be_charged():
    letter = letter_about(issued())

    assert letter.subject.endswith("€100.00 to be charged to your card")


@pytest.mark.parametrize(
    ("language", "subject", "phrases"),
    [
        ("en", "€100.00 due on 14 March 2026", ["2 seats × €50.00", "Total in EUR"]),
        ("it", "100,00 € in scadenza il 14 marzo 2026", ["2 postazioni × 50,00 €", "Causale"]),
        ("cs", "100,00 € se splatností 14. března 2026", ["2 místa × 50,00 €", "Celkem v EUR"]),
    ],
)
def test_a_letter_speaks_the_readers_language(language, subject, phrases):  # ALL-2
    letter = letter_about(issued(by_card=False), language)

    html, text = (unescape(part).replace("\xa0", " ") for part in (letter.html, letter.text))
    assert letter.subject.replace("\xa0", " ").endswith(subject)
    assert [phrase for phrase in phrases if phrase not in text or phrase not in html] == []


def test_the_pdf_goes_with_the_letter():  # JOBS-1
    invoice = issued()

    (file,) = letter_about(invoice, "it").attachments

    assert (file.name, file.media_type) == (f"{invoice.number}.pdf", "application/pdf")
    assert "Fattura" in words_of(file.content)


def test_a_name_is_never_markup_of_a_letter():
    names = {"en": "<b>Bold</b> & {{ lead }}", "unit_en": "<i>|<i>"}
    invoice = issue(AccountFactory(), {**LINE, "names": names})

    letter = letter_about(invoice)

    assert "<b>Bold</b> & {{ lead }}" in letter.text
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; {{ lead }}" in letter.html
    assert "<i>" not in letter.html


def test_a_letters_styles_stand_beside_its_words():
    letter = letter_about(issued())

    assert 'class="lead" style="' in letter.html
    assert "<style>" not in letter.html


def test_a_letter_costs_six_queries(django_assert_num_queries):
    invoice = issued()

    # invoice, bills, lines; payments, receivable, last attempt
    with django_assert_num_queries(6):
        letter_about(invoice)


def test_the_outbox_knows_the_letter(mailoutbox):
    invoice = issued()
    mail.owe(
        name="invoice",
        key=f"invoice:{invoice.pk}",
        account_id=invoice.payer_id,
        subject_id=invoice.pk,
        to="jana@example.com",
        language="cs",
        at=ISSUED_AT,
    )

    mail.deliver_due(clock=lambda: ISSUED_AT)

    assert Letter.objects.get().state == Letter.State.SENT
    assert mailoutbox[0].subject.startswith("Faktura")
