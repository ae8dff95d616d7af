"""The tables on the pages of accounts and subscriptions: 50 rows at a time, never all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts import questions
from accounts.access import may
from accounts.admin.visits import begin_address
from accounts.models import Account, Letter, Member, MemberEvent, SupportVisit
from billing.admin import deed_tables, figures, request_page
from billing.admin.method_tables import payment_methods
from billing.admin.money_tables import invoices, ledger, owed_upto
from billing.admin.tables import Cell, Column, Row, Table, paged
from billing.models import (
    ChangeRequest,
    Event,
    Invoice,
    Item,
    PaymentMethod,
    PricePin,
    Subscription,
)


@dataclass(frozen=True, slots=True)
class Panel:
    """One tab of the account page: its title, its table, and whose rights it asks for."""

    slug: str
    title: str
    model: type[Model]
    table: Callable[[HttpRequest, Account], Table]


def members(request: HttpRequest, account: Account) -> Table:
    """The people of the account and what they use; who may sign in as one finds the way beside."""
    visits = may(request.user, "add", on=SupportVisit)
    levels: dict[int, list[str]] = {}

    def look(found: list[Member]) -> None:
        levels.update(questions.levels(account, found, at=timezone.now()))

    def visit(member: Member) -> Cell:
        if member.status != Member.Status.ACTIVE or member.bot:
            return Cell("")
        return Cell("Sign in as", href=begin_address(account.pk, member_id=member.pk))

    def row(member: Member) -> Row:
        marks = [
            word
            for word, holds in (
                ("bot", member.bot),
                ("primary account admin", member.primary_admin),
                ("may purchase", member.purchase_permission),
                ("billing role", member.billing_role),
            )
            if holds
        ]
        active = member.status == Member.Status.ACTIVE
        return Row(
            (
                Cell(member.name, below=member.reference),
                Cell(member.email),
                Cell(member.get_status_display(), tone="good" if active else "waiting"),
                Cell(", ".join(marks), below=", ".join(levels.get(member.pk, ()))),
                Cell(
                    figures.instant(member.last_active_at, account.time_zone)
                    if member.last_active_at
                    else "Not known"
                ),
                *([visit(member)] if visits else []),
            )
        )

    return paged(
        request,
        Member.objects.filter(account=account).order_by("reference"),
        title="Members",
        columns=(
            *(Column("Member"), Column("E-mail"), Column("Status"), Column("Role")),
            *(Column("Last active"), *([Column("Support")] if visits else [])),
        ),
        row=row,
        empty="Nobody is in this account yet.",
        look=look,
    )


def member_log(request: HttpRequest, account: Account) -> Table:
    def row(event: MemberEvent) -> Row:
        step = {1: "+1", -1: "−1"}.get(event.step, "0")
        what = f"{event.get_was_display() or 'New'} → {event.get_becomes_display()}"
        return Row(
            (
                Cell(figures.instant(event.at, account.time_zone)),
                Cell(event.member.name),
                Cell(what),
                Cell(step),
                Cell(
                    str(event.actor) if event.actor else "The vendor's product", below=event.cause
                ),
            )
        )

    log = MemberEvent.objects.filter(account=account).select_related("member", "actor")
    return paged(
        request,
        log.order_by("-sequence"),
        title="Log of members",
        columns=(
            *(Column("When"), Column("Member"), Column("What")),
            *(Column("Billable", figure=True), Column("Who")),
        ),
        row=row,
        empty="Nothing has happened yet.",
    )


def subscriptions(request: HttpRequest, account: Account) -> Table:
    items = Item.objects.filter(subscription__account=account).select_related(
        "subscription", "product", "price"
    )
    return paged(
        request,
        items.order_by("subscription__code", "product__position"),
        title="Subscriptions and items",
        columns=(
            *(Column("Subscription"), Column("Product"), Column("Quantity", figure=True)),
            *(Column("Price version"), Column("Next opening")),
        ),
        row=lambda item: Row(
            (
                _subscription(item.subscription),
                Cell(item.product.name_en, below=item.product.code),
                Cell(figures.number(item.quantity)),
                _price(item),
                Cell(figures.day(item.subscription.next_opening)),
            )
        ),
        empty="This account holds nothing yet.",
    )


def events(request: HttpRequest, account: Account) -> Table:
    items = Item.objects.filter(subscription__account=account)
    named = {item.pk: item for item in items.select_related("product", "subscription")}
    return _events(request, named, account.time_zone)


def _events(request: HttpRequest, items: Mapping[int, Item], zone: str) -> Table:
    def row(event: Event) -> Row:
        item = items[event.item_id]
        holds = event.get_holds_display()
        return Row(
            (
                Cell(figures.instant(event.at, zone)),
                Cell(item.product.name_en, below=item.subscription.code),
                Cell(f"{figures.number(event.was)} → {figures.number(event.becomes)}", below=holds),
                Cell(event.actor_name),
                Cell(event.cause, below=f"event #{event.pk}"),
            )
        )

    return paged(
        request,
        Event.objects.filter(item__in=list(items)).order_by("-at", "-pk"),
        title="Events",
        columns=(
            *(Column("When"), Column("Product"), Column("Change"), Column("Who")),
            Column("Cause"),
        ),
        row=row,
        empty="No quantity was ever set.",
    )


def usage(_request: HttpRequest, account: Account) -> Table:
    """What is counted of the account, as the floor above says that counts it (``DESK_USAGE``)."""
    table: Callable[..., Table] = import_string(settings.DESK_USAGE)
    return table(account, at=timezone.now())


def letters(request: HttpRequest, account: Account) -> Table:
    tones = {Letter.State.SENT: "good", Letter.State.FAILED: "bad"}

    def row(letter: Letter) -> Row:
        return Row(
            (
                Cell(
                    letter.key, href=f"{reverse('admin:accounts_letter_changelist')}?q={letter.key}"
                ),
                Cell(letter.to),
                Cell(
                    letter.get_state_display(),
                    tone=tones.get(Letter.State(letter.state), "waiting"),
                    below=letter.problem,
                ),
                Cell(figures.instant(letter.sent_at or letter.queued_at, account.time_zone)),
            )
        )

    return paged(
        request,
        Letter.objects.filter(account=account).order_by("-pk"),
        title="Letters",
        columns=(Column("Letter"), Column("To"), Column("State"), Column("When")),
        row=row,
        empty="No letter was owed to this account yet.",
    )


def children(request: HttpRequest, account: Account) -> Table:
    return paged(
        request,
        Account.objects.filter(parent=account).order_by("pk"),
        title="Accounts below this one",
        columns=(Column("Account"), Column("Role"), Column("Paid by")),
        row=lambda child: Row(
            (
                Cell(
                    child.name,
                    href=reverse("admin:accounts_account_change", args=[child.pk]),
                    below=child.reference or "",
                ),
                Cell(child.get_role_display()),
                Cell("this account" if child.payer_id == account.pk else "itself"),
            )
        ),
        empty="No account has this one as its parent.",
    )


def pins(request: HttpRequest, subscription: Subscription) -> Table:
    rows = PricePin.objects.filter(item__subscription=subscription)

    def row(pin: PricePin) -> Row:
        if pin.bought:
            how = "Bought"
        elif pin.noticed_on:
            how = f"Announced, notice given {figures.day(pin.noticed_on)}"
        else:
            how = "Announced, no notice given"
        return Row(
            (
                Cell(figures.instant(pin.at, subscription.time_zone)),
                Cell(pin.item.product.name_en),
                Cell(
                    f"#{pin.price_id} of {figures.day(pin.price.valid_from)}",
                    href=reverse("admin:billing_price_change", args=[pin.price_id]),
                ),
                Cell(figures.day(pin.holds_from)),
                Cell(how),
            )
        )

    return paged(
        request,
        rows.select_related("item__product", "price").order_by("-at", "-pk"),
        title="Price versions agreed",
        columns=(
            *(Column("When"), Column("Product"), Column("Price version"), Column("Holds from")),
            Column("How"),
        ),
        row=row,
        empty="No price was agreed yet: nothing was bought.",
        name="pins",
    )


def of_subscription(request: HttpRequest, subscription: Subscription) -> tuple[Table, ...]:
    """Items, events and pins of one subscription."""
    items = list(
        Item.objects.filter(subscription=subscription)
        .select_related("product", "price", "subscription")
        .order_by("product__position")
    )
    held = Table(
        "Items",
        (Column("Product"), Column("Quantity", figure=True), Column("Price version")),
        tuple(
            Row(
                (
                    Cell(item.product.name_en, below=item.product.code),
                    Cell(figures.number(item.quantity)),
                    _price(item),
                )
            )
            for item in items
        ),
        empty="This subscription holds nothing.",
    )
    log = _events(request, {item.pk: item for item in items}, subscription.time_zone)
    return held, log, pins(request, subscription)


def _subscription(subscription: Subscription) -> Cell:
    return Cell(
        subscription.code,
        href=reverse("admin:billing_subscription_change", args=[subscription.pk]),
        below=f"a {subscription.interval}",
    )


def _price(item: Item) -> Cell:
    if item.price is None:
        return Cell("None while it holds none")
    href = reverse("admin:billing_price_change", args=[item.price_id])
    if item.price.amount is None:
        return Cell("By tiers", href=href, below=f"from {figures.day(item.price.valid_from)}")
    amount = figures.unit_price(item.price.amount, item.price.currency)
    return Cell(amount, href=href, below=f"from {figures.day(item.price.valid_from)}")


PANELS: Final[tuple[Panel, ...]] = (
    Panel("subscriptions", "Subscriptions", Subscription, subscriptions),
    Panel("events", "Events", Subscription, events),
    Panel("usage", "Usage limits", Account, usage),
    Panel("requests", "Requests", ChangeRequest, request_page.of_account),
    Panel("invoices", "Invoices", Invoice, invoices),
    Panel("ledger", "Ledger", Invoice, ledger),
    Panel("methods", "Payment methods", PaymentMethod, payment_methods),
    Panel("members", "Members", Account, members),
    Panel("member-log", "Log of members", Account, member_log),
    Panel("deeds", "Log of deeds", Account, deed_tables.deeds),
    Panel("visits", "Visits", SupportVisit, deed_tables.visits),
    Panel("letters", "Letters", Letter, letters),
    Panel("children", "Accounts below", Account, children),
)


def named(slug: str) -> Panel | None:
    return next((panel for panel in PANELS if panel.slug == slug), None)


def summary(account: Account) -> dict[str, Any]:
    """What stands at the head of the account page: what is owed, and when the next bill comes."""
    owed = owed_upto(account.pk, account.currency)
    coming = (
        Subscription.objects.filter(account=account, next_bill_at__isnull=False)
        .order_by("next_bill_at")
        .first()
    )
    return {
        "owes": figures.money(abs(owed), account.currency),
        "in_credit": owed < 0,
        "next": figures.day(coming.next_opening) if coming else "nothing to bill",
        "next_code": coming.code if coming else "",
    }
