"""Agreements: whether what would be issued is what was confirmed, line by line and to the cent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from billing.core.money import to_minor_unit
from billing.drafts import DraftDocument, DraftLine, Json

AMOUNTS: Final = ("subtotal", "discount", "tax", "total", "credit", "to_pay")


def foot(currency: str, **amounts: Decimal) -> Json:
    """Amounts of a foot as they are kept and compared: strings with the currency's decimals."""
    kept = {name: format(to_minor_unit(one, currency), "f") for name, one in amounts.items()}
    return {"currency": currency, **kept}


def differences(
    documents: Sequence[DraftDocument], *, lines: Sequence[Sequence[Any]], agreed: Mapping[str, Any]
) -> list[str]:
    """What of these documents is not as the frozen lines and the ``agreed`` foot say, in words.

    There is one document, or none where there are no lines. Of lines and foot as much is compared
    as was kept.
    """
    width = len(lines[0]) if lines else None
    found = [
        list(_line(line)[:width]) for one in documents for bill in one.bills for line in bill.lines
    ]
    wanted = [list(line) for line in lines]
    said = [] if found == wanted else [f"lines {found}, not {wanted}"]
    if len(documents) > 1:
        said.append(f"{len(documents)} documents, not one")
    return said + [words for one in documents for words in _unlike(one, agreed)]


def _line(line: DraftLine) -> tuple[Any, ...]:
    return (
        *(line.product_code, str(line.kind), line.quantity, format(line.amount, "f")),
        *(line.starts_on.isoformat(), line.ends_on.isoformat(), line.price_id),
    )


def _unlike(one: DraftDocument, agreed: Mapping[str, Any]) -> Iterator[str]:
    drafted = {
        **foot(
            one.currency,
            subtotal=one.subtotal,
            discount=one.discount,
            tax=one.tax,
            total=one.total,
            credit=one.credit_used,
            to_pay=max(one.open, Decimal(0)),
        ),
        "taxes": one.taxes,
    }
    for name, amount in agreed.items():
        if drafted[name] != amount:
            yield f"{name} {drafted[name]}, not {amount}"
