"""What a bank line may be for: suggestions for whoever matches it. A fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from djmoney.money import Money

from accounts.models import Account
from billing import waiting
from billing.matching import Kind, Target, named_in
from billing.models import BankLine, Order, Receivable

_MOST: Final = 4
# Of a list, as many open documents of the same amounts are looked at.
_ALIKE: Final = 200


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that a line may pay, and why it is suggested."""

    target: Target
    label: str
    because: str


def suggestions(lines: Sequence[BankLine]) -> dict[int, list[Suggestion]]:
    """At most four for each line, the likeliest first: named, of the same amount, of the payer.

    Four queries, however many lines, and one for the orders that wait.
    """
    names = {line.pk: named_in(line) for line in lines}
    numbers = {number for invoices, _ in names.values() for number in invoices}
    keys = {key for _, orders in names.values() for key in orders}
    rows = Receivable.objects.select_related("invoice", "payer")
    named = {row.invoice.number: row for row in rows.filter(invoice__number__in=numbers)}
    orders = {one.pk: one for one in Order.objects.filter(pk__in=keys).select_related("payer")}
    awaited = waiting.to_transfer_of_each(orders.values())
    amounts = {line.amount.amount for line in lines}
    still_open = rows.filter(state=Receivable.State.OPEN, open__gt=0)
    alike = list(still_open.filter(open__in=amounts).order_by("pk")[:_ALIKE])
    payers = Account.objects.filter(name__in={line.payer_name for line in lines if line.payer_name})
    by_name = {one.name: one for one in payers.select_related("payer")}
    found = {}
    for line in lines:
        invoices, ordered = names[line.pk]
        own = [named[number] for number in sorted(invoices) if number in named]
        who = by_name.get(line.payer_name)
        every = [
            *(_invoice(row, "named") for row in own),
            *(_order(orders[key], awaited.get(key)) for key in sorted(ordered) if key in orders),
            *(_invoice(row, "same amount") for row in alike if row.open == line.amount),
            *(_account(row.payer) for row in own),
            *(_account(orders[key].payer) for key in sorted(ordered) if key in orders),
            *([_account(who.payer)] if who is not None else []),
        ]
        found[line.pk] = _first(every)
    return found


def _first(every: Iterable[Suggestion]) -> list[Suggestion]:
    """The first few, each target once."""
    return list({one.target: one for one in reversed(list(every))}.values())[::-1][:_MOST]


def _invoice(row: Receivable, because: str) -> Suggestion:
    label = f"{row.invoice.number}, {row.open} open, {row.payer}"
    return Suggestion(Target(Kind.INVOICE, row.invoice_id), label, because)


def _order(order: Order, awaited: Money | None) -> Suggestion:
    """What is to come for an order that waits; of another how it stands: it takes no money."""
    stands = order.get_state_display().lower() if awaited is None else f"{awaited} to transfer"
    label = f"{order.transfer_reference}, {stands}, {order.payer}"
    return Suggestion(Target(Kind.ORDER, order.pk), label, "named")


def _account(payer: Account) -> Suggestion:
    return Suggestion(Target(Kind.ACCOUNT, payer.pk), f"On account of {payer}", "payer")
