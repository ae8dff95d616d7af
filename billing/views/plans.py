"""What plans can do, and how their user seats are managed: to read, for everybody of an account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.views.decorators.http import require_safe

from accounts import access, doors
from accounts.rights import Right
from billing.features import Features, Row
from billing.models import PlanLine, Product
from billing.plans import plans_of


@doors.of_account()
@require_safe
def features(request: HttpRequest, account_id: int) -> HttpResponse:
    """Which level has which features, of one plan product at a time; first of what is held."""
    here = access.enter(request, account_id)
    held = plans_of(here.account)
    line = _line(request.GET.get("of", ""), held)
    shown = {} if line is None else _compared(line, held, language=_language())
    context = {"here": here, "sees_billing": here.may(Right.SEE_BILLING), **shown}
    return render(request, "billing/features.html", context)


@doors.of_account()
@require_safe
def user_seats(request: HttpRequest, account_id: int) -> HttpResponse:
    """How to manage user seats. PLAN-4."""
    here = access.enter(request, account_id)
    context = {"here": here, "sees_billing": here.may(Right.SEE_BILLING)}
    return render(request, "billing/user_seats.html", context)


def _line(code: str, held: list[Product]) -> PlanLine | None:
    """The plan product that is asked for; else that of a plan held, or the catalogue's first."""
    if code:
        return get_object_or_404(PlanLine, code=code)
    mine = next((plan.line for plan in held if plan.line is not None), None)
    return mine or PlanLine.objects.first()


def _compared(line: PlanLine, held: list[Product], *, language: str) -> dict[str, Any]:
    """The levels of a plan product beside each other, as the page draws them."""
    read = Features(line.family)
    rows = read.of_line(line.pk)
    mine = {plan.level_id for plan in held if plan.line_id == line.pk}
    return {
        "line": line.names[language],
        "lines": [
            {"code": one.code, "name": one.names[language], "current": one == line}
            for one in PlanLine.objects.filter(family=line.family)
        ],
        "levels": [{"name": one.names[language], "mine": one.pk in mine} for one in read.levels],
        "rows": list(_rows(read, rows, language)),
        "invented": any(row.feature.placeholder for row in rows),
    }


def _rows(read: Features, rows: list[Row], language: str) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {
            "name": row.feature.names[language],
            "description": row.feature.descriptions[language],
            "levels": [
                {
                    "name": level.names[language],
                    "has": level.pk in row.levels,
                    "times": row.levels.get(level.pk),
                }
                for level in read.levels
            ],
        }


def _language() -> str:
    return (translation.get_language() or "en").partition("-")[0]
