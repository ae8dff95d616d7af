"""The letter about an invoice whose payment is disputed: it promises no charge."""

from __future__ import annotations

import pytest

from tests.billing.dispute_book import charged, decided, heard
from tests.billing.test_documents_letters import letter_about

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
            "it by bank transfer.",
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
    assert ("IBAN" in letter.text) == transfers
