"""Letters about disputes: the customer's promises no charge, support's says until when to act."""

from __future__ import annotations

import pytest

from accounts import mail
from accounts.models import Letter
from billing import dispute_letters
from billing.gateways.sandbox_cards import Behaviour
from billing.models import Dispute
from tests.billing.dispute_book import at_bank, charged, decided, heard
from tests.billing.test_documents_letters import letter_about
from tests.factories import instant

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("decides", "subject", "lead", "transfers"),
    [
        (
            "",
            "€50.00 is disputed at your bank",
            "€50.00 is disputed at your bank, which has taken it back from us. It is not charged "
            "again, and there is nothing for you to do before your bank has decided.",
            False,
        ),
        (
            "lost",
            "your bank took €50.00 back",
            "Your bank took €50.00 back from us, and your card is not charged for it again. Pay "
            "it by another card, or by bank transfer.",
            True,
        ),
        ("won", "€50.00 paid", "€50.00 was charged to your card.", False),
    ],
)
def test_a_letter_promises_no_charge_of_what_is_disputed(decides, subject, lead, transfers):
    invoice = charged()
    heard()
    if decides:
        decided(decides)
        heard()

    letter = letter_about(invoice)

    assert subject in letter.subject
    assert lead in letter.text
    assert ("IBAN" in letter.text) == ("/pay/" in letter.text) == transfers


# ---- to support ----


def owed() -> list[Letter]:
    return list(Letter.objects.filter(name__startswith="dispute").order_by("pk"))


def test_support_is_written_to_once_when_a_dispute_opens(settings):
    """Whoever rings twice, and whatever is decided later."""
    settings.SUPPORT_EMAIL = "desk@vendor.example"
    invoice = charged()
    type(at_bank()).objects.update(evidence_by=instant("2026-03-12 10:00"))
    for _ in range(2):
        heard()

    (letter,) = owed()
    message = dispute_letters.support(letter)

    assert letter.to == "desk@vendor.example"
    assert message.subject == f"Disputed: €50.00 of {invoice.number}, {invoice.payer}"
    for words in ("Reason: fraudulent.", "until 12 March 2026, 10:00 UTC", "/billing/dispute/"):
        assert words in message.text, words
    decided("lost")
    heard()
    assert len(owed()) == 1
    assert "keeps what it has taken of €50.00" in dispute_letters.support(letter).text


def test_of_an_inquiry_support_hears_when_it_comes_and_when_it_takes_the_money():
    charged(behaviour=Behaviour.INQUIRED)
    heard()
    assert "Nothing was taken" in dispute_letters.support(owed()[0]).text

    decided("open")
    heard()

    assert [one.name for one in owed()] == ["dispute_asked", "dispute"]


@pytest.mark.parametrize("heard_before", [True, False])
def test_of_what_is_won_by_then_support_is_not_written_to(heard_before):
    charged()
    if heard_before:
        heard()
    decided("won")
    heard()

    assert Dispute.objects.get().state == "won"
    assert len(owed()) == heard_before
    for letter in owed():
        with pytest.raises(mail.NotOwedAnyMore, match="Won"):
            dispute_letters.support(letter)
