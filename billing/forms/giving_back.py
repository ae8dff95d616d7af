"""The form of a credit note: how much of each line goes back, as an amount, a share or a number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final

from django import forms

from billing.core.money import minor_digits, to_minor_unit
from billing.creditable import Creditable, beyond, part_of
from billing.models import Correction, Line

# A number with a sign behind it that says what it is of: a share, or a number of units.
_PART: Final = re.compile(r"([+-]?[\d.,]+)\s*(%|×|x|X)?")
_HUNDRED: Final = 100
_DIGITS: Final = 15


def read_part(text: str, *, line: Line, left: Decimal, currency: str) -> Decimal:
    """How much of a line is meant: `all`, an amount, `25 %` of what was billed, `2 ×` of its units.

    ValueError, with what would be right, for anything else.
    """
    if text.strip().lower() == "all":
        return left
    found = _PART.fullmatch(text.strip())
    if found is None or len(text) > 2 * _DIGITS:
        raise ValueError(
            "Write an amount like 12.50, a share like 25 %, a number like 2 ×, or all."
        )
    number, of = _number(found[1]), found[2]
    if of == "%":
        return part_of(line, share=number / _HUNDRED, currency=currency)
    if of:
        return part_of(line, share=number / _units(line), currency=currency)
    return _amount(number, currency)


def _units(line: Line) -> Fraction:
    units = Fraction(line.units if line.units is not None else line.quantity)
    if not units:
        raise ValueError("This line has no units to count. Write an amount or a share.")
    return units


def _amount(number: Fraction, currency: str) -> Decimal:
    amount = to_minor_unit(number, currency)
    if Fraction(amount) != number:
        raise ValueError(f"{currency} has {minor_digits(currency)} decimals. Write no more.")
    return amount


def _number(text: str) -> Fraction:
    try:
        return Fraction(Decimal(text.replace(",", ".")))
    except InvalidOperation:
        raise ValueError(f"{text} is no number. Write it like 12.50.") from None


class GivingBackForm(forms.Form):
    """The lines shown on one page, each with how much of it goes back, and why.

    ``everything``: all that is left goes back, whatever is written beside the lines.
    """

    reason = forms.CharField(
        max_length=Correction.REASON_LENGTH,
        help_text="The customer reads it on the credit note.",
        error_messages={"required": "Write why it is given back: the customer reads it."},
    )

    def __init__(
        self, data: Any, *, of: Creditable, shown: Sequence[Line], everything: bool = False
    ) -> None:
        super().__init__(data)
        self.of, self.shown, self.everything = of, shown, everything
        for line in shown:
            label = f"Give back of {line.names['en']}"
            self.fields[_name(line)] = forms.CharField(required=False, label=label)

    @property
    def rows(self) -> list[tuple[Line, Decimal, forms.BoundField]]:
        """Each line with what is left of it, and its field."""
        return [(line, self.of.left[line.pk], self[_name(line)]) for line in self.shown]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        currency = self.of.invoice.total.currency.code
        self.amounts: dict[int, Decimal] = {}
        for line in () if self.everything else self.shown:
            try:
                amount = self._read(line, values.get(_name(line), ""), currency)
            except ValueError as wrong:
                self.add_error(_name(line), str(wrong))
            else:
                self.amounts |= {line.pk: amount} if amount else {}
        return values

    def _read(self, line: Line, text: str, currency: str) -> Decimal:
        left = self.of.left[line.pk]
        amount = read_part(text, line=line, left=left, currency=currency) if text else Decimal(0)
        # A line of which nothing is left has no field to say it at: the note itself is refused.
        if left and (problem := beyond(amount, line=line, left=left, currency=currency)):
            raise ValueError(problem)
        return amount


def _name(line: Line) -> str:
    return f"line_{line.pk}"
