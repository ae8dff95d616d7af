"""Which pages are shown in `docs/screenshots/`, as whom, and what is open on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from playwright.sync_api import Page

from billing.models import Invoice


def nothing(page: Page) -> None:
    """The page as it comes."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One page of the demo: its file's name, who looks, where, and what is done there first."""

    name: str
    person: str
    address: Callable[[], str]
    first: Callable[[Page], None] = nothing


def newest_invoice(reference: str) -> Callable[[], str]:
    def address() -> str:
        newest = Invoice.objects.filter(payer__reference=reference).latest("pk")
        return reverse("admin:billing_invoice_change", args=[newest.pk])

    return address


def ask_why(page: Page) -> None:
    page.get_by_role("link", name="Why this amount?").nth(2).click()
    page.get_by_role("heading", name="The clicks that made it").wait_for()


PICTURES: tuple[Picture, ...] = (
    Picture("invoice-why", "billing@demo.example", newest_invoice("C-123"), ask_why),
)
