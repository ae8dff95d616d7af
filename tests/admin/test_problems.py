"""What the desk answers instead of a page: in its own dress, with what is so and what to do."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.defaults import server_error

from accounts.access import Role
from billing.models import Invoice, Line
from tests.admin import book
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def text_of(page: object) -> str:
    return page.content.decode()  # type: ignore[attr-defined]  # any response has one


def test_who_may_not_learns_which_roles_may(seat):  # STAFF-4
    invoices = seat(Role.CATALOGUE).get(reverse("admin:billing_invoice_changelist"))
    start = seat(Role.READ_ONLY).post(reverse("admin:billing_billingrun_add"), {})
    people = seat(Role.SUPPORT).get(reverse("admin:accounts_user_add"))

    assert [page.status_code for page in (invoices, start, people)] == [403] * 3
    assert "People in the roles support, billing and read-only may view invoices." in text_of(
        invoices
    )
    assert "People in the roles support and billing may add billing runs." in text_of(start)
    assert "No role may add users here." in text_of(people)


def test_a_wrong_number_is_not_found_on_every_page(root):
    models = [*admin.site._registry]

    pages = {
        f"{model._meta.label} {page} {number}": root.get(
            reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=[number])
        )
        for model in models
        for page in ("change", "delete")
        for number in ("999999999", "abc")
    }

    assert {name for name, page in pages.items() if page.status_code not in {403, 404}} == set()
    assert all("Seatledger</a>" in text_of(page) for page in pages.values())


def test_what_is_not_there_leads_back(root):
    page = root.get("/admin/nothing/of/the/kind/")

    assert page.status_code == 404
    assert "There is nothing at this address" in text_of(page)
    assert reverse("home") in text_of(page)


def test_a_form_without_its_token_says_that_nothing_was_changed():
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(superuser=True))

    page = client.post(reverse("admin:billing_billingrun_add"), {})

    assert page.status_code == 403
    assert "Nothing was changed" in text_of(page)


def test_a_failure_of_ours_has_a_page_that_asks_nobody_else(django_assert_num_queries):
    with django_assert_num_queries(0):
        page = server_error(RequestFactory().get("/admin/"))

    assert page.status_code == 500
    assert "This page failed" in text_of(page)


def test_a_part_of_a_page_asked_for_signed_out_sends_the_whole_page_to_sign_in():
    book.customers(1)
    invoice, line = Invoice.objects.get(), Line.objects.get()
    page = reverse("admin:billing_invoice_change", args=[invoice.pk])
    address = reverse("admin:billing_invoice_why", args=[invoice.pk, line.pk])

    part = Client().get(
        address,
        headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}?page=2"},
    )

    assert part["HX-Redirect"].startswith(reverse("account_login"))
    assert part["HX-Redirect"].endswith("?next=" + page.replace("/", "%2F"))
    assert part.content == b""
    assert Client().get(address).status_code == 302
