"""Sending a document once more: to the invoice e-mails of its payer, or to who asks for it."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import mail
from accounts.models import Letter, User
from accounts.tasks import deliver_soon
from billing.models import Invoice

logger = logging.getLogger(__name__)

_LETTER: Final = "invoice"


@transaction.atomic
def send_copy(
    *, invoice: Invoice, to: str, language: str, token: str, by: User, at: datetime
) -> None:
    """Owe the letter about this document again, with its PDF, to these addresses. PLAN-12.

    ``token`` is the one of the page that asked: a page that is sent twice owes one letter. It tells
    how the document stands when it is delivered.
    """
    mail.owe(
        name=_LETTER,
        key=f"{_copies(invoice)}{by.pk}:{token}",
        account_id=invoice.payer_id,
        subject_id=invoice.pk,
        to=to,
        language=language,
        at=at,
    )
    deliver_soon()
    logger.info("document sent invoice=%s by=%s", invoice.number, by.pk)


def letters_of(invoice: Invoice) -> QuerySet[Letter]:
    """The letter about a document, and those by which it was sent again."""
    own = Q(key=f"invoice:{invoice.pk}") | Q(key__startswith=_copies(invoice))
    return Letter.objects.filter(own).order_by("pk")


def _copies(invoice: Invoice) -> str:
    """How the keys of its copies begin."""
    return f"invoice:{invoice.pk}:copy:"
