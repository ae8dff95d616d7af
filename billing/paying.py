"""Paying by hand: an invoice that is open is charged at once, by somebody who is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import acting, visits
from accounts.access import Standing
from accounts.models import AccountEvent
from accounts.rights import Right
from billing import collecting
from billing.core.periods import local_day
from billing.disputes import is_of_card, taken_back
from billing.gateways import gateway
from billing.means import Lack, default_of
from billing.models import Dispute, Invoice, PaymentAttempt, PaymentMethod, Receivable
from billing.refusals import ChangeRefused

State = PaymentAttempt.State
_ON_ITS_WAY: Final = frozenset({State.SENT, State.UNKNOWN, State.ACTION, State.STUCK})


@dataclass(frozen=True, slots=True)
class Payable:
    """An invoice as it can be paid now: what is open, by which card, and what was tried last."""

    receivable: Receivable
    method: PaymentMethod | None
    lack: Lack | None
    last: PaymentAttempt | None
    not_again: str  # why no card is charged for it again, in the payer's words; or empty
    other_card: str  # why another card is charged than before, in the same; or empty

    @property
    def open(self) -> bool:
        return bool(self.receivable.open.amount > 0)

    @property
    def on_its_way(self) -> bool:
        """Whether an answer is awaited: nothing else is charged before it is there."""
        return self.last is not None and self.last.state in _ON_ITS_WAY

    @property
    def waits_for_payer(self) -> bool:
        return self.last is not None and self.last.state == State.ACTION


def payable(invoice: Invoice, *, at: datetime) -> Payable:
    """How this invoice can be paid now. Four queries."""
    method = default_of(invoice.payer_id, gateway=gateway().name)
    lack = Lack.MISSING if method is None else None
    if method is not None and method.is_expired(on=local_day(at, invoice.payer.time_zone)):
        lack = Lack.EXPIRED
    last = PaymentAttempt.objects.filter(invoice=invoice).order_by("-number", "-pk").first()
    open_ = Receivable.objects.get(invoice=invoice)
    again = _again(invoice, last, method)
    return Payable(open_, method, lack, last, again.refused, again.said)


@transaction.atomic
def begin(*, here: Standing, invoice_id: int, at: datetime, reason: str = "") -> PaymentAttempt:
    """An attempt over what is open of the account's invoice; then `collecting.collect_one` it.

    One that waits to be charged by itself is taken. `ChangeRefused` where nothing is open, no card
    can be charged, or the answer to another attempt is awaited: one at a time (decision 21); and
    for support that gives no reason.
    """
    here = acting.begin(here, needs=Right.PURCHASE)
    invoice = here.rows(Invoice.objects.select_related("payer"), by="payer").get(pk=invoice_id)
    found = payable(invoice, at=at)
    if not found.open:
        raise ChangeRefused(_("Nothing is open of this invoice any more."))
    if found.on_its_way:
        raise ChangeRefused(_("The answer to a payment is awaited. Look again in a minute."))
    if found.not_again:
        raise ChangeRefused(found.not_again)
    if found.lack is Lack.MISSING:
        raise ChangeRefused(_("There is no card to charge. Add one, then pay."))
    if found.lack is Lack.EXPIRED:
        raise ChangeRefused(_("The card that is charged has expired. Replace it, then pay."))
    visits.need_reason(here, costs=True, reason=reason)
    acting.write(
        here,
        AccountEvent.Kind.PAID_BY_HAND,
        about=invoice.number,
        becomes=str(found.receivable.open),
        at=at,
    )
    return _attempt(invoice, found, at=at)


@dataclass(frozen=True, slots=True)
class _Again:
    """Whether a card is charged for an invoice once more: ``refused`` in words, or ``said`` why."""

    refused: str = ""
    said: str = ""


def _again(invoice: Invoice, last: PaymentAttempt | None, method: PaymentMethod | None) -> _Again:
    """What is charged once is never charged again by itself, nor the card that was disputed."""
    if last is not None and last.state == State.QUEUED:
        return _Again()
    disputes = taken_back(invoice.pk)
    if any(one.state == Dispute.State.OPEN for one in disputes):
        return _Again(
            _("The payment of this invoice is disputed at your bank. Wait until it has decided.")
        )
    if last is not None and last.state == State.CHARGED:
        return _Again(
            _("This invoice was charged before. Ask support how to pay what is open of it.")
        )
    if method is not None and any(is_of_card(one, method) for one in disputes):
        return _Again(
            _(
                "Your bank took the payment by this card back, so it is not charged for it again. "
                "Choose another card, or pay what is open by bank transfer."
            )
        )
    if disputes:
        return _Again(
            said=_(
                "Your bank took the payment of this invoice back. Pay what is open by another "
                "card, or by bank transfer."
            )
        )
    return _Again()


def _attempt(invoice: Invoice, found: Payable, *, at: datetime) -> PaymentAttempt:
    """An attempt with the card that is charged now, also where the default is another one later."""
    if found.last is not None and found.last.state == State.QUEUED:
        # Unless the sweep has taken it meanwhile, which waits for nobody.
        waiting = PaymentAttempt.objects.filter(pk=found.last.pk, state=State.QUEUED)
        waiting.update(method=found.method)
        return found.last
    return PaymentAttempt.objects.create(
        invoice=invoice,
        payer=invoice.payer,
        number=1 if found.last is None else found.last.number + 1,
        amount=found.receivable.open,
        method=found.method,
        queued_at=at,
        next_try_at=at + collecting.LEASE,
    )
