"""The letters about an order: pay it by transfer, it expired, look again, it was called off."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from djmoney.money import Money

from accounts.mail import Message
from accounts.models import Letter
from billing import waiting
from billing.core.display import format_day, format_money
from billing.core.periods import local_day
from billing.documents.page import transfer_rows
from billing.models import CalledOff, Order, Payment, SellerDetails


def waits(letter: Letter) -> Message:
    """How the order of this id is paid: amount, reference, account, and until when.

    ``Order.DoesNotExist`` for an unknown id, as for the other letters.
    """
    order = _order(letter)
    with override(letter.language):
        amount = _amount(waiting.to_transfer(order), letter.language)
        day = _last_day(order, letter.language)
        return _message(
            letter,
            order,
            subject=_("Your order waits for your transfer of %(amount)s") % {"amount": amount},
            lead=_(
                "Nothing is changed before the money is here. Transfer %(amount)s until %(day)s."
            )
            % {"amount": amount, "day": day},
            facts=transfer_facts(order, language=letter.language),
            label=_("Look at the order"),
        )


def expired(letter: Letter) -> Message:
    """No transfer came for the order of this id: it has ended, and nothing was changed."""
    order = _order(letter)
    with override(letter.language):
        return _message(
            letter,
            order,
            subject=_("Your order %(reference)s has expired")
            % {"reference": order.transfer_reference},
            lead=_(
                "Your transfer did not come until %(day)s, so the order has ended. Nothing was "
                "changed. Please do not pay it any more: order again instead."
            )
            % {"day": _last_day(order, letter.language)},
            facts=[],
            label=_("Look at the order"),
        )


def repriced(letter: Letter) -> Message:
    """The money came, but the price is another one: it is on account until they confirm again."""
    order = _order(letter)
    with override(letter.language):
        return _message(
            letter,
            order,
            subject=_("Please confirm your order %(reference)s again")
            % {"reference": order.transfer_reference},
            lead=_(
                "Your transfer has come. What you ordered for %(amount)s costs another amount by "
                "now, so nothing was changed. Your money is in your credit balance: look at "
                "today's price and confirm it, and it is paid from there."
            )
            % {"amount": _amount(order.total, letter.language)},
            facts=[],
            label=_("Look at today's price"),
        )


def called_off(letter: Letter) -> Message:
    """The order of this id was charged and called off: why, and that its money goes back."""
    order = _order(letter)
    with override(letter.language):
        found = CalledOff.objects.get(order=order)
        payment = Payment.objects.get(attempt__order=order)
        amount = _amount(payment.amount, letter.language)
        return _message(
            letter,
            order,
            subject=_("Your order was called off: %(amount)s goes back to you")
            % {"amount": amount},
            lead=_(
                "Your card was charged, but your order could not be completed. Support has called "
                "it off: nothing was changed by it, and %(amount)s goes back to your card."
            )
            % {"amount": amount},
            facts=[
                (_("Ordered on"), format_day(_day(order.at, order), letter.language)),
                (_("Reason"), found.reason),
                (_("Reference"), payment.reference),
            ],
            label=_("Look at the order"),
        )


def transfer_facts(order: Order, *, language: str) -> list[tuple[str, str]]:
    """Where the transfer for an order goes and what it names, in the language switched on."""
    seller = SellerDetails.objects.first()
    if seller is None:
        return []
    return transfer_rows(
        seller,
        reference=order.transfer_reference,
        amount=_amount(waiting.to_transfer(order), language),
    )


def _order(letter: Letter) -> Order:
    return Order.objects.select_related("payer", "account").get(pk=letter.subject_id)


def _amount(money: Money, language: str) -> str:
    return format_money(money.amount, money.currency.code, language)


def _last_day(order: Order, language: str) -> str:
    if order.expires_at is None:
        raise ValueError(f"{order} waits for no transfer.")
    return format_day(_day(order.expires_at, order), language)


def _day(at: datetime, order: Order) -> date:
    return local_day(at, order.payer.time_zone)


def _message(
    letter: Letter,
    order: Order,
    *,
    subject: str,
    lead: str,
    facts: list[tuple[str, str]],
    label: str,
) -> Message:
    seller = SellerDetails.objects.first()
    page = reverse("billing:order", args=[order.account_id, order.pk])
    context: dict[str, Any] = {
        "language": letter.language,
        "subject": subject,
        "lead": lead,
        "facts": facts,
        "href": f"{settings.SITE_URL}{page}",
        "label": label,
        "reply_to": seller.email if seller else "",
        "sender": seller.name if seller else "",
    }
    html = render_to_string("mail/order/html.html", context)
    return Message(
        subject=render_to_string("mail/order/subject.txt", context).strip(),
        text=render_to_string("mail/order/text.txt", context),
        html=css_inline.inline(html),
        reply_to=context["reply_to"],
    )
