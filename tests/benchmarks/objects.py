"""The named baseline: the same bills, account by account, each row by the ORM's `save`.

`python -m tests.benchmarks.objects ACCOUNTS` prints the seconds that it took.
"""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import django
from django.db import transaction

django.setup()

from accounts.locks import lock_payers  # noqa: E402  after setup
from accounts.models import Account, Letter  # noqa: E402  after setup
from billing.drafts import Advance, DraftBill, DraftDocument, PayerDraft  # noqa: E402  after setup
from billing.invoicing import draft_page  # noqa: E402  after setup
from billing.models import (  # noqa: E402  after setup
    Bill,
    Invoice,
    Item,
    LedgerEntry,
    Line,
    NumberSeries,
    PaymentAttempt,
    Receivable,
    SellerDetails,
    Subscription,
)
from tests.benchmarks import DUE  # noqa: E402  after setup


def bill_payer(payer_id: int, *, at: datetime) -> None:
    """One transaction a payer: lock, compute, draw a number, save object after object."""
    with transaction.atomic():
        account = lock_payers([payer_id])[payer_id]
        for payer in draft_page(payer_ids=[payer_id], at=DUE).payers:
            written: dict[int, Bill] = {}
            for document in payer.documents:
                _issue(document, account, at=at, written=written)
            _advance(payer, written)


def _issue(
    document: DraftDocument, account: Account, *, at: datetime, written: dict[int, Bill]
) -> None:
    seller = SellerDetails.objects.get(pk=document.seller_id)
    issued_on = at.astimezone(ZoneInfo(seller.time_zone)).date()
    series = NumberSeries.objects.select_for_update().get_or_create(code="SL", year=issued_on.year)[
        0
    ]
    series.last += 1
    series.save()
    by_transfer = document.pays_by == Account.PaysBy.TRANSFER
    due_on = issued_on + timedelta(days=document.terms_days) if by_transfer else issued_on
    invoice = Invoice(
        kind=document.kind, payer_id=document.payer_id, reason=document.reason,
        cycle_date=document.cycle_date, part=document.part, series="SL", year=issued_on.year,
        sequence=series.last, number=f"SL-{issued_on.year}-{series.last:06d}", issued_at=at,
        issued_on=issued_on, due_on=due_on, seller=seller, customer=document.customer,
        language=document.language, pays_by=document.pays_by, subtotal=document.subtotal,
        discount=document.discount, taxes=document.taxes, tax=document.tax, total=document.total,
        total_currency=document.currency,
    )  # fmt: skip
    invoice.save()
    for bill in document.bills:
        written[id(bill)] = _bill(bill, invoice)
    Receivable(
        invoice=invoice, payer=account, open=document.total, open_currency=document.currency,
        due_on=due_on,
    ).save()  # fmt: skip
    LedgerEntry(
        payer=account, kind="invoice", amount=document.total, amount_currency=document.currency,
        at=at, invoice=invoice,
    ).save()  # fmt: skip
    if by_transfer:
        Letter(
            name="invoice", key=f"invoice:{invoice.pk}", account=account, subject_id=invoice.pk,
            to=account.email, queued_at=at, next_try_at=at,
        ).save()  # fmt: skip
    else:
        PaymentAttempt(
            invoice=invoice, payer=account, amount=document.total,
            amount_currency=document.currency, queued_at=at, next_try_at=at,
        ).save()  # fmt: skip


def _bill(draft: DraftBill, invoice: Invoice) -> Bill:
    columns = {name: getattr(draft, name) for name in draft.__slots__ if name != "lines"}
    bill = Bill(invoice=invoice, **columns)
    bill.save()
    for position, line in enumerate(draft.lines, start=1):
        Line(bill=bill, position=position, **asdict(line)).save()
    return bill


def _advance(payer: PayerDraft, written: dict[int, Bill]) -> None:
    for advance in payer.advances:
        _move(advance, written)


def _move(advance: Advance, written: dict[int, Bill]) -> None:
    subscription = Subscription.objects.get(pk=advance.subscription_id)
    subscription.next_number = advance.next_number
    subscription.next_opening = advance.next_opening
    subscription.next_bill_at = advance.next_bill_at
    if advance.opening is not None:
        subscription.opening = written[id(advance.opening)]
    subscription.save()
    for item_id, quantity, price_id in advance.items:
        item = Item.objects.get(pk=item_id)
        item.quantity, item.price_id = quantity, price_id
        item.save()


def main() -> None:
    begun = time.perf_counter()
    for payer_id in Account.objects.order_by("pk").values_list("pk", flat=True)[: int(sys.argv[1])]:
        bill_payer(payer_id, at=datetime.now(ZoneInfo("UTC")))
    print(time.perf_counter() - begun)


if __name__ == "__main__":
    main()
