"""From the log to the letter: what a real run issues arrives by mail, its lines in words."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from accounts import mail
from accounts.models import Letter
from billing import events
from billing.models import Invoice
from tests.billing.paper import words_of
from tests.billing.running import bill
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    instant,
)
from tests.mail_server import mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(settings):
    with mail_server() as inbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", inbox.port
        yield inbox


def test_an_invoice_arrives_with_lines_that_a_stranger_can_read(inbox):  # JOBS-1
    SellerFactory()
    TaxRateFactory(percent=Decimal("21"))
    PriceFactory(
        code="seat",
        amount=Decimal("19.00"),
        product__name_cs="Místa",
        product__unit_cs="místo|místa|míst",
    )
    payer = AccountFactory(transfer=True, language="cs", email="jana@example.com")
    plan = SubscriptionFactory(account=payer, starts_on=date(2026, 1, 31), items={"seat": 3})
    bill(at=instant("2026-01-31"))
    events.record(subscription_id=plan.pk, changes={"seat": 5}, at=instant("2026-02-10"))

    bill(at=instant("2026-02-10 01:00"))
    mail.deliver_due(clock=lambda: datetime(2100, 1, 1, tzinfo=UTC))

    change = Invoice.objects.get(reason=Invoice.Reason.CHANGE)
    letter = next(one for one in inbox.letters if change.number in str(one["Subject"]))
    said = words_of(next(letter.iter_attachments()).get_content())
    assert {one.state for one in Letter.objects.all()} == {Letter.State.SENT}
    assert letter["To"] == "jana@example.com"
    assert "2 místa × 19,00 € × 18 z 28 dní" in said  # of 24.43, on 10 February
    assert "10.–27. 2. 2026 · přidáno během období" in said
    assert "24,43" in said
    assert "29,56" in said
