"""Tables about who did what in an account: the log of deeds, and support's visits."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse

from accounts.admin.in_step import names_a_row
from accounts.models import Account, AccountEvent, SupportVisit
from billing.admin import figures
from billing.admin.tables import Cell, Column, Row, Table, paged

_FRAME = (AccountEvent.Kind.VISIT_BEGUN, AccountEvent.Kind.VISIT_ENDED)


def deeds(request: HttpRequest, account: Account) -> Table:
    """The log of deeds; `?visit=` leaves those of one visit."""

    def row(deed: AccountEvent) -> Row:
        visit = deed.visit
        named = deed.member.name if deed.member else ""
        change = f"{deed.was} → {deed.becomes}" if deed.was and deed.becomes else ""
        return Row(
            (
                Cell(figures.instant(deed.at, account.time_zone)),
                Cell(deed.get_kind_display(), below=deed.about or named),
                Cell(change or deed.was or deed.becomes, below=deed.reason),
                Cell(
                    deed.actor_name or "The system",
                    below=f"in visit {visit.pk}" if visit else "",
                ),
            )
        )

    log = AccountEvent.objects.filter(account=account).select_related("member", "visit")
    visit_id = request.GET.get("visit", "")
    if names_a_row(visit_id):
        log = log.filter(visit=int(visit_id))
    return paged(
        request,
        log.order_by("-at", "-pk"),
        title="Log of deeds",
        columns=(Column("When"), Column("What"), Column("Change"), Column("Who")),
        row=row,
        empty="Nothing was done here yet.",
    )


def visits(request: HttpRequest, account: Account) -> Table:
    """Support's visits, each with how much was done in it."""
    log = reverse("admin:accounts_account_deeds", args=[account.pk])

    def row(visit: SupportVisit) -> Row:
        zone = account.time_zone
        until = figures.instant(visit.ended_at or visit.expires_at, zone)
        done: int = visit.done  # type: ignore[attr-defined]  # annotated below
        return Row(
            (
                Cell(figures.instant(visit.began_at, zone), below=f"until {until}"),
                Cell(str(visit.person)),
                Cell(visit.member.name),
                Cell(visit.reason),
                Cell(
                    f"{figures.number(done)} deeds" if done != 1 else "1 deed",
                    href=f"{log}?visit={visit.pk}",
                ),
            )
        )

    found = SupportVisit.objects.filter(account=account).select_related("person", "member")
    counted = found.annotate(done=Count("deeds", filter=~Q(deeds__kind__in=_FRAME)))
    return paged(
        request,
        counted.order_by("-began_at", "-pk"),
        title="Visits of support",
        columns=(
            *(Column("When"), Column("Who"), Column("As"), Column("Why")),
            Column("Done in it"),
        ),
        row=row,
        empty="Support never signed in as this customer.",
    )
