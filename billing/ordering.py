"""Orders: placed with what was shown, and settled once, by what became of their payment.

Everything here belongs into a transaction that has locked the payer (decision 17).
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import mail
from accounts.models import Account
from billing import settling
from billing.core.display import format_money
from billing.core.money import to_minor_unit
from billing.credits import credit_of
from billing.frozen import conditions_of, foot_of, frozen
from billing.gateways.base import Cause
from billing.models import Invoice, Order, Payment, PaymentAttempt
from billing.quoting import Quoted
from billing.receivables import keep, take_off
from billing.refusals import ChangeRefused
from billing.settling import Agreed, NotAsAgreed

logger = logging.getLogger(__name__)

# Why a payment ended before it was charged, for support.
_ENDED: Final = {
    Cause.CALLED_OFF: "The payer called it off before it was charged.",
    Cause.INTERRUPTED: "The payment was interrupted before it was charged.",
    Cause.DISPUTED: "The bank of this card took the money of the invoice back before.",
    Cause.UNANSWERED: "The payer did not answer their bank in time.",
}


def refuse_while_paying(payer: Account) -> None:
    """`ChangeRefused` while an order of the payer is not settled."""
    order = Order.objects.filter(payer=payer, state__in=Order.UNSETTLED).first()
    if order is not None:
        words = _(
            "A payment of %(amount)s is on its way since %(time)s UTC. Wait for its answer, then "
            "confirm."
        )
        language = (get_language() or "en").partition("-")[0]
        money = format_money(order.total.amount, str(order.total.currency), language)
        raise ChangeRefused(words % {"amount": money, "time": f"{order.at.astimezone(UTC):%H:%M}"})


def refuse_reserved(payer_id: int, currency: str, *, without: Decimal) -> None:
    """`ChangeRefused` where the payer's credit ``without`` so much is less than an order takes.

    The credit that an unsettled order takes is reserved for it (decision 49).
    """
    unsettled = Order.objects.filter(payer=payer_id, state__in=Order.UNSETTLED)
    order = unsettled.filter(total_currency=currency).first()
    if order is not None and credit_of(payer_id, currency) - without < order.credit:
        reserved = to_minor_unit(order.credit, currency)
        raise ChangeRefused(
            f"{reserved} {currency} of the credit are reserved for {order}, which is being paid. "
            "Wait until it is settled."
        )


def place(
    quoted: Quoted,
    *,
    person_id: int,
    token: str,
    cause: str,
    replaces: bool,
    interval: str,
    expires_at: datetime | None = None,
) -> Order:
    """Write an order down with what was shown: nothing is in the log yet.

    With ``expires_at`` it waits for a bank transfer until then.
    """
    return Order.objects.create(
        account=quoted.account,
        payer=quoted.payer,
        person_id=person_id,
        token=token,
        at=quoted.at,
        cause=cause,
        fingerprint=quoted.fingerprint,
        changes=[[step.product.code, step.was, step.becomes] for step in quoted.steps],
        replaces=replaces,
        interval=interval,
        quote=frozen(quoted),
        total=quoted.due_now.total,
        total_currency=quoted.currency,
        credit=quoted.credit,
        pays_by=quoted.payer.pays_by,
        state=Order.State.PAYING if expires_at is None else Order.State.WAITING,
        expires_at=expires_at,
    )


def settle(order: Order, *, at: datetime) -> Invoice | None:
    """Let the order hold: its events, dated at its confirmation, and the invoice that charges them.

    Returns the document, or None where nothing is due now. It is issued under the conditions of the
    confirmation. Raises `NotAsAgreed` where it would be another one than was confirmed all the
    same, and what `events.record` raises.
    """
    agreed = Agreed(
        account_id=order.account_id,
        payer=order.payer,
        at=order.at,
        changes=order.changes,
        lines=order.quote["lines"],
        replaces=order.replaces,
        interval=order.interval,
        by=order.person,
        cause=order.cause,
        order_id=order.pk,
        foot=foot_of(order),
        conditions=conditions_of(order),
        credit=order.credit,
    )
    order.invoice = settling.settle(agreed, at=at, charging=False)
    order.state, order.settled_at = Order.State.DONE, at
    order.save(update_fields=["state", "settled_at", "invoice"])
    logger.info("order settled order=%s total=%s", order.pk, order.total)
    return order.invoice


def settle_charged(attempt: PaymentAttempt, *, gateway: str, reference: str, at: datetime) -> None:
    """The money of an order is ours: settle it, already paid. More than is open is a credit.

    What was charged for an order that was called off before is written down for support to refund.
    Raises what `settle` does, and `NotAsAgreed` where anything would stay open, or in credit.
    """
    order = attempt.order
    if order is None:
        raise ValueError(f"{attempt} is no attempt of an order.")
    payment = Payment(
        payer_id=attempt.payer_id,
        attempt=attempt,
        invoice=settle(order, at=at) if order.unsettled else None,
        amount=attempt.amount,
        at=at,
        gateway=gateway,
        reference=reference,
    )
    if (invoice := payment.invoice) is None:
        keep_back(payment, because="It was charged after its order was called off: give it back.")
        logger.error("attempt charged late key=%s", attempt.key)
        return
    take_off(payment)
    if left := invoice.receivable.open.amount:
        raise NotAsAgreed(f"{attempt.amount} were charged for {order}, which leaves {left} open.")
    attempt.invoice, attempt.state, attempt.reason = invoice, PaymentAttempt.State.CHARGED, ""


def keep_back(payment: Payment, *, because: str) -> None:
    """Write down money that was charged for an order that does not hold: it is to be given back.

    It pays for nothing, and its attempt waits for support until all of it is back. The attempt is
    not saved.
    """
    keep(payment, kept_back=True)
    attempt = payment.attempt
    if attempt is None:
        raise ValueError(f"{payment} came of no attempt.")
    attempt.state, attempt.reason = PaymentAttempt.State.STUCK, because


def declined(attempt: PaymentAttempt, *, at: datetime) -> None:
    """The gateway refused the money: the order ends, and nothing was changed by it."""
    if attempt.order is not None and attempt.order.unsettled:
        end(attempt.order, state=Order.State.DECLINED, reason=attempt.reason, at=at)


def not_charged(attempt: PaymentAttempt, *, cause: Cause, at: datetime) -> None:
    """Nothing was charged and nothing will be: attempt and order end, nothing was changed."""
    attempt.state, attempt.settled_at = PaymentAttempt.State.CANCELLED, at
    attempt.cause, attempt.reason, attempt.action_url = cause, _ENDED[cause], ""
    attempt.save(update_fields=["state", "settled_at", "cause", "reason", "action_url"])
    if attempt.order is not None and attempt.order.unsettled:
        end(attempt.order, state=Order.State.CANCELLED, reason=attempt.reason, at=at)


def stick(order: Order, *, because: str) -> None:
    """Leave an order to support, which alone can say what became of its payment."""
    order.state, order.reason = Order.State.STUCK, because
    order.save(update_fields=["state", "reason"])


def end(order: Order, *, state: Order.State, reason: str, at: datetime) -> None:
    """End an order of which nothing holds; ``reason`` says why."""
    order.state, order.reason, order.settled_at = state, reason, at
    order.save(update_fields=["state", "reason", "settled_at"])
    logger.info("order ended order=%s state=%s", order.pk, state)


def owe_letter(order: Order, *, name: str, at: datetime) -> None:
    """Owe the letter of this name, once: to who gets the invoices, and to who has ordered."""
    payer = order.payer
    to = payer.invoice_emails
    if order.person.email.lower() not in to.lower():
        to = ", ".join(part for part in (to, order.person.email) if part)
    mail.owe(
        name=name,
        key=f"{name}:{order.pk}",
        account_id=payer.pk,
        subject_id=order.pk,
        to=to,
        language=payer.language,
        at=at,
    )
