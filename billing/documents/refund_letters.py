"""The letters about money that went back: how much, by which way, why; and that it came again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import css_inline
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override
from djmoney.money import Money

from accounts.mail import Message
from accounts.models import Letter
from billing import transfers
from billing.booked_days import booking_zone
from billing.core.display import format_day, format_money
from billing.core.periods import local_day
from billing.credit_moves import balances as balances_of
from billing.models import Deposit, RefundAttempt, SellerDetails


def refund(letter: Letter) -> Message:
    """The letter about the refund of this id, in the letter's language.

    ``RefundAttempt.DoesNotExist`` for an unknown id.
    """
    rows = RefundAttempt.objects.select_related("payment", "paid_back", "invoice", "payer")
    found = rows.get(pk=letter.subject_id)
    with override(letter.language):
        amount = {"amount": _money(found.amount, letter.language)}
        return _message(
            letter.language,
            subject=_("%(amount)s goes back to you") % amount,
            lead=_lead(found) % amount,
            facts=list(_facts(found, letter.language)),
        )


def credit_again(letter: Letter) -> Message:
    """That the refund of this id came again and is credit once more, in the letter's language.

    ``RefundAttempt.DoesNotExist`` for an unknown id.
    """
    found = RefundAttempt.objects.select_related("payment", "payer").get(pk=letter.subject_id)
    language = letter.language
    with override(language):
        amount = {"amount": _money(found.amount, language)}
        kept_back = Deposit.objects.filter(payment=found.payment, kept_back=True).exists()
        if found.invoice_id is None and kept_back:
            then = _("We give it back to you another way.")
        else:
            then = _("It pays for your next invoices, unless you want it back another way.")
        balances = [_money(one.left, language) for one in balances_of(found.payer)]
        facts = [(_("In credit now"), ", ".join(balances))] if balances else []
        return _message(
            language,
            subject=_("%(amount)s is your credit again") % amount,
            lead=_("%(amount)s that went back to you came back to us. It is your credit again.")
            % amount,
            facts=[*facts, (_("What follows"), then)],
        )


def _message(language: str, *, subject: str, lead: str, facts: list[tuple[str, str]]) -> Message:
    seller = SellerDetails.objects.first()
    context: dict[str, Any] = {
        "language": language,
        "subject": subject,
        "lead": lead,
        "facts": facts,
        "reply_to": seller.email if seller else "",
        "sender": seller.name if seller else "",
    }
    return Message(
        subject=render_to_string("mail/refund/subject.txt", context).strip(),
        text=render_to_string("mail/refund/text.txt", context),
        html=css_inline.inline(render_to_string("mail/refund/html.html", context)),
        reply_to=context["reply_to"],
    )


def _money(money: Money, language: str) -> str:
    return format_money(money.amount, money.currency.code, language)


def _lead(found: RefundAttempt) -> str:
    if found.paid_back is not None and found.paid_back.gateway == transfers.GATEWAY:
        return _("%(amount)s was transferred back to your bank account.")
    return _("%(amount)s goes back to your card. Your bank shows it within some days.")


def _facts(found: RefundAttempt, language: str) -> Iterator[tuple[str, str]]:
    paid_on = local_day(found.payment.at, booking_zone())
    yield _("Paid on"), format_day(paid_on, language)
    if found.invoice is not None:
        yield _("From the credit of"), found.invoice.number
    yield _("Reason"), found.note
    if found.paid_back is not None:
        yield _("Reference"), found.paid_back.reference
