"""The table of an account's payment methods, those that were removed included."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import Account
from billing.admin import figures
from billing.admin.tables import Cell, Column, Row, Table, paged
from billing.models import PaymentMethod


def payment_methods(request: HttpRequest, account: Account) -> Table:
    """The cards of this payer, the newest first. No more of them is known than stands here."""

    def row(method: PaymentMethod) -> Row:
        word, tone = state_of(method)
        by = str(method.added_by) if method.added_by else "The system"
        return Row(
            (
                Cell(str(method), below=f"{method.gateway} {method.reference}"),
                Cell(method.expires),
                Cell(
                    word,
                    tone=tone,
                    below=figures.instant(method.removed_at, account.time_zone)
                    if method.removed_at
                    else "",
                ),
                Cell(figures.instant(method.added_at, account.time_zone)),
                Cell(by),
            )
        )

    found = PaymentMethod.objects.filter(payer=account).select_related("added_by")
    return paged(
        request,
        found.order_by("-pk"),
        title="Payment methods",
        columns=(
            *(Column("Card"), Column("Good until"), Column("State")),
            *(Column("Added"), Column("By")),
        ),
        row=row,
        empty="No card was ever added here.",
    )


def state_of(method: PaymentMethod) -> tuple[str, str]:
    """How a card stands, and the tone of the word."""
    if method.removed_at is not None:
        return "Removed", ""
    return ("Default", "good") if method.is_default else ("Kept", "")
