"""Orders that wait for a bank transfer: nothing holds before the money is there. PLAN-11.

When it comes the order is priced again at that instant: the same total settles it, for another one
the buyer is asked again. Nothing is ever taken that was not shown (decision 51).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from djmoney.money import Money

from accounts import acting
from accounts.access import Standing
from accounts.locks import lock_payers
from accounts.models import Account
from billing import buyers, ordering
from billing.attempts import owe_letter as owe_invoice
from billing.catching_up import catch_up, refuse_while_due
from billing.credits import credit_of, open_credits
from billing.frozen import frozen, instead_of
from billing.models import Invoice, Order, Payment, Product
from billing.quoting import Quoted, quote
from billing.receivables import keep, take_off
from billing.refusals import ChangeRefused, QuoteChanged
from billing.settling import NotAsAgreed

logger = logging.getLogger(__name__)

# How long an order waits for its money.
LASTS: Final = timedelta(days=14)

State: Final = Order.State


class AnotherPrice(Exception):
    """What was ordered costs another amount by now, or changes something else."""


def refuse_second(account: Account) -> None:
    """`ChangeRefused` where an order of the account waits for its transfer already."""
    if waiting_of(account) is not None:
        raise ChangeRefused(
            _("An order waits for your bank transfer already. Pay it or cancel it first.")
        )


def waiting_of(account: Account) -> Order | None:
    """The account's order that waits for its transfer, if there is one. One query."""
    return waiting_rows(account.pk).first()


def waiting_rows(account_id: int) -> QuerySet[Order]:
    """The same as rows: one, or none."""
    return Order.objects.filter(account=account_id, state=State.WAITING)


def to_transfer(order: Order) -> Money:
    """What has to come in for an order that waits: its total, less what is in credit by now."""
    return _left(order, credit_of(order.payer_id, order.total.currency.code))


def to_transfer_of_each(orders: Iterable[Order]) -> dict[int, Money]:
    """The same of each of these orders that waits, by its id. One query, or none."""
    rows = [one for one in orders if one.state == State.WAITING]
    if not rows:
        return {}
    found: dict[tuple[int, str], Decimal] = {}
    for credit in open_credits([one.payer_id for one in rows], using="default"):
        key = credit.payer_id, credit.currency
        found[key] = found.get(key, Decimal(0)) - credit.open
    return {
        one.pk: _left(one, found.get((one.payer_id, one.total.currency.code), Decimal(0)))
        for one in rows
    }


def _left(order: Order, credit: Decimal) -> Money:
    return Money(max(order.total.amount - credit, Decimal(0)), order.total.currency.code)


@transaction.atomic
def cancel(*, here: Standing, order_id: int, at: datetime) -> bool:
    """Wait for its transfer no longer; whether it was waiting. Nothing was changed by the order.

    Who may buy what was ordered may cancel it; `ChangeRefused` for others. ``Order.DoesNotExist``
    for an order of another account.
    """
    found = here.rows(Order.objects.all()).get(pk=order_id)
    products = Product.objects.filter(code__in=[code for code, _was, _becomes in found.changes])
    needs = buyers.right_to_buy(products[0])
    here = acting.begin(here, needs=needs)
    buyers.refuse_unpermitted(products=products, here=here)
    order = Order.objects.get(pk=order_id)
    if order.state != State.WAITING:
        return False
    ordering.end(order, state=State.CANCELLED, reason=f"Called off by {here.by.name}."[:200], at=at)
    return True


def expire(*, at: datetime) -> int:
    """End the orders that have waited until ``at`` in vain, with a letter; how many. JOBS-5.

    One that fails is logged and tried again by the next job; it holds up no other.
    """
    late = Order.objects.filter(state=State.WAITING, expires_at__lte=at)
    ended = 0
    for order_id, payer_id in late.order_by("pk").values_list("pk", "payer_id"):
        try:
            ended += _expire(order_id, payer_id, at=at)
        except Exception:
            # Whatever is wrong with one order must not stop the others.
            logger.exception("order not ended order=%s", order_id)
    return ended


@transaction.atomic
def _expire(order_id: int, payer_id: int, *, at: datetime) -> bool:
    """End an order unless it waits no longer."""
    lock_payers([payer_id])
    order = Order.objects.filter(pk=order_id, state=State.WAITING, expires_at__lte=at).first()
    if order is not None:
        reason = "Its bank transfer did not come in time."
        ordering.end(order, state=State.EXPIRED, reason=reason, at=at)
        owe_letter(order, at=at)
    return order is not None


