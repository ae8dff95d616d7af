"""What the desk's page of a run shows: how far it is, who failed, what a dry run would issue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse

from billing.admin import figures
from billing.admin.document import shown_tax
from billing.admin.tables import Cell, Column, Row, Table, addresses, page_of, paged
from billing.documents.reading import priced
from billing.documents.wording import Charge
from billing.models import BillingRun, Invoice, Line, RunDraft, RunFailure, RunPage
from billing.run_report import report

_LINES_A_PAGE = 100
_NOTHING = Decimal(0)
# How many documents a message names; a payer of many clients may have hundreds.
_NAMED = 5


@dataclass(slots=True)
class Outcome:
    """What has come out of a run so far; ``failures`` are payers that still are not billed."""

    documents: int = 0
    failures: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)


def outcomes(run_ids: list[int]) -> dict[int, Outcome]:
    """What has come out of these runs, in two queries; amounts are summed as decimals."""
    found = {run_id: Outcome() for run_id in run_ids}
    pages = RunPage.objects.filter(run__in=run_ids, invoices__gt=0)
    for run_id, invoices, amounts in pages.values_list("run_id", "invoices", "amounts"):
        outcome = found[run_id]
        outcome.documents += invoices
        for currency, amount in amounts.items():
            outcome.amounts[currency] = outcome.amounts.get(currency, _NOTHING) + Decimal(amount)
    failed = RunFailure.objects.filter(run__in=run_ids, resolved_at=None).order_by()
    for run_id, count in failed.values_list("run_id").annotate(count=Count("pk")):
        found[run_id].failures = count
    return found


def standing(run: BillingRun) -> dict[str, Any]:
    """The run's figures as they stand now, as words."""
    found = report(run.pk)
    return {
        "percent": found.percent,
        "payers": f"{figures.number(found.payers_done)} of {figures.number(found.payers)}",
        "pages": f"{figures.number(found.pages_done)} of {figures.number(found.pages)}",
        "documents": figures.number(found.invoices),
        "failures": figures.number(found.failures),
        "failed": found.failures > 0,
        "amounts": figures.sums(found.amounts) or ["nothing"],
        "going": run.state != BillingRun.State.DONE,
        "started": figures.instant(run.started_at),
        "ended": figures.instant(run.ended_at) if run.ended_at else "",
        "at": figures.instant(run.at),
        "by": str(run.started_by) if run.started_by else run.get_source_display(),
        "whom": run.account.name if run.account else "Everybody who is due",
    }


def failures(request: HttpRequest, run: BillingRun) -> dict[str, Any]:
    """One page of those who could not be billed, the unresolved ones first."""
    rows = RunFailure.objects.filter(run=run).select_related("payer")
    page = page_of(request, "failures")
    first = (page - 1) * 50
    found = list(rows.order_by("resolved_at", "pk")[first : first + 51])
    return {
        "rows": found[:50],
        **addresses(request, page=page, more=len(found) > 50, name="failures"),
    }


def documents(failure: RunFailure) -> list[str]:
    """The names of what this run has issued, or would issue, to the payer of a failure."""
    if failure.run.dry_run:
        rows = RunDraft.objects.filter(run=failure.run_id, payer=failure.payer_id)
        return [f"{_kind(draft.document)} of {_total(draft)}" for draft in rows]
    issued = Invoice.objects.filter(run=failure.run_id, payer=failure.payer_id)
    return list(issued.order_by("pk").values_list("number", flat=True))


def retried(failure: RunFailure, made: list[str]) -> str:
    """What a retry that went well has led to: documents, or nothing, where nothing was due."""
    if not made:
        return f"Nothing is due of {failure.payer} any more, so nothing was issued."
    deed = "would be issued" if failure.run.dry_run else "issued"
    shown = ", ".join(made[:_NAMED])
    more = f" and {figures.number(len(made) - _NAMED)} more" if len(made) > _NAMED else ""
    return f"{failure.payer}: {shown}{more} {deed}."


def drafts(request: HttpRequest, run: BillingRun) -> Table:
    """The documents that a dry run would issue, by payer."""

    def row(draft: RunDraft) -> Row:
        document = draft.document
        href = reverse("admin:billing_billingrun_draft", args=[run.pk, draft.pk])
        return Row(
            (
                Cell(draft.payer.name, href=href, below=draft.payer.reference or ""),
                Cell(_kind(document)),
                Cell(figures.day(date.fromisoformat(document["cycle_date"]))),
                Cell(_total(draft)),
            )
        )

    return paged(
        request,
        RunDraft.objects.filter(run=run).select_related("payer").order_by("payer_id", "position"),
        title="What would be issued",
        columns=(
            *(Column("Payer"), Column("Document"), Column("Cycle date")),
            Column("Total", figure=True),
        ),
        row=row,
        empty="Nothing would be issued.",
        name="drafts",
    )


def paper(document: dict[str, Any]) -> dict[str, Any]:
    """The figures of a draft: as its invoice would print them."""
    currency = document["currency"]
    return {
        "kind": _kind(document),
        "cycle": figures.day(date.fromisoformat(document["cycle_date"])),
        "subtotal": figures.money(Decimal(document["subtotal"]), currency),
        "discount": figures.money(-Decimal(document["discount"]), currency)
        if Decimal(document["discount"])
        else "",
        "taxes": [shown_tax(tax, currency) for tax in document["taxes"]],
        "total": figures.money(Decimal(document["total"]), currency),
    }


def draft_lines(request: HttpRequest, document: dict[str, Any]) -> Table:
    """The lines of a draft, a page at a time."""
    currency = document["currency"]
    lines = [line for bill in document["bills"] for line in bill["lines"]]
    page = page_of(request, "lines")
    first = (page - 1) * _LINES_A_PAGE
    shown = lines[first : first + _LINES_A_PAGE]
    columns = (
        *(Column("What"), Column("Days"), Column("Quantity", figure=True)),
        *(Column("Unit price", figure=True), Column("Share"), Column("Amount", figure=True)),
    )
    return Table(
        "Lines",
        columns,
        tuple(Row(tuple(_line(line, currency))) for line in shown),
        empty="No lines.",
        **addresses(request, page=page, more=len(lines) > first + _LINES_A_PAGE, name="lines"),
    )


def _line(line: dict[str, Any], currency: str) -> Iterator[Cell]:
    yield Cell(line["names"]["en"], below=Line.Kind(line["kind"]).label)
    yield Cell(figures.days(date.fromisoformat(line["from"]), date.fromisoformat(line["to"])))
    charge = _charge(line)
    yield Cell(figures.quantity(charge))
    yield Cell(figures.price(charge, currency))
    yield Cell("{} of {} days".format(*line["share"]) if line["share"] else "whole")
    yield Cell(figures.money(Decimal(line["amount"]), currency))


def _charge(line: dict[str, Any]) -> Charge:
    return Charge(
        name=line["names"]["en"],
        unit=line["names"].get("unit_en", ""),
        kind=line["kind"],
        starts_on=date.fromisoformat(line["from"]),
        ends_on=date.fromisoformat(line["to"]),
        quantity=line["quantity"],
        amount=Decimal(line["amount"]),
        units=Decimal(line["units"]) if line["units"] else None,
        unit_amount=Decimal(line["unit_amount"]) if line["unit_amount"] else None,
        **priced(line["tiers"]),
    )


def _total(draft: RunDraft) -> str:
    return figures.money(Decimal(draft.document["total"]), draft.document["currency"])


def _kind(document: dict[str, Any]) -> str:
    return "Credit note" if document["kind"] == "credit_note" else "Invoice"
