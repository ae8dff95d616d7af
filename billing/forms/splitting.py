"""The form by which the desk splits a bank line over the open invoices of a payer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms

from accounts.admin.in_step import names_a_row
from billing.models import BankLine, Invoice, Receivable
from billing.refusals import ChangeRefused
from billing.splitting import refuse_part, suggested


class SplitForm(forms.Form):
    """An amount for each invoice; empty is nothing. ``parts`` is what was written, by invoice."""

    def __init__(
        self, data: Mapping[str, Any] | None, *, line: BankLine, rows: Sequence[Receivable]
    ) -> None:
        super().__init__(data)
        self.line = line
        self.of = {_name(row): row for row in rows}
        parts = suggested(line, rows)
        for name, row in self.of.items():
            part = parts[row.invoice_id]
            self.fields[name] = forms.DecimalField(
                label=f"{row.invoice.number}, due {row.due_on}",
                required=False,
                max_digits=15,
                initial=str(part) if part else "",
                localize=False,
                error_messages={"invalid": "Write an amount, for example 50.00, or nothing."},
            )

    @property
    def fields_of(self) -> list[tuple[Receivable, forms.BoundField]]:
        """Each invoice with its field, the oldest due first."""
        return [(row, self[name]) for name, row in self.of.items()]

    @property
    def parts(self) -> dict[int, Decimal]:
        """How much of each invoice, by its id: as written, or as suggested."""
        if self.is_bound:
            values = {name: self.cleaned_data.get(name) for name in self.of}
        else:
            values = {name: Decimal(self[name].value() or 0) for name in self.of}
        return {row.invoice_id: values[name] or Decimal(0) for name, row in self.of.items()}

    @property
    def rest(self) -> Decimal:
        """What of the line no invoice gets; below zero where they get more than there is."""
        return Decimal(self.line.amount.amount) - sum(self.parts.values(), Decimal(0))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for number, part in self._gone():
            self.add_error(
                None,
                f"{part} were written for {number}, of which nothing is open any more. Look at "
                "what is left, then match.",
            )
        for name, row in self.of.items():
            try:
                refuse_part(row, values.get(name) or Decimal(0))
            except ChangeRefused as refused:
                self.add_error(name, str(refused))
        return values

    def _gone(self) -> list[tuple[str, str]]:
        """The invoices for which something was written, and that cannot be paid any more.

        Without a word their parts would become credit that nobody has seen.
        """
        written = {name: str(part) for name, part in self.data.items() if str(part).strip(" 0.")}
        keys = {name.removeprefix(_PREFIX): name for name in written if name not in self.of}
        found = Invoice.objects.filter(pk__in=[key for key in keys if names_a_row(key)])
        return [(one.number, written[keys[str(one.pk)]]) for one in found.order_by("pk")]


_PREFIX: Final = "invoice-"


def _name(row: Receivable) -> str:
    return f"{_PREFIX}{row.invoice_id}"