def receive(
    *, order_id: int, amount: Decimal, at: datetime, gateway: str, reference: str
) -> Payment:
    """Write down money that came for an order, and let the order hold if that is all of it.

    With what is in credit it has to come to the total: less stays on account and the order waits
    on. Then it is priced again at ``at``: for the same total it is settled, its invoice paid; for
    another one, or where something stands in its way by now, all of it stays on account and the
    buyer is asked to confirm again. Money for an order that waits no longer stays on account.
    Call it outside any transaction: what is due of the payer is billed first.

    Worked example: ordered for 19.71. 10.00 come: on account, it waits for 9.71. 9.71 come, and the
    price is 19.71 still: settled. Were it 14.78 by then, 19.71 would be on account.
    """
    order = Order.objects.select_related("payer").get(pk=order_id)
    catch_up(order.payer, at=at)
    with transaction.atomic():
        lock_payers([order.payer_id])
        return take_in(order_id, amount=amount, at=at, gateway=gateway, reference=reference)


def take_in(
    order_id: int, *, amount: Decimal, at: datetime, gateway: str, reference: str
) -> Payment:
    """`receive`, in a transaction that has locked the payer, once what is due is billed."""
    order = Order.objects.select_related("payer", "account").get(pk=order_id)
    money = Money(amount, order.total.currency.code)
    payment = Payment(
        payer_id=order.payer_id, amount=money, at=at, gateway=gateway, reference=reference
    )
    held = credit_of(order.payer_id, order.total.currency.code)
    enough = order.state == State.WAITING and held + amount >= order.total.amount
    payment.invoice = _settled(order, at=at) if enough else None
    if payment.invoice is None:
        keep(payment)
    else:
        take_off(payment)
        owe_invoice(payment.invoice, payer=order.payer, at=at)
    logger.info("transfer for order=%s amount=%s settles=%s", order_id, money, payment.invoice_id)
    return payment


def _settled(order: Order, *, at: datetime) -> Invoice | None:
    """The invoice of the order, settled at today's price; None where the buyer is asked again."""
    try:
        with transaction.atomic():
            return _settle(order, at=at)
    except (AnotherPrice, ChangeRefused, QuoteChanged, NotAsAgreed) as problem:
        logger.info("order priced anew order=%s because=%s", order.pk, problem)
        again = Order.objects.get(pk=order.pk)
        ordering.end(again, state=State.REPRICED, reason=str(problem)[:200], at=at)
        owe_letter(again, at=at)
        return None


def _settle(order: Order, *, at: datetime) -> Invoice | None:
    ordering.refuse_while_paying(order.payer)
    refuse_while_due(order.payer, at=at)
    quoted = quote(
        account=order.account,
        changes={code: becomes for code, _was, becomes in order.changes},
        at=at,
        replaces=order.replaces,
        interval=order.interval,
    )
    if quoted.objections:
        raise ChangeRefused(" ".join(one.text for one in quoted.objections))
    if quoted.due_now.total != order.total.amount:
        raise AnotherPrice(f"It costs {quoted.due_now.total} {quoted.currency} by now.")
    # The same total may undo what somebody has scheduled since: that was not shown either.
    kept = order.quote.get("instead_of", {})
    if _changes(quoted) != order.changes or instead_of(quoted) != kept:
        raise AnotherPrice("What it changes stands otherwise by now.")
    _as_of_now(order, quoted)
    return ordering.settle(order, at=at)


def _as_of_now(order: Order, quoted: Quoted) -> None:
    """The order as it is agreed on the day of its money: same total, the days of that instant."""
    order.at, order.fingerprint, order.credit = quoted.at, quoted.fingerprint, quoted.credit
    order.changes = _changes(quoted)
    order.quote = frozen(quoted)
    order.save(update_fields=["at", "fingerprint", "credit", "changes", "quote"])


def _changes(quoted: Quoted) -> list[list[str | int]]:
    return [[step.product.code, step.was, step.becomes] for step in quoted.steps]


_LETTERS: Final = {
    State.WAITING: "order_waits",
    State.EXPIRED: "order_expired",
    State.REPRICED: "order_repriced",
}


def owe_letter(order: Order, *, at: datetime) -> None:
    """The letter about how it stands: how to pay it, that it has expired, or costs another amount.

    It goes to who gets the invoices, and to who has ordered.
    """
    ordering.owe_letter(order, name=_LETTERS[State(order.state)], at=at)
