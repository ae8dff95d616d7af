"""Which staff role may do what on which page: as the page itself declares, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.access import Role, Staff
from accounts.admin.desk import DeskAdmin, declared_by
from accounts.models import Account
from billing.admin.panels import PANELS
from billing.models import Invoice, Line
from tests.admin import book
from tests.factories import UserFactory
from tests.lasting import lasting

# What a role may does not hang on the database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

PAGES: list[tuple[type[Model], Any]] = sorted(
    admin.site._registry.items(), key=lambda page: page[0]._meta.label
)
ROLES = pytest.mark.parametrize("role", list(Role), ids=str)


def rows() -> None:
    book.customers(1)
    book.beside(1)


_rows = lasting(rows, autouse=True)


def address(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def answers(client: Client, model: type[Model]) -> dict[str, bool]:
    """What the pages of this model let this person do."""
    row = model._default_manager.order_by("-pk")[0]
    asked = {
        "view": client.get(address(model, "changelist")),
        "add": client.get(address(model, "add")),
        "delete": client.get(address(model, "delete", row.pk)),
    }
    read = client.get(address(model, "change", row.pk))
    assert (read.status_code == 200) == (asked["view"].status_code == 200)
    assert {page.status_code for page in asked.values()} <= {200, 403}
    return {action: page.status_code == 200 for action, page in asked.items()}


@ROLES
def test_each_role_may_do_on_each_page_what_the_page_declares(role, seat):  # STAFF-4
    client = seat(role)

    wrong = {
        model._meta.label: found
        for model, page in PAGES
        if (found := answers(client, model))
        != {action: page.staff.may(action, role) for action in found}
    }

    assert wrong == {}


@ROLES
def test_nobody_changes_what_the_page_does_not_let_them_change(role, seat):  # STAFF-4
    client = seat(role)

    let = {
        model._meta.label
        for model, page in PAGES
        if not page.staff.may("change", role)
        and client.post(
            address(model, "change", model._default_manager.order_by("-pk")[0].pk), {}
        ).status_code
        != 403
    }

    assert let == set()


def test_each_page_of_the_desk_is_one_of_ours_with_its_roles_declared():
    assert all(isinstance(page, DeskAdmin) for _, page in PAGES)
    assert declared_by(admin.site).keys() >= {model for model, _ in PAGES}


def test_a_page_without_declared_roles_is_named():
    site = admin.AdminSite()
    site.register(Account, admin.ModelAdmin)

    with pytest.raises(ImproperlyConfigured, match=r"ModelAdmin declares no roles"):
        declared_by(site)


def test_superusers_reach_every_page(root):
    assert [
        model._meta.label
        for model, _ in PAGES
        if root.get(address(model, "changelist")).status_code != 200
    ] == []


def test_staff_without_a_role_reaches_no_page(seat):
    client = seat()

    assert {client.get(address(model, "changelist")).status_code for model, _ in PAGES} == {403}


def test_who_is_not_of_the_staff_is_asked_to_sign_in():
    client = Client()
    client.force_login(UserFactory())

    page = client.get(reverse("admin:index"))

    assert page.status_code == 302
    assert page["Location"].startswith(reverse("admin:login"))


@ROLES
def test_the_tabs_of_an_account_open_to_whom_the_account_opens(role, seat):
    client = seat(role)
    account = Account.objects.order_by("-pk")[0]
    opens = 403 if role == Role.CATALOGUE else 200

    pages = [client.get(address(Account, panel.slug, account.pk)) for panel in PANELS]

    assert {page.status_code for page in pages} == {opens}


def test_the_catalogue_role_learns_nothing_of_a_customers_amounts(seat):
    client = seat(Role.CATALOGUE)
    invoice, line = Invoice.objects.all()[0], Line.objects.all()[0]

    pages = [
        client.get(reverse("admin:billing_invoice_why", args=[invoice.pk, line.pk])),
        client.get(reverse("admin:billing_invoice_pdf", args=[invoice.pk])),
        client.get(reverse("admin:billing_invoice_xml", args=[invoice.pk])),
    ]

    assert {page.status_code for page in pages} == {403}


def test_staff_roles_makes_the_groups_and_again_changes_nothing(capsys):
    call_command("staff_roles")
    first = {group.name: set(group.permissions.all()) for group in Group.objects.all()}
    call_command("staff_roles")

    assert {"Staff: support", "Staff: billing", "Staff: catalogue", "Staff: read-only"} <= set(
        first
    )
    assert first == {group.name: set(group.permissions.all()) for group in Group.objects.all()}
    assert "Staff: support: " in capsys.readouterr().out


def test_staff_roles_takes_away_what_is_no_longer_declared(roles):
    group = Group.objects.get(name=Role.READ_ONLY.group_name)
    group.permissions.add(*Group.objects.get(name=Role.BILLING.group_name).permissions.all())

    call_command("staff_roles")

    names = set(group.permissions.values_list("codename", flat=True))
    assert all(name.startswith("view_") for name in names)


def test_who_may_change_may_also_look():
    staff = Staff(change=frozenset({Role.SUPPORT}))

    assert staff.may("view", Role.SUPPORT)
    assert not staff.may("view", Role.BILLING)
