"""Which pages are shown in `docs/screenshots/`, as whom, and what is open on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import Account, Member
from billing.models import Invoice
from config.demo.taken_over import email_of

# Of the demo: a customer with a plan, a call centre with licensing, and old Conversations seats.
PLAN: Final = "C-101"
CALLS: Final = "C-121"
SEATS: Final = "C-131"
JANA: Final = email_of("Jana Nováková", PLAN)
ALENA: Final = email_of("Alena Součková", CALLS)
ANN: Final = email_of("Ann Walsh", SEATS)

Address = Callable[[], str]


def nothing(page: Page) -> None:
    """The page as it comes."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One page of the demo: its file's name, where, who looks, and what is done there first."""

    name: str
    address: Address
    person: str = ""
    first: Callable[[Page], None] = nothing


def page(name: str) -> Address:
    return lambda: reverse(name)


def of(reference: str, name: str, *, member: str = "") -> Address:
    """A page of an account, about one of its members or about none."""

    def address() -> str:
        account = Account.objects.get(reference=reference)
        rows = [Member.objects.get(account=account, name=member).pk] if member else []
        return reverse(name, args=[account.pk, *rows])

    return address


def newest_invoice(reference: str) -> Address:
    def address() -> str:
        newest = Invoice.objects.filter(payer__reference=reference).latest("pk")
        return reverse("admin:billing_invoice_change", args=[newest.pk])

    return address


def ask_why(page: Page) -> None:
    page.get_by_role("link", name="Why this amount?").nth(2).click()
    page.get_by_role("heading", name="The clicks that made it").wait_for()


def ask_to_suspend(page: Page) -> None:
    page.get_by_role("button", name="Actions for Radek Beneš").click()
    page.get_by_role("link", name="Suspend", exact=True).click()
    page.get_by_role("dialog", name="Suspend Radek Beneš").wait_for()


PICTURES: tuple[Picture, ...] = (
    Picture("sign-in", page("account_login")),
    Picture("start", of(CALLS, "accounts:start"), ALENA),
    Picture("team", of(CALLS, "accounts:team"), ALENA),
    Picture("suspend", of(CALLS, "accounts:team"), ALENA, ask_to_suspend),
    Picture("member", of(CALLS, "accounts:member", member="Radek Beneš"), ALENA),
    Picture("accesses", of(CALLS, "accounts:accesses"), ALENA),
    Picture("users", of(CALLS, "licensing:users"), ALENA),
    Picture("licences", of(CALLS, "licensing:licences"), ALENA),
    Picture("queues", of(CALLS, "licensing:queues"), ALENA),
    Picture("company", of(CALLS, "accounts:company"), ALENA),
    Picture("billing", of(PLAN, "billing:overview"), JANA),
    Picture("conversations", of(SEATS, "licensing:conversations"), ANN),
    Picture("invoice-why", newest_invoice("C-123"), "billing@demo.example", ask_why),
)
