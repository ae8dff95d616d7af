"""The letter about money that went back: how much, by which way, of what, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import css_inline
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.mail import Message
from accounts.models import Letter
from billing import transfers
from billing.core.display import format_day, format_money
from billing.core.periods import local_day
from billing.models import RefundAttempt, SellerDetails


def refund(letter: Letter) -> Message:
    """The letter about the refund of this id, in the letter's language.

    ``RefundAttempt.DoesNotExist`` for an unknown id.
    """
    rows = RefundAttempt.objects.select_related("payment", "paid_back", "invoice", "payer")
    found = rows.get(pk=letter.subject_id)
    seller = SellerDetails.objects.first()
    with override(letter.language):
        money = format_money(found.amount.amount, found.amount.currency.code, letter.language)
        context: dict[str, Any] = {
            "language": letter.language,
            "subject": _("%(amount)s goes back to you") % {"amount": money},
            "lead": _lead(found) % {"amount": money},
            "facts": list(_facts(found, letter.language)),
            "reply_to": seller.email if seller else "",
            "sender": seller.name if seller else "",
        }
        html = render_to_string("mail/refund/html.html", context)
        return Message(
            subject=render_to_string("mail/refund/subject.txt", context).strip(),
            text=render_to_string("mail/refund/text.txt", context),
            html=css_inline.inline(html),
            reply_to=context["reply_to"],
        )


def _lead(found: RefundAttempt) -> str:
    if found.paid_back is not None and found.paid_back.gateway == transfers.GATEWAY:
        return _("%(amount)s was transferred back to your bank account.")
    return _("%(amount)s goes back to your card. Your bank shows it within some days.")


def _facts(found: RefundAttempt, language: str) -> Iterator[tuple[str, str]]:
    payment = found.payment
    paid_on = local_day(payment.at, found.payer.time_zone)
    yield _("Paid on"), format_day(paid_on, language)
    if found.invoice is not None:
        yield _("From the credit of"), found.invoice.number
    yield _("Reason"), found.note
    if found.paid_back is not None:
        yield _("Reference"), found.paid_back.reference
