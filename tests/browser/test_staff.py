"""Each role of staff at the desk, in a browser: what is listed, done, and whose the rest is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.access import Role
from accounts.models import Account
from billing.models import BillingRun, Invoice, Product
from tests.admin import book
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible
from tests.browser.mishaps import Mishaps
from tests.browser.staff import somebody_of

CUSTOMERS: Final = [
    *("Accounts", "Subscriptions", "Requests", "Contacts", "Trials", "Automatic upgrades"),
    *("Letters", "Visits"),
]
MONEY: Final = [
    *("Invoices", "Credit notes", "Open amounts", "Orders", "Payments", "Bank lines"),
    *("On account", "Refunds", "Disputes", "Payment attempts", "Payment methods"),
    *("Webhooks received", "Billing runs"),
]
BOOKS: Final = ["Seller's details", "Number series"]
CATALOGUE: Final = [
    *("Products", "Prices", "Plan products", "Plan levels", "Features", "Tax rates"),
]


def corrects_the_address(page: Page) -> None:
    page.get_by_role("link", name="Accounts").first.click()
    page.get_by_role("link", name="Alfa Telefon").click()
    page.get_by_label("City").fill("Brno")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert Account.objects.get(name="Alfa Telefon").city == "Brno"


def looks_ahead(page: Page) -> None:
    page.get_by_role("link", name="Billing runs").first.click()
    page.goto(reverse("admin:billing_billingrun_add"))
    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert BillingRun.objects.latest("pk").dry_run


def adds_a_product(page: Page) -> None:
    page.get_by_role("link", name="Products").first.click()
    page.goto(reverse("admin:billing_product_add"))
    page.locator("input[name=code]").fill("fax")
    page.locator("input[name=family]").fill("telephony")
    page.locator("input[name=position]").fill("1000")
    for language in ("en", "it", "cs"):
        page.locator(f"input[name=name_{language}]").fill("Fax")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
    assert Product.objects.filter(code="fax").exists()


def asks_why(page: Page) -> None:
    page.get_by_role("link", name="Invoices").first.click()
    page.goto(reverse("admin:billing_invoice_change", args=[Invoice.objects.latest("pk").pk]))
    page.get_by_role("link", name="Why this amount?").first.click()
    expect(page.get_by_role("heading", name="The arithmetic")).to_be_visible()
    expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)


@dataclass(frozen=True)
class Desk:
    """What somebody of this role finds listed, does there, and what is another's."""

    role: Role
    lists: list[str]
    does: Callable[[Page], None]
    lacks: str
    told: str

    def __str__(self) -> str:
        return self.role.value


DESKS: Final = (
    Desk(
        Role.SUPPORT,
        [*CUSTOMERS, *MONEY, *CATALOGUE, "Seller's details", "API keys"],
        corrects_the_address,
        "admin:billing_product_add",
        "People in the role catalogue may add products.",
    ),
    Desk(
        Role.BILLING,
        [*CUSTOMERS, *MONEY, *CATALOGUE, *BOOKS, "API keys"],
        looks_ahead,
        "admin:accounts_supportvisit_add",
        "People in the role support may add support visits.",
    ),
    Desk(
        Role.CATALOGUE,
        CATALOGUE,
        adds_a_product,
        "admin:accounts_account_changelist",
        "People in the roles support, billing and read-only may view accounts.",
    ),
    Desk(
        Role.READ_ONLY,
        [*CUSTOMERS, *MONEY, *CATALOGUE, *BOOKS, "API keys"],
        asks_why,
        "admin:billing_billingrun_add",
        "may add billing runs.",
    ),
)


@pytest.mark.parametrize("desk", DESKS, ids=str)
def test_a_role_finds_what_is_theirs(
    visitor: Visitor, mishaps: Mishaps, site: str, desk: Desk
):  # STAFF-4
    book.told()
    person = somebody_of(desk.role, name="Eva")
    page = visitor()
    page.goto(reverse("admin:index"))
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill("correct horse")
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name=desk.lists[0]).first).to_be_visible()
    assert listed(page) == desk.lists
    accessible(page)
    desk.does(page)
    accessible(page)
    with mishaps.expected(403):
        page.goto(reverse(desk.lacks))
    expect(page.get_by_text(desk.told)).to_be_visible()
    accessible(page)


def listed(page: Page) -> list[str]:
    """The lists that the desk's margin names."""
    words = page.locator("#nav-sidebar-apps li a > span:not(.material-symbols-outlined)")
    return [one.strip() for one in words.all_inner_texts()]
